"""The tracks behind a cell of the confusion matrix: what each entry predicted for them.

Conventions
-----------
A track is identified by its genre and its name.  An entry that was cross-validated with
several fold seeds has several predictions for a track.  The audio or the frames of a track are
read from its dataset: recordings in a folder, frames in a feature pack.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from genre.datasets.genre_table import TABLE_ENDINGS
from genre.datasets.layout import scan_folder
from genre.datasets.load import bundled_datasets
from genre.datasets.pack_header import PACK_FILE
from genre.datasets.types import SegmentSet
from genre.errors import DatasetError
from genre.evaluation.evaluation import Evaluation
from genre.evaluation.track_figures import confusion_counts
from genre.evaluation.track_predictions import (
    TrackPrediction,
    predictions_in_cell,
    shared_predictions,
)
from genre.language import _
from genre.models.song_analysis import average_columns
from genre.paths import DATASETS


@dataclass(frozen=True, slots=True)
class CellTrack:
    """A track, and the predictions of each entry for it.

    ``predictions`` has one item per entry, empty if it did not classify the track.
    """

    genre: str
    track_id: str
    artist: str | None
    predictions: tuple[tuple[TrackPrediction, ...], ...]


def tracks_in_cell(
    evaluations: tuple[Evaluation | None, ...], genre: str, given: str
) -> tuple[CellTrack, ...]:
    """Return the tracks in a cell of the confusion matrix of any entry.

    Parameters
    ----------
    evaluations : tuple of Evaluation or None
        One per entry; None, or without predictions, where these were not saved.
    genre, given : str
        The true and the predicted genre of the cell.

    Returns
    -------
    tracks : tuple of CellTrack
        The most confident predictions of the first entry first.
    """
    kept = [evaluation.predictions if evaluation else () for evaluation in evaluations]
    found = {
        (answer.genre, answer.track_id): answer.artist
        for predictions in kept
        for answer in predictions_in_cell(predictions, genre, given)
    }
    about: dict[tuple[str, str], list[list[TrackPrediction]]] = {
        key: [[] for _ in kept] for key in found
    }
    for place, predictions in enumerate(kept):
        for answer in predictions:
            if (answer.genre, answer.track_id) in about:
                about[answer.genre, answer.track_id][place].append(answer)
    return tuple(
        CellTrack(key[0], key[1], artist, tuple(tuple(of_one) for of_one in about[key]))
        for key, artist in found.items()
    )


def on_shared_tracks(first: Evaluation, second: Evaluation) -> tuple[Evaluation, Evaluation, int]:
    """Return two evaluations with the matrices of the tracks that both have.

    Parameters
    ----------
    first, second : Evaluation

    Returns
    -------
    first, second : Evaluation
    n_tracks : int

    Raises
    ------
    DatasetError
        If no track is in both, or the predictions of one were not saved.
    """
    if not (first.predictions and second.predictions):
        raise DatasetError(
            _(
                "the predictions per track were not saved for both, so their matrices cannot "
                "be subtracted. Measure them again."
            )
        )
    pair = shared_predictions(first.predictions, second.predictions)
    if not pair[0]:
        raise DatasetError(
            _(
                "they were tested on different tracks, so their matrices cannot be subtracted. "
                "Choose two that were tested on the same data."
            )
        )
    one, other = (
        replace(
            evaluation,
            predictions=shared,
            confusion_matrix=confusion_counts(shared, evaluation.genres),
        )
        for evaluation, shared in zip((first, second), pair, strict=True)
    )
    return one, other, len({answer.key for answer in pair[0]})


def find_recording(track: CellTrack, source: str) -> Path | None:
    """Return the path of a track's recording, if its dataset is a folder that still exists.

    Parameters
    ----------
    track : CellTrack
    source : str
        The dataset, as `genre.compare.leaderboard.LeaderboardEntry` names it.

    Returns
    -------
    path : Path or None
        Always a recording in the folder, for any name of the track.
    """
    folder = Path(source or "no-such-folder")
    is_table = folder.suffix.lower() in TABLE_ENDINGS and folder.is_file()
    if not (folder.is_dir() or is_table) or (folder / PACK_FILE).exists():
        return None
    for path, found in scan_folder(folder)[0]:
        if (found.genre, found.track_id) == (track.genre, track.track_id):
            return path
    return None


def find_pack(source: str, *, is_home: bool) -> Path | None:
    """Return the folder of a dataset, if it is a feature pack.

    Parameters
    ----------
    source : str
        As in `find_recording`.
    is_home : bool
        Whether paths are allowed; otherwise only names of bundled packs.

    Returns
    -------
    folder : Path or None
    """
    if source in bundled_datasets():
        return DATASETS / source
    is_pack = is_home and bool(source) and (Path(source) / PACK_FILE).exists()
    return Path(source) if is_pack else None


def track_frames(track: CellTrack, data: SegmentSet) -> tuple[np.ndarray, float] | None:
    """Return the frames of a track, to be drawn if its audio is not available.

    Parameters
    ----------
    track : CellTrack
    data : SegmentSet

    Returns
    -------
    columns : np.ndarray [shape=(n_columns, n_values)]
        Averaged to at most 1,500.
    column_seconds : float
        Duration of a column.  None instead of both if the data has no such track.
    """
    for i, other in enumerate(data.tracks):
        if (other.genre, other.track_id) == (track.genre, track.track_id):
            frames = data.own_frames(np.flatnonzero(data.track_index == i))
            columns = average_columns(frames)
            seconds = len(frames) * data.features.frame_seconds
            return columns, seconds / len(columns)
    return None
