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
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from genre.charts.colours import SEQUENTIAL, TRAINING
from genre.language import _
from genre.text.format import clock, one_line
from genre.text.genres import genre_name

if TYPE_CHECKING:
    from genre.evaluation.intervals import Accuracy
    from genre.models.card import Figure

FIXED = {"fixedrange": True}
"""Scrolling the page with a finger must not move a chart."""
LABEL_CHARACTERS = 24
MAX_TICKS = 6  # as many as "12:00" fits on a phone
TICK_SECONDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300)
TICK_PIXELS = 14
PROJECTOR_PIXELS = 24
"""Of any text in presenter mode."""
MAX_DEVIATIONS = 2.5  # where the colours of frames end
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
CLEAR = "rgba(0,0,0,0)"
NO_NAME = "<extra></extra>"
"""Ends a hover text, which would have the name of its trace beside it."""
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


def safe_label(name: str) -> str:
    """Return a name on one line, shortened and escaped.

    Examples
    --------
    >>> safe_label("rock & <b>roll</b>")
    'rock &amp; &lt;b&gt;roll&lt;/b&gt;'
    """
    shown = " ".join(one_line(name, " ").split())
    if len(shown) > LABEL_CHARACTERS:
        shown = shown[: LABEL_CHARACTERS - 1] + "…"
    return html.escape(shown, quote=False)  # Plotly leaves &quot; as it is


def genre_label(genre: str) -> str:
    """Return what a genre is called in the current language, as `safe_label`."""
    return safe_label(genre_name(genre))


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
        "title": {"text": _("Time (min:s)"), "standoff": 8},
        "showgrid": False,
        "zeroline": False,
        **FIXED,
    }


def genre_axis(genres: Sequence[str]) -> dict[str, Any]:
    """Return an axis with a genre at each whole number."""
    return label_axis([genre_label(genre) for genre in genres])


def label_axis(labels: Sequence[str]) -> dict[str, Any]:
    """Return an axis with a label at each whole number: equal ones stay separate."""
    ticks = {"tickvals": list(range(len(labels))), "ticktext": labels}
    return {**ticks, "showgrid": False, "zeroline": False, "automargin": True, **FIXED}


def decades_axis(lowest: float, highest: float = 1.0, most_ticks: int = 6) -> dict[str, Any]:
    """Return a logarithmic axis around 1, with few enough ticks to read.

    Parameters
    ----------
    lowest, highest : float
        What has to be seen, above 0; the axis has a tenth and 1 at least.
    most_ticks : int
        Each at a whole power of ten.

    Examples
    --------
    >>> axis = decades_axis(5e-18)
    >>> axis["range"], axis["ticktext"]
    ([-18, 0.3], ['10⁻¹⁸', '10⁻¹⁵', '10⁻¹²', '10⁻⁹', '10⁻⁶', '10⁻³', '1'])
    """
    bottom = min(-1, math.floor(math.log10(lowest)))
    every = math.ceil(-bottom / most_ticks)
    powers = [-n for n in range(0, -bottom + 1, every)][::-1]
    return {
        "type": "log",
        "range": [bottom, max(0.3, math.log10(highest) + 0.1)],
        "tickvals": [10.0**n for n in powers],
        "ticktext": [power_of_ten(n) for n in powers],
        **FIXED,
    }


def power_of_ten(n: int) -> str:
    """Return a power of ten as it is written.

    Examples
    --------
    >>> power_of_ten(-12), power_of_ten(0)
    ('10⁻¹²', '1')
    """
    return "10" + str(n).translate(RAISED) if n else "1"


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
    for lines in figure.select_traces(selector={"type": "parcoords"}):
        lines.labelfont = lines.tickfont = lines.rangefont = lines.line.colorbar.tickfont = font
    return figure


def enlarge(figure: go.Figure, screen: int, share: float = 0.72) -> go.Figure:
    """Fill most of a projector's screen with a figure, and set its text for the last row.

    Parameters
    ----------
    figure : Figure
        After `legible`.
    screen : int
        Height of the screen in pixels.
    share : float
        The most that it may have of this height.

    Returns
    -------
    figure : Figure
        The same one; taller, in proportion to its height.
    """
    larger = PROJECTOR_PIXELS / TICK_PIXELS
    layout = figure.layout
    layout.height = round(min(share * screen, (layout.height or 450) * 1.6 * screen / 720))
    layout.font.size = PROJECTOR_PIXELS
    layout.legend.font.size = PROJECTOR_PIXELS
    for side in ("l", "r", "t", "b"):
        layout.margin[side] = round((layout.margin[side] or 8) * larger)
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        axis.tickfont.size = axis.title.font.size = PROJECTOR_PIXELS
    for words in figure.select_annotations():
        words.font.size = PROJECTOR_PIXELS
    for trace in figure.data:
        if "textfont" in trace:
            trace.textfont.size = PROJECTOR_PIXELS
        if trace.type == "parcoords":
            trace.labelfont.size = trace.tickfont.size = trace.rangefont.size = PROJECTOR_PIXELS
            trace.line.colorbar.tickfont.size = PROJECTOR_PIXELS
    return figure


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
        hovertemplate=_(
            "%{{x:.1f}} s, {row} %{{y}}: %{{z:+d}}% of a standard deviation from the song's mean"
        ).format(row=_(row_name))
        + NO_NAME,
    )


def whiskers(accuracies: Sequence[Accuracy | Figure], colour: str = TRAINING) -> dict[str, Any]:
    """Return the 95% intervals of accuracies as Plotly's error bars."""
    return {
        "type": "data",
        "array": [a.high - a.value for a in accuracies],
        "arrayminus": [a.value - a.low for a in accuracies],
        "color": colour,  # Plotly's default is too dark for the dark theme
        "thickness": 2,
        "width": 4,
    }
