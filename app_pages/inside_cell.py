"""The scene of the cell: its picture, a gate held, the textbook's numbers, a simple RNN's cell."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import (
    inside_caches,
    inside_cell_view,
    inside_parts,
    inside_pictures,
    interface,
    session,
)
from app_pages.inside_caches import AnalysedSong
from genre.errors import GenreError
from genre.interpret.held import count_changed
from genre.interpret.textbook import TextbookCell, read_numbers, textbook_cell
from genre.language import N_, _
from genre.network.config import Cell
from genre.network.forward import HeldGate
from genre.scenes.cell_picture import hold_data, textbook_data
from genre.scenes.cell_text import (
    GATE_NAMES,
    HELD_UNITS,
    held_label,
    held_line,
    no_model_line,
    other_model_line,
    stretch_line,
    textbook_line,
    unit_label,
    verdict_line,
)
from genre.scenes.sentences import pooling_line, step_line

state = st.session_state
TEXTBOOK = {
    "C": (N_("Old cell state C"), "[1, 2, 4]"),
    "f": (N_("Forget gate f"), "[1, 0, 1]"),
    "i": (N_("Input gate i"), ""),
    "C'": (N_("Candidate C′"), ""),
    "o": (N_("Output gate o"), ""),
}
KEYS = {"C": "C", "f": "f", "i": "i", "C'": "candidate", "o": "o"}


def show(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the scene: its pictures on the left, its settings here."""
    if state.part == "Textbook":
        show_textbook(left)
        return
    cell: Cell = "simple_rnn" if state.part == "Simple RNN" else "lstm"
    shown = inside_cell_view.model_of(analysed, cell)
    if shown is None:
        with left:
            interface.show_info(no_model_line(cell))
        return
    if shown is not analysed:
        line = other_model_line(shown.classifier.card.name, cell)
        if cell == "lstm":  # the chosen model cannot be shown
            interface.show_info(line)
        else:
            st.caption(interface.literal(line))
        st.caption(step_line(shown.classifier.features))
    if state.part == "Hold":
        show_hold(shown, left)
    else:
        show_picture(shown, left)


def show_picture(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the cell of the chosen unit, which moves with the sound."""
    segment = inside_caches.moment_of(analysed).segment
    layer, unit, direction = state.layer, state.unit, state.direction
    drawn, stretch = inside_pictures.cell_of(analysed, segment, layer, unit, direction)
    if drawn["kind"] == "simple_rnn":
        drawn = {**drawn, **inside_pictures.lstm_beside(analysed, segment, layer, unit)}
    with left:
        inside_cell_view.show_view(
            analysed,
            drawn,
            title=unit_label(unit, layer, direction),
            stretch=stretch,
            key=f"cell_{drawn['kind']}",
        )


# A gate held


def show_hold(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show what the network does with a gate held, beside what it does as trained."""
    with left:
        held = choose_held()
    segment = inside_caches.moment_of(analysed).segment
    layer, unit, direction = state.layer, state.unit, state.direction
    trained, stretch = inside_pictures.run_of(analysed, segment, layer, direction, None)
    run, _stretch = inside_pictures.run_of(analysed, segment, layer, direction, held)
    prediction = analysed.result.prediction
    audible = prediction.audible[stretch.start : stretch.stop]
    verdicts = trained.verdict(audible), run.verdict(audible)
    drawn = hold_data(
        {_("As trained"): trained, held_label(held): run},
        unit=unit,
        gate=held.gate,
        genres=prediction.genres,
        audible=audible,
    )
    for one, verdict in zip(drawn["runs"], verdicts, strict=True):
        one["song"] = verdict_line(verdict, prediction.genres)
    with left:
        inside_cell_view.show_view(
            analysed,
            drawn,
            title=unit_label(unit, layer, direction),
            stretch=stretch,
            key="cell_hold",
        )
    line = held_line(
        *verdicts,
        prediction.genres,
        n_changed=count_changed(trained, run, audible),
        n_segments=int(audible.sum()),
    )
    st.markdown(f"**{interface.literal(line)}**")
    features, config = analysed.classifier.features, analysed.classifier.network.config
    n_segments = len(analysed.result.steps)
    about = (stretch_line(stretch, n_segments, features.segment_seconds), pooling_line(config))
    for sentence in filter(None, about):
        st.caption(interface.literal(sentence))


def choose_held() -> HeldGate:
    """Choose which gate is held at what."""
    with inside_parts.controls():
        for key, label, names in (
            ("gate", _("Gate"), GATE_NAMES),
            ("held_units", _("Units"), HELD_UNITS),
        ):
            interface.choose_one(
                label,
                list(names),
                format_func=lambda name, names=names: _(names[name]),
                key=session.bind_widget(key),
                on_change=session.keep_widget,
                args=(key,),
            )
        st.slider(
            _("Held at, in percent"),
            0,
            100,
            step=5,
            key=session.bind_widget("held_percent"),
            on_change=session.keep_widget,
            args=("held_percent",),
            width=150,
        )
        for key, label, value in (("shut", _("Shut"), 0), ("open", _("Open"), 100)):
            st.button(label, key=f"hold_{key}", on_click=hold_at, args=(value,))
    unit = state.unit if state.held_units == "one" else None
    return HeldGate(state.layer, state.gate, state.held_percent / 100, unit, state.direction)


def hold_at(percent: int) -> None:
    """Hold the gate at a value."""
    state.held_percent = percent


# The textbook


def show_textbook(left: DeltaGenerator) -> None:
    """Show the textbook's cell, its numbers to be typed."""
    typed = {}
    with left, inside_parts.controls():
        columns = st.columns(len(TEXTBOOK), gap="small")
    for column, (name, (label, default)) in zip(columns, TEXTBOOK.items(), strict=True):
        key = f"textbook_{KEYS[name]}"
        state.setdefault(key, default)
        typed[name] = column.text_input(_(label), key=key, persist_state="session")
    with left:
        try:
            cell = read_cell(typed)
        except GenreError as error:
            interface.show_error(error)
            return
        lines = [textbook_line("Cₜ₋₁ × fₜ", cell.kept), textbook_line("Cₜ", cell.cell)]
        if cell.hidden is not None:
            lines.append(textbook_line("hₜ", cell.hidden))
        inside_cell_view.show_textbook(textbook_data(cell), ", ".join(lines))


def read_cell(typed: dict[str, str]) -> TextbookCell:
    """Compute the cell whose numbers were typed.

    Raises
    ------
    ParameterError
        If they cannot be read, or do not make a cell.
    """
    numbers = {name: read_numbers(name, text) for name, text in typed.items()}
    return textbook_cell(
        numbers["C"],
        numbers["f"],
        input_gate=numbers["i"],
        candidate=numbers["C'"],
        output_gate=numbers["o"],
    )
