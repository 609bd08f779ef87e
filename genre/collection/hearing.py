"""What is kept of a song that was heard, and what hears it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

import numpy as np

from genre.audio import musicnn_weights
from genre.audio.feature_config import MusicnnConfig
from genre.audio.tags import strongest_tags
from genre.collection.song_map import bundled_map, map_digest, song_values
from genre.errors import GenreError
from genre.language import _
from genre.models.classifier import Classifier, load_classifier
from genre.models.prediction import Prediction
from genre.models.registry import FIRST, model_folder
from genre.models.song_analysis import SongAnalysis, analyze_song
from genre.paths import MODELS_BUNDLED
from genre.system.schema import cause

MODEL = FIRST[0]
"""The bundled model that hears each song."""


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What was heard of one content.

    Parameters
    ----------
    prediction : Prediction
    vector : np.ndarray [shape=(200,), dtype=float32]
        The embedding.
    tags : np.ndarray [shape=(50,), dtype=float32]
        Their means over the audible segments.
    words : tuple of str
        The tags that stand out.
    """

    prediction: Prediction
    vector: np.ndarray
    tags: np.ndarray
    words: tuple[str, ...]


def heard_of(analysis: SongAnalysis) -> Heard:
    """Return what a collection keeps of a song that a model of musicnn's values has read.

    Raises
    ------
    ParameterError
        If the model reads other values.
    """
    prediction = analysis.prediction
    audible = prediction.audible
    vector = bundled_map().embed(song_values(analysis.steps, audible)[None])[0]
    tags = cast("np.ndarray", analysis.view.tags)  # they come with these values
    words = tuple(tag.word for tag in strongest_tags(tags, audible))
    return Heard(prediction, vector, tags[audible].mean(axis=0), words)


def hear_file(file: Path) -> Heard | str:
    """Return what is heard of a file, or why it cannot be used; in whatever process."""
    try:
        return heard_of(analyze_song(file, _classifier()))
    except MemoryError:
        return _("this file needs more memory than there is.")
    except OSError as error:
        return _("this file cannot be read ({reason}).").format(reason=cause(error))
    except GenreError as error:
        return str(error)


@cache
def _classifier() -> Classifier:
    return load_classifier(MODEL, MODELS_BUNDLED)


def heard_by() -> str:
    """Return what stands for the networks and settings that hear a song."""
    digest = hashlib.sha256(musicnn_weights.PATH.read_bytes())
    digest.update((model_folder(MODEL, MODELS_BUNDLED) / "weights.npz").read_bytes())
    digest.update(f"{map_digest()} {MusicnnConfig()}".encode())
    return f"{MODEL} {digest.hexdigest()}"
