"""The tour on its page: one component of plain JavaScript, for the room and for the speaker.

The browser knows all ten questions, so a key leads on at once; Python is told where the tour is
and sends what holds there.  A second window of the same browser with ``notes=1`` follows the first
one, and leads it, by a channel between the two.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from app_pages import interface, session, tour_stops, train_runs, train_setup
from app_pages.component_files import read
from app_pages.inside_caches import AnalysedSong
from genre.errors import GenreError
from genre.language import _
from genre.recipes.config import BUNDLED_DATA, PRESETS
from genre.scenes.descriptions import SCENES
from genre.system.installed import check_training
from genre.text.song import display_name
from genre.tour import stops as text
from genre.tour import words as tour_words

state = st.session_state
TICK_SECONDS = 1.0
_tour = st.components.v2.component(
    "tour",
    html='<section class="tour"></section>',
    css=read("tour.css"),
    js=read("elements.js", "tour_charts.js", "tour.js"),
)


def show(analysed: AnalysedSong, about_song: str) -> None:
    """Show the tour; while a run trains and is looked at, it is drawn each second."""
    if state.tour_stop == tour_stops.TRAINING_STOP and tour_stops.is_training():
        st.fragment(show_stop, run_every=TICK_SECONDS)(analysed, about_song, was_watching=True)
    else:  # a song may have to wait for its turn, which is said outside a fragment
        show_stop(analysed, about_song, was_watching=False)


def show_stop(analysed: AnalysedSong, about_song: str, *, was_watching: bool) -> None:
    """Show the stop, and do what was asked for there."""
    number = state.tour_stop
    is_watching = number == tour_stops.TRAINING_STOP and tour_stops.is_training()
    if is_watching != was_watching:
        st.rerun()
    session.write_link("tour")
    interface.show_message("tour")
    result = _tour(
        key="tour",
        data=data_of(number, analysed, about_song, is_watching=is_watching),
        on_stop_change=keep_stop,
        on_plan_change=keep_plan,
        on_opened_change=lambda: None,
        on_trained_change=train,
    )
    if result.opened:
        open_place(number)


def data_of(
    number: int, analysed: AnalysedSong, about_song: str, *, is_watching: bool
) -> dict[str, Any]:
    """Return all that the browser draws."""
    found = tour_stops.reveal(number, analysed)
    shown = (
        {"problem": str(found)}
        if isinstance(found, GenreError)
        else found.to_dict() | {"refuted": tour_words.refuted(is_recorded=found.is_recorded)}
    )
    models = () if isinstance(found, GenreError) else found.models
    can_train = number == tour_stops.TRAINING_STOP and not is_watching
    return {
        "stop": number,
        "plan": state.tour_plan,
        "plans": {plan: _(label) for plan, label in text.PLANS.items()},
        "ofPlan": {plan: text.stops_of(plan) for plan in text.PLANS},
        "stops": [tour_words.described(one) for one in text.STOPS],
        "reveal": shown,
        "sounds": tour_stops.sounds(number, analysed),
        "train": (_("Train one now") if can_train else ""),
        "onSong": tour_words.on_song(display_name(analysed.song.name), about_song, models),
        "identity": analysed.song.digest,
        "isNotes": state.tour_notes == "1",
        "words": tour_words.words(),
    }


def keep_stop() -> None:
    """Keep the stop that the browser has gone to."""
    wanted = state.tour.stop
    if isinstance(wanted, int | float) and 1 <= wanted <= len(text.STOPS):
        state.tour_stop = int(wanted)


def keep_plan() -> None:
    """Keep the chosen way through."""
    if state.tour.plan in text.PLANS:
        state.tour_plan = state.tour.plan


def train() -> None:
    """Start a short run, once for a double click."""
    if not train_setup.is_first_click():
        return
    config = PRESETS[tour_stops.PRESET]
    if train_runs.is_queue_full():
        interface.set_message("tour", train_setup.QUEUE_FULL, is_error=True)
        return
    try:
        check_training()
        train_setup.begin(config, BUNDLED_DATA[config.features])
    except GenreError as error:
        interface.set_message("tour", error, is_error=True)


def open_place(number: int) -> None:
    """Go to the page that a stop belongs to, and to its scene."""
    stop = text.STOPS[number - 1]
    if stop.page == "inside":
        state.scene = stop.scene if stop.scene in SCENES else session.default("scene")
        state.part = stop.part
    st.switch_page(f"app_pages/{stop.page}.py")
