"""Keep the arrow keys working after a click on a choice.

A choice that was clicked keeps the keyboard focus: left and right then move within it, and no
longer step through a song.  A choice that was reached by keyboard keeps the focus, as it must.
"""

from __future__ import annotations

import streamlit as st

_component = st.components.v2.component(
    "arrow_keys",
    html="",
    js="""
export default () => {
  const free = event => {
    const isMouse = event.detail > 0;  // a click made by a key counts none
    if (isMouse && event.target.closest("[role=radiogroup]")) {
      setTimeout(() => document.activeElement?.blur());
    }
  };
  document.addEventListener("click", free, true);
  return () => document.removeEventListener("click", free, true);
};
""",
)


def free_arrow_keys() -> None:
    """Give the focus back after each click on this page."""
    _component(key="arrow_keys")
