"""What the network did on one song: its trace, bounded by what can be drawn.

Conventions
-----------
column
    The mean over a few neighbouring steps of one segment.  Every segment has the same
    number of columns and none reaches into the next segment: the state is reset there,
    and so does the picture.
layer
    From 1; a bidirectional layer is drawn twice, once per direction.

Everything here comes from one forward pass of `genre.network.forward`; what follows from it is in
the neighbouring modules of this package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from genre.audio.feature_config import FeatureConfig
from genre.errors import ParameterError
from genre.language import _
from genre.network.config import Direction
from genre.network.forward import BATCH_SEGMENTS, Network
from genre.network.layers import LayerTrace

MAX_COLUMNS = 2000
"""Columns kept of a song: more than any screen can show."""
QUANTITIES = ("forget_gate", "input_gate", "candidate", "output_gate", "cell", "hidden")
"""What an LSTM shows; a simple RNN has only the last."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerColumns:
    """One recurrent layer in one direction over a whole song.

    Parameters
    ----------
    layer : int
        1 or 2.
    direction : {"forward", "backward"}
    columns : dict of str to np.ndarray [shape=(n_columns, units), dtype=float32]
        By the names of `QUANTITIES`.
    activity : np.ndarray [shape=(units,)]
        Standard deviation of each unit's hidden state over all steps.
    mean_forget : np.ndarray [shape=(units,)] or None
        Geometric mean of each unit's forget gate over all steps: after n steps, this to the
        power of n is left of a cell state.  None for a simple RNN.
    """

    layer: int
    direction: Direction
    columns: Mapping[str, np.ndarray]
    activity: np.ndarray
    mean_forget: np.ndarray | None

    @property
    def most_active(self) -> np.ndarray:
        """Indices of the units, the most active first."""
        return np.argsort(-self.activity, kind="stable")


@dataclass(frozen=True, slots=True, eq=False)
class SongTrace:
    """Everything a network computed on a song, averaged to what can be drawn.

    Parameters
    ----------
    layers : tuple of LayerColumns
        First layer first, forward before backward.
    probabilities : np.ndarray [shape=(n_segments, n_genres), dtype=float32]
        The network's probabilities, of the same forward pass.
    n_steps : int
        Steps in a segment.
    columns_per_segment : int
        Columns drawn of each segment.
    segment_seconds : float
        From the start of one segment to the start of the next.
    step_seconds : float
        What one step covers.
    """

    layers: tuple[LayerColumns, ...]
    probabilities: np.ndarray
    n_steps: int
    columns_per_segment: int
    segment_seconds: float
    step_seconds: float

    @property
    def n_columns(self) -> int:
        """How many columns the song has."""
        return len(self.probabilities) * self.columns_per_segment

    @property
    def column_seconds(self) -> float:
        """Time from one column to the next."""
        return self.segment_seconds / self.columns_per_segment

    @property
    def segment_starts(self) -> np.ndarray:
        """Seconds at which the state is reset [shape=(n_segments,)]."""
        return np.arange(len(self.probabilities)) * self.segment_seconds


def trace_song(
    network: Network, steps: np.ndarray, features: FeatureConfig, *, max_columns: int = MAX_COLUMNS
) -> SongTrace:
    """Run the network over a song once, and keep what can be drawn of every unit.

    Parameters
    ----------
    network : Network
    steps : np.ndarray [shape=(n_segments, n_steps, n_values)]
        `genre.models.song_analysis.SongAnalysis.steps`.
    features : FeatureConfig
        The settings they were computed with.
    max_columns : int
        The most columns to keep; a segment has at least one.

    Returns
    -------
    trace : SongTrace

    Raises
    ------
    ParameterError
        If there is no segment, or ``steps`` do not fit the network.
    """
    if len(steps) == 0:
        raise ParameterError(_("a song without a segment was given. Give at least one segment."))
    n_segments, n_steps = steps.shape[:2]
    per_segment = min(n_steps, max(1, max_columns // n_segments))
    n_layers = len(network.config.units) * len(network.config.directions)
    gathered = [_Gathered() for _ in range(n_layers)]
    probabilities = []
    for start in range(0, n_segments, BATCH_SEGMENTS):
        trace = network.trace(steps[start : start + BATCH_SEGMENTS])
        probabilities.append(trace.probabilities)
        flat = [one for layer in trace.layers for one in layer]
        for layer, one in zip(gathered, flat, strict=True):
            layer.add(one, per_segment)
    directions = network.config.directions
    return SongTrace(
        layers=tuple(
            one.finish(1 + i // len(directions), directions[i % len(directions)])
            for i, one in enumerate(gathered)
        ),
        probabilities=np.concatenate(probabilities),
        n_steps=n_steps,
        columns_per_segment=per_segment,
        segment_seconds=features.segment_seconds,
        step_seconds=features.step_seconds,
    )


class _Gathered:
    """What is kept of one layer while the batches of a song pass."""

    def __init__(self) -> None:
        self.columns: dict[str, list[np.ndarray]] = {}
        self.n = 0
        self.sums = np.zeros(3)  # becomes three rows of (units,)

    def add(self, trace: LayerTrace, per_segment: int) -> None:
        """Average one batch to columns, and add to the sums over all steps."""
        starts = np.arange(per_segment) * trace.hidden.shape[1] // per_segment
        counts = np.diff(np.append(starts, trace.hidden.shape[1]))[:, np.newaxis]
        for name in QUANTITIES:
            values = getattr(trace, name)  # (n_segments, n_steps, units)
            if values is not None:
                columns = np.add.reduceat(values, starts, axis=1) / counts
                self.columns.setdefault(name, []).append(columns.reshape(-1, values.shape[2]))
        hidden = trace.hidden.reshape(-1, trace.hidden.shape[2])
        rows = [hidden.sum(axis=0, dtype=np.float64), np.square(hidden, dtype=np.float64).sum(0)]
        if trace.forget_gate is not None:
            # The logarithm of a gate that is exactly 0 in float32 would be infinite.
            gate = np.maximum(trace.forget_gate, np.finfo(np.float32).tiny)
            rows.append(np.log(gate).sum(axis=(0, 1), dtype=np.float64))
        else:
            rows.append(np.zeros(hidden.shape[1]))
        self.sums = self.sums.reshape(3, -1) + np.array(rows)
        self.n += len(hidden)

    def finish(self, layer: int, direction: Direction) -> LayerColumns:
        """Return the averages of all batches."""
        mean, square, log_forget = self.sums / self.n
        return LayerColumns(
            layer=layer,
            direction=direction,
            columns={
                name: np.concatenate(parts).astype(np.float32, copy=False)
                for name, parts in self.columns.items()
            },
            activity=np.sqrt(np.maximum(square - np.square(mean), 0)),
            mean_forget=np.exp(log_forget) if "forget_gate" in self.columns else None,
        )
