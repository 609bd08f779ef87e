"""A run that has ended: its results, and what can be done with it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app_pages import access, caches, interface, train_runs
from app_pages.drawing import show_html
from genre import paths
from genre.charts.confusion_matrix import confusion_matrix
from genre.charts.result_bar import result_bar
from genre.errors import GenreError
from genre.export.keras_script import has_script, keras_script
from genre.export.run_report import run_report
from genre.models.registry import read_keras_file
from genre.runs.files import MODEL
from genre.runs.keep_model import free_name, has_model, keep_model, saved_as
from genre.runs.reader import RunView
from genre.runs.store import delete_run, start_run
from genre.text import training as training_text

state = st.session_state


def show_end(run: Path, view: RunView) -> None:
    """Show the results of a run, or why it has none, and how to go on."""
    if view.status.state == "failed":
        interface.show_error(training_text.failure_message(view))
    if line := training_text.stopped_line(view):
        interface.show_info(line)
    if view.evaluation:
        show_result(view)
        show_save(run, view)
    can_go_on = view.status.state == "stopped" or (
        view.status.state == "failed" and not view.status.reason.startswith("diverged")
    )
    if can_go_on:
        st.button(
            "Resume this run",
            icon=":material/resume:",
            key=f"resume_{run.name}",
            on_click=resume,
            args=(run,),
        )


def show_result(view: RunView) -> None:
    """Show the accuracy of a run on its test side."""
    st.header(training_text.run_headline(view.evaluation, view.config), anchor=False)
    show_html(result_bar(view.evaluation), key="verdict")
    if warning := training_text.leak_warning(view.config, view.evaluation):
        st.warning(warning, icon=":material/warning:")
    st.caption(training_text.run_figures(view.evaluation))


def show_matrix(view: RunView) -> None:
    """Show the confusion matrix."""
    if not view.evaluation:
        return
    st.markdown("**Confusion matrix**, tracks of the test side")
    genres, counts = view.evaluation["genres"], view.evaluation["confusion_matrix"]
    interface.draw(
        confusion_matrix(genres, counts),
        "matrix",
        "Tracks by true genre (rows) and predicted genre (columns).",
    )


def show_save(run: Path, view: RunView) -> None:
    """Offer to save the model, to try it on a song, and to download the results."""
    if not has_model(run):
        return
    if access.is_public():  # a saved model, and its name, is seen by all
        show_downloads(run, view)
        return
    key = f"name_{run.name}"
    state.setdefault(key, free_name(view.config.preset, paths.MODELS))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Save the model as", key=key, max_chars=64, width=220)
        st.button(
            "Save", icon=":material/save:", key=f"save_{run.name}", on_click=keep, args=(run, key)
        )
        tried = st.button(
            "Save and classify a song",
            type="primary",
            icon=":material/graphic_eq:",
            key=f"try_{run.name}",
            on_click=keep,
            args=(run, key),
        )
        show_downloads(run, view)
    if interface.show_message("save") and tried:
        st.switch_page("app_pages/classify.py")


def show_downloads(run: Path, view: RunView) -> None:
    """Offer the model, the run as a page, and its recipe as a script."""
    files = {"Report (.html)": ("html", lambda: run_report(run))}
    if has_script(view.config):
        script = ("py", lambda: keras_script(view.config, view.data))
        files["Keras script (.py)"] = script
    if has_model(run):
        files["Keras model (.keras)"] = ("keras", lambda: read_keras_file(MODEL, run))
    with st.popover("Download", icon=":material/download:"):
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
            st.caption("The script does not include what was changed during training.")


def keep(run: Path, key: str) -> None:
    """Save a run's model under the name in the field, and choose it; once only."""
    try:
        if saved := saved_as(run, paths.MODELS):
            state.model = saved
            interface.set_message("save", f"This run is saved already, as {saved}.")
            return
        keep_model(run, state[key].strip(), paths.MODELS)
    except GenreError as error:
        interface.set_message("save", error, is_error=True)
    else:
        state.model = state[key].strip()
        interface.set_message("save", f"Saved as {state.model}.")


def resume(run: Path) -> None:
    """Resume a run from its last finished epoch."""
    try:
        start_run(run, resume=True, worker=caches.warm_worker())
    except GenreError as error:
        st.toast(str(error), icon=":material/error:")


def show_delete(run: Path) -> None:
    """Offer to delete a run, asking once more."""
    with st.popover("Delete run", icon=":material/delete:"):
        st.write("This deletes its curves, checkpoint and model. Saved models stay.")
        st.button("Delete", key=f"delete_{run.name}", on_click=delete, args=(run,))


def delete(run: Path) -> None:
    """Delete a run that has ended."""
    try:
        delete_run(run)
    except GenreError as error:
        st.toast(str(error), icon=":material/error:")
    else:
        train_runs.show_run("")
