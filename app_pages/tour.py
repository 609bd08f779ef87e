"""The tour: ten questions, each answered on the song in hand."""

from __future__ import annotations

import streamlit as st

from app_pages import caches, header, inside_caches, interface, session, tour_player, tour_stops
from genre.errors import GenreError

session.read_link("tour")
song, about_song = inside_caches.song_to_show()
classifier = header.chosen_classifier()
if classifier is None:
    st.stop()
classifier = tour_stops.model_of(classifier)
analysed = inside_caches.analyse(song, classifier)
if isinstance(analysed, GenreError):
    interface.show_error(analysed)
    song, about_song = caches.example(inside_caches.EXAMPLE), ""
    analysed = inside_caches.analyse(song, classifier)
if isinstance(analysed, GenreError):
    interface.show_error(analysed)
    st.stop()
tour_player.show(analysed, about_song)
