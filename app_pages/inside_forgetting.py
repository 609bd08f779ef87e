"""Scene 3, why it forgets: gradients through time, and the recall task, also live."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import inside_caches, interface
from app_pages.inside_caches import AnalysedSong
from genre.charts import forgetting as forgetting_charts
from genre.errors import GenreError
from genre.interpret.recall_task import GAPS, RecallTask
from genre.text.inside import forgetting_lines, recall_run_line

state = st.session_state
TICK_SECONDS = 1.0


def show(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the scene: its charts on the left, its settings here."""
    if state.part == "Gradients":
        show_gradients(analysed, left)
    else:
        show_recall_task(left)


def show_gradients(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show how much the end of a segment depends on each earlier step, for both cells."""
    curves, cells, of = {}, {}, ()
    for cell in ("lstm", "simple_rnn"):
        one = inside_caches.with_cell(analysed, cell)
        if one is None:
            continue
        name = one.classifier.card.name
        try:
            curves[name] = inside_caches.memory_of(one)
        except GenreError as error:
            interface.show_info(f"{name}: {error}")
        else:
            cells[name] = cell
            of += one.key
    lines = forgetting_lines(curves, cells)
    for line in lines:
        st.text(line)
    with left:
        st.markdown("**How much the last state depends on an earlier step**")
        interface.draw_once(
            lambda: forgetting_charts.forgetting(curves, cells),
            of,
            "forgetting",
            " ".join(lines),
            height=400,
        )
        st.caption(
            "Norm of the gradient of the last layer's last state with respect to each step, "
            "relative to the last step; mean over the segments of this song."
        )


def show_recall_task(left: DeltaGenerator) -> None:
    """Show the recorded recall tests, and run one now."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Cell",
            list(forgetting_charts.CELL_NAMES),
            format_func=forgetting_charts.CELL_NAMES.__getitem__,
            key="test_cell",
            persist_state="session",
            width=150,
        )
        st.selectbox("Gap in steps", GAPS, key="test_gap", persist_state="session", width=120)
        st.button("Run now", icon=":material/play_arrow:", key="run_test", on_click=start_test)
    interface.show_message("recall")
    is_busy = inside_caches.recall_tests().is_busy
    # The browser's clock ticks only while there is something to wait for.
    st.fragment(watch_test, run_every=TICK_SECONDS if is_busy else None)(is_busy)
    with left:
        runs = inside_caches.recorded_runs()
        st.markdown("**Recall one symbol after a gap of other symbols**")
        if not runs:
            interface.show_info("There are no recorded runs here.")
            return
        interface.draw_once(
            lambda: forgetting_charts.recall_task_results(runs),
            (),
            "recorded",
            "Share of sequences recalled after each gap, and training batches, for both cells.",
            height=380,
        )
        st.caption(
            "Recorded runs of both cells with the same number of batches at most; the gap grows as "
            "they learn. Dashed: random guessing, and the limit. "
            f"Command: {runs[0].command} (cell, gap and seed as in the chart)."
        )


def start_test() -> None:
    """Start a recall test with the chosen cell and gap."""
    try:
        inside_caches.recall_tests().start(RecallTask(state.test_cell, state.test_gap))
    except GenreError as error:
        interface.set_message("recall", error, is_error=True)


def watch_test(was_busy: bool) -> None:
    """Show how far the recall test is."""
    tests = inside_caches.recall_tests()
    try:
        run = tests.poll()
    except GenreError as error:
        interface.show_error(error)
        return
    if was_busy and not tests.is_busy:
        st.rerun()
    if run is None:
        if tests.is_busy:
            st.caption("Starting TensorFlow in a background process. This takes some seconds.")
            st.skeleton(height=180)
        return
    st.text(recall_run_line(run))
    interface.draw(
        forgetting_charts.recall_task_progress([run]),
        "test_progress",
        recall_run_line(run),
        height=200,
    )
    if tests.is_busy:
        st.button("Stop", icon=":material/stop:", key="stop_test", on_click=tests.stop)
