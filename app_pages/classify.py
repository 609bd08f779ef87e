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
# Each place is filled anew: what was said of the last song never stands beside the next.
verdict_place, below = right.empty(), st.empty()
if not songs:
    with verdict_place.container():
        inputs.show_welcome()
    st.stop()
with verdict_place.container():
    classifier = header.chosen_classifier()
if classifier is None:
    st.stop()

with verdict_place.container():
    views = parts.listen_to_all(songs, classifier)
outcomes = parts.outcomes_of(songs, views)
opened = st.session_state.opened
is_heard = opened is not None and not resources.went_wrong(views[opened])
with verdict_place.container():
    if len(songs) > 1:
        parts.show_table(songs, outcomes)
    parts.show_problems(outcomes)
    if is_heard:
        parts.show_verdict(songs[opened], views[opened], classifier)
with below.container():
    if is_heard:
        parts.show_timeline(songs[opened], views[opened])
    if not all(resources.went_wrong(view) for view in views):
        parts.show_downloads(outcomes)
    if is_heard:
        parts.show_facts(songs[opened])
