"""Scene 5, the gates: a film of every gate and state of the song, with its sound."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import classify_inputs, inside_caches, interface, live, session, song_player
from app_pages import inside_parts as parts
from app_pages.inside_caches import AnalysedSong
from genre.charts.colours import genre_colour
from genre.errors import GenreError
from genre.interpret.half_life import rank_memory
from genre.interpret.position import find_index
from genre.interpret.pull import Pulls
from genre.interpret.trace import LayerColumns
from genre.language import _
from genre.scenes import film_text, forgetting_charts
from genre.scenes.gate_lanes import FEW, MANY, ROWS, gate_lanes, order_units, running_band
from genre.scenes.sentences import step_line
from genre.text.genres import genre_name

state = st.session_state
SHOWN = {"1": 1, "4": FEW, "16": MANY, "All": None}


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
    """Show the film: one unit at first, then more of them, in an order that is chosen."""
    trace, prediction = inside_caches.trace_of(analysed), analysed.result.prediction
    with left:
        controls = parts.controls()
    layer = choose_layer(trace.layers, controls)
    with controls:
        n_shown = interface.choose_one(
            _("Units"),
            list(SHOWN),
            default="1",
            format_func=lambda n: _(film_text.ALL) if n == "All" else n,
            key="film_units",
            persist_state="session",
        )
        order = st.selectbox(
            _("Order of the units"),
            list(film_text.ORDERS),
            format_func=lambda name: _(film_text.ORDERS[name]),
            key="film_order",
            persist_state="session",
            width=170,
        )
    song_pulls = inside_caches.pulls_of(analysed)
    genre = choose_genre(analysed, controls) if song_pulls.reach(layer) else ""
    pulls = song_pulls.of(layer, prediction.genres.index(genre)) if genre else None
    units = order_units(layer, order, pulls)[: SHOWN[n_shown]]
    quantity = "hidden"
    with controls:
        if n_shown == "1":
            units = choose_unit(analysed, layer, order, genre, pulls)
        elif n_shown == "16" and "forget_gate" in layer.columns:
            quantity = st.selectbox(
                _("Gate or state"),
                list(ROWS),
                format_func=lambda name: _(ROWS[name]),
                key="film_quantity",
                persist_state="session",
                width=160,
            )
    if pulls is None and order == "pull":
        st.caption(film_text.no_pull())
    running, seconds = inside_caches.predictions_of(analysed), prediction.seconds
    with left:
        song_player.show_song(
            analysed.song,
            analysed.result.view,
            analysed.classifier,
            gate_lanes(trace, layer, units, seconds, quantity=quantity, pulls=pulls),
            size="film",
            film={
                "bands": [running_band(film_text.running_title(), running, prediction.audible)],
                "pullGenre": genre_name(genre) if genre else "",
                "pullColour": genre_colour(genre, prediction.genres) if genre else "",
            },
            start_seconds=start_of(analysed),
            on_seconds_change=partial(keep_seconds, analysed),
        )


def choose_unit(
    analysed: AnalysedSong,
    layer: LayerColumns,
    order: str,
    genre: str,
    pulls: Pulls | None,
) -> list[int]:
    """Choose one unit; in another order, the first of that one."""
    names = (*analysed.key, layer.layer, layer.direction, order, genre)
    units = [int(unit) for unit in order_units(layer, order, pulls)]
    chosen = st.selectbox(
        _("Unit"),
        units,
        format_func=lambda unit: film_text.unit_label(layer, unit, order, pulls),
        key=f"film_unit_{interface.short_digest(*map(str, names))}",
        width=160,
    )
    return [chosen]


def choose_layer(layers: tuple[LayerColumns, ...], place: DeltaGenerator) -> LayerColumns:
    """Choose a recurrent layer in one direction; at first the last, which the genres read."""
    if len(layers) == 1:
        return layers[0]
    n = len(layers)
    with place:
        chosen = interface.choose_one(
            _("Layer"),
            list(range(n)),
            default=n - 1,
            format_func=lambda i: film_text.layer_name(layers[i]),
            key=f"film_layer_{n}",
            persist_state="session",
        )
    return layers[chosen]


def choose_genre(analysed: AnalysedSong, place: DeltaGenerator) -> str:
    """Choose the genre whose score the units pull on; at first that of the song."""
    prediction = analysed.result.prediction
    return place.selectbox(
        _("Pull on"),
        prediction.ranking,
        format_func=genre_name,
        key=f"film_genre_{interface.short_digest(*map(str, analysed.key))}",
        help=film_text.pull_help(),
        persist_state="session",
        width=130,
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
        name = _("Layer {layer}.").format(layer=film_text.layer_name(layer))
        with left:
            st.markdown(f"**{name}** {film_text.half_life_line(memory)}")
            interface.draw(
                forgetting_charts.unit_memory(memory),
                f"half_lives_{layer.layer}_{layer.direction}",
                film_text.half_life_line(memory),
                height=190,
                share=0.34,
            )
