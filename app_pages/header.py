"""The header: the song in hand and the chosen model, on every page in the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app_pages import classify_inputs, resources

if TYPE_CHECKING:
    from genre.models.prediction import Classifier


def show_header(*, offers_songs: bool) -> None:
    """Show, on every page in the same place, the song in hand and the chosen model.

    Parameters
    ----------
    offers_songs : bool
        Whether another song may be chosen here: not where the page itself is about that.
    """
    from genre.models.registry import list_models
    from genre.text.song import display_name

    names = list_models(resources.MODELS)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Genre Lab**", width="content")
        show_song(is_offered=offers_songs)
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


def show_song(*, is_offered: bool) -> None:
    """Show the song in hand, and where it is offered, how to take another."""
    from genre.text.format import count
    from genre.text.song import display_name

    song, songs = resources.song_in_hand(), st.session_state.get("songs", [])
    several = count(len(songs), "song") if songs else ""
    name = display_name(song.name) if song else several
    if not is_offered:
        st.text(name or "no song in hand yet", width="content")
        return
    # Another key makes another one: it closes when a song was chosen.
    key = f"song_{st.session_state.get('n_plays', 0)}"
    with st.popover(resources.literal(name) or "Choose a song", key=key, width="content"):
        classify_inputs.show_sketches("header_sketch")
        st.page_link(
            "app_pages/classify.py", label="Bring one of your own", icon=":material/upload_file:"
        )


def chosen_classifier() -> Classifier | None:
    """Return the chosen model, or say on the page why there is none."""
    from genre.errors import GenreError
    from genre.models.registry import list_models

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
