"""Small pieces of the interface that several pages use: text, messages, charts, players."""

from __future__ import annotations

import hashlib
import os
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from app_pages import caches
from app_pages.songs import Song
from genre import paths
from genre.audio.load import browser_media_type
from genre.charts.song import legible

state = st.session_state
PUBLIC_VARIABLE = "GENRE_LAB_PUBLIC"
"""``1`` where strangers reach the page; ``SECURITY.md`` says what changes."""
PUBLIC_UPLOAD_MEGABYTES = 50
"""Twenty minutes of MP3 at 320 kbit/s are 48."""


def is_public() -> bool:
    """Tell whether strangers reach the page: no run and no name is theirs unless they hold it."""
    return os.environ.get(PUBLIC_VARIABLE, "0") not in ("", "0")


def is_local() -> bool:
    """Tell whether only this computer reaches the page: its files are offered to nobody else."""
    is_near = st.get_option("server.address") in ("localhost", "127.0.0.1", "::1")
    return is_near and not is_public()  # behind a proxy, strangers seem to come from here


def max_upload_megabytes() -> int | None:
    """Return what an uploader takes at most; None for what the server takes."""
    return PUBLIC_UPLOAD_MEGABYTES if is_public() else None


def literal(text: object) -> str:
    """Return text that Markdown shows as it is, whatever a file is called."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()<>#+-.!|~$:" else c for c in str(text))


def short_digest(*texts: str) -> str:
    """Return a part of a key that stands for some texts: other texts are another element."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


def ink() -> str:
    """Return the colour of text on the page's background, light or dark."""
    return "#e8edf2" if st.context.theme.type == "dark" else "#1b2530"


def show_error(error: object) -> None:
    """Show what went wrong, in the error's own words."""
    st.error(literal(error), icon=":material/error:")


def show_info(text: object) -> None:
    """Show why something is not there."""
    st.info(literal(text), icon=":material/info:")


def set_message(place: str, text: object, *, is_error: bool = False) -> None:
    """Keep a sentence for a place on a page, where it is shown once."""
    state.messages[place] = (is_error, str(text))


def show_message(place: str) -> bool:
    """Show what was kept for a place; tell whether it was a success."""
    is_error, text = state.messages.pop(place, (False, ""))
    if text and is_error:
        show_error(text)
    elif text:
        st.success(literal(text), icon=":material/check:")
    return bool(text) and not is_error


def draw(figure: go.Figure, key: str, alt: str, height: int | None = None, **options: Any) -> Any:
    """Show a chart without Plotly's tool bar; return what Streamlit does."""
    if height:
        figure.update_layout(height=height)
    config = {"displayModeBar": False}
    return st.plotly_chart(legible(figure, ink()), key=key, config=config, alt=alt, **options)


def clicked(key: str) -> Any:
    """Return what is stored with the point of a chart that was clicked; None for no point."""
    points = state[key].selection.points
    return points[0].get("customdata") if points else None


def playable(song: Song) -> tuple[bytes, str]:
    """Return a file that a browser plays, the song or a WAV made of it, and its media type."""
    if media_type := browser_media_type(song.content):
        return song.content, media_type
    return caches.wav(song.digest, song.content), "audio/wav"


def show_player(song: Song, **options: Any) -> None:
    """Play a song."""
    content, media_type = playable(song)
    st.audio(content, format=media_type, **options)


def show_examples(key: str, on_change: Any, *args: Any) -> None:
    """Offer the project's own example songs."""
    genres = sorted(path.stem for path in paths.SAMPLES.glob("*.ogg"))
    st.pills(
        "Examples",
        genres,
        format_func=str.capitalize,
        wrap=True,
        key=key,
        on_change=on_change,
        args=args,
    )
