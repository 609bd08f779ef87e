"""A model as the JavaScript engine reads it that listens live in the browser.

Conventions
-----------
values
    All numbers of the arrays, one array after the other, each in C order: float32, little endian.

``docs/formats.md`` lists every key.  Only models of MFCCs are exported: musicnn's own network has
no engine in the browser.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from math import log2
from typing import Any

import numpy as np

from genre.audio.feature_config import MfccConfig
from genre.audio.level import BLOCK_SECONDS, GATE_DB
from genre.audio.mfcc import N_MELS, TOP_DB, hann, mel_filters
from genre.audio.segments import SILENCE_DB
from genre.audio.signal import SILENCE_PEAK
from genre.errors import ModelError
from genre.language import _
from genre.models.classifier import Classifier

LIVE_VERSION = 1
MAX_PARAMETERS = 2_000_000
"""8 MB of weights are sent to the page."""
MAX_OPERATIONS = 400e6
"""Multiplications for a second of sound, about half a second's work of one core of a laptop."""


@dataclass(frozen=True, slots=True, eq=False)
class LiveModel:
    """A model for the engine.

    Parameters
    ----------
    header : dict
        Plain values: genres, settings of features and network, and for each array its name,
        shape and the index of its first number in ``values``.
    values : bytes
        The numbers of all arrays.
    """

    header: dict[str, Any]
    values: bytes

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON: the header, and ``values`` in base64."""
        return {**self.header, "values": base64.b64encode(self.values).decode("ascii")}


def can_listen(classifier: Classifier) -> bool:
    """Tell whether a model reads features that the browser can compute."""
    return isinstance(classifier.features, MfccConfig)


def export_live_model(classifier: Classifier) -> LiveModel:
    """Return a model as the engine reads it.

    Parameters
    ----------
    classifier : Classifier
        Of MFCCs: any cell, number of layers, direction, pooling and dense layers.

    Returns
    -------
    live : LiveModel

    Raises
    ------
    ModelError
        If the model reads values of musicnn, or is too large to keep up with the sound.

    Examples
    --------
    >>> from genre.models.classifier import load_classifier
    >>> live = export_live_model(load_classifier("starter"))
    >>> live.header["features"]["sr"], len(live.values) // 1000
    (22050, 316)
    """
    features, config = classifier.features, classifier.network.config
    if not isinstance(features, MfccConfig):
        raise ModelError(
            _(
                "the model {name} reads values of musicnn, expected MFCCs: musicnn does not "
                "run in the browser. Choose a model of MFCCs, such as starter."
            ).format(name=classifier.card.name)
        )
    operations = operations_per_second(classifier)
    if config.n_parameters > MAX_PARAMETERS or operations > MAX_OPERATIONS:
        raise ModelError(
            _(
                "the model {name} has {n_parameters:,} parameters and takes {operations:,.0f} "
                "million multiplications a second, expected at most {max_parameters:,} and "
                "{max_operations:,.0f} million in the browser. Choose a smaller model."
            ).format(
                name=classifier.card.name,
                n_parameters=config.n_parameters,
                operations=operations / 1e6,
                max_parameters=MAX_PARAMETERS,
                max_operations=MAX_OPERATIONS / 1e6,
            )
        )
    firsts, counts, slopes = _filter_bank(features)
    arrays = {
        "window": hann(features.n_fft),
        "mel": slopes,
        **{name: classifier.network.weights[name] for name in config.weight_shapes()},
    }
    header = {
        "version": LIVE_VERSION,
        "name": classifier.card.name,
        "genres": list(classifier.genres),
        "features": {
            **{name: getattr(features, name) for name in MfccConfig.__dataclass_fields__},
            "segment_samples": features.segment_samples,
            "n_frames": features.n_frames,
            "n_steps": features.n_steps,
            "n_mels": N_MELS,
            "top_db": TOP_DB,
            "gate_db": GATE_DB,
            "block_samples": round(BLOCK_SECONDS * features.sr),
            "silence_db": SILENCE_DB,
            "silence_peak": SILENCE_PEAK,
        },
        "network": config.to_dict(),
        "mel": {"first": firsts, "n_bins": counts},
        "arrays": _places(arrays),
    }
    little = [np.ascontiguousarray(array, dtype="<f4").tobytes() for array in arrays.values()]
    return LiveModel(header, b"".join(little))


def operations_per_second(classifier: Classifier) -> float:
    """Return about how many multiplications a second of sound takes the engine.

    After each frame the steps that are not final are read once more, two or so; a bidirectional
    network reads all steps of the segment again, four times a second.
    """
    features, config = classifier.features, classifier.network.config
    if not isinstance(features, MfccConfig):
        raise TypeError(type(features).__name__)
    frame = 5 * features.n_fft * log2(features.n_fft + 1) + N_MELS * features.n_mfcc
    frames_a_second = features.sr / features.hop_length
    step = float(config.n_parameters)
    if config.bidirectional:
        return frame * frames_a_second + 4 * features.n_steps * step
    again = 3 if features.deltas else 1
    return frame * frames_a_second + (1 / features.step_seconds + 50 * again) * step


def _filter_bank(features: MfccConfig) -> tuple[list[int], list[int], np.ndarray]:
    """Return the mel filters without their zeros: first bin and number of bins of each, values."""
    filters = mel_filters(features.sr, features.n_fft).T  # (N_MELS, 1 + n_fft // 2)
    firsts, counts, values = [], [], []
    for one in filters:
        bins = np.flatnonzero(one)
        first, end = (int(bins[0]), int(bins[-1]) + 1) if len(bins) else (0, 0)
        firsts.append(first)
        counts.append(end - first)
        values.append(one[first:end])
    return firsts, counts, np.concatenate(values)


def _places(arrays: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """Return name, shape and first index of each array."""
    places, first = [], 0
    for name, array in arrays.items():
        places.append({"name": name, "shape": list(array.shape), "first": first})
        first += array.size
    return places
