"""The song player: a waveform in the colours of its genres, and a playhead that moves with it.

It is a Streamlit component of plain JavaScript, read from the files and shown as it is: no build,
no network.  What it draws comes from `genre.charts.lanes`.  The sound belongs to the tab, not to
the page: it goes on while one page is replaced by another that shows a player of the same song.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

import streamlit as st
from streamlit import runtime

from app_pages import caches, interface
from app_pages.component_files import read
from app_pages.songs import Song
from genre import language
from genre.audio.load import browser_media_type, load_audio
from genre.audio.signal import encode_wav, waveform_envelope
from genre.charts.lanes import (
    Lane,
    chroma_lane,
    feature_lane,
    onset_lane,
    song_data,
    waveform_data,
)
from genre.errors import AudioError, GenreError
from genre.models.classifier import Classifier
from genre.models.song_analysis import SongView
from genre.scenes.film_text import words as film_words
from genre.text.live import player_words
from genre.text.models import tags_of_segments

state = st.session_state
FILES = ("elements.js", "song_sound.js", "song_lanes.js", "song_film.js", "song_player.js")
Size = Literal["full", "slim", "film", "demo"]
_player = st.components.v2.component(
    "song_player",
    html='<section class="player"></section>',
    css=read("song_player.css"),
    js=read(*FILES),
)


def show_player(
    song: Song,
    data: dict[str, Any],
    lanes: Sequence[Lane] = (),
    *,
    key: str = "song_player",
    size: Size = "full",
    film: Mapping[str, Any] | None = None,
    start_seconds: float = 0.0,
    on_seconds_change: Callable[[], None] | None = None,
    on_second_change: Callable[[], None] | None = None,
) -> float | None:
    """Play a song, or say that it was swept away.

    Parameters
    ----------
    song : Song
    data : dict
        `genre.charts.lanes.song_data` or `waveform_data`.
    lanes : sequence of Lane
        Those that are not on at first can be switched on.
    key : str
        Its element stays while this does.
    size : {"full", "slim", "film", "demo"}
        All of it, one line, lanes with names and values beside them, or a silent picture that
        moves.
    film : mapping, optional
        What a film has besides: the running prediction as ``bands``
        (`genre.scenes.gate_lanes.running_band`), ``pullGenre`` and ``pullColour``, ``silenced``.
    start_seconds : float
        Where the playhead stands at first.
    on_seconds_change : callable, optional
        Called when the visitor has paused or sought.
    on_second_change : callable, optional
        Called when the visitor has chosen a second to silence, ``state.song_player.second``.

    Returns
    -------
    seconds : float or None
        Where the visitor paused or sought last; None before that, and without
        ``on_seconds_change``.
    """
    try:
        sound = {} if size == "demo" else sound_of(song)
    except AudioError as error:  # it was swept away
        interface.show_error(error)
        return None
    words = player_words() | (film_words() if film else {})
    song_shown = data | {"lanes": [lane.to_dict() for lane in lanes]} | dict(film or {})
    shown = {"words": words, "song": song_shown, "size": size}
    result = _player(
        key=key,
        data={
            **shown,
            **sound,
            "identity": song.digest,
            "version": hashlib.sha256(repr(shown).encode()).hexdigest(),
            "startSeconds": start_seconds,
            "playFrom": list(state.play_from),
            "reports": on_seconds_change is not None,
        },
        on_seconds_change=on_seconds_change or (lambda: None),
        on_second_change=on_second_change or (lambda: None),
        on_failed_change=partial(note_failed, song),
    )
    return result.seconds if on_seconds_change else None


def show_controls() -> None:
    """Show what stops the sound, on a page that is not about the song; nothing where none is on."""
    words = player_words()
    _player(
        key="compact_player",
        data={"size": "compact", "version": language.current(), "words": words},
    )


def show_recording(song: Song) -> None:
    """Play a recording that no model has read.

    Raises
    ------
    AudioError
        If it cannot be read.
    """
    show_player(song, _recording_data(song.digest, song))


@st.cache_resource(max_entries=16, ttl=caches.HOUR, show_spinner=False)
def _recording_data(digest: str, _song: Song) -> dict[str, Any]:
    signal = load_audio(_song.content)
    return waveform_data(waveform_envelope(signal), signal.seconds)


def show_song(
    song: Song,
    view: SongView,
    chosen: Classifier,
    more: Sequence[Lane] = (),
    *,
    size: Size = "full",
    **options: Any,
) -> float | None:
    """Play a song that a model has read; what it predicted at each moment moves with the sound.

    Parameters
    ----------
    song : Song
    view : SongView
    chosen : Classifier
    more : sequence of Lane
        Those that the page is about.
    size, **options
        Of `show_player`: only the full one has lanes that can be switched on.
    """
    own = switched_lanes(song, view, chosen) if size == "full" else []
    data = _song_data(language.current(), *caches.key_of(song, chosen), view)
    return show_player(song, data, [*own, *more], size=size, **options)


def switched_lanes(song: Song, view: SongView, chosen: Classifier) -> list[Lane]:
    """Return what the network reads of a song, and its facts once they are found."""
    lanes = [_feature_lane(language.current(), *caches.key_of(song, chosen), view)]
    with contextlib.suppress(GenreError):  # said where the facts are shown
        if facts := caches.poll_facts(song)[0]:
            lanes += [chroma_lane(facts), onset_lane(facts)]
    return lanes


@st.cache_resource(max_entries=64, ttl=caches.HOUR, show_spinner=False)
def _song_data(
    language: str, digest: str, model: str, stamp: int, _view: SongView
) -> dict[str, Any]:
    return song_data(_view.prediction, _view.envelope, tags_of_segments(_view))


@st.cache_resource(max_entries=64, ttl=caches.HOUR, show_spinner=False)
def _feature_lane(language: str, digest: str, model: str, stamp: int, _view: SongView) -> Lane:
    return feature_lane(_view)


def sound_of(song: Song) -> dict[str, Any]:
    """Return where the browser finds the sound of a song: its file, or a WAV made of it.

    Raises
    ------
    NotKeptError
        If it was swept away.
    """
    content, media_type, is_decoded = playable(song)
    return {
        "url": address_of(content, media_type),
        "nBytes": len(content),
        "canDecode": not is_decoded,
    }


def playable(song: Song) -> tuple[bytes, str, bool]:
    """Return a file that a browser plays, its media type, and whether it is a WAV made of the song.

    Raises
    ------
    AudioError
        If the song was swept away, or cannot be decoded.
    """
    media_type = browser_media_type(song.source)
    if media_type and song.digest not in state.undecodable:
        return song.content, media_type, False
    return _wav(song.digest, song), "audio/wav", True


@st.cache_resource(max_entries=2, ttl=caches.HOUR, show_spinner=False)  # 53 MB for 20 minutes
def _wav(digest: str, _song: Song) -> bytes:
    return encode_wav(load_audio(_song.content))


def address_of(content: bytes, media_type: str) -> str:
    """Return the address under which the server gives a file to this visit's browser."""
    if not runtime.exists():  # a page that no server runs
        return ""
    files = runtime.get_instance().media_file_mgr
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    path = files.add(content, media_type, "song_player")
    return f"/{base}{path}" if base else path


def note_failed(song: Song) -> None:
    """Note that the browser cannot play the file of a song: what was decoded is played."""
    state.undecodable |= {song.digest}
