"""The player of a song's film: charts of its gates, with a playhead that moves with its sound.

It is a Streamlit component of plain JavaScript in ``film_player.js``, read from the file and
shown as it is: no build, no network.  What it draws was computed in `genre`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from genre.charts.gate_animation import GateAnimation

FOLDER = Path(__file__).resolve().parent
HTML = """
<section class="film">
  <div class="bar">
    <button class="play" type="button" aria-label="Play">Play</button>
    <span class="time">0:00</span>
    <span class="what" aria-live="off"></span>
  </div>
  <div class="stage" tabindex="0" role="slider" aria-label="Position in the song"></div>
  <audio preload="auto"></audio>
</section>
"""
_player = st.components.v2.component(
    "film_player",
    html=HTML,
    css=(FOLDER / "film_player.css").read_text(encoding="utf-8"),
    js=(FOLDER / "film_player.js").read_text(encoding="utf-8"),
)


def show_player(
    film: GateAnimation,
    sound: tuple[bytes, str],
    *,
    identity: str,
    start_seconds: float = 0.0,
    on_seconds_change: Callable[[], None] | None = None,
) -> float | None:
    """Show the film of a song and play its sound.

    Parameters
    ----------
    film : GateAnimation
        `genre.charts.gate_animation.animate_gates`.
    sound : tuple of (bytes, str)
        A file that browsers play, and its media type: `interface.playable`.
    identity : str
        Which song and which pictures these are.  While it stays the same the sound goes on
        when the page runs again; another one starts from ``start_seconds``.
    start_seconds : float
        Where the playhead stands at first.
    on_seconds_change : callable, optional
        Called when the visitor has paused or sought.

    Returns
    -------
    seconds : float or None
        Where the visitor paused or sought last; None before that.
    """
    content, media_type = sound
    result = _player(
        key="film_player",
        data={
            "film": film.to_dict(),
            "sound": base64.b64encode(content).decode("ascii"),
            "mediaType": media_type,
            "identity": identity,
            "startSeconds": start_seconds,
        },
        on_seconds_change=on_seconds_change or (lambda: None),
    )
    return result.seconds
