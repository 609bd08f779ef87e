"""A saved model as what classifies recordings: load it, and ask it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from genre.audio.feature_config import FeatureConfig, MusicnnConfig
from genre.audio.features import check_features, extract_segments
from genre.audio.load import load_audio
from genre.audio.segments import audible_segments
from genre.audio.signal import Signal
from genre.errors import AudioError, GenreError, ModelError
from genre.language import _
from genre.models import registry
from genre.models.card import ModelCard
from genre.models.music_check import check_music
from genre.models.prediction import Prediction
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
            _("the model {name} reads {kind} features, but {error}").format(
                name=name, kind=card.features.kind, error=error
            )
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
            _(
                "this recording is silent: none of its {n_audible} segments of "
                "{segment_seconds:g} s is louder than -80 dB. Choose a recording with sound."
            ).format(n_audible=len(audible), segment_seconds=features.segment_seconds)
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
