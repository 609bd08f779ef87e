"""Data leakage: the accuracy of the same network under four splits of the same data."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app_pages import caches, compare_caches, interface, train_runs, train_setup
from genre.charts import leakage as leakage_charts
from genre.compare.leakage import (
    DATA,
    FOUR_WAYS,
    LeakageStudy,
    leakage_lines,
    leakage_recipes,
)
from genre.errors import GenreError
from genre.language import _
from genre.runs.duration import expected_seconds
from genre.text import compare as compare_text
from genre.text.format import duration


def show_leakage() -> None:
    """Show the recorded runs, and offer to train them again."""
    st.header(_("Data leakage: the same network and data, four splits"), anchor=False)
    picture = compare_caches.recorded_leakage()
    if isinstance(picture, GenreError):
        interface.show_error(picture)
        show_training()
        return
    for place, run in zip(st.columns(4), picture.four_ways, strict=True):
        label, value, about = compare_text.split_metric(run)
        with place:
            st.metric(label, value)
            st.caption(about)
    st.write(compare_text.leakage_line(picture))
    for place, is_control, title in zip(
        st.columns(2, gap="large"),
        (False, True),
        (_("With the true genres"), _("With permuted genres: nothing to learn")),
        strict=True,
    ):
        with place:
            st.markdown(f"**{title}**")
            interface.draw_once(
                partial(leakage_charts.leakage_bars, picture, is_control=is_control),
                compare_caches.leakage_stamp(),
                f"leakage_{'permuted' if is_control else 'true'}",
                _(
                    "Accuracy per segment under each split, shown separately for segments of "
                    "tracks that are also in training."
                ),
            )
    st.caption(
        _(
            "Whiskers: 95% intervals, with segments counted one by one. Segments of one "
            "track are similar, so the real intervals are wider."
        )
    )
    with st.expander(_("Why?")):
        show_reasons(picture)
    show_training()


def show_reasons(picture: LeakageStudy) -> None:
    """Explain the picture, with all its figures."""
    st.markdown(
        _(
            "A song of 30 seconds gives ten segments. If all segments are shuffled before "
            "the split, as in many tutorials, the test has segments of the same recordings "
            "as the training: the network can recognise the recording without knowing "
            "anything about its genre. If tracks are kept whole, it can still recognise the "
            "artist. If artists are kept whole, the accuracy is what to expect for your "
            "music. The control has genres permuted between tracks: there the network can "
            "learn nothing about genres, only recognise recordings."
        )
    )
    for line in leakage_lines(picture):
        st.text(line)
    st.caption(_("Recorded by: python -m genre honesty --record"))


def show_training() -> None:
    """Offer to train the four runs now."""
    recipes = [leakage_recipes()[name] for name in FOUR_WAYS]
    total = caches.overview(DATA)["total"]
    seconds = sum(
        expected_seconds(recipe, total["n_tracks"], total["n_segments"], caches.step_cost(recipe))
        for recipe in recipes
    )
    with st.popover(_("Train these four runs"), icon=":material/play_arrow:"):
        st.write(
            _(
                "Four runs, one after the other, about {seconds} in all. You can watch and stop "
                "each of them on the page Train."
            ).format(seconds=duration(seconds))
        )
        if st.button(_("Start"), key="start_four", type="primary"):
            start_four()


def start_four() -> None:
    """Start the runs, and go where they are watched."""
    if not train_setup.is_first_click():
        return
    started = []
    try:
        for name in FOUR_WAYS:
            train_setup.begin(leakage_recipes()[name], DATA)
            started.append(st.session_state.run)
    except GenreError as error:
        interface.show_error(error)
        return
    train_runs.show_run(started[0])
    st.switch_page("app_pages/train.py")
