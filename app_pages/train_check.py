"""Before Start: how the data falls into its sides or folds, what cannot be, and what mends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from app_pages import interface, train_caches
from genre.language import _
from genre.recipes.config import TrainConfig
from genre.recipes.prepare import FEW_TRACKS, option_settings, usual_evaluation
from genre.splits.split_check import SplitCheck
from genre.text import training_data as data_text

state = st.session_state
Change = Callable[[TrainConfig, dict[str, Any]], None]
"""Changes settings of a recipe."""


def is_large_enough(data: str) -> bool:
    """Tell whether any split can be; if not, say what to add: nothing is extracted then."""
    check = train_caches.split_check(data, TrainConfig())
    if check and check.is_too_small:
        interface.show_error(data_text.split_problem(check))
        return False
    return True


def usual_settings(
    data: str, overview: dict[str, Any] | None, config: TrainConfig
) -> dict[str, Any]:
    """Return the settings that change where other data is chosen: few tracks are tested by folds.

    What the visitor has chosen stays, and so do folds that a link or a run asks for.
    """
    n_tracks = count_tracks(data, overview, config) if data else 0
    if not n_tracks or state.tested_data[:1] == (data,):
        return {}
    usual, before = usual_evaluation(config, n_tracks), state.tested_data[1:]
    state.tested_data = (data, usual)
    if usual == config.evaluation:
        return {}
    if usual == "held-out":  # again many tracks: folds were asked for by their number alone
        unset = {"evaluation": usual, "n_folds": TrainConfig().n_folds}
        return unset if before == ("pooled",) else {}
    return {} if state.held_out else folds_that_work(data, config)


def count_tracks(data: str, overview: dict[str, Any] | None, config: TrainConfig) -> int:
    """Return how many tracks there are, known before they are read; 0 where it is not."""
    check = train_caches.split_check(data, config)
    return (check.n_tracks if check else 0) or (
        overview["total"]["n_tracks"] or 0 if overview else 0
    )


def folds_that_work(data: str, config: TrainConfig) -> dict[str, Any]:
    """Return the settings of folds that can be; fewer ones, if there are too few artists."""
    folds = {"evaluation": "pooled"}
    check = train_caches.split_check(data, replace(config, **folds))
    option = option_settings(check) if check else {}
    return folds | (option if option.keys() <= {"n_folds", "seed"} else {})


def show_check(
    data: str, overview: dict[str, Any] | None, config: TrainConfig, change: Change
) -> bool:
    """Show how the data falls; tell whether every genre can be learnt and tested."""
    check = train_caches.split_check(data, config)
    n_tracks = count_tracks(data, overview, config)
    is_possible = check is None or not check.problem
    if check and check.genres:
        show_genres(check)
    if check and check.problem:
        interface.show_error(data_text.split_problem(check))
        if settings := option_settings(check):
            st.button(
                data_text.split_option(settings),
                icon=":material/call_split:",
                key="use_split",
                on_click=change,
                args=(config, settings),
            )
    is_few = 0 < n_tracks < FEW_TRACKS and config.split != "course"
    if is_few and is_possible:
        st.caption(data_text.evaluation_line(config, n_tracks))
    if check and not check.is_too_small and (is_few or not is_possible):
        show_other_evaluation(data, config, change)
    return is_possible


def show_genres(check: SplitCheck) -> None:
    """Show the tracks and artists of each genre on each side."""
    icon = ":material/error:" if check.problem else ":material/call_split:"
    line = data_text.split_line(check)
    with st.popover(line, icon=icon, width="stretch", help=_("How each genre is split")):
        st.dataframe(
            [data_text.split_row(row) for row in check.genres],
            hide_index=True,
            key="split_table",
            column_config=data_text.split_columns(),
            column_order=["genre", *check.genres[0].n_tracks, "note"],
            alt=_("Tracks and artists of each genre in training, validation and test"),
        )
        st.caption(data_text.split_note(check.plan))


def show_other_evaluation(data: str, config: TrainConfig, change: Change) -> None:
    """Offer folds instead of a test side, or the other way round, where that can be."""
    if config.evaluation == "pooled":
        settings: dict[str, Any] = {"evaluation": "held-out"}
    else:
        settings = folds_that_work(data, config)
    other = replace(config, **settings)
    check = train_caches.split_check(data, other)
    if check is None or check.problem:
        return
    st.button(
        data_text.evaluation_option(other),
        icon=":material/swap_horiz:",
        key="use_evaluation",
        on_click=use_evaluation,
        args=(config, settings, change),
    )


def use_evaluation(config: TrainConfig, settings: dict[str, Any], change: Change) -> None:
    """Test a recipe the other way, and keep that in the link."""
    state.held_out = "1" if settings["evaluation"] == "held-out" else ""
    change(config, settings)
