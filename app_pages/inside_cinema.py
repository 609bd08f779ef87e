"""Scene 5, gate cinema: every gate and state of the song under a playhead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app_pages import gate_cinema, inside_state, resources
from app_pages import inside_parts as parts
from app_pages.inside_state import Hearing

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

state = st.session_state
ORDERS = {"memory": "Longest memory", "activity": "Most active", "index": "Number"}
SHOWN = {"16": 16, "32": 32, "All": None}


def show(hearing: Hearing, left: DeltaGenerator) -> None:
    """Show the scene: its picture on the left, what it is about here."""
    parts.show_lack(hearing)
    if state.place["part"] == "Film":
        show_film(hearing, left)
    else:
        show_half_lives(hearing, left)


def show_film(hearing: Hearing, left: DeltaGenerator) -> None:
    """Show the film, with what is shown of it beside it."""
    from genre.charts.gate_film import film_song

    order = st.selectbox(
        "Units first",
        list(ORDERS),
        format_func=ORDERS.__getitem__,
        key="film_order",
        persist_state="session",
    )
    n_shown = st.segmented_control(
        "Units of each layer",
        list(SHOWN),
        default="All",
        key="film_units",
        required=True,
        persist_state="session",
    )
    film = film_song(
        inside_state.trace_of(hearing),
        hearing.analysis.view.envelope,
        hearing.analysis.prediction.seconds,
        order=order,
        n_units=SHOWN[n_shown],
    )
    with left:
        gate_cinema.show_gate_cinema(
            film,
            resources.playable(hearing.song),
            identity=" ".join(map(str, (*hearing.key, order, n_shown))),
            start_seconds=start_of(hearing),
            on_seconds_change=lambda: keep_seconds(hearing),
        )


def start_of(hearing: Hearing) -> float:
    """Return where the film begins: it stays, or the whole film would be sent at each pause."""
    began = state.get("film_began")
    if began is None or began[0] != hearing.key:
        moment = inside_state.moment_of(hearing)
        is_set = moment.index != inside_state.DEFAULTS["step"]
        began = state.film_began = (hearing.key, moment.seconds if is_set else 0.0)
    return began[1]


def keep_seconds(hearing: Hearing) -> None:
    """Take the step at which the film was paused, or to which it was wound."""
    from genre.interpret.position import find_index

    seconds = state.gate_cinema.seconds
    if seconds is not None:
        steps, features = hearing.analysis.steps, hearing.classifier.features
        state.place["step"] = find_index(seconds, steps.shape, features)


def show_half_lives(hearing: Hearing, left: DeltaGenerator) -> None:
    """Show how long each unit remembers."""
    from genre.charts import forgetting as forgetting_charts
    from genre.errors import GenreError
    from genre.interpret.half_life import rank_memory
    from genre.text.inside import half_life_line

    trace = inside_state.trace_of(hearing)
    for layer in trace.layers:
        try:
            memory = rank_memory(trace, layer)
        except GenreError as error:
            left.info(str(error), icon=":material/info:")
            return
        backwards = ", read backwards" if layer.direction == "backward" else ""
        with left:
            st.markdown(f"**Layer {layer.layer}{backwards}.** {half_life_line(memory)}")
            parts.draw(
                forgetting_charts.unit_memory(memory),
                f"half_lives_{layer.layer}_{layer.direction}",
                half_life_line(memory),
                height=190,
            )
