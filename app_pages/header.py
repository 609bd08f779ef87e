"""The header: the song in hand and the chosen model, on every page in the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app_pages import resources

if TYPE_CHECKING:
    from genre.prediction import Classifier


def show_header() -> None:
    """Show, on every page in the same place, the song in hand and the chosen model."""
    from genre.registry import list_models
    from genre.wording import display_name

    names = list_models(resources.MODELS)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Genre Lab**", width="content")
        song, songs = resources.song_in_hand(), st.session_state.get("songs", [])
        none_open = f"{len(songs)} songs" if songs else "no song in hand yet"
        st.text(display_name(song.name) if song else none_open, width="content")
        st.space("stretch")
        wanted = st.query_params.get("model", "")
        if names:
            with st.container(horizontal=True, vertical_alignment="center", width="content"):
                st.text("Model", width="content")
                st.selectbox(
                    "Model",
                    names,
                    key="model",
                    bind="query-params",
                    label_visibility="collapsed",
                    width=220,
                )
    gone = st.session_state.get("gone", set())
    if names and wanted and wanted not in names and wanted not in gone:
        st.warning(
            f"There is no model {resources.literal(display_name(wanted))} here; "
            f"{names[0]} listens instead.",
            icon=":material/link_off:",
        )


def chosen_classifier() -> Classifier | None:
    """Return the chosen model, or say on the page why there is none."""
    from genre.errors import GenreError
    from genre.registry import list_models

    name = st.session_state.get("model")
    if not name or not list_models(resources.MODELS):
        st.error(
            "There is no saved model here. Train one with: python -m genre train --name starter",
            icon=":material/model_training:",
        )
        return None
    try:
        return resources.classifier(name)
    except GenreError as error:
        st.error(str(error), icon=":material/error:")
        return None
