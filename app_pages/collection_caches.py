"""Caches of the map and of collections, for all visitors: by content, or by a stamp."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from app_pages import caches
from app_pages.songs import Song
from genre.collection import search
from genre.collection.place import PlacedSong, place_song
from genre.collection.search import MapPoints, Overview
from genre.collection.store import CollectionSong
from genre.errors import GenreError
from genre.models.classifier import Classifier


def placed(song: Song, classifier: Classifier) -> PlacedSong | GenreError:
    """Return where a song lies on the map, or what is wrong with it."""
    key = caches.key_of(song, classifier)
    with contextlib.suppress(LookupError):
        return caches.kept(_placed, key)
    analysis = caches.analysis(song, classifier)  # outside the cache: it may show a queue
    if isinstance(analysis, GenreError):
        return analysis
    return _placed(*key, partial(place_song, analysis, song.name))


@st.cache_resource(max_entries=256, ttl=caches.HOUR, show_spinner=False)
def _placed(digest: str, model: str, stamp: int, _place: Callable[[], PlacedSong]) -> PlacedSong:
    return _place()


def overview(place: Path) -> Overview:
    """Return what is in a collection, counted once until it changes."""
    return _overview(str(place), search.read_stamp(place))


@st.cache_data(max_entries=16, ttl=caches.HOUR, show_spinner=False)
def _overview(place: str, stamp: str) -> Overview:
    return search.read_overview(Path(place))


def points(place: Path, overview: Overview) -> MapPoints:
    """Return the songs of a collection as points of the map."""
    return _points(str(place), overview.stamp)


@st.cache_resource(max_entries=4, ttl=caches.HOUR, show_spinner=False)
def _points(place: str, stamp: str) -> MapPoints:
    return search.map_points(Path(place))


def found_songs(
    place: Path, overview: Overview, text: str, genre: str, tag: str
) -> list[tuple[CollectionSong, float | None]]:
    """Return the songs with these words, of this verdict or with this tag."""
    return _found(str(place), overview.stamp, text, genre, tag)


@st.cache_data(max_entries=32, ttl=caches.HOUR, show_spinner=False)
def _found(
    place: str, stamp: str, text: str, genre: str, tag: str
) -> list[tuple[CollectionSong, float | None]]:
    if tag:
        return [*search.songs_by_tag(Path(place), tag, n=search.MAX_FOUND)]
    return [(song, None) for song in search.find_songs(Path(place), text, genre=genre)]
