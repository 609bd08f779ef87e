"""What a model predicts for a recording.

Conventions
-----------
A recording's probabilities are the mean over its audible segments; silent ones
do not count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from genre.models.confidence import UNMEASURED, ConfidenceLevel, Thresholds, confidence_level
from genre.models.music_check import NOT_CHECKED, MusicCheck


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

    def beginning(self, seconds: float) -> Prediction:
        """Return the prediction of the first seconds, of whole segments: of all, if it is shorter.

        Of all as well where no segment of the beginning is audible.
        """
        n = int(seconds // self.segment_seconds)
        if n >= len(self.audible) or not self.audible[:n].any():
            return self
        return replace(
            self,
            segment_probabilities=self.segment_probabilities[:n],
            audible=self.audible[:n],
            seconds=min(seconds, self.seconds),
        )

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
