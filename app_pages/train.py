"""Choose data and settings, press Start, and watch the network learn."""

from __future__ import annotations

import streamlit as st

from app_pages import train_live as live
from app_pages import train_setup as setup
from app_pages import train_state

left, right = st.columns([1, 2], gap="large")
run = train_state.run_on_show()
with left:
    setup.show_setup()
with right:
    if run is None:
        live.show_before()
    else:
        live.show_run(run)
train_state.keep_worker_warm()
