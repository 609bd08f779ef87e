"""The songs of a visit: which were uploaded, chosen or recorded, and which one is open."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import streamlit as st

state = st.session_state


@dataclass(frozen=True, slots=True)
class Song:
    """A recording and the digest that the caches know it by."""

    name: str
    content: bytes
    digest: str
    about: str = ""

    @classmethod
    def of(cls, name: str, content: bytes, about: str = "") -> Song:
        """Make a song of the content of an audio file."""
        return cls(name, content, hashlib.sha256(content).hexdigest(), about)


def choose_songs(songs: list[Song], source: str) -> None:
    """Make these the songs of the visit; of several, open the new one, or keep the current one."""
    before = {song.digest for song in state.songs}
    current = current_song()
    new = [i for i, song in enumerate(songs) if song.digest not in before]
    same = [i for i, song in enumerate(songs) if current and song.digest == current.digest]
    state.songs, state.songs_from = songs, source
    if len(songs) == 1:
        open_song(0)
    elif len(new) == 1:
        open_song(new[0])
    else:
        open_song(same[0] if same and not new else None)


def current_song() -> Song | None:
    """Return the song that is open, if there is one."""
    songs, opened = state.songs, state.opened
    return songs[opened] if opened is not None and opened < len(songs) else None


def open_song(index: int | None) -> None:
    """Show one of the songs, from its start."""
    state.opened, state.moment = index, None
    state.n_plays += 1


def choose_moment(segment: int) -> None:
    """Play a segment of the current song, again if it was played before."""
    state.moment = segment
    state.n_plays += 1


def are_classified(songs: list[Song], model: str) -> bool:
    """Tell whether this visitor has waited for a model to classify all of these songs."""
    return {(song.digest, model) for song in songs} <= state.classified


def note_classified(songs: list[Song], model: str) -> None:
    """Remember that this visitor waited for these songs."""
    state.classified |= {(song.digest, model) for song in songs}


def has_unread_files(uploader: str) -> bool:
    """Tell whether an uploader holds a file that no callback has read.

    An uploader's callback can be cut short: where a fragment runs each second, such a run may
    bring the file a moment before the upload does, and is ended by it.  Streamlit then assumes
    that the callback is done.
    """
    return not file_ids(uploader) <= state.read_files


def note_read_files(uploader: str) -> None:
    """Remember that the files of an uploader were read."""
    state.read_files |= file_ids(uploader)


def file_ids(uploader: str) -> set[str]:
    """Return the ids of the files that an uploader holds, one or several."""
    files = state.get(uploader) or []
    return {file.file_id for file in (files if isinstance(files, list) else [files])}
