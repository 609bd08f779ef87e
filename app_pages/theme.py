"""Light or dark: what is drawn here has its ink, and an open page follows when it is turned."""

from __future__ import annotations

import streamlit as st

from app_pages.component_files import read

_element = st.components.v2.component("theme", html="", js=read("theme.js"))


def ink() -> str:
    """Return the colour of text on the page's background, light or dark."""
    return "#e8edf2" if st.context.theme.type == "dark" else "#0b141d"


def follow() -> None:
    """Run the page again once it has been turned light or dark."""
    _element(key="theme", on_turned_change=lambda: None)
