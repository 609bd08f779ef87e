"""The way of a song through a model as data for the browser, which draws it and moves it.

Conventions
-----------
packed
    An array as 16 bit integers in base64, with its shape; ``low`` and ``high`` are the values of
    the lowest and the highest integer.  Three decimals of a state are exact but for their rounding.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from genre.audio.feature_config import MfccConfig, MusicnnConfig
from genre.charts.colours import DIVERGING, SEQUENTIAL, genre_colour
from genre.charts.lanes import colour_table, in_base64
from genre.interpret.trace import QUANTITIES
from genre.interpret.way import Way
from genre.models.prediction import Prediction
from genre.network.forward import SMALLEST_DEVIATION
from genre.text.genres import genre_name

MAX_WEIGHTS = 300_000
"""Of the dense layers; with more, their sums are shown without their products."""
LOWEST, HIGHEST = -32_768, 32_767


def way_data(way: Way, prediction: Prediction) -> dict[str, Any]:
    """Return what the browser draws of a song's way.

    Parameters
    ----------
    way : Way
    prediction : Prediction
        Of the whole song.

    Returns
    -------
    data : dict
        JSON values.
    """
    features, config = way.features, way.network.config
    return {
        "stages": [
            {
                "name": stage.name,
                "kind": stage.kind,
                "number": stage.number,
                "shape": list(stage.shape),
                "isAsTrained": stage.is_as_trained,
            }
            for stage in way.stages
        ],
        "first": way.first,
        "nWindow": len(way.steps),
        "nSegments": way.n_segments,
        "nSteps": config.n_steps,
        "stride": way.stride,
        "segmentSeconds": features.segment_seconds,
        "stepSeconds": features.step_seconds,
        "features": _features(way),
        "cell": config.cell,
        "pooling": config.pooling,
        "returnsSequences": way.returns_sequences,
        "sound": _sound(way),
        "steps": packed(way.steps[:, :: way.stride], by_value=True),
        "scaled": packed(way.trace.scaled[:, :: way.stride]),
        "layers": [
            {
                "units": config.units[i],
                "hidden": packed(way.trace.outputs[i][:, :: way.stride]),
                "directions": [
                    {
                        name: packed(values[:, :: way.stride])
                        for name in QUANTITIES
                        if (values := getattr(one, name)) is not None and name != "hidden"
                    }
                    for one in layer
                ],
            }
            for i, layer in enumerate(way.trace.layers)
        ],
        "prefixes": way.prefixes.tolist(),
        "pooled": packed(way.heads.pooled),
        "dense": [packed(layer) for layer in way.heads.dense],
        "logits": packed(way.heads.logits),
        "probabilities": packed(way.heads.probabilities),
        "weights": _weights(way),
        "verdict": _verdict(prediction),
        "diverging": colour_table(DIVERGING),
        "sequential": colour_table(SEQUENTIAL),
    }


def packed(array: np.ndarray, *, by_value: bool = False) -> dict[str, Any]:
    """Return an array as `packed` in the conventions.

    Parameters
    ----------
    array : np.ndarray [shape=(..., n_values)]
    by_value : bool
        Whether each of the last axis has its own lowest and highest: their ranges may differ.

    Examples
    --------
    >>> packed(np.array([[0.0, 1.0]]))["shape"]
    [1, 2]
    """
    rows = array.reshape(-1, array.shape[-1]).astype(np.float64)
    axis = 0 if by_value else None
    low = rows.min(axis=axis)
    span = rows.max(axis=axis) - low
    span = np.where(span > 0, span, 1.0)
    values = np.rint((rows - low) / span * (HIGHEST - LOWEST) + LOWEST).astype("<i2")
    return {
        "values": in_base64(values),
        "shape": list(array.shape),
        "low": low.tolist(),
        "high": (low + span).tolist(),
    }


def _features(way: Way) -> dict[str, Any]:
    """Return the settings that the picture of the frames and steps needs."""
    features = way.features
    if isinstance(features, MusicnnConfig):
        return {
            "kind": features.kind,
            "sr": features.sr,
            "window": features.window_frames,
            "hop": features.hop_frames,
            "frameSamples": features.hop_length,
        }
    if not isinstance(features, MfccConfig) or way.shown is None:
        raise TypeError(type(features).__name__)
    return {
        "kind": features.kind,
        "sr": features.sr,
        "nMfcc": features.n_mfcc,
        "nFrames": features.n_frames,
        "hop": features.hop_length,
        "texture": features.texture_frames,
        "deltas": features.deltas,
        "shown": {
            "nMfcc": way.shown.n_mfcc,
            "nFft": way.shown.n_fft,
            "hop": way.shown.hop_length,
            "nFrames": way.shown.n_frames,
        },
    }


def _sound(way: Way) -> dict[str, Any] | None:
    sound = way.sound
    if sound is None:
        return None
    loudest = max(float(np.abs(sound.samples).max(initial=0)), float(np.finfo(np.float32).tiny))
    arrays = {"bands": sound.bands, "shown": sound.shown, "deltas": sound.deltas}
    if sound.frames is not sound.shown:
        arrays["frames"] = sound.frames
    return {
        "samples": in_base64(np.rint(sound.samples / loudest * 127).astype(np.int8)),
        "loudest": loudest,
        **{
            name: packed(array, by_value=name != "bands")
            for name, array in arrays.items()
            if array is not None
        },
    }


def _weights(way: Way) -> dict[str, Any]:
    """Return the weights after the recurrent layers, and the scaling's."""
    names = [*way.network.config.dense_layers, "output"]
    weights = way.network.weights
    n_weights = sum(weights[f"{name}.kernel"].size for name in names)
    found: dict[str, Any] = {}
    if n_weights <= MAX_WEIGHTS:
        found["layers"] = [
            {"kernel": packed(weights[f"{name}.kernel"]), "bias": packed(weights[f"{name}.bias"])}
            for name in names
        ]
    if way.network.config.scaling:
        found["mean"] = weights["normalization.mean"].tolist()
        found["deviation"] = np.maximum(
            np.sqrt(weights["normalization.variance"]), SMALLEST_DEVIATION
        ).tolist()
    return found


def _verdict(prediction: Prediction) -> dict[str, Any]:
    genres = prediction.genres
    return {
        "genres": [genre_name(genre) for genre in genres],
        "colours": [genre_colour(genre, genres) for genre in genres],
        "segments": packed(prediction.segment_probabilities),
        "audible": [int(audible) for audible in prediction.audible],
        "probabilities": [round(float(p), 5) for p in prediction.probabilities],
        "genre": genre_name(prediction.genre),
    }
