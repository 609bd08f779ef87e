"""Drop a song, see its genre."""

from __future__ import annotations

import streamlit as st

from app_pages import classify_inputs as inputs
from app_pages import classify_parts as parts
from app_pages import header, resources

songs: list[resources.Song] = st.session_state.get("songs", [])
left, right = st.columns([1, 2] if songs else [1, 1], gap="large")
with left:
    inputs.show_inputs()
if not songs:
    with right:
        inputs.show_welcome()
    st.stop()
with right:
    classifier = header.chosen_classifier()
if classifier is None:
    st.stop()

if resources.are_heard(songs, classifier):
    verdict, below = right.container(), st.container()
else:  # what was said of another song must not stand beside the wait for this one
    waiting, emptied = right.empty(), st.empty()
    with waiting.container():
        parts.listen_to_all(songs, classifier)
    verdict, below = waiting.container(), emptied.container()
views = [resources.view(song, classifier) for song in songs]
outcomes = parts.outcomes_of(songs, views)
opened = st.session_state.opened
is_heard = opened is not None and not resources.went_wrong(views[opened])
with verdict:
    if len(songs) > 1:
        parts.show_table(songs, outcomes)
    parts.show_problems(outcomes)
    if is_heard:
        parts.show_verdict(songs[opened], views[opened], classifier)
        parts.let_verdict_appear(songs[opened], classifier)
with below:
    if is_heard:
        parts.show_timeline(songs[opened], views[opened])
    if not all(resources.went_wrong(view) for view in views):
        parts.show_downloads(outcomes)
    if is_heard:
        parts.show_facts(songs[opened])
