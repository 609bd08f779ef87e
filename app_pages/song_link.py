"""The songs that the page's link names: opened when a visit begins, so that they survive a reload.

A visit also begins anew when the server was restarted: the browser then runs the page once more
(`reconnect`).
"""

from __future__ import annotations

import streamlit as st

from app_pages import caches, session
from app_pages.songs import Song, choose_songs, open_song, say
from genre import paths
from genre.audio import kept_songs
from genre.text.uploads import no_longer_kept

state = st.session_state
ONE_DAY_SECONDS = 86_400.0


@st.fragment(run_every=ONE_DAY_SECONDS)
def reconnect() -> None:
    """Have the browser run the page again as soon as it is connected again.

    A server that was restarted knows nothing of a page until the page runs: the first click would
    be of a widget that is not there yet, and lost.  Streamlit's browser runs a page at once when it
    is connected again only if a part of the page runs at intervals, as this one does.
    """


def open_songs() -> None:
    """Open the songs of the link at the start of a visit; later, step over those that are gone."""
    for problem in session.read_link("every"):
        say(problem)
    if not state.is_link_open:
        kept_songs.sweep()
        if link := state.song_link:
            songs, source, is_whole = read_link(link, "songs")
            opened = state.opened if is_whole else None
            choose_songs(songs, source, link if is_whole else None)
            if opened is not None and opened < len(songs) and len(songs) > 1:
                open_song(opened)
        state.is_link_open = True
    elif gone := [song for song in state.songs if not song.is_here()]:
        say(no_longer_kept([song.name for song in gone]))
        choose_songs([song for song in state.songs if song not in gone], state.songs_from)
    kept_songs.touch_list(state.song_link)
    session.write_link("every")


def open_tracked_song() -> None:
    """Do the same with the song that Train tracks."""
    song: Song | None = state.tracked_song
    if song and not song.is_here():
        say(no_longer_kept([song.name]), "track")
        state.tracked_song, state.track_link = None, ""
    elif not song and state.track_link:
        songs, _source, _is_whole = read_link(state.track_link, "track", "track_upload")
        state.tracked_song = songs[0] if songs else None
        state.track_link = state.track_link if songs else ""
    kept_songs.touch_list(state.track_link)


def read_link(link: str, place: str, uploader: str = "") -> tuple[list[Song], str, bool]:
    """Return the songs that a link names; say which of them are not here.

    Parameters
    ----------
    link : str
        The name of an example, or the token of a list; it may be anything.
    place : str
        Of the message.
    uploader : str
        Which may still show them; empty: what brought them.

    Returns
    -------
    songs : list of Song
    source : str
        What brought them.
    is_whole : bool
        Whether all of them are here.
    """
    if link in {path.stem for path in paths.SAMPLES.glob("*.ogg")}:
        return [caches.example(link)], "example", True
    try:
        kept, source = kept_songs.read_list(link)
    except kept_songs.NotKeptError as error:
        say(str(error), place)
        return [], "", False
    found = {
        one.upload: Song(one.name, one.path, one.digest, upload=one.upload)
        if one.is_kept()
        else None
        for one in kept
    }
    state.uploaded[uploader or source] = found
    if gone := [one.name for one in kept if not found[one.upload]]:
        say(no_longer_kept(gone), place)
    return [song for song in found.values() if song], source, not gone
