"""The moment that the lesson computes by hand: one frame of one example, in the first layer.

Conventions
-----------
names
    The lesson's: ``x_t``, ``h_{t-1}`` and ``C_{t-1}`` go into a step, gates and states come out.
    Steps and segments count from 0.  A step of the model `MODEL` is one frame of MFCCs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from genre.audio.features import extract_segments
from genre.audio.load import load_audio
from genre.models.classifier import load_classifier
from genre.network.forward import Trace
from genre.paths import MODELS_BUNDLED, SAMPLES

SONG = SAMPLES / "jazz.ogg"
MODEL = "course"
"""The reference system, as it comes with the program."""
SEGMENT, STEP = 2, 60
LAYER = 1


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What the network computed at the lesson's moment.

    Parameters
    ----------
    trace : Trace
        Of all segments of the song.
    genres : tuple of str
        In the order of the network's outputs.
    previous_cell : np.ndarray [shape=(units,)]
        ``C_{t-1}`` of the first layer.
    sums : dict of str to np.ndarray [shape=(units,)]
        What goes into each sigmoid, or the candidate's tanh, by the name of the gate: with the
        bias, and under ``"input_gate without bias"`` without it.
    gates : dict of str to np.ndarray [shape=(units,)]
        ``input_gate``, ``forget_gate``, ``candidate``, ``output_gate``, ``cell``, ``hidden``.
    """

    trace: Trace
    genres: tuple[str, ...]
    previous_cell: np.ndarray
    sums: dict[str, np.ndarray]
    gates: dict[str, np.ndarray]


@cache
def lesson_moment() -> Moment:
    """Return what the bundled network computes at the lesson's moment."""
    classifier = load_classifier(MODEL, MODELS_BUNDLED)
    network = classifier.network
    steps = extract_segments(load_audio(SONG, sr=classifier.features.sr), classifier.features)
    trace = network.trace(steps)
    layer = trace.layers[LAYER - 1][0]
    kernel, recurrent, bias = (
        network.weights[f"recurrent_{LAYER}.forward.{name}"]
        for name in ("kernel", "recurrent_kernel", "bias")
    )
    before = layer.hidden[SEGMENT, STEP - 1]
    products = trace.scaled[SEGMENT, STEP] @ kernel + before @ recurrent  # (4 * units,)
    names = ("input_gate", "forget_gate", "candidate", "output_gate")  # Keras's order
    sums = dict(zip(names, np.split(products + bias, 4), strict=True))
    sums["input_gate without bias"] = np.split(products, 4)[0]
    every = (*names, "cell", "hidden")
    gates = {name: getattr(layer, name)[SEGMENT, STEP] for name in every}
    cell: np.ndarray = layer.cell[SEGMENT, STEP - 1]  # type: ignore[index]  # an LSTM has one
    return Moment(trace, classifier.genres, cell, sums, gates)
