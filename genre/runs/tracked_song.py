"""A song pinned to a training run: after each epoch the run tells what it hears in it.

Conventions
-----------
``song.npz`` in the run's folder holds what the run's network reads of the song
(its steps), and neither its samples nor its name.  It may be pinned, or
replaced, while the run trains: its next epoch listens to it.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from genre.audio.feature_config import FeatureConfig
from genre.audio.features import audible_segments, extract_segments
from genre.audio.load import Source, load_audio
from genre.errors import AudioError, RunError
from genre.runs.files import read_config
from genre.system.files import replacing

SONG_FILE = "song.npz"
MAX_SEGMENTS = 20
"""Of a longer song, as many segments, evenly spread: listening must not hold up training."""


def pin_song(run: Path, source: Source) -> int:
    """Pin a song to a run.

    Parameters
    ----------
    run : Path
        Made by `genre.runs.store.create_run`.
    source : Source
        As `genre.audio.load.load_audio` takes it.

    Returns
    -------
    n_segments : int
        How many segments of it the run will listen to.

    Raises
    ------
    AudioError
        If the song cannot be read, is too short or silent.
    RunError
        If the run cannot be read, or the disk refuses.
    """
    steps = _steps_of(source, read_config(run)[0].features)
    spread = np.linspace(0, len(steps) - 1, min(len(steps), MAX_SEGMENTS)).round().astype(int)
    try:
        with replacing(run / SONG_FILE) as file:
            np.savez(file, steps=steps[spread])
    except OSError as error:
        raise RunError(
            f"the song could not be pinned ({error.strerror}). Free some space and try again."
        ) from error
    return len(spread)


def check_song(source: Source) -> None:
    """Find out whether a song can be pinned to a run that is still to be started.

    Raises
    ------
    AudioError
        If it cannot be read, is too short or silent.
    """
    _steps_of(source, FeatureConfig())


def read_pinned_song(run: Path) -> np.ndarray | None:
    """Read what a run's network is to listen to after each epoch.

    Parameters
    ----------
    run : Path

    Returns
    -------
    steps : np.ndarray [shape=(n_segments, n_steps, n_values), dtype=float32] or None
        None where no song is pinned, or its file is damaged: training goes on without.
    """
    features = read_config(run)[0].features
    try:
        # Opened here: NumPy leaves the file of a damaged archive open.
        with (run / SONG_FILE).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            steps: np.ndarray = arrays["steps"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    fits = steps.ndim == 3 and steps.shape[1:] == (features.n_steps, features.n_values)
    return steps if fits and steps.dtype == np.float32 else None


def _steps_of(source: Source, features: FeatureConfig) -> np.ndarray:
    """What a network reads of the segments of a song that have a sound."""
    signal = load_audio(source, sr=features.sr)
    steps = extract_segments(signal, features)[audible_segments(signal, features)]
    if not len(steps):
        raise AudioError("this recording is silent. Choose one with a sound to pin.")
    return steps
