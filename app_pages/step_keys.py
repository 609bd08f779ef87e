"""Earlier and Later, by buttons and by the arrow keys, of which no press is lost.

A button of Streamlit's is pressed or not: presses that come while the page runs are one.  Here the
browser counts them, and the page reads by how many it has to move.
"""

from __future__ import annotations

import streamlit as st

from app_pages.component_files import read
from genre.language import _

state = st.session_state
_steps = st.components.v2.component(
    "step_keys",
    html='<div class="steps"></div>',
    css=read("step_keys.css"),
    js=read("step_keys.js"),
)


def show_steps() -> int:
    """Offer to move; return by how many presses since this was asked last, back below zero."""
    shown = {"earlier": _("Earlier"), "later": _("Later"), "moves": state.n_moves}
    moves = _steps(key="step_keys", data=shown, on_moves_change=lambda: None).moves
    if not isinstance(moves, int):
        return 0
    moved, state.n_moves = moves - state.n_moves, moves
    return moved
