"""The songs of a visit: which were uploaded, chosen or recorded, and which one is open."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from app_pages import uploads
from genre import paths
from genre.audio import kept_songs
from genre.audio.kept_songs import KeptSong
from genre.errors import AudioError
from genre.language import _
from genre.system.schema import cause, printable
from genre.text.uploads import held_in_memory, no_room

state = st.session_state
MAX_HELD_BYTES = 100_000_000
"""Of the songs of a visit that the disk has no room for."""


@dataclass(frozen=True, slots=True)
class Song:
    """A recording and the digest that the caches know it by.

    Parameters
    ----------
    name : str
    source : Path or bytes
        Where it lies; its content, if it could not be kept on disk.
    digest : str
        SHA-256 of its content.
    about : str
    upload : str
        By what its uploader knows it; empty for an example.
    """

    name: str
    source: Path | bytes
    digest: str
    about: str = ""
    upload: str = ""

    @classmethod
    def of(cls, name: str, source: Path | bytes, about: str = "") -> Song:
        """Make a song of an audio file or its content."""
        content = source.read_bytes() if isinstance(source, Path) else source
        return cls(name, source, hashlib.sha256(content).hexdigest(), about)

    @property
    def content(self) -> bytes:
        """The content of its file; raises `NotKeptError` where it was swept away."""
        if isinstance(self.source, bytes):
            return self.source
        return kept_songs.read_content(self.source)

    def is_here(self) -> bool:
        """Tell whether it can be read; an upload is kept for another hour by that."""
        return not (self.upload and isinstance(self.source, Path)) or kept_songs.touch(self.source)


def take_songs(uploader: str, name: str = "") -> list[Song]:
    """Return the songs in an uploader, taking over those that are new.

    Parameters
    ----------
    uploader : str
        Its key.
    name : str
        Of each song; empty: that of its file.
    """
    taken = [song for song in state.uploaded.get(uploader, {}).values() if song]

    def keep(file: UploadedFile) -> Song | None:
        try:
            song = keep_song(file, name or file.name, taken)
        except AudioError as error:
            say(str(error))
            return None
        taken.append(song)
        return song

    found = uploads.take(uploader, keep)
    if found and not any(found) and not (state.songs or "songs" in state.messages):
        say(_(uploads.LOST))
    return [song for song in found if song]


def say(sentence: str, place: str = "songs") -> None:
    """Keep a sentence on the songs, to show it once: at the top of the page, or in its place."""
    state.messages[place] = (True, sentence)


def keep_song(file: UploadedFile, name: str, others: list[Song]) -> Song:
    """Keep an uploaded song on disk, or in memory if there is no room, beside others."""
    return keep_content(file.getvalue(), name, file.file_id, others)


def keep_content(content: bytes, name: str, upload: str, others: list[Song]) -> Song:
    """Keep the content of a song as `keep_song` does; ``upload`` is by what its source knows it."""
    name = printable(name)[: kept_songs.MAX_NAME]
    digest = hashlib.sha256(content).hexdigest()
    n_bytes = {song.digest: n_bytes_of(song) for song in others} | {digest: len(content)}
    kept_songs.check_room(len(others) + 1, sum(n_bytes.values()))
    try:
        source: Path | bytes = kept_songs.keep_content(content, digest)
    except OSError as error:
        source, reason = content, cause(error)
        held = sum(len(song.source) for song in others if isinstance(song.source, bytes))
        if held + len(content) > MAX_HELD_BYTES:
            raise AudioError(no_room(name, reason)) from error
        say(held_in_memory(name, reason))
    return Song(name, source, digest, upload=upload)


def n_bytes_of(song: Song) -> int:
    """Return the size of a song; 0 if it was swept away."""
    if isinstance(song.source, bytes):
        return len(song.source)
    return song.source.stat().st_size if song.source.exists() else 0


def choose_songs(songs: list[Song], source: str, link: str | None = None) -> None:
    """Make these the songs of the visit; of several, open the new one, or keep the current one.

    ``link`` names them; without it, a new one is made.
    """
    before = {song.digest for song in state.songs}
    current = current_song()
    new = [i for i, song in enumerate(songs) if song.digest not in before]
    same = [i for i, song in enumerate(songs) if current and song.digest == current.digest]
    state.songs, state.songs_from = songs, source
    state.song_link = link_of(songs, source) if link is None else link
    if len(songs) == 1:
        open_song(0)
    elif len(new) == 1:
        open_song(new[0])
    else:
        open_song(same[0] if same and not new else None)


def link_of(songs: list[Song], source: str) -> str:
    """Return what names songs in a link: an example's name, or the token of their list.

    Returns
    -------
    link : str
        Empty if none of them is kept.
    """
    files = [(song, song.source) for song in songs if isinstance(song.source, Path)]
    if [path.parent for _song, path in files] == [paths.SAMPLES]:
        return files[0][1].stem
    kept = [
        KeptSong(song.name, song.digest, n_bytes_of(song), song.upload)
        for song, _path in files
        if song.upload
    ]
    try:
        return kept_songs.keep_list(kept, source) if kept else ""
    except OSError as error:
        say(held_in_memory(kept[0].name, cause(error)))
        return ""


def current_song() -> Song | None:
    """Return the song that is open, if there is one."""
    songs, opened = state.songs, state.opened
    return songs[opened] if opened is not None and opened < len(songs) else None


def open_song(index: int | None) -> None:
    """Show one of the songs."""
    state.opened = index


def play_from(seconds: float) -> None:
    """Play the current song from a moment on, again if it was played from there before."""
    state.play_from = (seconds, state.play_from[1] + 1)


def are_classified(songs: list[Song], model: str) -> bool:
    """Tell whether this visitor has waited for a model to classify all of these songs."""
    return {(song.digest, model) for song in songs} <= state.classified


def note_classified(songs: list[Song], model: str) -> None:
    """Remember that this visitor waited for these songs."""
    state.classified |= {(song.digest, model) for song in songs}
