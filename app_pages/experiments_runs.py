"""The section Runs: a table of all runs, and what is compared of the chosen ones."""

from __future__ import annotations

import streamlit as st

from app_pages import (
    experiments_caches,
    experiments_label,
    experiments_table,
    experiments_views,
    interface,
)
from app_pages.damaged import show_damaged
from genre.language import _
from genre.text import experiments as experiments_text

state = st.session_state


def show_runs() -> None:
    """Show all runs, and what is compared of those that are chosen."""
    st.header(_("Runs"), anchor=False)
    interface.show_message("experiments")
    records, damaged = experiments_caches.all_runs()
    show_damaged(damaged, "experiments")
    if not records:
        show_empty()
        return
    sweeps = experiments_caches.sweeps_of_runs()
    shown = experiments_table.filter_runs(records, sweeps)
    if not shown:
        interface.show_info(_("No run has all that is chosen. Choose less."))
        return
    chosen = experiments_table.show_table(shown, experiments_text.titles(shown), sweeps)
    experiments_table.show_choice(shown)
    if len(chosen) == 1:
        tags = {tag for record in records for tag in record.label.tags}
        experiments_label.show_label(chosen[0], list(tags))
    experiments_views.show_views(chosen, shown)
    if state.pop("opens_train", False):
        st.switch_page("app_pages/train.py")


def show_empty() -> None:
    """Say what to do first, and show the runs that come with the program."""
    interface.show_info(
        _(
            "There is no run here yet. Start one on the page Train; a second one with another "
            "setting or seed is what can be compared with it. Below are runs that come with the "
            "program."
        )
    )
    st.page_link("app_pages/train.py", label=_("Train"), icon=":material/model_training:")
    experiments_views.show_recorded()
