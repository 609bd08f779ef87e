"""Let the arrow keys go on working after a click on a choice.

A choice that was clicked keeps the keyboard to itself: left and right then move within it, and
whoever presents can no longer step through a song.  A choice that was reached by keyboard keeps
it, as it must.
"""

from __future__ import annotations

import streamlit as st

_free_keys = st.components.v2.component(
    "free_keys",
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


def free_keys() -> None:
    """Free the keys on this page."""
    _free_keys(key="free_keys")
