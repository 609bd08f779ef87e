"""Choose data and settings, press Start, and watch the network learn."""

from __future__ import annotations

import streamlit as st

from app_pages import resources, train_state
from app_pages import train_live as live
from app_pages import train_setup as setup

with st.container(key="train"):
    left, right = st.columns([1, 2], gap="large")
run = train_state.run_on_show()
with left:
    setup.show_setup()
with right:
    if run is None:
        live.show_before()
    else:
        live.show_run(run)
if run:
    st.html(resources.ROOT / "app_pages" / "train_phone.css")
train_state.keep_worker_warm()
