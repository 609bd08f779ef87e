"""Scene 2, the recurrent network unrolled, one step of its simplest cell, and its tanh."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import inside_caches, interface
from app_pages import inside_parts as parts
from app_pages.inside_caches import AnalysedSong
from genre.charts import cell as cell_charts
from genre.interpret.cell import rnn_step
from genre.interpret.unrolled import tanh_curve, unroll
from genre.text.inside import pooling_line, slope_line, state_line, step_line, unrolled_line

state = st.session_state


def show(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the scene: its charts on the left, its settings here."""
    if state.part == "Unrolled":
        show_unrolled(analysed, left)
    else:
        simple = inside_caches.with_cell(analysed, "simple_rnn")
        if simple is None:
            with left:
                interface.show_info(
                    "There is no model with simple RNN cells here. Train one: on the page Train, "
                    "under More, Network, choose the cell Simple RNN."
                )
        else:
            if simple is not analysed:
                st.caption(f"With the model {interface.literal(simple.classifier.card.name)}.")
            st.caption(step_line(simple.classifier.features))
            show_cell(simple, left, is_step=state.part == "One step")


def show_unrolled(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the layers over the steps, shape by shape."""
    config = analysed.classifier.network.config
    sequences = st.toggle(
        "return_sequences",
        value=config.pooling != "last",
        key=f"sequences_{analysed.classifier.card.name}",
        help="Whether the last layer returns its state for every step, or the last state only.",
    )
    unrolled = unroll(config, batch_size=len(analysed.result.steps), returns_sequences=sequences)
    for line in (unrolled_line(unrolled), pooling_line(config)):
        if line:
            st.text(line)
    parts.show_limits(analysed)
    with left:
        interface.draw_once(
            lambda: cell_charts.unrolled_network(unrolled, interface.ink()),
            (*analysed.key, sequences),
            "unrolled",
            ", ".join(f"{a.source} to {a.target}: {a.label}" for a in unrolled.arrows),
        )
        st.caption("On each arrow: (batch, steps, values). The batch is the segments of this song.")


def show_cell(simple: AnalysedSong, left: DeltaGenerator, *, is_step: bool) -> None:
    """Show one step of the simple cell, or its tanh, with the numbers of this song."""
    network = simple.classifier.network
    moment = parts.show_moment(simple)
    layer, unit = parts.show_unit(network.config.units, with_units=is_step)
    segment = simple.result.steps[moment.segment : moment.segment + 1]
    numbers = rnn_step(network, network.trace(segment), layer=layer, segment=0, step=moment.step)
    if is_step:
        with left:
            st.markdown("**Input of the layer:** $x_t$")
            interface.draw(
                cell_charts.input_vector(numbers),
                "input_vector",
                "The vector that the layer reads at this step.",
                height=160,
            )
            st.markdown(r"**Its new state:** $h_t = \tanh(x_t W + h_{t-1} U + b)$")
            interface.draw(
                cell_charts.cell_step(numbers, unit),
                "simple_step",
                "For each unit: its last state, the sum, and its new state.",
                height=180,
            )
            st.text(state_line(numbers, unit))
        return
    product = inside_caches.slopes_of(simple, layer)
    st.text(slope_line(product))
    with left:
        interface.draw(
            cell_charts.tanh_chart(tanh_curve(), numbers.sums),
            "tanh",
            "tanh and its slope, with the units of this step on the curve.",
            height=215,
        )
        st.markdown("**The part of a gradient that the slopes keep**")
        interface.draw(
            cell_charts.slope_product(product),
            "slopes",
            slope_line(product),
            height=215,
        )
