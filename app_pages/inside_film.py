"""Scene 5, the gates: a film of every gate and state of the song, with its sound."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import classify_inputs, inside_caches, interface, live, session, song_player
from app_pages import inside_parts as parts
from app_pages.inside_caches import AnalysedSong
from genre.charts import forgetting as forgetting_charts
from genre.charts.gate_lanes import gate_lanes
from genre.errors import GenreError
from genre.interpret.half_life import rank_memory
from genre.interpret.position import find_index
from genre.text.inside import half_life_line, step_line

state = st.session_state
ORDERS = {"memory": "Longest memory", "activity": "Most active", "index": "Number"}
SHOWN = {"16": 16, "32": 32, "All": None}


def show(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the scene: its charts on the left, its settings here."""
    if state.part == "Live":
        show_live(analysed, left)
        return
    parts.show_limits(analysed)
    if state.part == "Film":
        show_film(analysed, left)
    else:
        show_half_lives(analysed, left)


def show_live(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the last layer as it listens."""
    with left:
        listening = live.show(classify_inputs.keep_live, shows_gates=True)
    if listening:
        if listening.card.name == analysed.classifier.card.name:
            parts.show_limits(analysed)
        st.caption(step_line(listening.features))


def show_film(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the film, with what is shown of it beside it."""
    order = st.selectbox(
        "Order of the units",
        list(ORDERS),
        format_func=ORDERS.__getitem__,
        key="film_order",
        persist_state="session",
    )
    n_shown = st.segmented_control(
        "Units per layer",
        list(SHOWN),
        default="All",
        key="film_units",
        required=True,
        persist_state="session",
    )
    lanes = gate_lanes(
        inside_caches.trace_of(analysed),
        analysed.result.prediction.seconds,
        order=order,
        n_units=SHOWN[n_shown],
    )
    with left:
        song_player.show_song(
            analysed.song,
            analysed.result.view,
            analysed.classifier,
            lanes,
            size="film",
            start_seconds=start_of(analysed),
            on_seconds_change=lambda: keep_seconds(analysed),
        )


def start_of(analysed: AnalysedSong) -> float:
    """Return where the film begins; were it to change, each pause would send the whole film."""
    began = state.film_start
    if began is None or began[0] != analysed.key:
        moment = inside_caches.moment_of(analysed)
        is_chosen = moment.index != session.default("step")
        began = state.film_start = (analysed.key, moment.seconds if is_chosen else 0.0)
    return began[1]


def keep_seconds(analysed: AnalysedSong) -> None:
    """Choose the step where the film was paused, or to which the visitor moved."""
    seconds = state.song_player.seconds
    if seconds is not None:
        steps, features = analysed.result.steps, analysed.classifier.features
        state.step = find_index(seconds, steps.shape, features)


def show_half_lives(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show how long each unit remembers."""
    trace = inside_caches.trace_of(analysed)
    for layer in trace.layers:
        try:
            memory = rank_memory(trace, layer)
        except GenreError as error:
            with left:
                interface.show_info(error)
            return
        backwards = ", read backwards" if layer.direction == "backward" else ""
        with left:
            st.markdown(f"**Layer {layer.layer}{backwards}.** {half_life_line(memory)}")
            interface.draw(
                forgetting_charts.unit_memory(memory),
                f"half_lives_{layer.layer}_{layer.direction}",
                half_life_line(memory),
                height=190,
            )
