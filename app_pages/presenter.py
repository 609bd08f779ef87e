"""Presenter mode on every page: its switch, its key, and how high the projector's screen is.

The browser switches at once (``presenter.js``): the root font grows, the header lies over the page
and shows itself, as all controls do, while the mouse moves or the keyboard is used.  Python is
told, draws its charts for the screen, and keeps the mode in the link.
"""

from __future__ import annotations

import streamlit as st

from app_pages.component_files import read
from genre.language import _

state = st.session_state
MIN_HEIGHT, MAX_HEIGHT = 300, 4400
_switch = st.components.v2.component(
    "presenter",
    html='<button type="button"><svg viewBox="0 0 24 24" aria-hidden="true">'
    '<path d="M3 4h18v12H3zm2 2v8h14V6zM8 18h8v2H8z"/></svg></button>',
    css=read("presenter_switch.css"),
    js=read("presenter.js"),
)


def is_on() -> bool:
    """Tell whether the page is in presenter mode."""
    return state.present == "1"


def screen() -> int:
    """Return the height of the screen that charts fill; 0 without presenter mode."""
    return state.screen_height if is_on() else 0


def show_switch() -> None:
    """Show the switch, which also listens to its key and to the mouse."""
    _switch(
        key="presenter",
        data={
            "isOn": is_on(),
            "height": state.screen_height,
            "label": _("Presenter mode (key P)"),
        },
        on_screen_change=keep_screen,
        width="content",
    )


def keep_screen() -> None:
    """Keep what the browser says: whether the mode is on, and how high its window is."""
    said = state.presenter.screen
    if not isinstance(said, dict):
        return
    height = said.get("height")
    state.present = "1" if said.get("isOn") is True else ""
    if isinstance(height, int | float) and height > 0:  # nor is NaN
        state.screen_height = round(min(max(height, MIN_HEIGHT), MAX_HEIGHT))
