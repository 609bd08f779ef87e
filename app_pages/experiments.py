"""All runs in one table with what is compared of them, and sweeps over settings."""

from __future__ import annotations

import streamlit as st

from app_pages import experiments_runs, experiments_sweep, interface, session
from genre.language import N_, _

# What the page shows, by the section that is chosen, and what that is called.
SECTIONS = {
    "runs": (N_("Runs"), experiments_runs.show_runs),
    "sweeps": (N_("Sweeps"), experiments_sweep.show_sweeps),
}

for problem in session.read_link("experiments"):
    st.caption(interface.literal(problem))
interface.choose_one(
    _("Section"),
    list(SECTIONS),
    format_func=lambda name: _(SECTIONS[name][0]),
    key=session.bind_widget("section"),
    on_change=session.keep_widget,
    args=("section",),
    label_visibility="collapsed",
)
SECTIONS[st.session_state.section][1]()
session.write_link("experiments")
