"""What a network does on a song with a gate held, beside what it does as trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genre.audio.feature_config import FeatureConfig
from genre.errors import ParameterError
from genre.interpret.cell import MAX_STEPS, find_layer
from genre.interpret.running_prediction import MAX_RERUNS, RunningPrediction, predict_prefixes
from genre.language import _
from genre.network.config import Direction
from genre.network.forward import HeldGate, Network


@dataclass(frozen=True, slots=True, eq=False)
class LayerRun:
    """One LSTM layer over some segments, and what the network made of them.

    Parameters
    ----------
    states, hidden : np.ndarray [shape=(n_segments, n_steps, units), dtype=float32]
        Cell and hidden state of every unit.
    gates : dict of str to np.ndarray [shape=(n_segments, n_steps, units), dtype=float32]
        By the names of `genre.network.held.GATES`.
    running : RunningPrediction
        After each step.
    """

    states: np.ndarray
    hidden: np.ndarray
    gates: dict[str, np.ndarray]
    running: RunningPrediction

    @property
    def probabilities(self) -> np.ndarray:
        """The network's own for each segment [shape=(n_segments, n_genres)]."""
        return self.running.probabilities[:, -1]

    def verdict(self, audible: np.ndarray) -> np.ndarray:
        """Return the mean probabilities of the audible segments [shape=(n_genres,)].

        Parameters
        ----------
        audible : np.ndarray [shape=(n_segments,), dtype=bool]
            Where none is, all segments count.
        """
        chosen = self.probabilities[audible] if audible.any() else self.probabilities
        mean: np.ndarray = chosen.mean(axis=0)
        return mean


def run_layer(
    network: Network,
    steps: np.ndarray,
    features: FeatureConfig,
    *,
    layer: int,
    direction: Direction = "forward",
    held: Sequence[HeldGate] = (),
) -> LayerRun:
    """Run a network over segments, with gates held where asked for, and keep one layer.

    Parameters
    ----------
    network : Network
    steps : np.ndarray [shape=(n_segments, n_steps, n_values)]
        At most about `most_steps`, so that it takes no longer than a click may.
    features : FeatureConfig
        The settings they were computed with.
    layer : int
        From 1: which is kept.
    direction : {"forward", "backward"}
    held : sequence of HeldGate

    Returns
    -------
    run : LayerRun

    Raises
    ------
    ParameterError
        If the cells have no gates, or there is no such layer, direction or gate.
    """
    if network.config.cell != "lstm":
        raise ParameterError(
            _(
                "this network is made of simple recurrent cells, which have no gates. "
                "Choose an LSTM model."
            )
        )
    one = find_layer(network.trace(steps, held), layer, direction)
    gates = {"input": one.input_gate, "forget": one.forget_gate, "output": one.output_gate}
    return LayerRun(
        states=one.hidden if one.cell is None else one.cell,
        hidden=one.hidden,
        gates={name: gate for name, gate in gates.items() if gate is not None},
        running=predict_prefixes(network, steps, features, held),
    )


def most_steps(network: Network) -> int:
    """Return how many steps may be run at a time: a bidirectional network is run many times."""
    return MAX_STEPS // (MAX_RERUNS // 2) if network.config.bidirectional else MAX_STEPS


def count_changed(before: LayerRun, after: LayerRun, audible: np.ndarray) -> int:
    """Return how many audible segments have another most probable genre."""
    differs = before.probabilities.argmax(axis=1) != after.probabilities.argmax(axis=1)
    return int((differs & audible).sum())
