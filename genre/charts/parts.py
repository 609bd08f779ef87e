"""The shared parts of the charts: axes, labels and single traces.

Conventions
-----------
label
    A genre's name as Plotly may show it.  Names can be a visitor's folder names,
    and Plotly reads ``<b>`` or ``<a>`` in any text: `safe_label` shortens and escapes.
axis
    A dictionary of Plotly's axis settings.

No background, font or theme is set by any chart: the page supplies them, light or dark.  Time is
in seconds, written ``m:ss``.  Names enter hover texts through ``%{...}`` only, which Plotly does
not expand twice.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from genre.charts.colours import SEQUENTIAL, WAVEFORM
from genre.text.format import clock, one_line

FIXED = {"fixedrange": True}
"""Scrolling the page with a finger must not move a chart."""
LABEL_CHARACTERS = 24
MAX_TICKS = 6  # as many as "12:00" fits on a phone
TICK_SECONDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300)
TICK_PIXELS = 14
MAX_DEVIATIONS = 2.5  # where the colours of frames end
CLEAR = "rgba(0,0,0,0)"
LEGEND_ABOVE = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}


def empty_figure(*traces: Any, height: int, **layout: Any) -> go.Figure:
    """Return a figure with the shared layout and the given traces and settings.

    Setting the whole layout at once takes Plotly a third of the time of updates.
    """
    shared = {
        "height": height,
        "margin": {"l": 8, "r": 20, "t": 8, "b": 44},
        "font": {"size": 13},
        "hovermode": "closest",
        "dragmode": False,
        "uirevision": "same",
    }
    return go.Figure(list(traces), shared | layout)


class FinishedFigure(go.Figure):  # type: ignore[misc]  # plotly has no types
    """A figure that is not changed any more: its dictionary is made once, for all who draw it."""

    def __init__(self, figure: go.Figure) -> None:
        super().__init__()
        self._finished = figure.to_dict()

    def to_dict(self) -> dict[str, Any]:
        """Return the figure as a dictionary: always the same one, only to be read."""
        return self._finished


def safe_label(genre: str) -> str:
    """Return a genre's name on one line, shortened and escaped.

    Examples
    --------
    >>> safe_label("rock & <b>roll</b>")
    'rock &amp; &lt;b&gt;roll&lt;/b&gt;'
    """
    shown = " ".join(one_line(genre, " ").split())
    if len(shown) > LABEL_CHARACTERS:
        shown = shown[: LABEL_CHARACTERS - 1] + "…"
    return html.escape(shown, quote=False)  # Plotly leaves &quot; as it is


def pale(colour: str, opacity: float = 0.45) -> str:
    """Return a colour with an opacity."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def time_axis(seconds: float) -> dict[str, Any]:
    """Return an axis from 0 to ``seconds``, its ticks written ``m:ss``."""
    fitting = (step for step in TICK_SECONDS if seconds / step <= MAX_TICKS)
    step = next(fitting, seconds / MAX_TICKS)
    ticks = np.arange(int(seconds / step) + 1) * step
    return {
        "range": [0, seconds],
        "tickvals": ticks.tolist(),
        "ticktext": [clock(tick) for tick in ticks],
        "ticklabeloverflow": "allow",
        "title": {"text": "Time (min:s)", "standoff": 8},
        "showgrid": False,
        "zeroline": False,
        **FIXED,
    }


def genre_axis(genres: Sequence[str]) -> dict[str, Any]:
    """Return an axis with a genre at each whole number: equal labels stay separate."""
    labels = [safe_label(genre) for genre in genres]
    ticks = {"tickvals": list(range(len(labels))), "ticktext": labels}
    return {**ticks, "showgrid": False, "zeroline": False, "automargin": True, **FIXED}


def cells(seconds: float) -> dict[str, float]:
    """Return the positions of a heat map's columns, each ``seconds`` wide, the first from 0 on."""
    return {"x0": seconds / 2, "dx": seconds}


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


def waveform_band(envelope: np.ndarray, seconds: float) -> go.Scatter:
    """Return a line between the highest and the lowest samples.

    With more points than screen columns it looks like a filled band, and needs
    neither a second edge nor a time for each point.

    Parameters
    ----------
    envelope : np.ndarray [shape=(n_buckets, 2)]
    seconds : float
        How long the recording is.

    Returns
    -------
    band : Scatter
        Heights are in 1/127 of the loudest sample, fine enough for the row.
    """
    bucket_seconds = seconds / max(1, len(envelope))
    peak = max(float(np.abs(envelope).max(initial=0)), np.finfo(np.float32).tiny)
    swings = np.rint(envelope[:, ::-1] / peak * 127).astype(np.int8)  # (n_buckets, 2)
    return go.Scatter(
        x0=bucket_seconds / 4,
        dx=bucket_seconds / 2,
        y=swings.ravel(),
        yaxis="y2",
        mode="lines",
        line={"color": WAVEFORM, "width": 1, "simplify": False},
        hoverinfo="skip",
        showlegend=False,
    )


def row_ticks(n_rows: int) -> int:
    """Return from which row to the next an axis of frames is labelled."""
    return 4 if n_rows <= 40 else 50


def frames_heatmap(frames: np.ndarray, frame_seconds: float, row_name: str) -> go.Heatmap:
    """Return frames as a heat map, each of their values standardised.

    Otherwise the first MFCC, which follows the loudness, would leave one colour to all
    the others.

    Parameters
    ----------
    frames : np.ndarray [shape=(n_frames, n_values)]
    frame_seconds : float
    row_name : str
        What a value is: `genre.audio.feature_config.FeatureConfig.row_name`.

    Returns
    -------
    picture : Heatmap
        In hundredths of a standard deviation: integers take half the bytes.
    """
    deviation = frames.std(axis=0)
    standard = (frames - frames.mean(axis=0)) / np.where(deviation > 0, deviation, 1)
    return go.Heatmap(
        z=np.rint(100 * standard.T).astype(np.int16),  # (n_values, n_frames)
        **cells(frame_seconds),
        yaxis="y3",
        zmin=-100 * MAX_DEVIATIONS,
        zmax=100 * MAX_DEVIATIONS,
        colorscale=SEQUENTIAL,
        showscale=False,
        hovertemplate=(
            f"%{{x:.1f}} s, {row_name} %{{y}}: %{{z:+d}}% of a standard deviation from the song's "
            "mean<extra></extra>"
        ),
    )
