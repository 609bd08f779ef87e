"""The leaderboard, then what differs between the chosen ones, then the honesty picture."""

from __future__ import annotations

import streamlit as st

from app_pages import compare_chosen, compare_honesty, compare_state, compare_table

listed, problems = compare_state.contenders()
chosen, unknown = compare_state.chosen(listed)
compare_table.show_leaderboard(listed, chosen)
compare_table.show_problems(problems, unknown)
if chosen:
    compare_chosen.show_chosen(chosen)
st.divider()
compare_honesty.show_honesty()
