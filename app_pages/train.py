"""Choose data and settings, press Start, and watch the network learn."""

from __future__ import annotations

import streamlit as st

from app_pages import session, song_link, train_runs
from app_pages import train_live as live
from app_pages import train_setup as setup
from genre import paths

with st.container(key="train"):
    left, right = st.columns([1, 2], gap="large")
problems = session.read_link("train")
song_link.open_tracked_song()
run = train_runs.open_run()
with left:
    setup.show_setup(problems)
with right:
    if run is None:
        live.show_before()
    else:
        live.show_run(run)
if run:
    st.html(paths.ROOT / "app_pages" / "train_phone.css")
train_runs.keep_worker_warm()
