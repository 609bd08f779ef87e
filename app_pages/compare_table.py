"""The leaderboard: every saved model and finished run, ranked by accuracy on new artists."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from app_pages import access, compare_import, interface
from genre.compare.leaderboard import LeaderboardEntry
from genre.compare.link import to_link
from genre.language import _
from genre.text.leaderboard import leaderboard_row, ranking_line, titles

state = st.session_state


def show_leaderboard(listed: list[LeaderboardEntry], chosen: list[LeaderboardEntry]) -> None:
    """Show everything that can be compared; selected rows are compared below."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(_("Leaderboard: accuracy on artists that were not in training"), anchor=False)
        if access.is_local():
            compare_import.show_import()
    interface.show_message("models")
    if not listed:
        st.info(
            _("There is no saved model and no finished run here yet. Train one on the page Train."),
            icon=":material/model_training:",
        )
        return
    key = f"leaderboard_{interface.short_digest(*(one.reference for one in listed))}"
    rows = [i for i, entry in enumerate(listed) if entry in chosen]
    st.dataframe(
        [leaderboard_row(c, title) for c, title in zip(listed, titles(listed), strict=True)],
        hide_index=True,
        placeholder="",
        key=key,
        on_select=partial(keep_selected, key, listed),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": rows}},
        column_config=_columns(),
        alt=_("Every saved model and finished run, by accuracy on artists not in training"),
    )
    st.caption(ranking_line(listed))
    if not chosen:
        st.caption(
            _(
                "Select one row for its details, two or more to compare. Click a column name to "
                "sort."
            )
        )


def keep_selected(key: str, listed: list[LeaderboardEntry]) -> None:
    """Choose the entries whose rows are selected."""
    rows = set(state[key].selection.rows)
    state.compared = to_link([one for i, one in enumerate(listed) if i in rows])


def show_unknown(unknown: list[str]) -> None:
    """Say what the link names and is not here."""
    for name in unknown:
        interface.show_not_here(name)


def _columns() -> dict[str, Any]:
    """Return what each column is called, how its values look and what they mean."""
    number = st.column_config.NumberColumn
    return {
        "name": st.column_config.TextColumn(_("Name"), pinned=True),
        "kind": _("Type"),
        "accuracy": st.column_config.ProgressColumn(
            _("Accuracy"),
            format="%.0f%%",
            max_value=100,
            color="blue",
            help=_(
                "Share of tracks classified correctly, by artists that were not in training: "
                "what to expect for your music."
            ),
        ),
        "interval": st.column_config.TextColumn(
            _("95% interval"), help=_("The range that the true accuracy is likely to be in.")
        ),
        "tracks": number(_("Tracks")),
        "macro_f1": st.column_config.TextColumn(
            "F1", help=_("Macro F1: the mean over all genres; 95% interval, artists resampled.")
        ),
        "calibration_error": st.column_config.TextColumn(
            "ECE",
            help=_(
                "Expected calibration error: how far confidence is from accuracy. 0 is best; 95% "
                "interval, artists resampled."
            ),
        ),
        "leaky": st.column_config.TextColumn(
            _("With data leakage"),
            width=170,
            help=_(
                "Accuracy on tracks whose recordings or artists were also in training. Not "
                "ranked: it says nothing about new music."
            ),
        ),
        "seconds": number(_("Training time (s)"), format="%.0f"),
        "data": _("Data"),
        "recipe": st.column_config.TextColumn(_("Preset and changes"), width="medium"),
        "measured": st.column_config.TextColumn(_("Tested on"), width="medium"),
    }
