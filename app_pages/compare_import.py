"""Import a model: a zip that was exported, or a Keras model of one's own with what it lacks."""

from __future__ import annotations

import hashlib

import streamlit as st

from app_pages import compare_caches, interface, uploads
from genre import paths
from genre.audio.feature_config import MfccConfig
from genre.errors import GenreError
from genre.export.experiment_import import import_experiment, is_experiment
from genre.language import N_, _
from genre.models.archive import import_model
from genre.models.card_schema import MAX_LABEL
from genre.models.keras_import import KerasModel, import_keras_model, is_keras
from genre.runs.labels import shown_name
from genre.text.models import keras_line, split_genres

state = st.session_state
_FEATURES = {
    "n_mfcc": N_("MFCCs per frame"),
    "sr": N_("Sampling rate (Hz)"),
    "n_fft": "n_fft",
    "hop_length": "hop_length",
    "segment_seconds": N_("Segment (s)"),
}


def show_import() -> None:
    """Offer to import a model from a file."""
    uploader = f"import_zip_{state.n_imports}"
    with st.popover(_("Import model"), icon=":material/upload:"):
        st.caption(
            _("A zip file from Export, an experiment, or a Keras model of yours (.keras, .h5).")
        )
        uploads.show_uploader(
            _("Zip file or Keras model"), type=["zip", "keras", "h5", "hdf5"], key=uploader
        )
        held = uploads.take(uploader, lambda file: (file.name, file.getvalue()))
        file_name, content = held[0] if any(held) else ("", b"")
        if held and not content:
            interface.show_error(_(uploads.LOST))
        model: KerasModel | GenreError | None = None
        key = ""
        if content and is_keras(content, file_name):
            key = hashlib.sha256(content).hexdigest()
            model = compare_caches.keras_model(key, file_name, content)
        if isinstance(model, GenreError):
            interface.show_error(model)
        elif model:
            show_keras_settings(model, key)
        st.text_input(
            _("Name (optional)"),
            key="import_name",
            max_chars=MAX_LABEL,
            placeholder=model.proposed_name(paths.MODELS) if isinstance(model, KerasModel) else "",
        )
        st.button(
            _("Import"),
            key="import_model",
            disabled=not content or isinstance(model, GenreError),
            on_click=import_uploaded,
            args=(uploader, content, model, key),
        )


def show_keras_settings(model: KerasModel, key: str) -> None:
    """Ask for what a Keras file does not say: its genres and its features."""
    st.text(keras_line(model))
    st.text_area(
        _("Genres, in the order of its outputs"),
        "\n".join(model.proposed_genres),
        key=f"import_genres_{key}",
        height=140,
        placeholder=_("One a line"),
    )
    proposed = model.proposed_features
    with st.expander(_("Features: as in the course, unless you change them")):
        st.caption(
            _("The settings its MFCCs were made with: with others its predictions are wrong.")
        )
        for name, label in _FEATURES.items():
            value = getattr(proposed, name)
            st.number_input(
                _(label),
                min_value=type(value)(0),
                value=value,
                step=type(value)(1),
                key=f"import_{name}_{key}",
            )


def import_uploaded(uploader: str, content: bytes, model: KerasModel | None, key: str) -> None:
    """Import the uploaded model."""
    name, kind = state.import_name, "model"
    try:
        if is_experiment(content):
            run, is_new = import_experiment(content, paths.RUNS)
            name, kind = run.name, "run" if is_new else "known"
        elif model:
            genres = split_genres(state[f"import_genres_{key}"])
            features = MfccConfig(**{name: state[f"import_{name}_{key}"] for name in _FEATURES})
            name = import_keras_model(model, name, genres, features, paths.MODELS)
        else:
            name = import_model(content, name, paths.MODELS)
    except GenreError as error:
        interface.set_message("models", error, is_error=True)
        return
    state.n_imports, state.import_name = state.n_imports + 1, ""
    del state.uploaded[uploader]
    state.compared = name if kind == "model" else f"runs/{name}"
    if kind == "known":
        said = _("This experiment is here already, as {name}.")
    elif model:
        said = _("{name} was imported. It was not tested here.")
    else:
        said = _("{name} was imported. Its accuracy was measured elsewhere.")
    called = name if kind == "model" else shown_name(paths.RUNS / name)
    interface.set_message("models", said.format(name=called))
