"""The map of songs: bundled tracks, one's own songs, and a song on its way through them.

Conventions
-----------
A point's ``customdata`` is a number, so that many are drawn soon: the row
of a bundled track, or, from `N_TRACKS` on, `N_TRACKS` plus the index of one of one's own songs.
"""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from genre.charts.colours import LIGHT_BACKGROUND, NEUTRAL, genre_colour
from genre.charts.parts import FIXED, LEGEND_ABOVE, NO_NAME, empty_figure, genre_label, safe_label
from genre.collection.place import PlacedSong
from genre.collection.search import MapPoints
from genre.collection.song_map import N_TRACKS, bundled_map, bundled_tracks
from genre.language import _

HEIGHT = 460
EDGE = 1.08
NAME_ABOVE = 0.13
MIN_WEBGL = 1_000
"""From so many own songs on they are drawn by WebGL; fewer do not need it."""


def song_map_chart(
    own: MapPoints | None = None,
    song: PlacedSong | None = None,
    *,
    selected: int | None = None,
) -> go.Figure:
    """Draw the map.

    Parameters
    ----------
    own : MapPoints, optional
        Songs of a collection.
    song : PlacedSong, optional
        The song in hand: its place, its way from segment to segment, and its nearest tracks.
    selected : int, optional
        The ``customdata`` of the point that is marked.

    Returns
    -------
    figure : Figure
    """
    traces = [*_tracks()]
    if own is not None and len(own.names):
        traces.append(_own_songs(own))
    if song is not None:
        traces += _song(song)
    if selected is not None:
        traces += _selected(selected, own)
    traces.append(_genre_names())
    axis = FIXED | {"visible": False, "range": [-EDGE, EDGE]}
    return empty_figure(
        *traces,
        height=HEIGHT,
        xaxis=axis,
        yaxis=axis,
        legend=LEGEND_ABOVE | {"itemclick": False, "itemdoubleclick": False},
        margin={"l": 4, "r": 4, "t": 8, "b": 8},
    )


def _genre_names() -> go.Scatter:
    """Return the name of each genre, above its middle track."""
    genres = np.array([track.genre for track in bundled_tracks()])
    names, positions = np.unique(genres), bundled_map().positions
    middles = np.array([np.median(positions[genres == name], axis=0) for name in names])
    return go.Scatter(
        x=middles[:, 0],
        y=middles[:, 1] + NAME_ABOVE,
        mode="text",
        name=_("genres"),
        text=[genre_label(name) for name in names],
        hoverinfo="skip",
        showlegend=False,
    )


def _tracks() -> list[go.Scatter]:
    tracks, positions = bundled_tracks(), bundled_map().positions
    genres = sorted({track.genre for track in tracks})
    traces = []
    for genre in genres:
        rows = [i for i, track in enumerate(tracks) if track.genre == genre]
        traces.append(
            go.Scatter(
                x=positions[rows, 0],
                y=positions[rows, 1],
                mode="markers",
                name=genre_label(genre),
                showlegend=False,
                marker={"size": 6, "color": genre_colour(genre, genres), "opacity": 0.75},
                customdata=rows,
                hovertext=[
                    f"{safe_label(tracks[row].artist or _('artist not known'))}<br>"
                    f"{tracks[row].track_id}"
                    for row in rows
                ],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
    return traces


def _own_songs(own: MapPoints) -> go.Scatter | go.Scattergl:
    genres = sorted({track.genre for track in bundled_tracks()} | set(own.genres))
    colours = [genre_colour(genre, genres) for genre in genres]
    numbers = {genre: i for i, genre in enumerate(genres)}
    is_many = len(own.names) >= MIN_WEBGL
    return (go.Scattergl if is_many else go.Scatter)(
        x=own.positions[:, 0],
        y=own.positions[:, 1],
        mode="markers",
        name=_("your songs"),
        marker={
            "symbol": "diamond",
            "size": 5 if is_many else 10,
            "color": np.array([numbers[genre] for genre in own.genres], np.int32),
            "colorscale": [[i / (len(genres) - 1), colour] for i, colour in enumerate(colours)],
            "cmin": 0,
            "cmax": len(genres) - 1,
            "line": {"width": 0 if is_many else 1, "color": NEUTRAL},
        },
        customdata=N_TRACKS + np.arange(len(own.names), dtype=np.int32),
        hovertext=[
            f"{safe_label(name.rpartition('/')[2])}<br>{genre_label(genre)}"
            for name, genre in zip(own.names, own.genres, strict=True)
        ],
        hovertemplate=f"%{{hovertext}}<extra>{_('your song')}</extra>",
    )


def _song(song: PlacedSong) -> list[go.Scatter]:
    way = song.segment_positions
    rows = [near.index for near in song.nearest]
    rings = _rings(bundled_map().positions[rows], 13, _("nearest tracks"))
    path = go.Scatter(
        x=way[:, 0],
        y=way[:, 1],
        mode="lines",
        name=_("its segments"),
        line={"width": 1, "color": NEUTRAL, "dash": "dot"},
        hoverinfo="skip",
    )
    here = go.Scatter(
        x=song.position[:1],
        y=song.position[1:],
        mode="markers",
        name=_("this song"),
        marker={
            "symbol": "star",
            "size": 20,
            "color": NEUTRAL,
            "line": {"width": 2, "color": LIGHT_BACKGROUND},
        },
        hovertemplate=_("this song") + NO_NAME,
    )
    return [path, rings, here]


def _selected(selected: int, own: MapPoints | None) -> list[go.Scatter]:
    of_own = own.positions if own is not None else np.empty((0, 2), np.float32)
    positions = np.concatenate([bundled_map().positions, of_own])
    return [_rings(positions[[selected]], 22, _("chosen"))] if selected < len(positions) else []


def _rings(positions: np.ndarray, size: int, name: str) -> go.Scatter:
    return go.Scatter(
        x=positions[:, 0],
        y=positions[:, 1],
        mode="markers",
        name=name,
        marker={"symbol": "circle-open", "size": size, "color": NEUTRAL, "line": {"width": 2}},
        hoverinfo="skip",
    )
