"""A run that has ended: what it has come to, and what to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app_pages import resources, train_state

if TYPE_CHECKING:
    from pathlib import Path

    from genre.runs.reader import RunView

state = st.session_state
PLAIN = {"displayModeBar": False}


def show_end(run: Path, view: RunView) -> None:
    """Show the results of a run, or why it has none, and how to go on."""
    from genre.text import training as training_text

    if view.status.state == "failed":
        st.error(resources.literal(training_text.ended_early(view)), icon=":material/error:")
    if view.evaluation:
        show_verdict(view)
        show_keep(run, view)
    can_go_on = view.status.state == "stopped" or (
        view.status.state == "failed" and not view.status.reason.startswith("diverged")
    )
    if can_go_on:
        st.button(
            "Go on with this run",
            icon=":material/resume:",
            key=f"resume_{run.name}",
            on_click=resume,
            args=(run,),
        )


def show_verdict(view: RunView) -> None:
    """Show what a run has come to on what was held back."""
    from genre.text import training as training_text

    st.subheader(training_text.run_verdict(view.evaluation, view.config), anchor=False)
    if warning := training_text.leak_warning(view.config, view.evaluation):
        st.warning(warning, icon=":material/warning:")
    st.caption(training_text.run_figures(view.evaluation))


def show_matrix(view: RunView) -> None:
    """Show which genres are taken for which."""
    from genre.charts import song as song_charts

    if not view.evaluation:
        return
    st.markdown("**Which genres it mixes up**, in tracks that were held back")
    genres, counts = view.evaluation["genres"], view.evaluation["confusion_matrix"]
    st.plotly_chart(
        song_charts.legible(song_charts.confusion_matrix(genres, counts), resources.ink()),
        key="matrix",
        config=PLAIN,
        alt="Tracks by their true genre, down, and the genre they were given, across.",
    )


def show_keep(run: Path, view: RunView) -> None:
    """Offer to save the model, to try it on a song, and to take things home."""
    from genre.runs.keep_model import free_name, has_model

    if not has_model(run):
        return
    key = f"name_{run.name}"
    state.setdefault(key, free_name(view.config.preset, resources.MODELS))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Save the model as", key=key, max_chars=64, width=220)
        st.button(
            "Save", icon=":material/save:", key=f"save_{run.name}", on_click=keep, args=(run, key)
        )
        tried = st.button(
            "Save and try it on a song",
            type="primary",
            icon=":material/graphic_eq:",
            key=f"try_{run.name}",
            on_click=keep,
            args=(run, key),
        )
        show_downloads(run, view)
    problem, saved = state.pop("keep_problem", ""), state.pop("kept", "")
    if problem:
        st.error(resources.literal(problem), icon=":material/error:")
    elif saved:
        st.success(f"Saved as {resources.literal(saved)}.", icon=":material/check:")
        if tried:
            resources.go_to("app_pages/classify.py")


def show_downloads(run: Path, view: RunView) -> None:
    """Offer what can be taken home: the model, the run as a page, its recipe as a script."""
    from genre.export.keras_script import has_script, keras_script
    from genre.export.run_report import run_page
    from genre.models.registry import read_keras_file
    from genre.runs.files import MODEL
    from genre.runs.keep_model import has_model

    files = {"The run as a page (.html)": ("html", lambda: run_page(run))}
    if has_script(view.config):
        script = ("py", lambda: keras_script(view.config, view.data))
        files["The recipe as a Keras script (.py)"] = script
    if has_model(run):
        files["The model for Keras (.keras)"] = ("keras", lambda: read_keras_file(MODEL, run))
    with st.popover("Take it home", icon=":material/download:"):
        for label, (ending, content) in files.items():
            st.download_button(
                label,
                content,
                f"{run.name}.{ending}",
                key=f"{ending}_{run.name}",
                on_click="ignore",
                width="stretch",
            )
        if view.marks and has_script(view.config):
            st.caption("What was changed while it trained is not part of the script.")


def keep(run: Path, key: str) -> None:
    """Save a run's model under the name in the field, and choose it."""
    from genre.errors import GenreError
    from genre.runs.keep_model import keep_model

    try:
        keep_model(run, state[key].strip(), resources.MODELS)
    except GenreError as error:
        state.keep_problem = str(error)
    else:
        state.kept = state.model = state[key].strip()


def resume(run: Path) -> None:
    """Let a run go on from its last finished epoch."""
    from genre.errors import GenreError
    from genre.runs.store import start_run

    try:
        start_run(run, resume=True, worker=train_state.warm_worker())
    except GenreError as error:
        st.toast(str(error), icon=":material/error:")


def show_delete(run: Path) -> None:
    """Offer to delete a run, asking once more."""
    with st.popover("Delete this run", icon=":material/delete:"):
        st.write("Its curves, its checkpoint and its model go with it. Saved models stay.")
        st.button("Delete it", key=f"delete_{run.name}", on_click=delete, args=(run,))


def delete(run: Path) -> None:
    """Delete a run that has ended."""
    from genre.errors import GenreError
    from genre.runs.store import delete_run

    try:
        delete_run(run)
    except GenreError as error:
        st.toast(str(error), icon=":material/error:")
    else:
        train_state.show_run("")
