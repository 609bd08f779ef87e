"""The accuracy of a classifier, with its interval.

Conventions
-----------
A track's probabilities are the mean over its segments by default.  The accuracy per
track comes first: segments of one track are not independent, so an interval over
segments is too narrow.  Training tracks are left out, or shown as *seen in training*.
They are recognised by digest; for tracks without a digest, or with one of another kind
(of frames, not of samples), the label is *not known whether seen in training*.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from genre.datasets.types import SegmentSet, check_kind
from genre.errors import DatasetError
from genre.evaluation.intervals import Accuracy, wilson_interval
from genre.evaluation.metrics import CoveragePoint, Measures, ReliabilityBin
from genre.evaluation.seen_tracks import SEEN, seen_label
from genre.evaluation.track_figures import PredictionArrays, confusion_counts
from genre.evaluation.track_predictions import (
    Average,
    TrackPrediction,
    count_rounds,
    predictions_from_dict,
    predictions_to_dict,
    track_probabilities,
)
from genre.language import _
from genre.models.classifier import Classifier
from genre.models.measured_on import measured_on
from genre.models.measured_schema import evaluation as check_evaluation
from genre.splits.split_leakage import is_leak_free_split
from genre.storage.rows import select

UNNAMED = "; each segment counts as a track, the data does not name its tracks"


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Accuracy, confusion matrix and predictions on tracks with known genres.

    Parameters
    ----------
    genres : tuple of str
    track_accuracy, segment_accuracy : Accuracy
    confusion_matrix : np.ndarray [shape=(n_genres, n_genres)]
        Tracks by true genre (rows) and predicted genre (columns); after several rounds of folds
        means over them, which need not be whole.
    about : str
        Which tracks these are: *not recognised as seen in training*, *seen in
        training*, ...
    n_left_out : int
        Training tracks that were left out.
    measures : Measures, optional
        F1, log-loss, calibration; not in files of the first version.
    predictions : tuple of TrackPrediction
        The prediction for each track, and for each round of folds; empty in files of the first
        version.
    """

    genres: tuple[str, ...]
    track_accuracy: Accuracy
    segment_accuracy: Accuracy
    confusion_matrix: np.ndarray
    about: str
    n_left_out: int = 0
    measures: Measures | None = None
    predictions: tuple[TrackPrediction, ...] = ()

    def is_leak_free(self, by: str) -> bool:
        """Tell whether the test set of this split is free of data leakage: unseen artists."""
        return is_leak_free_split(by, [answer.artist for answer in self.predictions])

    @property
    def reliability(self) -> tuple[ReliabilityBin, ...]:
        """Accuracy by confidence; empty if the predictions were not saved."""
        return self._arrays().reliability if self.predictions else ()

    @property
    def coverage(self) -> tuple[CoveragePoint, ...]:
        """Accuracy by minimum confidence; empty if the predictions were not saved."""
        return self._arrays().coverage if self.predictions else ()

    def _arrays(self) -> PredictionArrays:
        return PredictionArrays.of(self.predictions, self.genres)

    def with_intervals(self) -> Evaluation:
        """Return the evaluation with the intervals that an earlier version has not measured.

        That of the log-loss is left out: it is not to be had from thousandths.
        """
        measures = self.measures
        if not measures or measures.intervals or not self.predictions:
            return self
        overall, per_genre = self._arrays().intervals()
        overall.pop("log_loss", None)
        n_tracks = self.confusion_matrix.sum(axis=1)
        rows = zip(measures.per_genre, per_genre, n_tracks, strict=False)
        return replace(
            self,
            measures=replace(
                measures,
                intervals=overall,
                per_genre=tuple(replace(row, intervals=ends, n=round(n)) for row, ends, n in rows),
            ),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "about": self.about,
            "genres": list(self.genres),
            "track_accuracy": self.track_accuracy.to_dict(),
            "segment_accuracy": self.segment_accuracy.to_dict(),
            "confusion_matrix": self.confusion_matrix.tolist(),
            "n_left_out": self.n_left_out,
            "measures": self.measures.to_dict() if self.measures else None,
            "answers": predictions_to_dict(self.predictions, self.genres),
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Evaluation:
        """Read what `to_dict` wrote; other keys are ignored, predictions may be missing.

        The matrix is counted again where there are several rounds of folds: earlier versions
        counted each track once for each.

        Raises
        ------
        DatasetError
            If a key is missing or inconsistent.
        """
        try:
            check_evaluation(values, "it")
            genres, measures = tuple(values["genres"]), values.get("measures")
            columns = values.get("answers")
            predictions = predictions_from_dict(columns, genres) if columns else ()
            matrix = (
                confusion_counts(predictions, genres)
                if count_rounds(predictions) > 1
                else np.array(values["confusion_matrix"])
            )
            return cls(
                genres=genres,
                track_accuracy=Accuracy(**values["track_accuracy"]),
                segment_accuracy=Accuracy(**values["segment_accuracy"]),
                confusion_matrix=matrix,
                about=values["about"],
                n_left_out=values.get("n_left_out", 0),
                measures=Measures.from_dict(measures) if measures else None,
                predictions=predictions,
            )
        except (TypeError, ValueError) as error:  # an unknown key; or Damaged
            raise DatasetError(
                _("an evaluation cannot be read ({error}). Measure it again.").format(error=error)
            ) from error


def evaluate_probabilities(
    probabilities: np.ndarray,
    genres: tuple[str, ...],
    data: SegmentSet,
    segments: np.ndarray,
    *,
    about: str,
    n_left_out: int = 0,
    average: Average = "mean",
    learnt: np.ndarray | None = None,
) -> Evaluation:
    """Compare probabilities with the genres of a dataset's segments.

    Parameters
    ----------
    probabilities : np.ndarray [shape=(n_segments, n_genres)]
    genres : tuple of str
        The columns of ``probabilities``; includes the genres of ``data``.
    data : SegmentSet
    segments : np.ndarray [shape=(n_segments,), dtype=int]
        The segments of ``data`` in the rows of ``probabilities``.
    about : str
        Which tracks these are.  If ``data`` does not name its tracks, a note that each
        segment counts as a track is added.
    n_left_out : int
        Training tracks that were left out.
    average : str
        How the segments of a track are averaged; added to ``about`` unless it is the mean.
    learnt : np.ndarray [shape=(n,), dtype=int], optional
        The training segments of ``data``, to count those of each track.

    Returns
    -------
    evaluation : Evaluation
    """
    to_output = np.array([genres.index(genre) for genre in data.genres])
    y = to_output[data.y[segments]]
    track_index = data.track_index[segments]
    tracks, of_track = track_probabilities(probabilities, track_index, average=average)
    given = of_track.argmax(axis=1)
    is_right = probabilities.argmax(axis=1) == y
    n_segments, n_right, n_learnt = (
        np.bincount(index, minlength=len(data.tracks))
        for index in (
            *(track_index, track_index[is_right]),
            data.track_index[[] if learnt is None else learnt],
        )
    )
    predictions = tuple(
        TrackPrediction(
            track_id=data.tracks[track].track_id,
            artist=data.tracks[track].artist,
            genre=data.tracks[track].genre,
            given=genres[predicted],
            probabilities=tuple(p.tolist()),
            n_segments=int(n_segments[track]),
            n_right=int(n_right[track]),
            n_siblings=None if learnt is None else int(n_learnt[track]),
        )
        for track, predicted, p in zip(tracks, given, of_track, strict=True)
    )
    if average != "mean":
        about += f"; tracks by the {average} of their segments"
    arrays = PredictionArrays.of(predictions, genres)
    return Evaluation(
        genres=genres,
        track_accuracy=arrays.accuracy,
        segment_accuracy=wilson_interval(int(is_right.sum()), len(y)),
        confusion_matrix=confusion_counts(predictions, genres),
        about=about if data.has_tracks else about + UNNAMED,
        n_left_out=n_left_out,
        measures=arrays.measures(genres),
        predictions=predictions,
    )


def evaluate(
    classifier: Classifier,
    data: SegmentSet,
    *,
    include_seen: bool = False,
    average: Average = "mean",
) -> Evaluation:
    """Evaluate a classifier on a dataset, without its training tracks.

    Parameters
    ----------
    classifier : Classifier
    data : SegmentSet
        Its genres must be among the classifier's.
    include_seen : bool
        Also count the training tracks, and say how many they are.
    average : str
        How the segments of a track are averaged.

    Returns
    -------
    evaluation : Evaluation

    Raises
    ------
    DatasetError
        If the dataset holds other features than the classifier reads, a genre is unknown to
        it, or no track is left.
    """
    reader = _("the model {name}").format(name=classifier.card.name)
    check_kind(data.name, data.features, classifier.features, reader=reader)
    unknown = sorted(set(data.genres) - set(classifier.genres))
    if unknown:
        raise DatasetError(
            _(
                "the dataset has the genres {unknown}, which the model does not know. Choose a "
                "dataset with {genres}."
            ).format(unknown=", ".join(unknown), genres=", ".join(classifier.genres))
        )
    seen = np.array([classifier.card.was_trained_on(track) for track in data.tracks])
    counted = np.ones(len(seen), dtype=bool) if include_seen else ~seen
    if not counted.any():
        raise DatasetError(
            _(
                "the model was trained on all {n_seen} tracks of {name}, so none is left to "
                "test it on. Use other recordings, or add --include-seen to count them as "
                "'{seen}'."
            ).format(n_seen=len(seen), name=data.name, seen=measured_on(SEEN))
        )
    segments = np.flatnonzero(counted[data.track_index])
    probabilities = classifier.predict_proba(select(data.X(classifier.features), segments))
    return evaluate_probabilities(
        probabilities,
        classifier.genres,
        data,
        segments,
        about=seen_label(classifier, data, seen, counted) + classifier.card.caveat,
        n_left_out=int((~counted).sum()),
        average=average,
    )
