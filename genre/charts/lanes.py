"""What the song player draws over one time axis: heat maps, the waveform, the genre of each moment.

Conventions
-----------
lane
    A heat map: ``uint8`` values, ``(n_rows, n_columns)``, the first row at the top.  0 is
    ``low``, 255 is ``high``, the scale is linear.
data of the player
    JSON values: arrays of bytes in base64, colours as tables of 256.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from plotly.colors import sample_colorscale

from genre.audio.feature_config import ROW_NAMES
from genre.audio.song_facts import PITCH_CLASSES
from genre.charts.colours import SEQUENTIAL, genre_colour
from genre.charts.parts import MAX_DEVIATIONS
from genre.language import _
from genre.text.genres import genre_name

if TYPE_CHECKING:
    from genre.audio.song_facts import SongFacts
    from genre.models.prediction import Prediction
    from genre.models.song_analysis import SongView

MAX_ROWS = 64
"""The most rows of a lane: as many as can be told apart in its height."""


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One heat map over the whole song.

    Parameters
    ----------
    title : str
    values : np.ndarray [shape=(n_rows, n_columns), dtype=uint8]
    rows : tuple of str
        What each row is, from the top.
    low, high : float
        The values of 0 and 255.
    column_seconds : float
    colours : str
        A colour scale of Plotly.
    unit : str
        After a value that is read.
    is_on : bool
        Whether it is shown before a visitor chooses.
    style : {"heat", "curves"}
        Whether its rows are colours, or curves beside which their values stand.
    digits : int
        Of a value that is read.
    group : str
        What this lane and those after it are about.
    pulls : tuple of float
        For each row, or for the group, its pull on a genre; none where nothing is drawn.
    most_pull : float
        The largest of all, by its size.
    """

    title: str
    values: np.ndarray
    rows: tuple[str, ...]
    low: float
    high: float
    column_seconds: float
    colours: str = SEQUENTIAL
    unit: str = ""
    is_on: bool = False
    style: Literal["heat", "curves"] = "heat"
    digits: int = 2
    group: str = ""
    pulls: tuple[float, ...] = ()
    most_pull: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "title": self.title,
            "values": in_base64(self.values),
            "rows": list(self.rows),
            "low": self.low,
            "high": self.high,
            "colours": colour_table(self.colours),
            "columnSeconds": self.column_seconds,
            "unit": self.unit,
            "isOn": self.is_on,
            "style": self.style,
            "digits": self.digits,
            "group": self.group,
            "pulls": list(self.pulls),
            "mostPull": self.most_pull,
        }


def song_data(
    prediction: Prediction, envelope: np.ndarray, tags: Iterable[str] = ()
) -> dict[str, Any]:
    """Return what the player shows of a song: its waveform, and its genre at each moment.

    Parameters
    ----------
    prediction : Prediction
    envelope : np.ndarray [shape=(n_buckets, 2)]
        `genre.models.song_analysis.SongView.envelope`.
    tags : iterable of str
        For each segment what was heard in it, in words.

    Returns
    -------
    data : dict
        Its shares are bytes: 255 is a probability of 1.
    """
    shares = np.rint(prediction.segment_probabilities * 255).astype(np.uint8)
    return waveform_data(envelope, prediction.seconds) | {
        "segmentSeconds": prediction.segment_seconds,
        "genres": [genre_name(genre) for genre in prediction.genres],
        "colours": [genre_colour(genre, prediction.genres) for genre in prediction.genres],
        "shares": in_base64(shares),
        "audible": in_base64(prediction.audible.astype(np.uint8)),
        "tags": list(tags),
    }


def waveform_data(envelope: np.ndarray, seconds: float) -> dict[str, Any]:
    """Return what the player shows of a recording that no model has read.

    Parameters
    ----------
    envelope : np.ndarray [shape=(n_buckets, 2)]
        Lowest and highest sample of each stretch: `genre.audio.signal.waveform_envelope`.
    seconds : float

    Returns
    -------
    data : dict
        Its waveform is in 1/127 of the loudest sample.
    """
    loudest = max(float(np.abs(envelope).max(initial=0)), float(np.finfo(np.float32).tiny))
    waveform = np.rint(envelope / loudest * 127).astype(np.int8)
    return {"seconds": seconds, "waveform": in_base64(waveform)}


def feature_lane(view: SongView) -> Lane:
    """Return the values that the network reads as a lane, each of them standardised.

    Otherwise the first MFCC, which follows the loudness, would leave one colour to all the others.
    Neighbouring rows are averaged where there are more than `MAX_ROWS`.
    """
    values = view.columns.T[::-1]  # (n_values, n_columns), the first at the bottom
    numbers = np.arange(len(values))[::-1]
    if len(values) > MAX_ROWS:
        starts = np.arange(MAX_ROWS) * len(values) // MAX_ROWS
        counts = np.diff(np.append(starts, len(values)))
        values = np.add.reduceat(values, starts, axis=0) / counts[:, np.newaxis]
        numbers = numbers[starts]
    deviation = values.std(axis=1, keepdims=True)
    values = (values - values.mean(axis=1, keepdims=True)) / np.where(deviation > 0, deviation, 1)
    row_name = _(view.row_name)
    rows = tuple(f"{row_name} {number}" for number in numbers)
    limits = (-MAX_DEVIATIONS, MAX_DEVIATIONS)
    title = _("MFCCs") if view.row_name == ROW_NAMES["mfcc"] else _("musicnn values")
    unit = _("standard deviations from the mean")
    return heat_lane(title, values, rows, limits, view.column_seconds, unit=unit)


def chroma_lane(facts: SongFacts) -> Lane:
    """Return how strong each pitch class is over time, C at the bottom."""
    values = np.asarray(facts.chroma_over_time, dtype=np.float32)[::-1]
    seconds = facts.analysed_seconds / values.shape[1]
    return heat_lane(_("Chroma"), values, PITCH_CLASSES[::-1], (0.0, 1.0), seconds)


def onset_lane(facts: SongFacts) -> Lane:
    """Return how strongly something begins at each moment."""
    values = np.array([facts.onsets_over_time], dtype=np.float32)
    seconds = facts.analysed_seconds / values.shape[1]
    return heat_lane(_("Onsets"), values, (_("strength"),), (0.0, 1.0), seconds)


def heat_lane(
    title: str,
    values: np.ndarray,
    rows: tuple[str, ...],
    limits: tuple[float, float],
    column_seconds: float,
    **settings: Any,
) -> Lane:
    """Quantise some values to a lane.

    Parameters
    ----------
    title : str
    values : np.ndarray [shape=(n_rows, n_columns)]
        The first row at the top.
    rows : tuple of str
    limits : (float, float)
        What the first and the last colour stand for; what is outside is shown as these.
    column_seconds : float
    **settings
        Further ones of `Lane`.

    Returns
    -------
    lane : Lane
    """
    low, high = limits
    high = max(high, float(np.nextafter(low, np.inf)))  # of values that are all the same
    scaled = np.rint((values - low) / (high - low) * 255).clip(0, 255).astype(np.uint8)
    return Lane(title, scaled, rows, low, high, column_seconds, **settings)


def in_base64(array: np.ndarray) -> str:
    """Return the bytes of an array in base64."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")


@lru_cache(maxsize=4)
def colour_table(scale: str) -> str:
    """Return 256 colours of one of Plotly's scales, three bytes each, in base64."""
    colours = sample_colorscale(scale, np.linspace(0, 1, 256).tolist(), colortype="tuple")
    return in_base64(np.rint(np.array(colours) * 255).astype(np.uint8))
