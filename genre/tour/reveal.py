"""What a stop shows once it was guessed, and its chart as plain values.

Conventions
-----------
chart
    A dictionary that JSON can hold, of one of the kinds below.  The browser draws it in the size
    of its place, with text of the page's size: an image could not be as large as the screen.
axis
    ``title``, ``range`` (two numbers), and ``ticks``: pairs of a value and its label.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Values = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Reveal:
    """What holds at a stop.

    Parameters
    ----------
    answer : int
        Index of the answer that holds.
    sentence : str
        The numbers, and what follows from them, in the current language.
    chart : dict
    about : str
        What the chart shows.
    models : tuple of str
        Those that read the song; none where it comes from recorded figures.
    """

    answer: int
    sentence: str
    chart: Values
    about: str
    models: tuple[str, ...] = ()

    @property
    def is_recorded(self) -> bool:
        """Whether it comes from recorded figures, not from the song."""
        return not self.models

    def to_dict(self) -> Values:
        """Return plain values for the browser."""
        return {
            "answer": self.answer,
            "sentence": self.sentence,
            "chart": self.chart,
            "about": self.about,
        }


def axis(title: str, low: float, high: float, ticks: Iterable[tuple[float, str]] = ()) -> Values:
    """Return an axis."""
    return {
        "title": title,
        "range": [float(low), float(high)],
        "ticks": [[float(value), label] for value, label in ticks],
    }


def even_ticks(low: float, high: float, step: float) -> list[tuple[float, str]]:
    """Return ticks at every whole multiple of a step.

    Examples
    --------
    >>> even_ticks(0, 3, 1.5)
    [(0.0, '0'), (1.5, '1.5'), (3.0, '3')]
    """
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    return [(i * step, f"{i * step:g}") for i in range(first, last + 1)]


def line(name: str, colour: str, x: Iterable[float], y: Iterable[float], **style: bool) -> Values:
    """Return one series of a chart of lines.

    ``style`` may have ``isDotted``: marks without a line.
    """
    return {
        "name": name,
        "colour": colour,
        "x": [round(float(value), 4) for value in x],
        "y": [float(f"{value:.5g}") for value in y],
        **style,
    }


def lines(
    series: Sequence[Values], x: Values, y: Values, *, mark: float | None = None, log: bool = False
) -> Values:
    """Return a chart of lines; ``mark`` is where a dashed vertical line stands."""
    return {
        "kind": "lines",
        "series": list(series),
        "x": x,
        "y": y | {"isLog": log},
        "mark": mark,
    }


def bars(
    rows: Sequence[tuple[str, Sequence[tuple[float, str]]]], series: Sequence[tuple[str, str]]
) -> Values:
    """Return a chart of horizontal bars from 0 to 1.

    Parameters
    ----------
    rows : sequence of (str, sequence of (float, str))
        Label, and of each series the value and how it is written.
    series : sequence of (str, str)
        Name and colour.
    """
    return {
        "kind": "bars",
        "rows": [
            {"label": label, "bars": [[float(value), text] for value, text in values]}
            for label, values in rows
        ],
        "series": [list(one) for one in series],
    }


def wave(envelope: np.ndarray, x: Values) -> Values:
    """Return a waveform from its lowest and highest samples (n_buckets, 2)."""
    peak = max(float(np.abs(envelope).max(initial=0)), np.finfo(np.float32).tiny)
    swings = np.rint(envelope / peak * 100).astype(int)
    return {"kind": "wave", "low": swings[:, 0].tolist(), "high": swings[:, 1].tolist(), "x": x}


def heat(values: np.ndarray, x: Values, y: Values) -> Values:
    """Return a heat map of standardised values (n_rows, n_columns), in hundredths."""
    return {
        "kind": "heat",
        "values": np.rint(100 * np.clip(values, -2.5, 2.5)).astype(int).tolist(),
        "x": x,
        "y": y,
    }
