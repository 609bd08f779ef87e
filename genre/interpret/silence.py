"""A song without one of its seconds: its samples set to 0, and read again.

Conventions
-----------
silenced
    Every sample of the second is 0.  The rest of the recording is as it was, and so is the level
    that it is brought to: what changes is that second, not how loud all the others are read.

So what a network is given is what one hears.  `genre.interpret.occlusion` replaces values of its
input instead, for which there is no sound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from genre.audio.feature_config import FeatureConfig, MfccConfig, MusicnnConfig
from genre.audio.features import extract_frames, frames_to_steps
from genre.audio.level import measure_level, set_level
from genre.audio.musicnn import extract_windows
from genre.audio.segments import SILENCE_DB, cut_segments, repeat_frames
from genre.audio.signal import Signal
from genre.errors import ParameterError
from genre.interpret.occlusion import Occlusion, check_genre
from genre.interpret.running_prediction import RunningPrediction, predict_prefixes
from genre.language import _
from genre.network.forward import Network

HELD_SEGMENTS = 42
"""Segments whose samples are held while a long song is silenced second by second: 11 MB."""
BATCH_PARTS = 8
"""Silenced segments that are read at once."""


@dataclass(frozen=True, slots=True, eq=False)
class SilencedSecond:
    """What a network predicts for a song without one of its seconds.

    Parameters
    ----------
    second : int
        From the song's start.
    segments : np.ndarray [shape=(n_touched,), dtype=int]
        Those that the second lies in: the only ones that were read again.
    running : RunningPrediction
        Of the whole song.
    audible : np.ndarray [shape=(n_segments,), dtype=bool]
        Which segments have a vote without the second.
    """

    second: int
    segments: np.ndarray
    running: RunningPrediction
    audible: np.ndarray

    @property
    def probabilities(self) -> np.ndarray | None:
        """The song's probabilities [shape=(n_genres,)]; None if nothing audible is left."""
        if not self.audible.any():
            return None
        last: np.ndarray = self.running.probabilities[self.audible, -1]
        return last.mean(axis=0, dtype=np.float64)


def count_seconds(n_segments: int, features: FeatureConfig) -> int:
    """Return how many seconds of a song lie in segments, the last one in part."""
    return int(np.ceil(n_segments * features.segment_seconds - 1e-6))


def silence_second(
    signal: Signal,
    steps: np.ndarray,
    running: RunningPrediction,
    *,
    second: int,
    audible: np.ndarray,
    network: Network,
    features: FeatureConfig,
) -> SilencedSecond:
    """Set the samples of a second to 0 and read again the segments it lies in.

    Parameters
    ----------
    signal : Signal
        The whole recording, at ``features.sr``.
    steps : np.ndarray [shape=(n_segments, n_steps, n_values)]
        What the network read of it.
    running : RunningPrediction
        What it predicted after each step.
    second : int
        The one from ``second`` to ``second + 1``.
    audible : np.ndarray [shape=(n_segments,), dtype=bool]
        Which segments have a vote.
    network : Network
    features : FeatureConfig

    Returns
    -------
    silenced : SilencedSecond

    Raises
    ------
    ParameterError
        If no segment has a part of that second, or the signal has another rate.
    """
    n_seconds = count_seconds(len(steps), features)
    if not 0 <= second < n_seconds:
        raise ParameterError(
            _(
                "second={second} was given, the segments of this song have the seconds from 0 to "
                "{last}. Choose one of them."
            ).format(second=second, last=n_seconds - 1)
        )
    touched = _segments_of(second, len(steps), features)
    parts = _Parts(signal, steps, features, range(touched[0], touched[-1] + 1))
    read = [parts.read([(segment, second)]) for segment in touched]
    after = predict_prefixes(network, np.concatenate([one for one, _is_left in read]), features)
    probabilities, votes = running.probabilities.copy(), audible.copy()
    probabilities[touched] = after.probabilities
    votes[touched] &= np.concatenate([is_left for _, is_left in read])
    return SilencedSecond(
        second, np.array(touched), replace(running, probabilities=probabilities), votes
    )


def silence_seconds(
    load: Callable[[], Signal],
    steps: np.ndarray,
    *,
    audible: np.ndarray,
    genre: int,
    network: Network,
    features: FeatureConfig,
) -> Iterator[Occlusion]:
    """Silence each second of a song and predict again, a few seconds at a time.

    Parameters
    ----------
    load : function
        Returns the whole recording, at ``features.sr``.  Of a long one it is called several times:
        only a part is held in between.
    steps, audible, network, features
        As for `silence_second`.
    genre : int
        Index of the predicted genre.

    Yields
    ------
    occlusion : Occlusion
        Nothing done at first, then each further along than the one before.

    Raises
    ------
    ParameterError
        If ``genre`` is not one of the network's.
    """
    check_genre(genre, network)
    n_segments, n_seconds = len(steps), count_seconds(len(steps), features)
    total, n_votes = np.zeros(n_seconds), np.zeros(n_seconds, int)
    yield Occlusion("second", np.full(n_seconds, np.nan), 0, "silence")
    for start in range(0, n_segments, HELD_SEGMENTS):
        held = range(start, min(start + HELD_SEGMENTS, n_segments))
        parts = _Parts(load(), steps, features, held)
        jobs = [(s, t) for s in held if audible[s] for t in _seconds_of(s, n_seconds, features)]
        for i in range(0, len(jobs), BATCH_PARTS if parts.are_whole else 1):
            batch = jobs[i : i + (BATCH_PARTS if parts.are_whole else 1)]
            which, seconds = np.array(batch).T
            again = parts.read(batch)[0]
            moved = network.predict_proba(np.concatenate([again, steps[which]]))[:, genre]
            np.add.at(total, seconds, moved[: len(batch)] - moved[len(batch) :])
            np.add.at(n_votes, seconds, 1)
            is_last = held[-1] == n_segments - 1 and i + len(batch) == len(jobs)
            if not is_last:
                yield _so_far(total, n_votes, int(seconds[-1]))
    yield _so_far(total, n_votes, n_seconds)


def _so_far(total: np.ndarray, n_votes: np.ndarray, n_done: int) -> Occlusion:
    """Return what is known: of a second that lies in two segments once both were read."""
    change = np.full(len(total), np.nan)
    known = (n_votes > 0) & (np.arange(len(total)) < n_done)
    change[known] = total[known] / n_votes[known]
    return Occlusion("second", change, n_done, "silence")


def _segments_of(second: int, n_segments: int, features: FeatureConfig) -> list[int]:
    """Return the segments that a second lies in."""
    length = features.segment_seconds
    end = min(int(np.ceil((second + 1) / length - 1e-9)), n_segments)
    return list(range(int(second / length + 1e-9), end))


def _seconds_of(segment: int, n_seconds: int, features: FeatureConfig) -> range:
    """Return the seconds that lie in a segment, some in part."""
    length = features.segment_seconds
    end = int(np.ceil((segment + 1) * length - 1e-6))
    return range(int(segment * length + 1e-6), min(end, n_seconds))


class _Parts:
    """Some neighbouring segments of a recording, to be read without one of their seconds."""

    def __init__(
        self, signal: Signal, steps: np.ndarray, features: FeatureConfig, held: range
    ) -> None:
        self.features, self.first = features, held[0]
        # What `audible_segments` asks of a segment, at the recording's level.
        self.least = 10 ** ((measure_level(signal) - SILENCE_DB) / 20)
        self.gain = 1.0
        if isinstance(features, MusicnnConfig):
            levelled = set_level(signal)
            peak = int(np.abs(signal.samples).argmax())
            self.gain = float(levelled.samples[peak] / signal.samples[peak])
            signal = levelled
        self.sr = signal.sr
        self.samples = cut_segments(signal, features)[held[0] : held[-1] + 1].copy()
        self.are_whole = self.samples.shape[1] == features.segment_samples
        self.shift = 0.0
        if isinstance(features, MfccConfig) and features.level:
            # A level is a constant taken off the first coefficient of every frame of a recording:
            # its means lose it as well, deltas and deviations know nothing of it.
            self.shift = float(
                (steps[self.first, :, 0] - self._steps(self.samples[:1])[..., 0]).mean()
            )

    def read(self, parts: Sequence[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
        """Read segments without a second each.

        Returns the steps, (n_parts, n_steps, n_values), and which are still audible.  Segments
        that are not whole are read one at a time.
        """
        samples = self.samples[[segment - self.first for segment, _ in parts]]  # a copy
        for one, (segment, second) in zip(samples, parts, strict=True):
            start = round(second * self.sr - segment * self.features.segment_samples)
            one[max(0, start) : max(0, start + self.sr)] = 0
        steps = self._steps(samples)
        steps[..., 0] += self.shift
        return steps, np.abs(samples).max(axis=1) >= self.least * self.gain

    def _steps(self, samples: np.ndarray) -> np.ndarray:
        """Return the steps of segments, as loud as they are."""
        signal, features = Signal(samples.ravel(), self.sr), self.features
        if isinstance(features, MusicnnConfig):
            frames = extract_windows(signal, features, is_levelled=True).values
        else:
            frames = extract_frames(signal, features)
        return frames_to_steps(repeat_frames(frames, features.n_frames), features)
