"""The header: the current song and the chosen model, on every page in the same place."""

from __future__ import annotations

import streamlit as st

from app_pages import caches, classify_inputs, interface
from app_pages.songs import current_song
from genre import paths
from genre.errors import GenreError
from genre.models.classifier import Classifier
from genre.models.registry import list_models
from genre.text import models as model_text
from genre.text.format import count
from genre.text.song import display_name

state = st.session_state


def show_header(*, offers_songs: bool) -> None:
    """Show the current song and the chosen model.

    Parameters
    ----------
    offers_songs : bool
        Whether another song may be chosen here: not where the page itself is about that.
    """
    names, unknown = list_models(paths.MODELS), ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Genre Lab**", width="content")
        show_song(is_offered=offers_songs)
        st.space("stretch")
        if names:
            with st.container(horizontal=True, vertical_alignment="center", width="content"):
                unknown = show_models(names)
    if unknown:
        st.warning(
            f"There is no model {interface.literal(display_name(unknown))} here; "
            f"{names[0]} is used instead.",
            icon=":material/link_off:",
        )
    interface.show_message("songs")


def show_models(names: list[str]) -> str:
    """Offer the models, each with its accuracy, and keep the chosen one in the link.

    Streamlit's own binding of a widget to the link would write the label there, not the name.

    Returns
    -------
    unknown : str
        The model that the link named, if it is not here; else empty.
    """
    in_link = st.query_params.get("model", "")
    if "model" not in state and in_link in names:
        state.model = in_link
    st.text("Model", width="content", help=model_text.ACCURACIES_HELP)
    st.selectbox(
        "Model",
        names,
        format_func={name: caches.model_label(name) for name in names}.get,
        key="model",
        label_visibility="collapsed",
        width=300,
    )
    if state.model == names[0]:
        st.query_params.pop("model", None)
    elif state.model != in_link:
        st.query_params["model"] = state.model
    return "" if in_link in {*names, *state.removed_models} else in_link


def show_song(*, is_offered: bool) -> None:
    """Show the current song and, where it is offered, how to choose another."""
    song = current_song()
    several = count(len(state.songs), "song") if state.songs else ""
    name = display_name(song.name) if song else several
    if not is_offered:
        st.text(name or "No song selected", width="content")
        return
    # Another key makes another one: it closes when a song was chosen.
    key = f"song_{state.n_plays}"
    with st.popover(interface.literal(name) or "Choose a song", key=key, width="content"):
        classify_inputs.show_examples("header_example")
        st.page_link(
            "app_pages/classify.py", label="Upload your own", icon=":material/upload_file:"
        )


def chosen_classifier() -> Classifier | None:
    """Return the chosen model, or say on the page why there is none."""
    name = state.get("model")
    if not name or not list_models(paths.MODELS):
        st.error(
            "There is no saved model here. Train one with: python -m genre train --name starter",
            icon=":material/model_training:",
        )
        return None
    try:
        return caches.classifier(name)
    except GenreError as error:
        interface.show_error(error)
        return None
