"""Charts of a song and of a confusion matrix: dataclass in, Plotly figure out.

Conventions
-----------
No background, font or theme is set here:
the page supplies them, light or dark.  Time is in seconds, written ``m:ss``.
Genre names may be a visitor's folder names: they are shortened and escaped
before they become labels, and enter hover texts through ``%{...}`` only, which
Plotly does not expand twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from genre.audio.song_facts import PITCH_CLASSES
from genre.charts.colours import SEQUENTIAL
from genre.charts.parts import (
    FIXED,
    LEGEND_ABOVE,
    cells,
    empty_figure,
    frames_heatmap,
    genre_axis,
    row_ticks,
    safe_label,
    segment_bars,
    time_axis,
    waveform_band,
)
from genre.text.format import count, tracks

if TYPE_CHECKING:
    from genre.audio.song_facts import SongFacts
    from genre.models.prediction import Prediction

ROW_PIXELS = 36
TICK_PIXELS = 14


def legible(figure: go.Figure, colour: str) -> go.Figure:
    """Set the text of a figure to the colour of the page's text, large enough for a projector.

    Parameters
    ----------
    figure : Figure
    colour : str
        The theme's grey for ticks is too light on white.

    Returns
    -------
    figure : Figure
        The same one.
    """
    font = {"color": colour, "size": TICK_PIXELS}
    figure.layout.legend.font = font  # assigned, not updated: that takes six times as long
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        axis.tickfont = axis.title.font = font
    for kind in ({"type": "bar"}, {"mode": "text"}):
        for texts in figure.select_traces(selector=kind):
            texts.textfont = font
    return figure


def song_timeline(
    prediction: Prediction,
    envelope: np.ndarray,
    frames: np.ndarray,
    frame_seconds: float,
    *,
    row_name: str = "MFCC",
    selected: int | None = None,
) -> go.Figure:
    """Draw a song's genres, waveform and features over one time axis.

    Parameters
    ----------
    prediction : Prediction
    envelope : np.ndarray [shape=(n_buckets, 2)]
        Lowest and highest sample of each stretch of the song, at most 3,000 stretches:
        `genre.audio.signal.waveform_envelope`.
    frames : np.ndarray [shape=(n_frames, n_values)]
        Of the whole song in playing order, averaged to at most 1,500 columns:
        `genre.models.song_analysis.average_columns`.
    frame_seconds : float
        Time from one frame to the next.
    row_name : str
        What a value of a frame is.
    selected : int, optional
        The segment to mark.

    Returns
    -------
    figure : Figure
        A click on a bar gives ``customdata``, whose first value is the segment's index.
    """
    seconds = prediction.seconds
    frame: list[dict[str, Any]] = []
    if selected is not None:
        start, end = prediction.segment_span(selected)
        box = {"type": "rect", "x0": start, "x1": end, "yref": "paper", "y0": 0, "y1": 1}
        # Visible on any colour, in either theme.
        frame = [
            box | {"line": {"color": c, "width": w}} for c, w in (("#ffffff", 5), ("#000000", 2))
        ]

    def band(title: str, domain: list[float], **settings: Any) -> dict[str, Any]:
        words = {"title": {"text": title, "standoff": 8}, "showgrid": False, **FIXED}
        return {"domain": domain, **words, **settings}

    return empty_figure(
        *segment_bars(prediction),
        waveform_band(envelope, seconds),
        frames_heatmap(frames, frame_seconds, row_name),
        height=540,
        barmode="stack",
        bargap=0,
        legend=LEGEND_ABOVE
        | {
            "y": 1.01,
            "traceorder": "normal",
            "itemclick": "toggleothers",
            "itemdoubleclick": False,
        },
        xaxis=time_axis(seconds) | {"anchor": "y3"},
        yaxis=band("Probability", [0.54, 1], range=[0, 1], tickformat=".0%", dtick=0.5),
        yaxis2=band("Wave", [0.36, 0.51], showticklabels=False, zeroline=False),
        yaxis3=band(row_name, [0, 0.33], dtick=row_ticks(frames.shape[1]), zeroline=False),
        shapes=frame,
    )


def chroma_chart(facts: SongFacts) -> go.Figure:
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
    title = {"title": {"text": "Pitch class", "standoff": 6}, "showgrid": False} | FIXED
    return empty_figure(
        picture,
        height=300,
        xaxis=time_axis(facts.analysed_seconds),
        yaxis=title | {"tickvals": list(range(12)), "ticktext": PITCH_CLASSES},
    )


def confusion_matrix(genres: Sequence[str], counts: np.ndarray) -> go.Figure:
    """Draw a confusion matrix.

    Parameters
    ----------
    genres : sequence of str
    counts : np.ndarray [shape=(n_genres, n_genres)]
        Tracks by true genre (rows) and predicted genre (columns); means over rounds of folds
        need not be whole.

    Returns
    -------
    figure : Figure
        Counts in the cells; the colour is their share of the true genre's tracks.
    """
    counts = np.asarray(counts)
    n_true = counts.sum(axis=1)
    names = [safe_label(genre) for genre in genres]
    hover = [
        [
            f"true {a}, given {b}: {tracks(n)} of {count(round(n_of_a), 'track')}"
            for b, n in zip(names, row, strict=True)
        ]
        for a, row, n_of_a in zip(names, counts, n_true, strict=True)
    ]
    matrix = go.Heatmap(
        z=(counts / np.maximum(1, n_true)[:, np.newaxis]).astype(np.float32),
        zmin=0,
        zmax=1,
        colorscale=SEQUENTIAL,
        showscale=False,
        text=[[tracks(n) for n in row] for row in counts.tolist()],
        texttemplate="%{text}",
        textfont={"size": 14, "weight": 600},
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
        xgap=1,
        ygap=1,
    )
    figure = empty_figure(matrix, height=ROW_PIXELS * len(genres) + 120)
    figure.update_xaxes(genre_axis(genres), title_text="Predicted genre", showgrid=False)
    figure.update_yaxes(genre_axis(genres), title_text="True genre", autorange="reversed")
    figure.update_yaxes(title_standoff=6, showgrid=False)
    return figure
