"""Upload a song, see its genre."""

from __future__ import annotations

import streamlit as st

from app_pages import (
    caches,
    classify_compare,
    classify_effects,
    classify_inputs,
    classify_why,
    header,
)
from app_pages import classify_parts as parts
from app_pages.songs import Song, are_classified
from genre.errors import GenreError

songs: list[Song] = st.session_state.songs
left, right = st.columns([1, 2] if songs else [1, 1], gap="large")
with left:
    classify_inputs.show_inputs()
if not songs:
    with right:
        classify_inputs.show_welcome()
    st.stop()
with right:
    classifier = header.chosen_classifier()
if classifier is None:
    st.stop()

if are_classified(songs, classifier.card.name):
    top, below = right.container(), st.container()
else:  # the prediction for another song must not stand beside the wait for this one
    waiting, emptied = right.empty(), st.empty()
    with waiting.container():
        parts.classify_all(songs, classifier)
    top, below = waiting.container(), emptied.container()
is_shown = False
views = [caches.view(song, classifier) for song in songs]
outcomes = parts.outcomes_of(songs, views)
opened = st.session_state.opened
view = None if opened is None else views[opened]
with top:
    if len(songs) > 1:
        parts.show_table(songs, outcomes)
    parts.show_problems(outcomes)
    if view and not isinstance(view, GenreError):
        is_shown = parts.show_refusal(songs[opened], view)
        if is_shown:
            parts.show_prediction(songs[opened], view, classifier)
        parts.wait_for_browser(songs[opened], classifier)
with below:
    if view and not isinstance(view, GenreError) and is_shown:
        parts.show_timeline(songs[opened], view, classifier)
        classify_why.show(songs[opened], view)
        classify_effects.show(songs[opened], view, classifier)
        classify_compare.show_comparison(songs[opened], classifier)
    if not all(isinstance(one, GenreError) for one in views):
        parts.show_downloads(outcomes)
    if view and not isinstance(view, GenreError):
        parts.show_facts(songs[opened])
