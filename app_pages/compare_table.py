"""The leaderboard: every saved model and finished run in one table, honest figures only ranked."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from app_pages import compare_life, compare_state, resources

if TYPE_CHECKING:
    from genre.compare.leaderboard import Contender

state = st.session_state


def show_leaderboard(listed: list[Contender], chosen: list[Contender]) -> None:
    """Show everything that can be compared; ticked rows are looked at below."""
    from genre.text.compare import leaderboard_row, ranking_line, titles

    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Who is right most often on artists they never heard", anchor=False)
        if resources.is_home():
            compare_life.show_import()
    compare_life.show_outcome()
    if not listed:
        st.info(
            "There is no saved model and no finished run here yet. Train one on the page Train.",
            icon=":material/model_training:",
        )
        return
    key = f"board_{_digest_of(listed)}"
    rows = [i for i, contender in enumerate(listed) if contender in chosen]
    st.dataframe(
        [leaderboard_row(c, title) for c, title in zip(listed, titles(listed), strict=True)],
        hide_index=True,
        placeholder="",
        key=key,
        on_select=partial(keep_ticked, key, listed),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": rows}},
        column_config=_columns(),
        alt="Every saved model and finished run, the most surely right on unheard artists first",
    )
    st.caption(ranking_line(listed))
    if not chosen:
        st.caption(
            "Tick one row to look at it, two or more to compare. A click on a column's name sorts."
        )


def keep_ticked(key: str, listed: list[Contender]) -> None:
    """Choose the contenders whose rows are ticked."""
    rows = set(state[key].selection.rows)
    compare_state.choose([contender for i, contender in enumerate(listed) if i in rows])


def show_problems(problems: list[str], unknown: list[str]) -> None:
    """Say what cannot be read, and what the link names in vain."""
    from genre.text.song import display_name

    for problem in problems:
        st.warning(resources.literal(problem), icon=":material/error:")
    for name in unknown:
        st.warning(
            f"The link names {resources.literal(display_name(name))}, which is not here.",
            icon=":material/link_off:",
        )


def _columns() -> dict[str, Any]:
    """Return what each column is called, how its values look and what they mean."""
    number = st.column_config.NumberColumn
    return {
        "name": st.column_config.TextColumn("Name", pinned=True),
        "kind": "What",
        "accuracy": st.column_config.ProgressColumn(
            "Tracks right",
            format="%.0f %%",
            max_value=100,
            color="blue",
            help="Of artists it had not heard in training: what to expect of new music.",
        ),
        "interval": st.column_config.TextColumn(
            "95% interval", help="Where its accuracy lies, as far as so few tracks can tell."
        ),
        "tracks": number("Of tracks"),
        "macro_f1": number(
            "F1", format="%.2f", help="Mean over the genres, so that each counts the same."
        ),
        "calibration_error": number(
            "ECE",
            format="%.2f",
            help="Expected calibration error: how far its probabilities are from how often "
            "it is right. 0 is best.",
        ),
        "leaky": st.column_config.TextColumn(
            "Leaky, never ranked",
            width=170,
            help="In tracks, measured where it had heard parts of the same recordings, or "
            "the same artists, in training: says nothing about new music.",
        ),
        "seconds": number("Trained (s)", format="%.0f"),
        "data": "Data",
        "recipe": st.column_config.TextColumn("Preset, and what differs", width="medium"),
        "measured": st.column_config.TextColumn("Measured on", width="medium"),
    }


def _digest_of(listed: list[Contender]) -> str:
    """Return a digest of the rows: other rows are another table."""
    names = "\n".join(contender.reference for contender in listed)
    return hashlib.sha256(names.encode()).hexdigest()[:12]
