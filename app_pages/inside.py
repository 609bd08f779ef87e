"""Inside the LSTM: five scenes on the current song, one idea on one screen."""

from __future__ import annotations

import streamlit as st

from app_pages import (
    arrow_keys,
    caches,
    header,
    inside_caches,
    inside_cell,
    inside_drawing,
    inside_film,
    inside_forgetting,
    inside_parts,
    inside_prediction,
    inside_silence,
    interface,
    session,
    song_player,
)
from genre.errors import GenreError
from genre.language import _
from genre.text.song import not_music

SHOW = {
    "way": inside_drawing.show,
    "forgetting": inside_forgetting.show,
    "cell": inside_cell.show,
    "cinema": inside_film.show,
    "verdict": inside_prediction.show,
}

state = st.session_state
session.read_link("inside")
inside_parts.choose_part()
song, about_song = inside_caches.song_to_show()
with st.container(horizontal=True, vertical_alignment="center"):
    inside_parts.show_scene_choice()
    player_place = st.container(width="stretch")
classifier = header.chosen_classifier()
if classifier is None:
    st.stop()
with st.spinner(_("Classifying"), show_time=True):
    analysed = inside_caches.analyse(song, classifier)
    if isinstance(analysed, GenreError):
        interface.show_error(_("{problem} An example is shown instead.").format(problem=analysed))
        song, about_song = caches.example(inside_caches.EXAMPLE), ""
        analysed = inside_caches.analyse(song, classifier)
if isinstance(analysed, GenreError):
    interface.show_error(analysed)
    st.stop()
is_film = (state.scene, state.part) in {("cinema", "Film"), ("verdict", inside_silence.PART)}
if not is_film:  # there it is the picture
    with player_place:
        song_player.show_song(song, analysed.result.view, classifier, size="slim")
with st.container(key="scene_columns"):
    left, right = inside_parts.split(
        wide=state.scene in ("cinema", "cell") or state.part == "Drawing"
    )
with right:
    inside_parts.show_title(analysed)
    if sentence := not_music(analysed.result.prediction):
        st.caption(
            _("{sentence} What the network computes is shown all the same.").format(
                sentence=sentence
            )
        )
    SHOW[state.scene](analysed, left)
    inside_parts.show_paragraph(analysed, about_song)
session.write_link("inside")
arrow_keys.free_arrow_keys()
