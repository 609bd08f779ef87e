"""Drop a song, see its genre."""

from __future__ import annotations

import streamlit as st

from app_pages import classify_parts as parts
from app_pages import resources

inputs, results = st.columns([1, 2] if st.session_state.get("songs") else [1, 1], gap="large")
with inputs:
    parts.show_inputs()
    player = st.container()
with results:
    songs: list[resources.Song] = st.session_state.get("songs", [])
    if not songs:
        parts.show_welcome()
        st.stop()
    with st.skeleton(height=420):
        classifier = resources.chosen_classifier()
        if classifier is None:
            st.stop()
        from genre.errors import GenreError
        from genre.result_table import outcome_of

        views = parts.listen_to_all(songs, classifier)
    outcomes = [outcome_of(song.name, view) for song, view in zip(songs, views, strict=True)]
    if len(songs) > 1:
        parts.show_table(songs, outcomes)
    opened = st.session_state.opened
    if opened is not None and isinstance(views[opened], GenreError):
        st.error(f"{outcomes[opened][0]}: {views[opened]}", icon=":material/error:")
    elif opened is not None:
        parts.show_verdict(songs[opened], views[opened], classifier)
if opened is not None:
    with player:
        parts.show_player(songs[opened], views[opened])
    if not isinstance(views[opened], GenreError):
        parts.show_timeline(songs[opened], views[opened])
        parts.show_facts(songs[opened])
parts.show_downloads(outcomes)
