"""The scene on forgetting: the paths of a gradient, memory tests, also live, and tanh."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import inside_caches, interface
from app_pages import inside_parts as parts
from app_pages.drawing import show_drawings
from app_pages.inside_caches import AnalysedSong
from genre.errors import GenreError
from genre.interpret.cell import rnn_step
from genre.interpret.memory_job import MOST_SECONDS, TRAINING_SECONDS
from genre.interpret.memory_run import alike, seconds_left
from genre.interpret.memory_test import ASKED_LENGTHS, LENGTHS, N_SEEDS, MemoryTask
from genre.interpret.slopes import tanh_curve
from genre.language import _
from genre.scenes import forgetting_charts, memory_chart, slope_charts
from genre.scenes import forgetting_text as wording

state = st.session_state
TICK_SECONDS = 1.0
LINE_PIXELS = 44
"""Of the line above the curves: as high with a button as without, so that nothing jumps."""


def show(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the scene: its charts on the left, its settings here."""
    if state.part == "Paths":
        show_paths(analysed, left)
    elif state.part == "Memory test":
        show_memory_tests(left)
    else:
        show_tanh(analysed, left)


def show_paths(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show how much the end of a segment depends on each earlier step, by each path."""
    st.selectbox(
        _("Differentiated by"),
        list(wording.SOURCES),
        format_func=lambda source: _(wording.SOURCES[source]),
        key="path_source",
        persist_state="session",
        help=_(
            "The chart has the norm of the gradient of the segment's last state, and of its parts, "
            "relative to the last step; mean over the segments of this song. Parts may cancel, so "
            "their norms do not add up; the shares in the text do."
        ),
    )
    source, layer = state.path_source, 1
    if source != "input":
        layer = parts.show_unit(analysed.classifier.network.config.units, with_units=False)[0]
    found, of = {}, ()
    for cell in ("lstm", "simple_rnn"):
        one = inside_caches.with_cell(analysed, cell)
        if one is None or (source == "cell" and cell == "simple_rnn"):
            continue
        name = one.classifier.card.name
        n_layers = len(one.classifier.network.config.units)
        try:
            found[name] = inside_caches.paths_of(one, source, min(layer, n_layers))
        except GenreError as error:
            interface.show_info(f"{name}: {error}")
        else:
            of += one.key
    lines = [" ".join(wording.path_lines(one, name)) for name, one in found.items()]
    with left:
        st.markdown(f"**{_('How much the end of a segment depends on an earlier step')}**")
        interface.draw_once(
            lambda: forgetting_charts.gradient_paths(found),
            (*of, source, layer),
            "paths",
            " ".join(lines),
            height=275,
        )
        for line in lines:
            st.text(line)


def show_memory_tests(left: DeltaGenerator) -> None:
    """Show the recorded memory tests, and run one now."""
    runs = inside_caches.recorded_runs()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        choose(_("Task"), "test_task", wording.TASK_NAMES, 145)
        choose(_("Steps"), "test_length", {n: f"{n:,}" for n in LENGTHS}, 85, ASKED_LENGTHS[0])
        choose(_("Cell"), "test_cell", wording.CELL_NAMES, 140, "open_lstm")
    task = MemoryTask(state.test_task, state.test_cell, state.test_length)
    button, promise = st.columns([2, 5], vertical_alignment="center")
    button.button(
        _("Run now"),
        icon=":material/play_arrow:",
        key="run_test",
        on_click=start_test,
        help=_(
            "It trains for {seconds} s at most, the start of TensorFlow included, and is then "
            "tested as it is."
        ).format(seconds=TRAINING_SECONDS),
    )
    promise.caption(wording.promise_line(alike(runs, task), MOST_SECONDS))
    interface.show_message("memory")
    st.caption(f"{_(wording.TASK_ABOUT[task.task])} {wording.budget_line(runs)}")
    with left:
        if runs:
            interface.draw_once(
                lambda: memory_chart.results(runs),
                (len(runs),),
                "recorded",
                " ".join(wording.answer_lines(runs, task.task, LENGTHS)),
                height=175,
            )
            st.markdown(f"**{_('Does it learn patterns of 100 steps? Of 1,000?')}**")
            answers = wording.answer_lines(runs, task.task, ASKED_LENGTHS)
            st.caption("  \n".join([*map(interface.literal, answers)]))
        else:
            interface.show_info(_("There are no recorded runs here."))
        is_busy = inside_caches.memory_tests().is_busy
        # The browser's clock ticks only while there is something to wait for.
        watch = st.fragment(watch_test, run_every=TICK_SECONDS if is_busy else None)
        watch(task, is_busy)


def choose(
    label: str, key: str, names: Mapping[Any, str], width: int, at_first: str | int | None = None
) -> None:
    """Offer some values by their names."""
    values = list(names)
    st.selectbox(
        label,
        values,
        index=0 if at_first is None else values.index(at_first),
        format_func=lambda value: _(names[value]),
        key=key,
        persist_state="session",
        width=width,
    )


def start_test() -> None:
    """Start a memory test with the chosen settings and a seed that is not recorded."""
    tests = inside_caches.memory_tests()
    seed = max(N_SEEDS, tests.task.seed + 1 if tests.task else 0)
    try:
        tests.start(MemoryTask(state.test_task, state.test_cell, state.test_length, seed))
    except GenreError as error:
        interface.set_message("memory", error, is_error=True)


def watch_test(task: MemoryTask, was_busy: bool) -> None:
    """Show how the recorded runs learnt, and how far the one is that runs now.

    While one runs, and until another task is chosen, it is the one that is drawn.
    """
    tests = inside_caches.memory_tests()
    run = None
    try:
        run = tests.poll()
    except GenreError as error:
        interface.set_message("memory", error, is_error=True)
    if was_busy and not tests.is_busy:
        st.rerun()
    if tests.is_busy and tests.task:
        task = tests.task
    runs = [
        one
        for one in inside_caches.recorded_runs()
        if (one.task.task, one.task.length) == (task.task, task.length)
    ]
    if run and (run.task.task, run.task.length) != (task.task, task.length):
        run = None  # of a task that was looked at before
    line = wording.learning_line(task)
    if run:
        line = wording.run_line(run)
    elif tests.is_busy:
        line = _("Starting TensorFlow in a background process. This takes some seconds.")
    with st.container(
        horizontal=True, vertical_alignment="center", height=LINE_PIXELS, border=False
    ):
        if tests.is_busy:
            st.button(_("Stop"), icon=":material/stop:", key="stop_test", on_click=tests.stop)
            left = seconds_left(run, alike(runs, task)) if run else None
            line += " " + wording.left_line(
                left, TRAINING_SECONDS - tests.seconds, MOST_SECONDS - tests.seconds
            )
        st.text(line)
    drawing = memory_chart.learning(runs, run, line)
    show_drawings([("", drawing)], key="learning", legend=memory_chart.learning_legend())


def show_tanh(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show tanh with the numbers of a step, and what its slopes leave of a gradient."""
    simple = inside_caches.with_cell(analysed, "simple_rnn")
    if simple is None:
        with left:
            interface.show_info(
                _(
                    "There is no model with simple RNN cells here. Train one: on the page Train, "
                    "under More, Network, choose the cell Simple RNN."
                )
            )
        return
    if simple is not analysed:
        name = interface.literal(simple.classifier.card.name)
        st.caption(_("With the model {name}.").format(name=name))
    network = simple.classifier.network
    moment = parts.show_moment(simple)
    layer = parts.show_unit(network.config.units, with_units=False)[0]
    segment = simple.result.steps[moment.segment : moment.segment + 1]
    numbers = rnn_step(network, network.trace(segment), layer=layer, segment=0, step=moment.step)
    product = inside_caches.slopes_of(simple, layer)
    line = wording.slope_line(product)
    with left:
        interface.draw(
            slope_charts.tanh_chart(tanh_curve(), numbers.sums),
            "tanh",
            _("tanh and its slope, with the units of this step on the curve."),
            height=190,
            share=0.38,
        )
        st.markdown(f"**{_('The part of a gradient that the slopes keep')}**")
        interface.draw(slope_charts.slope_product(product), "slopes", line, height=210, share=0.38)
        st.text(line)
