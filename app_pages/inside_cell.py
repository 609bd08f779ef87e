"""Scene 4, the LSTM cell by hand: its formulas beside the numbers of one step."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import inside_parts as parts
from app_pages import interface
from app_pages.inside_caches import AnalysedSong
from genre.charts import cell as cell_charts
from genre.errors import GenreError
from genre.interpret.cell import Formula, forget_example, lstm_step, write_formulas
from genre.text.inside import forget_formula, number

state = st.session_state
TEXTBOOK = {"cell": (1.0, 2.0, 4.0), "gate": (1.0, 0.0, 1.0)}


def show(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the scene: its charts on the left, its settings here."""
    if state.part == "Textbook":
        with left:
            show_textbook()
    else:
        parts.show_limits(analysed)
        if analysed.classifier.network.config.cell == "lstm":
            show_step(analysed, left)


def show_step(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show one step of the chosen layer."""
    network = analysed.classifier.network
    moment = parts.show_moment(analysed)
    layer, unit = parts.show_unit(network.config.units)
    segment = analysed.result.steps[moment.segment : moment.segment + 1]
    numbers = lstm_step(network, network.trace(segment), layer=layer, segment=0, step=moment.step)
    with left:
        if state.part == "One unit":
            st.markdown(f"**Unit {unit} of layer {layer}**")
            show_formulas(write_formulas(numbers, unit))
        else:
            interface.draw(
                cell_charts.cell_step(numbers, unit),
                "lstm_step",
                "Every quantity of this step for all units, in the order of the formulas.",
            )


def show_formulas(formulas: tuple[Formula, ...]) -> None:
    """Show each formula beside its numbers."""
    rows = [
        f"| {one.part} | ${one.formula}$ | {one.numbers} = **{number(one.result)}** |"
        for one in formulas
    ]
    st.markdown("\n".join(["| Part | Formula | Numbers |", "|:-|:-|:-|", *rows]))


def show_textbook() -> None:
    """Show the textbook's forget gate, its numbers to be set."""
    for name, values in TEXTBOOK.items():
        for i, value in enumerate(values):
            state.setdefault(f"textbook_{name}_{i}", value)
    st.markdown("**The old memory** $C_{t-1}$")
    for i, column in enumerate(st.columns(3)):
        column.number_input(
            f"Unit {i}", key=f"textbook_cell_{i}", step=1.0, persist_state="session"
        )
    st.markdown("**The forget gate** $f_t$")
    for i, column in enumerate(st.columns(3)):
        column.slider(
            f"Gate of unit {i}", 0.0, 1.0, step=0.1, key=f"textbook_gate_{i}",
            persist_state="session",
        )  # fmt: skip
    cell, gate = ([state[f"textbook_{name}_{i}"] for i in range(3)] for name in TEXTBOOK)
    try:
        st.latex(forget_formula(forget_example(cell, gate)))
    except GenreError as error:
        interface.show_error(error)
    st.caption("What is kept of the old memory, before anything new is added.")
