"""A run that has ended: its results, and what can be done with it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app_pages import access, caches, interface, reading, train_runs
from app_pages.drawing import show_html
from genre import paths
from genre.charts.confusion_matrix import confusion_matrix
from genre.charts.result_bar import result_bar
from genre.errors import GenreError
from genre.export.experiment import export_experiment
from genre.export.keras_script import has_script, keras_script
from genre.export.run_report import run_report
from genre.language import _
from genre.models.card_schema import MAX_LABEL
from genre.models.registry import read_card, read_keras_file
from genre.runs.files import MODEL
from genre.runs.imported import read_origin
from genre.runs.keep_model import free_name, has_model, keep_model, keras_file, saved_as
from genre.runs.reader import RunView
from genre.runs.store import delete_run, start_run
from genre.text import training as training_text
from genre.text.models import saved_line

state = st.session_state


def show_end(run: Path, view: RunView) -> None:
    """Show the results of a run, or why it has none, and how to go on."""
    if view.status.state == "failed":
        interface.show_error(training_text.failure_message(view))
    if line := training_text.stopped_line(view):
        interface.show_info(line)
    if view.evaluation:
        show_result(view)
        reading.show_run(run)
        show_save(run, view)
    elif not access.is_public():
        show_downloads(run, view)
    if origin := read_origin(run):
        st.caption(interface.literal(training_text.imported_line(origin.data)))
    can_go_on = not origin and (
        view.status.state == "stopped"
        or (view.status.state == "failed" and not view.status.reason.startswith("diverged"))
    )
    if can_go_on:
        st.button(
            _("Resume this run"),
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
    if line := training_text.pooled_line(view):
        st.caption(line)


def show_matrix(view: RunView) -> None:
    """Show the confusion matrix."""
    if not view.evaluation:
        return
    if view.config.evaluation == "pooled":
        st.markdown(_("**Confusion matrix**, all tracks, each tested in one fold"))
    else:
        st.markdown(_("**Confusion matrix**, tracks of the test side"))
    genres, counts = view.evaluation["genres"], view.evaluation["confusion_matrix"]
    interface.draw(
        confusion_matrix(genres, counts),
        "matrix",
        _("Tracks by true genre (rows) and predicted genre (columns)."),
    )


def show_save(run: Path, view: RunView) -> None:
    """Offer to save the model, to try it on a song, and to download the results."""
    if access.is_public() or not has_model(run):  # a saved model, and its name, is seen by all
        show_downloads(run, view)
        return
    key = f"name_{run.name}"
    state.setdefault(key, free_name(view.config.preset, paths.MODELS))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(_("Save the model as"), key=key, max_chars=MAX_LABEL, width=220)
        st.button(
            _("Save"),
            icon=":material/save:",
            key=f"save_{run.name}",
            on_click=keep,
            args=(run, key),
        )
        tried = st.button(
            _("Save and classify a song"),
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
    files = {_("Report (.html)"): ("html", lambda: run_report(run))}
    if has_script(view.config):
        script = ("py", lambda: keras_script(view.config, view.data))
        files[_("Keras script (.py)")] = script
    files[_("Experiment (.zip)")] = ("zip", lambda: export_experiment(run))
    if keras_file(run).is_file():
        files[_("Keras model (.keras)")] = ("keras", lambda: read_keras_file(MODEL, run))
    with st.popover(_("Download"), icon=":material/download:"):
        for label, (ending, content) in files.items():
            st.download_button(
                label,
                content,
                f"{run.name}.{ending}",
                key=f"{ending}_{run.name}",
                on_click="ignore",
                width="stretch",
            )
        st.caption(
            _(
                "The experiment is all of this run but sound, with the names of its tracks, to be "
                "imported on another computer."
            )
        )
        if view.marks and has_script(view.config):
            st.caption(_("The script does not include what was changed during training."))


def keep(run: Path, key: str) -> None:
    """Save a run's model under the name in the field, and choose it; once only."""
    try:
        if saved := saved_as(run, paths.MODELS):
            state.model = saved
            interface.set_message(
                "save", _("This run is saved already, as {saved}.").format(saved=saved)
            )
            return
        saved = keep_model(run, state[key], paths.MODELS).name
        label = read_card(saved, paths.MODELS).label
    except GenreError as error:
        interface.set_message("save", error, is_error=True)
    else:
        state.model = saved
        interface.set_message("save", saved_line(saved, label))


def resume(run: Path) -> None:
    """Resume a run from its last finished epoch."""
    try:
        start_run(run, resume=True, worker=caches.warm_worker())
    except GenreError as error:
        st.toast(str(error), icon=":material/error:")


def show_delete(run: Path) -> None:
    """Offer to delete a run, asking once more."""
    with st.popover(_("Delete run"), icon=":material/delete:"):
        st.write(_("This deletes its curves, checkpoint and model. Saved models stay."))
        st.button(_("Delete"), key=f"delete_{run.name}", on_click=delete, args=(run,))


def delete(run: Path) -> None:
    """Delete a run that has ended."""
    try:
        delete_run(run)
    except GenreError as error:
        st.toast(str(error), icon=":material/error:")
    else:
        train_runs.show_run("")
