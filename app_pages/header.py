"""The header: the current song and the chosen model, on every page in the same place."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import (
    caches,
    classify_inputs,
    interface,
    languages,
    presenter,
    song_player,
    theme,
)
from app_pages.pages import file_of, shown_pages
from app_pages.songs import current_song
from genre import paths
from genre.errors import GenreError
from genre.language import _
from genre.models.classifier import Classifier
from genre.models.registry import list_models
from genre.text import models as model_text
from genre.text.format import count
from genre.text.song import display_name

state = st.session_state
CLASSIFY = ""
WITHOUT_PLAYER = ("train", "compare", "experiments", "collection", "tour")
TOUR = "tour"


def show_header(page: str) -> None:
    """Show the current song and the chosen model.

    Parameters
    ----------
    page : str
        Its path in the address: on Classify songs are uploaded as well, and where a page is not
        about the song, its sound can be stopped here.
    """
    names, unknown = list_models(paths.MODELS), ""
    with st.container(key="phone_pages", horizontal=True):  # a phone folds the navigation away
        for name in shown_pages():
            st.page_link(file_of(name))
    for style in ("header.css", "presenter.css"):
        st.html(paths.ROOT / "app_pages" / style)
    with st.container(key="header", horizontal=True, vertical_alignment="center"):
        with st.container(key="brand", width="content"):
            # On Classify the prediction is the first heading, here the program's name.
            st.markdown("**Genre Lab**" if page == CLASSIFY else "# Genre Lab", width="content")
        show_song(page)
        if page in WITHOUT_PLAYER:
            with st.container(width=150):
                song_player.show_controls()
        st.space("stretch")
        if page != TOUR and "tour_stop" in state:
            with st.container(key="back_to_tour", width="content"):
                st.page_link(
                    "app_pages/tour.py",
                    label=_("Back to stop {n}").format(n=state.tour_stop),
                    icon=":material/tour:",
                )
        theme.follow()
        presenter.show_switch()
        languages.show_switch()
        if names:
            with st.container(horizontal=True, vertical_alignment="center", width="content"):
                unknown = show_models(names)
    if unknown:
        st.warning(
            _("There is no model {unknown} here; {used} is used instead.").format(
                unknown=interface.literal(display_name(unknown)), used=names[0]
            ),
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
    st.text(_("Model"), width="content", help=_(model_text.ACCURACIES_HELP))
    st.selectbox(
        _("Model"),
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


def show_song(page: str) -> None:
    """Show the current song and how to choose another."""
    if page == CLASSIFY:  # the page fills it: a widget of the header is another one than a page's
        state.song_place = st.container(width="content")
        return
    with song_menu(_("Choose a song")):
        classify_inputs.show_examples("header_example")
        st.page_link(
            "app_pages/classify.py", label=_("Upload your own"), icon=":material/upload_file:"
        )


def show_inputs() -> None:
    """Offer other songs in the header, for the page Classify."""
    with state.song_place, song_menu(_("No song selected")):
        classify_inputs.show_inputs("header_example")


def song_menu(without_song: str) -> DeltaGenerator:
    """Return a menu with the name of the current song; it closes when another was chosen."""
    song = current_song()
    several = count(len(state.songs), "song") if state.songs else ""
    name = interface.literal(display_name(song.name) if song else several)
    digest = song.digest[:12] if song else str(len(state.songs))
    return st.popover(name or without_song, key=f"song_{digest}", width="content")


def chosen_classifier() -> Classifier | None:
    """Return the chosen model, or say on the page why there is none."""
    name = state.get("model")
    if not name or not list_models(paths.MODELS):
        st.error(
            _("There is no saved model here. Train one with: python -m genre train --name starter"),
            icon=":material/model_training:",
        )
        return None
    try:
        return caches.classifier(name)
    except GenreError as error:
        interface.show_error(error)
        return None
