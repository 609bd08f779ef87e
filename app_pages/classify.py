"""Upload a song, see its genre."""

from __future__ import annotations

import streamlit as st

from app_pages import (
    caches,
    classify_compare,
    classify_effects,
    classify_inputs,
    classify_table,
    classify_why,
    header,
)
from app_pages import classify_parts as parts
from app_pages.collection_map import show_map
from app_pages.songs import Song, are_classified
from genre.errors import GenreError

songs: list[Song] = st.session_state.songs
if not songs:
    classify_inputs.show_welcome()
else:
    header.show_inputs()
    classify_inputs.show_live()
classifier = header.chosen_classifier()
if classifier is None:
    st.stop()
if not songs:
    parts.show_demo(classifier)
    st.stop()
# The prediction for another song must not stand beside the wait for this one.
waiting, shown = st.empty(), st.empty()
if not are_classified(songs, classifier.card.name):
    with waiting.container():
        parts.classify_all(songs, classifier)
    waiting.empty()
with shown.container():
    views = [caches.view(song, classifier) for song in songs]
    opened = st.session_state.opened
    view = None if opened is None else views[opened]
    if len(songs) > 1:
        classify_table.show_table(songs, views)
    elif isinstance(view, GenreError):
        parts.show_problem(songs[0], view)
        classify_inputs.show_examples("first_example")
    if view and not isinstance(view, GenreError):
        is_shown = parts.show_refusal(songs[opened], view, classifier)
        if is_shown:
            parts.show_prediction(songs[opened], view, classifier)
            parts.wait_for_browser(songs[opened], classifier)
            classify_why.show(songs[opened], view)
            parts.show_more(view)
        parts.show_facts(songs[opened])
        if is_shown:
            show_map(songs[opened], classifier)
            classify_effects.show(songs[opened], view, classifier)
            classify_compare.show_comparison(songs[opened], classifier)
    if not all(isinstance(one, GenreError) for one in views):
        parts.show_downloads(classify_table.outcomes_of(songs, views))
