"""The leaderboard, then what differs between the chosen ones, then what data leakage does."""

from __future__ import annotations

import streamlit as st

from app_pages import (
    compare_caches,
    compare_chosen,
    compare_leakage,
    compare_table,
    interface,
    session,
)
from app_pages.damaged import show_damaged
from genre.compare.link import from_link

for problem in session.read_link("compare"):
    st.caption(interface.literal(problem))
listed, damaged = compare_caches.entries()
chosen, unknown = from_link(st.session_state.compared, listed)
compare_table.show_leaderboard(listed, chosen)
show_damaged(damaged, "models")
compare_table.show_unknown(unknown)
if chosen:
    compare_chosen.show_chosen(chosen)
st.divider()
compare_leakage.show_leakage()
session.write_link("compare")
