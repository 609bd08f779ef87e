"""A song pinned to a training run, which is classified after each epoch.

Conventions
-----------
``song.npz`` in the run's folder holds the steps of the song, and neither its samples nor
its name.  A song may be pinned or replaced during training.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from genre.audio.feature_config import FeatureConfig, MfccConfig
from genre.audio.features import extract_segments
from genre.audio.load import Source, load_audio
from genre.audio.segments import audible_segments
from genre.errors import AudioError, RunError
from genre.language import _
from genre.runs.files import read_config
from genre.system.files import replacing
from genre.system.npz import UNREADABLE, read_arrays
from genre.system.schema import cause

SONG_FILE = "song.npz"
MAX_SEGMENTS = 20
"""Of a longer song only so many segments, evenly spread, so as not to slow down training."""


def pin_song(run: Path, source: Source) -> int:
    """Pin a song to a run.

    Parameters
    ----------
    run : Path
        The folder of the run.
    source : Source
        As for `genre.audio.load.load_audio`.

    Returns
    -------
    n_segments : int
        How many of its segments will be classified.

    Raises
    ------
    AudioError
        If the song cannot be read, is too short or silent.
    RunError
        If the run cannot be read, or the song cannot be written.
    """
    steps = _steps_of(source, read_config(run)[0].feature_config)
    spread = np.linspace(0, len(steps) - 1, min(len(steps), MAX_SEGMENTS)).round().astype(int)
    try:
        with replacing(run / SONG_FILE) as file:
            np.savez(file, steps=steps[spread])
    except OSError as error:
        raise RunError(
            _("the song could not be pinned ({reason}). Free some space and try again.").format(
                reason=cause(error)
            )
        ) from error
    return len(spread)


def check_song(source: Source) -> None:
    """Raise if a song could not be pinned to a new run.

    Raises
    ------
    AudioError
        If it cannot be read, is too short or silent.
    """
    _steps_of(source, MfccConfig())


def read_pinned_song(run: Path) -> np.ndarray | None:
    """Read the pinned song of a run.

    Parameters
    ----------
    run : Path

    Returns
    -------
    steps : np.ndarray [shape=(n_segments, n_steps, n_values), dtype=float32] or None
        None if no song is pinned, or its file is corrupt: training continues without.
    """
    features = read_config(run)[0].feature_config
    try:
        with (run / SONG_FILE).open("rb") as file:
            steps = read_arrays(file)["steps"]
    except UNREADABLE:
        return None
    fits = steps.ndim == 3 and steps.shape[1:] == (features.n_steps, features.n_values)
    return steps if fits and steps.dtype == np.float32 else None


def _steps_of(source: Source, features: FeatureConfig) -> np.ndarray:
    """Return the steps of the segments of a song that are not silent."""
    signal = load_audio(source, sr=features.sr)
    steps = extract_segments(signal, features)[audible_segments(signal, features)]
    if not len(steps):
        raise AudioError(_("this recording is silent. Choose a recording with sound."))
    return steps
