"""Search one's own songs by words, tag and verdict, and download what was found."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from app_pages import collection_caches, interface
from app_pages.collection_map import show_similar, show_songs
from genre.audio.tags import tag_words
from genre.collection.search import MAX_FOUND, Overview, find_songs
from genre.collection.store import CollectionSong
from genre.errors import GenreError
from genre.export.collection_table import playlists_zip, songs_csv, songs_json
from genre.language import _
from genre.text import collection as collection_text
from genre.text.genres import genre_name

state = st.session_state


def show_search(place: Path, overview: Overview) -> None:
    """Ask what to look for, and show and offer what is found."""
    st.header(_("Search"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            _("Words"), key="asked_text", placeholder=_("In its path, genre and tags"), width=260
        )
        genre = st.selectbox(
            _("Genre"), list(overview.genres), index=None, key="asked_genre", placeholder=_("Any"),
            format_func=genre_name, width=180,
        )  # fmt: skip
        tag = st.selectbox(
            _("Tag, the most probable first"), tag_words(), index=None, key="asked_tag",
            placeholder=_("Any"), width=240,
        )  # fmt: skip
    try:
        found = collection_caches.found_songs(place, overview, text, genre or "", tag or "")
    except GenreError as error:
        interface.show_error(error)
        return
    if tag and (text or genre):
        st.caption(_(collection_text.TAG_ALONE))
    elif len(found) == MAX_FOUND:
        st.caption(collection_text.first_ones(MAX_FOUND))
    chosen_song = show_songs(found, "found", _("Tag") if tag else "")
    if chosen_song:
        show_similar(place, chosen_song, "found")
    chosen = [song for song, _value in found] if tag else None
    show_downloads(partial(all_songs, place, text, genre or "", chosen))


def all_songs(
    place: Path, text: str, genre: str, chosen: list[CollectionSong] | None
) -> list[CollectionSong]:
    """Return every song that was found, more than are shown."""
    return find_songs(place, text, genre=genre, limit=-1) if chosen is None else chosen


def show_downloads(songs: partial[list[CollectionSong]]) -> None:
    """Offer the songs found as CSV, JSON and playlists; made once one is asked for."""
    with st.container(horizontal=True):
        for label, key, name, make in (
            ("CSV", "own_csv", "songs.csv", songs_csv),
            ("JSON", "own_json", "songs.json", songs_json),
            (_("Playlists by genre"), "own_m3u", "playlists.zip", playlists_zip),
        ):
            st.download_button(
                label,
                partial(made, make, songs),
                file_name=name,
                icon=":material/download:",
                key=key,
                on_click="ignore",
            )


def made(make, songs: partial[list[CollectionSong]]) -> bytes:  # type: ignore[no-untyped-def]
    """Return a download's content."""
    content = make(songs())
    return content if isinstance(content, bytes) else content.encode("utf-8", "replace")
