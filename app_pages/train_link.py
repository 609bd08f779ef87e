"""What a link to Train names and is not here: data, for which the closest is offered; runs."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app_pages import access, interface, train_caches, train_runs, uploads
from genre import paths
from genre.builder.store import label_of
from genre.datasets.identity import closest_place, name_in
from genre.errors import GenreError
from genre.export.experiment_import import import_experiment
from genre.language import _
from genre.recipes.config import BUNDLED_DATA
from genre.runs.labels import shown_name
from genre.text import training_data as data_text
from genre.text.song import dataset_name

state = st.session_state


def show_missing_data(identity: str, places: list[str], use: Callable[[str], None]) -> None:
    """Say that the data of the link is not here, or not as it was; offer the closest.

    Parameters
    ----------
    identity : str
    places : list of str
        Where it may be, besides the places that were noted.
    use : callable
        Chooses a dataset by its name or path.
    """
    place, is_same = "", False
    if access.is_local():
        place, is_same = closest_place(identity, places, train_caches.data_identity)
    called = dataset_name(place) if is_same else ""
    line = data_text.missing_data_line(
        label_of(name_in(identity)), is_changed=bool(place), same_as=called
    )
    interface.show_error(line)
    closest = place or BUNDLED_DATA[state.recipe[1].features]
    name = interface.literal(dataset_name(closest))
    st.button(
        _("Use it as it is now") if place and not is_same else _("Use {name}").format(name=name),
        icon=":material/folder:",
        key="use_changed",
        on_click=use,
        args=(closest,),
        help=None if place else _("It comes with the program and has features of the same kind."),
    )


def show_import() -> None:
    """Offer to import an experiment from a file."""
    if not access.is_local():  # strangers would see each other's runs
        return
    interface.show_message("import_run")
    uploader = f"import_run_{state.n_imports}"
    with st.popover(_("Import experiment"), icon=":material/upload:"):
        st.caption(_("A file from Download, Experiment (.zip). Nothing in it is run."))
        uploads.show_uploader(_("Experiment"), type="zip", key=uploader)
        held = uploads.take(uploader, lambda file: file.getvalue())
        if held and not held[0]:
            interface.show_error(_(uploads.LOST))
        st.button(
            _("Import"),
            key="import_experiment",
            disabled=not (held and held[0]),
            on_click=import_uploaded,
            args=(uploader, held[0] if held else b""),
        )


def import_uploaded(uploader: str, content: bytes) -> None:
    """Import the uploaded experiment, and open its run."""
    try:
        run, is_new = import_experiment(content, paths.RUNS)
    except GenreError as error:
        interface.set_message("import_run", error, is_error=True)
        return
    state.n_imports += 1
    del state.uploaded[uploader]
    train_runs.show_run(run.name)
    said = _("{name} was imported.") if is_new else _("This experiment is here already, as {name}.")
    interface.set_message("import_run", said.format(name=shown_name(run)))
