"""The tracks behind a cell of the confusion matrix: what each contender said of them.

Conventions
-----------
A track is known by its genre and its name.  Cross-validated with several fold seeds, a
contender has several answers about one.  What there is to hear or to see of a track is
looked for where its dataset lies: recordings in a folder, MFCCs in a feature pack.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genre.datasets.folder import scan_folder
from genre.datasets.load import bundled_datasets
from genre.datasets.pack import PACK_FILE
from genre.datasets.types import SegmentSet
from genre.evaluation.evaluation import Evaluation
from genre.evaluation.track_predictions import TrackAnswer, answers_behind
from genre.models.song_analysis import average_columns
from genre.paths import DATASETS


@dataclass(frozen=True, slots=True)
class CellTrack:
    """A track, and the answers of each contender about it.

    ``answers`` has a place per contender, empty where it was not asked about the track.
    """

    genre: str
    track_id: str
    artist: str | None
    answers: tuple[tuple[TrackAnswer, ...], ...]


def tracks_behind(
    evaluations: tuple[Evaluation | None, ...], genre: str, given: str
) -> tuple[CellTrack, ...]:
    """Return the tracks of a genre that any of some contenders took for another.

    Parameters
    ----------
    evaluations : tuple of Evaluation or None
        One per contender; None, or without answers, where nothing was kept.
    genre, given : str
        Which cell; the same twice for the tracks that were right.

    Returns
    -------
    tracks : tuple of CellTrack
        The surest answers of the first contender first.
    """
    kept = [evaluation.answers if evaluation else () for evaluation in evaluations]
    found = {
        (answer.genre, answer.track_id): answer.artist
        for answers in kept
        for answer in answers_behind(answers, genre, given)
    }
    about: dict[tuple[str, str], list[list[TrackAnswer]]] = {
        key: [[] for _ in kept] for key in found
    }
    for place, answers in enumerate(kept):
        for answer in answers:
            if (answer.genre, answer.track_id) in about:
                about[answer.genre, answer.track_id][place].append(answer)
    return tuple(
        CellTrack(key[0], key[1], artist, tuple(tuple(of_one) for of_one in about[key]))
        for key, artist in found.items()
    )


def find_recording(track: CellTrack, source: str) -> Path | None:
    """Return where the recording of a track lies, if its dataset is a folder that is still there.

    Parameters
    ----------
    track : CellTrack
    source : str
        The dataset, as `genre.compare.leaderboard.Contender` names it.

    Returns
    -------
    path : Path or None
        One of the folder's own recordings, whatever the track is called.
    """
    folder = Path(source or "nowhere")
    if not folder.is_dir() or (folder / PACK_FILE).exists():
        return None
    for path, found in scan_folder(folder)[0]:
        if (found.genre, found.track_id) == (track.genre, track.track_id):
            return path
    return None


def find_pack(source: str, *, is_home: bool) -> Path | None:
    """Return where a dataset's MFCCs lie, if it is a feature pack.

    Parameters
    ----------
    source : str
        As in `find_recording`.
    is_home : bool
        Whether paths are looked at; else bundled packs are, by their names.

    Returns
    -------
    folder : Path or None
    """
    if source in bundled_datasets():
        return DATASETS / source
    is_pack = is_home and bool(source) and (Path(source) / PACK_FILE).exists()
    return Path(source) if is_pack else None


def frames_behind(track: CellTrack, data: SegmentSet) -> tuple[np.ndarray, float] | None:
    """Return the MFCCs of a track that was answered, to be drawn where its audio is not at hand.

    Parameters
    ----------
    track : CellTrack
    data : SegmentSet

    Returns
    -------
    columns : np.ndarray [shape=(n_columns, n_mfcc)]
        Averaged to at most 1,500.
    column_seconds : float
        How long a column lasts.  None instead of both, where the data has no such track.
    """
    for i, other in enumerate(data.tracks):
        if (other.genre, other.track_id) == (track.genre, track.track_id):
            frames = data.own_frames(i)
            columns = average_columns(frames)
            seconds = len(frames) * data.features.hop_length / data.features.sr
            return columns, seconds / len(columns)
    return None
