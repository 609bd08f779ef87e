"""Choose data and settings, press Start, and watch the network learn."""

from __future__ import annotations

import streamlit as st

from app_pages import cluster, presenter, session, song_link, train_data, train_runs
from app_pages import train_live as live
from app_pages import train_setup as setup
from genre import paths
from genre.language import _

with st.container(key="train"):
    if presenter.is_on():
        right, left = st.container(), st.expander(_("Settings"), key="train_settings")
    else:
        left, right = st.columns([1, 2], gap="large")
problems = session.read_link("train")
song_link.open_tracked_song()
with right:  # what is wrong with the link stands above the curves
    run = train_runs.open_run()
with left:
    setup.show_setup(problems)
    if st.session_state.data == train_data.LOCAL:
        cluster.show_cluster()
with right:
    if run is None:
        live.show_before()
    else:
        live.show_run(run)
if run:
    st.html(paths.ROOT / "app_pages" / "train_phone.css")
train_runs.keep_worker_warm()
