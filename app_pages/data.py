"""Build a dataset of one's own recordings: classes, clips, what stands out; then train on it."""

from __future__ import annotations

import streamlit as st

from app_pages import data_add, data_choose, data_clips, data_map, interface, session
from genre.language import _
from genre.text import builder as builder_text

for problem in session.read_link("data"):
    st.caption(interface.literal(problem))
st.header(_("Your datasets"), anchor=False)
st.caption(_(builder_text.ABOUT))
dataset = data_choose.show_choice()
if dataset:
    data_choose.show_actions(dataset)
    data_add.show_work(dataset.slug)
    with st.container():
        left, right = st.columns(2, gap="large")
    with left:
        data_add.show_classes(dataset)
    if dataset.has_sound:
        with right:
            data_add.show_adding(dataset)
    if dataset.clips:
        found = data_map.current_check(dataset)
        data_clips.show_clips(dataset, found)
        if dataset.has_sound:
            data_map.show_map(dataset, found)
session.write_link("data")
