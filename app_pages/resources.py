"""What the pages share: every cache, every piece of state, and the header.

State of a visit (``st.session_state``)
---------------------------------------
=============  ==========================================================
key            meaning
=============  ==========================================================
model          name of the chosen model (widget, also ``?model=`` in the URL)
songs          list of `Song`: what was last dropped, pressed or recorded
opened         index of the song that is shown; None while none of several is
table_*        the table of several songs (widget; its row opens a song)
uploads        the drop zone (widget)
sketch         name of the pressed sketch (widget)
recording      the recorder (widget)
=============  ==========================================================

Caches are shared by all visitors: each is bounded in number and time, and keyed
by the digest of the content, never by a name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:  # heavy imports wait until there is a song: the first paint must not
    from genre.errors import GenreError
    from genre.prediction import Classifier
    from genre.song_facts import FactsJob
    from genre.song_view import SongView

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "models"
SKETCHES = ROOT / "samples"
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Song:
    """A recording in hand."""

    name: str
    content: bytes
    digest: str
    about: str = ""

    @classmethod
    def of(cls, name: str, content: bytes, about: str = "") -> Song:
        """Keep a recording with the digest that the caches know it by."""
        return cls(name, content, hashlib.sha256(content).hexdigest(), about)


def sketches() -> list[str]:
    """Return the genres that there is a sketch of."""
    return sorted(path.stem for path in SKETCHES.glob("*.ogg"))


@st.cache_data(max_entries=20, ttl=HOUR, show_spinner=False)
def sketch(name: str) -> Song:
    """Return one of the project's own sketches as a song."""
    content = (SKETCHES / f"{name}.ogg").read_bytes()
    return Song.of(f"{name.capitalize()} sketch", content, "a sketch by this project, no record")


def classifier(name: str) -> Classifier:
    """Return a saved model, loaded once for all visitors until its folder changes."""
    card = MODELS / name / "card.json"
    stamp = card.stat().st_mtime_ns if card.exists() else 0
    return _classifier(name, stamp)


@st.cache_resource(max_entries=8, show_spinner=False)
def _classifier(name: str, stamp: int) -> Classifier:
    from genre.prediction import load_classifier

    return load_classifier(name, MODELS)


def view(song: Song, chosen: Classifier) -> SongView | GenreError:
    """Return what a model makes of a song, or what is wrong with it; worked out once."""
    return _view(song.digest, chosen.card.name, chosen.card.created, song.content, chosen)


@st.cache_resource(max_entries=64, ttl=HOUR, show_spinner=False)
def _view(
    digest: str, model: str, created: str, _content: bytes, _classifier: Classifier
) -> SongView | GenreError:
    from genre.errors import GenreError
    from genre.song_view import view_song

    try:
        return view_song(_content, _classifier)
    except GenreError as error:  # kept as well: a bad file is not decoded anew on every click
        return error


def playable(song: Song) -> tuple[bytes, str]:
    """Return what a browser can play of a song, itself or a WAV made of it, and as what."""
    from genre.audio import browser_media_type

    if media_type := browser_media_type(song.content):
        return song.content, media_type
    return _wav(song.digest, song.content), "audio/wav"


@st.cache_resource(max_entries=4, ttl=HOUR, show_spinner=False)
def _wav(digest: str, _content: bytes) -> bytes:
    from genre.audio import encode_wav, load_audio

    return encode_wav(load_audio(_content))


def facts_job(song: Song) -> FactsJob:
    """Return the helper process that looks for a song's tempo and key, started once."""
    return _facts_job(song.digest, song.content)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False, on_release=lambda job: job.stop())
def _facts_job(digest: str, _content: bytes) -> FactsJob:
    from genre.song_facts import start_facts

    return start_facts(_content)


def take(songs: list[Song]) -> None:
    """Make these the songs in hand, in place of what there was."""
    st.session_state.songs = songs
    st.session_state.opened = 0 if len(songs) == 1 else None


def song_in_hand() -> Song | None:
    """Return the song that is shown, if there is one."""
    songs, opened = st.session_state.get("songs", []), st.session_state.get("opened")
    return songs[opened] if opened is not None and opened < len(songs) else None


def show_header() -> None:
    """Show, on every page in the same place, the song in hand and the chosen model."""
    from genre.registry import list_models
    from genre.wording import display_name

    names = list_models(MODELS)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Genre Lab**", width="content")
        song, songs = song_in_hand(), st.session_state.get("songs", [])
        none_open = f"{len(songs)} songs" if songs else "no song in hand yet"
        st.text(display_name(song.name) if song else none_open, width="content")
        st.space("stretch")
        if names:
            st.selectbox(
                "Model",
                names,
                key="model",
                bind="query-params",
                format_func="Model: {}".format,
                label_visibility="collapsed",
                width=220,
            )


def chosen_classifier() -> Classifier | None:
    """Return the chosen model, or say on the page why there is none."""
    from genre.errors import GenreError
    from genre.registry import list_models

    name = st.session_state.get("model")
    if not name or not list_models(MODELS):
        st.error(
            "There is no saved model here. Train one with: python -m genre train --name starter",
            icon=":material/model_training:",
        )
        return None
    try:
        return classifier(name)
    except GenreError as error:
        st.error(str(error), icon=":material/error:")
        return None
