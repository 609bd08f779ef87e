"""The prediction of a model for a recording.

Conventions
-----------
A recording's probabilities are the mean over its audible segments; silent ones
do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from genre.audio.feature_config import FeatureConfig, MusicnnConfig
from genre.audio.features import check_features, extract_segments
from genre.audio.load import load_audio
from genre.audio.segments import audible_segments
from genre.audio.signal import Signal
from genre.errors import AudioError, GenreError, ModelError
from genre.models import registry
from genre.models.card import ModelCard
from genre.models.confidence import UNMEASURED, ConfidenceLevel, Thresholds, confidence_level
from genre.models.music_check import NOT_CHECKED, MusicCheck, check_music
from genre.network.forward import Network
from genre.paths import MODELS


@dataclass(frozen=True, slots=True)
class Classifier:
    """A network with its card: what is needed to classify a recording."""

    network: Network
    card: ModelCard

    @property
    def genres(self) -> tuple[str, ...]:
        """The genres it predicts, in output order."""
        return self.card.genres

    @property
    def features(self) -> FeatureConfig:
        """The features that the network reads."""
        return self.card.features

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Estimate how probable each genre is for each segment.

        Parameters
        ----------
        X : np.ndarray [shape=(n_segments, n_steps, n_values)]

        Returns
        -------
        probabilities : np.ndarray [shape=(n_segments, n_genres), dtype=float32]
        """
        return self.network.predict_proba(X)


@dataclass(frozen=True, eq=False)
class Prediction:
    """The prediction of a classifier for one recording.

    Parameters
    ----------
    genres : tuple of str
        In output order.
    segment_probabilities : np.ndarray [shape=(n_segments, n_genres), dtype=float32]
    audible : np.ndarray [shape=(n_segments,), dtype=bool]
        Which segments are not silent; only these count.
    seconds : float
        Length of the analysed part.
    segment_seconds : float
        Length of a segment.
    is_short : bool
        Whether the recording was shorter than a segment and had to be repeated.
    is_truncated : bool
        Whether the recording is longer than the analysed part.
    model : str
        The name of the model.
    thresholds : Thresholds
        Those of the model.
    is_one_side : bool
        Whether one channel alone was analysed, because the channels cancel each other.
    music : MusicCheck
        Whether the recording looks like music.
    """

    genres: tuple[str, ...]
    segment_probabilities: np.ndarray
    audible: np.ndarray
    seconds: float
    segment_seconds: float
    is_short: bool
    is_truncated: bool
    model: str
    thresholds: Thresholds = UNMEASURED
    is_one_side: bool = False
    music: MusicCheck = NOT_CHECKED

    @cached_property
    def probabilities(self) -> np.ndarray:
        """Mean over the audible segments [shape=(n_genres,)]."""
        return self.segment_probabilities[self.audible].mean(axis=0, dtype=np.float64)

    @property
    def ranking(self) -> tuple[str, ...]:
        """The genres, the most probable first; ties in alphabetical order."""
        return tuple(self.genres[i] for i in np.argsort(-self.probabilities, kind="stable"))

    @property
    def genre(self) -> str:
        """The most probable genre."""
        return self.ranking[0]

    @property
    def probability(self) -> float:
        """The probability of the most probable genre."""
        return float(self.probabilities.max())

    @property
    def agreement(self) -> float:
        """Share of the audible segments with the same prediction."""
        given = self.segment_probabilities[self.audible].argmax(axis=1)
        return float((given == self.genres.index(self.genre)).mean())

    @property
    def confidence(self) -> ConfidenceLevel:
        """The confidence level of the prediction."""
        return confidence_level(self.probability, self.thresholds)

    def segment_span(self, segment: int) -> tuple[float, float]:
        """Return the seconds at which a segment starts and ends."""
        start = segment * self.segment_seconds
        return start, min(start + self.segment_seconds, self.seconds)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "genre": self.genre,
            "certainty": self.confidence,
            "probability": round(self.probability, 6),
            "probabilities": {
                genre: round(float(p), 6)
                for genre, p in zip(self.genres, self.probabilities, strict=True)
            },
            "agreement": round(self.agreement, 6),
            "seconds": round(self.seconds, 3),
            "n_segments": len(self.audible),
            "n_silent_segments": int((~self.audible).sum()),
            "is_short": self.is_short,
            "is_truncated": self.is_truncated,
            "is_one_side": self.is_one_side,
            "model": self.model,
            "looks_like": self.music.looks_like,
            "timeline": [
                {
                    "start_seconds": i * self.segment_seconds,
                    "audible": bool(audible),
                    "probabilities": [round(float(p), 6) for p in probabilities],
                }
                for i, (audible, probabilities) in enumerate(
                    zip(self.audible, self.segment_probabilities, strict=True)
                )
            ],
        }


def load_classifier(name: str, folder: Path = MODELS) -> Classifier:
    """Load a saved model as a classifier.

    Parameters
    ----------
    name : str
        One of `genre.models.registry.list_models`.
    folder : Path
        The folder of saved models.

    Returns
    -------
    classifier : Classifier

    Raises
    ------
    ModelError
        If there is no such model, its folder is corrupt, or it reads features that cannot be
        computed here.
    """
    network, card = registry.load_model(name, folder)
    try:
        check_features(card.features)
    except ModelError as error:
        raise ModelError(
            f"the model {name} reads {card.features.kind} features, but {error}"
        ) from error
    return Classifier(network, card)


def classify(source: str | Path | bytes | BinaryIO, classifier: Classifier) -> Prediction:
    """Classify a recording.

    Parameters
    ----------
    source : path, bytes or file object
        The recording, in any format of `genre.audio.signal`.
    classifier : Classifier

    Returns
    -------
    prediction : Prediction

    Raises
    ------
    AudioError
        If the recording cannot be read, is shorter than half a second, or silent.
    """
    return classify_signal(load_audio(source, sr=classifier.features.sr), classifier)


def classify_all(
    sources: Iterable[str], classifier: Classifier
) -> Iterator[tuple[str, Prediction | GenreError]]:
    """Classify several recordings; a bad one does not stop the others.

    Parameters
    ----------
    sources : iterable of str
        Paths.
    classifier : Classifier

    Yields
    ------
    path : str
    outcome : Prediction or GenreError
        Its prediction, or its error.
    """
    for source in sources:
        try:
            yield source, classify(source, classifier)
        except GenreError as error:
            yield source, error


def classify_signal(signal: Signal, classifier: Classifier) -> Prediction:
    """Classify a signal that was loaded at the classifier's sampling rate.

    Parameters
    ----------
    signal : Signal
    classifier : Classifier

    Returns
    -------
    prediction : Prediction

    Raises
    ------
    AudioError
        If the signal is shorter than half a second, or silent.
    """
    return classify_steps(extract_segments(signal, classifier.features), signal, classifier)


def classify_steps(steps: np.ndarray, signal: Signal, classifier: Classifier) -> Prediction:
    """Classify a signal whose steps have been made.

    Parameters
    ----------
    steps : np.ndarray [shape=(n_segments, n_steps, n_values), dtype=float32]
        As `genre.audio.features.extract_segments` gives them for ``signal``.
    signal : Signal
    classifier : Classifier

    Returns
    -------
    prediction : Prediction

    Raises
    ------
    AudioError
        If the signal is silent.
    """
    features = classifier.features
    audible = audible_segments(signal, features)
    if not audible.any():
        raise AudioError(
            f"this recording is silent: none of its {len(audible)} segments of "
            f"{features.segment_seconds:g} s is louder than -80 dB. Choose a recording with sound."
        )
    return Prediction(
        genres=classifier.genres,
        segment_probabilities=classifier.predict_proba(steps),
        audible=audible,
        seconds=signal.seconds,
        segment_seconds=features.segment_seconds,
        is_short=len(signal.samples) < features.segment_samples,
        is_truncated=signal.is_truncated,
        model=classifier.card.name,
        thresholds=classifier.card.thresholds,
        is_one_side=signal.is_one_side,
        music=check_music(signal, steps[audible] if features == MusicnnConfig() else None),
    )
