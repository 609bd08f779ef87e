"""A dot that moves over the map of songs as the current song plays, in the browser alone.

A Streamlit component of plain JavaScript in ``collection_playhead.js``, which says what it follows.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from genre.charts.song_map import EDGE
from genre.collection.place import PlacedSong

_playhead = st.components.v2.component(
    "map_playhead",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def show_playhead(placed: PlacedSong, chart: str, identity: str) -> None:
    """Let a song's place on a map move as it plays.

    Parameters
    ----------
    placed : PlacedSong
    chart : str
        The key of the map's chart.
    identity : str
        Of the song: its digest.
    """
    _playhead(
        key="map_playhead",
        data={
            "positions": placed.segment_positions.round(4).astype(float).tolist(),
            "segmentSeconds": placed.segment_seconds,
            "chart": chart,
            "edge": EDGE,
            "identity": identity,
        },
    )
