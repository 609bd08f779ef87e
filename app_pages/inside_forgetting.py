"""Scene 3, why it forgets: gradients through time, and the memory test, also live."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app_pages import inside_parts as parts
from app_pages import inside_state, resources
from app_pages.inside_state import Hearing

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

state = st.session_state
TICK_SECONDS = 1.0


def show(hearing: Hearing, left: DeltaGenerator) -> None:
    """Show the scene: its picture on the left, what it is about here."""
    if state.place["part"] == "Gradients":
        show_gradients(hearing, left)
    else:
        show_memory_test(left)


def show_gradients(hearing: Hearing, left: DeltaGenerator) -> None:
    """Show how far back the end of a segment depends on what came, for both cells."""
    from genre.charts import forgetting as forgetting_charts
    from genre.errors import GenreError
    from genre.text.inside import forgetting_lines

    curves, cells = {}, {}
    for cell in ("lstm", "simple_rnn"):
        one = inside_state.with_cell(hearing, cell)
        if one is None:
            continue
        name = one.classifier.card.name
        try:
            curves[name] = inside_state.memory_of(one)
        except GenreError as error:
            st.info(f"{resources.literal(name)}: {error}", icon=":material/info:")
        else:
            cells[name] = cell
    lines = forgetting_lines(curves, cells)
    for line in lines:
        st.text(line)
    with left:
        st.markdown("**How much the last state depends on an earlier step**")
        parts.draw(
            forgetting_charts.forgetting(curves, cells),
            "forgetting",
            " ".join(lines),
            height=400,
        )
        st.caption(
            "Norm of the gradient of the second layer's last state, by backpropagation through "
            "time, as a share of that for the last step; mean over segments of this song."
        )


def show_memory_test(left: DeltaGenerator) -> None:
    """Show the recorded memory tests, and run one now."""
    from genre.charts import forgetting as forgetting_charts
    from genre.interpret.recall_task import GAPS

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
        st.button("Run it now", icon=":material/play_arrow:", key="run_test", on_click=start_test)
    if problem := state.pop("test_problem", ""):
        st.warning(problem, icon=":material/info:")
    is_busy = inside_state.memory_desk().is_busy
    # The browser's clock ticks only while there is something to wait for.
    st.fragment(watch_test, run_every=TICK_SECONDS if is_busy else None)(is_busy)
    with left:
        runs = inside_state.recorded_runs()
        st.markdown("**Recall one symbol after a gap of others**")
        if not runs:
            st.info("No recorded runs are here.", icon=":material/info:")
            return
        parts.draw(
            forgetting_charts.recall_task_results(runs),
            "recorded",
            "Share of sequences recalled after each gap, and batches learnt, for both cells.",
            height=380,
        )
        st.caption(
            "Recorded runs of both cells with the same budget, the gap growing as they learn; "
            "dashed: guessing, and the budget. "
            f"Made with: {runs[0].command} (cell, gap and seed as drawn)."
        )


def start_test() -> None:
    """Start the memory test that was chosen."""
    from genre.errors import GenreError
    from genre.interpret.recall_task import RecallTask

    try:
        inside_state.memory_desk().start(RecallTask(state.test_cell, state.test_gap))
    except GenreError as error:
        state.test_problem = str(error)


def watch_test(was_busy: bool) -> None:
    """Show how far the memory test is."""
    from genre.charts import forgetting as forgetting_charts
    from genre.errors import GenreError
    from genre.text.inside import recall_run_line

    desk = inside_state.memory_desk()
    try:
        run = desk.poll()
    except GenreError as error:
        st.error(str(error), icon=":material/error:")
        return
    if was_busy and not desk.is_busy:
        st.rerun()
    if run is None:
        if desk.is_busy:
            st.caption("Starting TensorFlow in a process of its own: some seconds.")
            st.skeleton(height=180)
        return
    st.text(recall_run_line(run))
    parts.draw(
        forgetting_charts.recall_task_progress([run]),
        "memory_progress",
        recall_run_line(run),
        height=200,
    )
    if desk.is_busy:
        st.button("Stop", icon=":material/stop:", key="stop_test", on_click=desk.stop)
