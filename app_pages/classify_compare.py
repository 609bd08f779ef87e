"""What other saved models predict for the same song, on Classify."""

from __future__ import annotations

import streamlit as st

from app_pages import caches, drawing, interface
from app_pages.songs import Song
from genre import paths
from genre.charts.probability_table import genre_bars
from genre.errors import GenreError
from genre.language import _
from genre.models.classifier import Classifier
from genre.models.registry import FIRST, list_models
from genre.models.song_analysis import SongView
from genre.text import accuracy as accuracy_text
from genre.text import models as model_text
from genre.text import song as song_text

state = st.session_state
Compared = tuple[Classifier, SongView]


def show_comparison(song: Song, chosen: Classifier) -> None:
    """Show the song's prediction by several models, once a visitor opens the section."""
    names = list_models(paths.MODELS)
    if len(names) < 2:
        return
    section = st.expander(_("Compare models"), key="comparing", on_change="rerun")
    if not section.open:  # other models are not asked for nothing
        return
    with section:
        first = [name for name in FIRST if name in names and name != chosen.card.name]
        compared = [chosen.card.name, *first]
        if others := [name for name in names if name not in compared]:
            other = st.selectbox(
                _("Another model"),
                others,
                index=None,
                format_func=caches.model_name,
                placeholder=_("Add another model"),
                key="compared_model",
                width=300,
            )
            compared += [other] if other else []
        found: list[Compared] = []
        for name, column in zip(compared, st.columns(len(compared)), strict=True):
            with column:
                found += show_model(song, name, is_chosen=name == chosen.card.name)
        said = model_text.what_models_read([(one.card, view) for one, view in found])
        st.write(interface.literal(said))


def show_model(song: Song, name: str, *, is_chosen: bool) -> list[Compared]:
    """Show what one model predicts, if it can be asked, and return that."""
    called = interface.literal(caches.model_name(name))
    st.markdown(f"**{called}**")
    try:
        with st.spinner(_("Classifying with {name}").format(name=called), show_time=True):
            classifier = caches.classifier(name)
            view = caches.view(song, classifier)
    except GenreError as error:
        view = error
    if isinstance(view, GenreError):
        interface.show_error(view)
        return []
    st.header(song_text.headline(view.prediction), anchor=False)
    st.caption(song_text.support(view.prediction))
    drawing.show_html(genre_bars(view.prediction), key=f"bars_{name}")
    st.caption(accuracy_text.accuracy(classifier.card))
    if classifier.card.was_trained_on(view.as_track(song.name)):
        st.caption(_(song_text.SEEN_IN_TRAINING))
    if is_chosen:
        st.caption(_("This is the chosen model."))
    else:
        st.button(
            _("Use {name}").format(name=called),
            key=f"use_model_{name}",
            on_click=choose_model,
            args=(name,),
        )
    return [(classifier, view)]


def choose_model(name: str) -> None:
    """Make a model the chosen one."""
    state.model = name
