"""What is known, drawn: dataclass in, Plotly figure out.

Conventions
-----------
Nothing is computed here beyond arranging, and no background, font or theme is
set: the page supplies them, light or dark.  Time is in seconds, written ``m:ss``.
Genre names may be a visitor's folder names: they are shortened and escaped
before they become labels, and enter hover texts through ``%{...}`` only, which
Plotly does not expand twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from genre.chart_parts import (
    FIXED,
    cells,
    empty_figure,
    genre_axis,
    mfcc_picture,
    pale,
    safe_label,
    segment_bars,
    time_axis,
    waveform_band,
)
from genre.colours import SEQUENTIAL, genre_colour
from genre.song_facts import PITCH_CLASSES

if TYPE_CHECKING:
    from genre.prediction import Prediction
    from genre.song_facts import SongFacts

BAR_PIXELS = 28
ROW_PIXELS = 36
TICK_PIXELS = 14


def legible(figure: go.Figure, colour: str) -> go.Figure:
    """Write a figure's words in the colour of the page's text, large enough for a projector.

    Parameters
    ----------
    figure : Figure
    colour : str
        The theme's own grey for ticks is too faint on white.

    Returns
    -------
    figure : Figure
        The same one.
    """
    font = {"color": colour, "size": TICK_PIXELS}
    figure.layout.legend.font = font  # assigned, not updated: that takes six times as long
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        axis.tickfont = axis.title.font = font
    for bars in figure.select_traces(selector={"type": "bar"}):
        bars.textfont = font
    return figure


def genre_bars(prediction: Prediction) -> go.Figure:
    """Draw how probable each genre is: a bar each, always in the same order and colour.

    Parameters
    ----------
    prediction : Prediction

    Returns
    -------
    figure : Figure
        The verdict's bar is filled; the others are pale, with an outline in full colour.
    """
    genres = prediction.genres
    colours = [genre_colour(genre, genres) for genre in genres]
    fills = [
        colour if genre == prediction.genre else pale(colour)
        for genre, colour in zip(genres, colours, strict=True)
    ]
    bars = go.Bar(
        x=prediction.probabilities,
        y=np.arange(len(genres)),
        orientation="h",
        marker={"color": fills, "line": {"color": colours, "width": 1.5}},
        text=[f"{p:.0%}" for p in prediction.probabilities],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y} %{x:.1%}<extra></extra>",
    )
    figure = empty_figure(bars, height=BAR_PIXELS * len(genres) + 44, bargap=0.25)
    figure.update_layout(margin={"l": 8, "r": 48, "t": 4, "b": 40}, showlegend=False)
    figure.update_xaxes(
        range=[0, 1], tickformat=".0%", dtick=0.25, showgrid=False, zeroline=False, **FIXED
    )
    figure.update_yaxes(genre_axis(genres), autorange="reversed", showgrid=False)
    return figure


def bars_alt(prediction: Prediction) -> str:
    """Return `genre_bars` as a sentence, the most probable genre first."""
    share = dict(zip(prediction.genres, prediction.probabilities, strict=True))
    shares = (f"{genre} {share[genre]:.0%}" for genre in prediction.ranking)
    return f"Bar chart: {', '.join(shares)}."


def song_timeline(
    prediction: Prediction,
    envelope: np.ndarray,
    frames: np.ndarray,
    frame_seconds: float,
    *,
    selected: int | None = None,
) -> go.Figure:
    """Draw a song's genres, waveform and MFCCs over one time axis.

    Parameters
    ----------
    prediction : Prediction
    envelope : np.ndarray [shape=(n_buckets, 2)]
        Lowest and highest sample of each stretch of the song, at most 3,000 stretches:
        `genre.audio.waveform_envelope`.
    frames : np.ndarray [shape=(n_frames, n_mfcc)]
        MFCCs of the whole song in playing order, averaged to at most 1,500 columns:
        `genre.song_view.average_columns`.
    frame_seconds : float
        Time from one frame to the next.
    selected : int, optional
        The segment to mark.

    Returns
    -------
    figure : Figure
        A click on a bar gives ``customdata``, whose first value is the segment's index.
    """
    seconds = prediction.seconds
    figure = empty_figure(*segment_bars(prediction), waveform_band(envelope, seconds), height=540)
    figure.add_trace(mfcc_picture(frames, frame_seconds))
    figure.update_layout(
        barmode="stack",
        bargap=0,
        legend={"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom", "traceorder": "normal"},
        legend_itemclick="toggleothers",
        legend_itemdoubleclick=False,
        xaxis=time_axis(seconds) | {"anchor": "y3"},
        yaxis={"domain": [0.54, 1], "range": [0, 1], "tickformat": ".0%", "dtick": 0.5},
        yaxis2={"domain": [0.36, 0.51], "showticklabels": False, "zeroline": False},
        yaxis3={"domain": [0, 0.33], "dtick": 4, "zeroline": False},
    )
    for axis, title in (("yaxis", "Probability"), ("yaxis2", "Wave"), ("yaxis3", "MFCC")):
        title_text = {"title": {"text": title, "standoff": 8}}
        figure.update_layout({axis: title_text | {"showgrid": False} | FIXED})
    if selected is not None:
        start, end = prediction.segment_span(selected)
        for colour, width in (("#ffffff", 5), ("#000000", 2)):  # seen on any colour, either theme
            line = {"color": colour, "width": width}
            figure.add_shape(type="rect", x0=start, x1=end, yref="paper", y0=0, y1=1, line=line)
    return figure


def chroma_picture(facts: SongFacts) -> go.Figure:
    """Draw how strong each pitch class is over time.

    Parameters
    ----------
    facts : SongFacts

    Returns
    -------
    figure : Figure
        C at the bottom.
    """
    z = np.asarray(facts.chroma_over_time, dtype=np.float32)  # (12, n)
    picture = go.Heatmap(
        z=z,
        **cells(facts.analysed_seconds / z.shape[1]),
        zmin=0,
        zmax=1,
        colorscale=SEQUENTIAL,
        showscale=False,
        hovertemplate="%{x:.1f} s, %{y}: %{z:.0%} of the strongest<extra></extra>",
    )
    figure = empty_figure(picture, height=300)
    figure.update_xaxes(time_axis(facts.analysed_seconds))
    ticks = {"tickvals": list(range(12)), "ticktext": PITCH_CLASSES}
    figure.update_yaxes(ticks, title_text="Pitch class", title_standoff=6, showgrid=False, **FIXED)
    return figure


def confusion_matrix(genres: Sequence[str], counts: np.ndarray) -> go.Figure:
    """Draw how many tracks of each genre were given each genre.

    Parameters
    ----------
    genres : sequence of str
    counts : np.ndarray [shape=(n_genres, n_genres), dtype=int]
        Tracks by true genre (rows) and given genre (columns).

    Returns
    -------
    figure : Figure
        Counts in the cells; the colour is their share of the true genre's tracks.
    """
    counts = np.asarray(counts)
    n_true = counts.sum(axis=1)
    names = [safe_label(genre) for genre in genres]
    hover = [
        [f"true {a}, given {b}: {n} of {n_of_a} tracks" for b, n in zip(names, row, strict=True)]
        for a, row, n_of_a in zip(names, counts, n_true, strict=True)
    ]
    matrix = go.Heatmap(
        z=(counts / np.maximum(1, n_true)[:, np.newaxis]).astype(np.float32),
        zmin=0,
        zmax=1,
        colorscale=SEQUENTIAL,
        showscale=False,
        text=counts.tolist(),
        texttemplate="%{text}",
        textfont={"size": 13},
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
        xgap=1,
        ygap=1,
    )
    figure = empty_figure(matrix, height=ROW_PIXELS * len(genres) + 120)
    figure.update_xaxes(genre_axis(genres), title_text="Given genre", showgrid=False)
    figure.update_yaxes(genre_axis(genres), title_text="True genre", autorange="reversed")
    figure.update_yaxes(title_standoff=6, showgrid=False)
    return figure
