"""Scene 2, the recurrent network unrolled, one step of its simplest cell, and its tanh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app_pages import inside_parts as parts
from app_pages import inside_state
from app_pages.inside_state import Hearing

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

state = st.session_state


def show(hearing: Hearing, left: DeltaGenerator) -> None:
    """Show the scene: its picture on the left, what it is about here."""
    if state.place["part"] == "Unrolled":
        show_unrolled(hearing, left)
    else:
        simple = inside_state.with_cell(hearing, "simple_rnn")
        if simple is None:
            left.info(
                "There is no model of simple cells here to take a step of. Train one: on "
                "Train, under More, the cell.",
                icon=":material/info:",
            )
        else:
            if simple is not hearing:
                st.caption(f"Numbers of the model {simple.classifier.card.name}.")
            show_cell(simple, left, is_step=state.place["part"] == "One step")


def show_unrolled(hearing: Hearing, left: DeltaGenerator) -> None:
    """Show both layers over the steps, shape by shape."""
    from app_pages import resources
    from genre.charts import cell as cell_charts
    from genre.interpret.unrolled import unroll
    from genre.text.inside import unrolled_line

    config = hearing.classifier.network.config
    sequences = st.toggle(
        "return_sequences",
        value=config.pooling != "last",
        key=f"sequences_{hearing.classifier.card.name}",
        help="Whether the second layer hands on every step, or its last state only.",
    )
    unrolled = unroll(config, batch_size=len(hearing.analysis.steps), returns_sequences=sequences)
    st.text(unrolled_line(unrolled))
    parts.show_lack(hearing)
    with left:
        parts.draw(
            cell_charts.unrolled_network(unrolled, resources.ink()),
            "unrolled",
            ", ".join(f"{a.source} to {a.target}: {a.label}" for a in unrolled.arrows),
        )
        st.caption(
            "On each arrow (batch, steps, values): the batch is this song, its segments side by "
            "side."
        )


def show_cell(simple: Hearing, left: DeltaGenerator, *, is_step: bool) -> None:
    """Show one step of the simple cell, or its tanh, with the numbers of this song."""
    from genre.charts import cell as cell_charts
    from genre.interpret.cell import rnn_step
    from genre.interpret.unrolled import tanh_curve
    from genre.text.inside import slope_line, state_line

    network = simple.classifier.network
    moment = parts.show_moment(simple)
    layer, unit = parts.show_unit(network.config.units if is_step else None)
    segment = simple.analysis.steps[moment.segment : moment.segment + 1]
    numbers = rnn_step(network, network.trace(segment), layer=layer, segment=0, step=moment.step)
    if is_step:
        with left:
            st.markdown("**What the layer reads:** $x_t$")
            parts.draw(
                cell_charts.input_vector(numbers),
                "input_vector",
                "The vector that the layer reads at this step.",
                height=160,
            )
            st.markdown(r"**What it makes of it:** $h_t = \tanh(x_t W + h_{t-1} U + b)$")
            parts.draw(
                cell_charts.cell_step(numbers, unit),
                "simple_step",
                "For each unit: its last state, the sum, and its new state.",
                height=180,
            )
            st.text(state_line(numbers, unit))
        return
    product = inside_state.slopes_of(simple, layer)
    st.text(slope_line(product))
    with left:
        parts.draw(
            cell_charts.tanh_picture(tanh_curve(), numbers.sums),
            "tanh",
            "tanh and its slope, with the units of this step on the curve.",
            height=215,
        )
        st.markdown("**What the slopes alone leave of a gradient**")
        parts.draw(
            cell_charts.slope_product(product),
            "slopes",
            slope_line(product),
            height=215,
        )
