"""What can be measured in a song without a model: tempo, key, chroma, harmony and percussion.

Conventions
-----------
chroma
    Energy per pitch class, C first, octaves folded together, each frame's
    largest value 1.
fact
    A number, or None where the recording gives no ground for one: noise has no
    key, silence no tempo.

A page measures nothing itself: `FactsJob` calls ``python -m genre describe - --json``.
"""

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from genre import paths
from genre.audio.mfcc import mel_power
from genre.audio.signal import MIN_SECONDS, Signal
from genre.errors import AudioError
from genre.language import _
from genre.spectra.chroma import chroma as chroma_of
from genre.spectra.separation import harmonic_mask
from genre.spectra.stft import stft
from genre.spectra.tempo import estimate_tempo, onset_strength
from genre.system.schema import parse_json
from genre.system.turn_job import TurnJob

MAX_ANALYSED_SECONDS = 120.0
MAX_CHROMA_COLUMNS = 300
MAX_ONSETS = 1500
MAX_JOB_SECONDS = 300.0
PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")

# How well each pitch class fits a key, from the tonic up: Krumhansl and Kessler [1]_.
MAJOR_PROFILE = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR_PROFILE = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)

# Below these there is no ground to name a key.  Relief measured on white noise of 1 to 120 s:
# up to 0.07; on music: from 0.14.
MIN_CHROMA_RELIEF = 0.1  # standard deviation over mean of the mean chroma
MIN_KEY_MARGIN = 0.01


@dataclass(frozen=True, slots=True)
class SongFacts:
    """What was measured in a song.

    Parameters
    ----------
    seconds : float
        How long the recording is.
    analysed_seconds : float
        How much of it, from the start, the other facts are about.
    tempo_bpm : float or None
        Beats per minute; half or double the felt tempo is a common answer.
    key : str or None
        Such as ``"A minor"``.
    key_confidence : float or None
        By how much the key's correlation exceeds the second best key's.
    chroma : tuple of float [length=12]
        Mean over the frames, C first.
    chroma_over_time : tuple of tuple of float [shape=(12, n), n <= 300]
        The same over the analysed stretch, from its start to its end.
    onsets_over_time : tuple of float [length=n, n <= 1500]
        How strongly something begins in each stretch, the strongest 1, from start to end.
    harmonic_share, percussive_share : float or None
        Shares of the energy that lasts and that strikes; they sum to 1.
    """

    seconds: float
    analysed_seconds: float
    tempo_bpm: float | None = None
    key: str | None = None
    key_confidence: float | None = None
    chroma: tuple[float, ...] = (0.0,) * 12
    chroma_over_time: tuple[tuple[float, ...], ...] = ((0.0,),) * 12
    onsets_over_time: tuple[float, ...] = (0.0,)
    harmonic_share: float | None = None
    percussive_share: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the facts as a dictionary that `json.dumps` takes."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "SongFacts":
        """Rebuild the facts from what `to_json` returned; AudioError if one is missing."""
        names = {field.name for field in fields(cls)}
        if not isinstance(values, dict) or set(values) != names:
            raise AudioError(
                _(
                    "these song facts are not those this version writes; it expected {names}. "
                    "Describe the song again."
                ).format(names=", ".join(sorted(names)))
            )
        rows = tuple(tuple(row) for row in values["chroma_over_time"])
        series = {name: tuple(values[name]) for name in ("chroma", "onsets_over_time")}
        return cls(**values | series | {"chroma_over_time": rows})


def describe_song(signal: Signal) -> SongFacts:
    """Measure a song's tempo, key, chroma and balance of harmony and percussion.

    Its first 120 s are analysed, which takes a second or two: call it in a process of
    its own.  What silence or noise does not tell is None.

    References
    ----------
    .. [1] C. L. Krumhansl and E. J. Kessler, "Tracing the dynamic changes in perceived
       tonal organization in a spatial representation of musical keys", Psychological
       Review 89(4), 1982.
    """
    analysed = Signal(signal.samples[: round(MAX_ANALYSED_SECONDS * signal.sr)], signal.sr)
    if analysed.is_silent or analysed.seconds < MIN_SECONDS:
        return SongFacts(signal.seconds, analysed.seconds)
    power = np.square(np.abs(stft(analysed.samples, n_fft=4096, hop_length=1024)))
    chroma = chroma_of(power, sr=analysed.sr).T  # (12, n_frames)
    key, margin = estimate_key(chroma.mean(axis=1))
    harmonic_share = round(_harmonic_share(analysed), 4)
    n_frames = chroma.shape[1]
    starts = np.unique(np.linspace(0, n_frames, MAX_CHROMA_COLUMNS, endpoint=False).astype(int))
    widths = np.diff(starts, append=n_frames)
    columns = np.add.reduceat(chroma, starts, axis=1) / widths  # (12, n_columns)
    onsets, tempo = _onsets(analysed)
    return SongFacts(
        seconds=signal.seconds,
        analysed_seconds=analysed.seconds,
        tempo_bpm=tempo,
        key=key,
        key_confidence=margin,
        chroma=tuple(chroma.mean(axis=1).astype(float).round(4).tolist()),
        chroma_over_time=tuple(tuple(row) for row in columns.astype(float).round(3).tolist()),
        onsets_over_time=_strongest(onsets),
        harmonic_share=harmonic_share,
        percussive_share=round(1 - harmonic_share, 4),
    )


def estimate_key(chroma: np.ndarray) -> tuple[str | None, float | None]:
    """Name the key whose profile correlates best with a mean chroma.

    Parameters
    ----------
    chroma : np.ndarray [shape=(12,)]
        C first.

    Returns
    -------
    key, margin : str and float, or None and None
        How much better it correlates than the second best; None if the chroma
        is flat, or two keys fit alike.

    Examples
    --------
    >>> estimate_key(np.roll(MINOR_PROFILE, 9))[0]
    'A minor'
    """
    if chroma.std() <= MIN_CHROMA_RELIEF * chroma.mean():
        return None, None
    correlations = {
        f"{PITCH_CLASSES[tonic]} {mode}": float(np.corrcoef(np.roll(profile, tonic), chroma)[0, 1])
        for mode, profile in (("major", MAJOR_PROFILE), ("minor", MINOR_PROFILE))
        for tonic in range(12)
    }
    best, second = sorted(correlations, key=correlations.__getitem__, reverse=True)[:2]
    margin = round(correlations[best] - correlations[second], 4)
    return (best, margin) if margin >= MIN_KEY_MARGIN else (None, None)


def _harmonic_share(signal: Signal) -> float:
    magnitude = np.abs(stft(signal.samples, n_fft=2048, hop_length=1024))
    harmonic = harmonic_mask(magnitude)
    lasting = np.square(magnitude * harmonic).sum(dtype=np.float64)
    striking = np.square(magnitude * (1 - harmonic)).sum(dtype=np.float64)
    return float(lasting / (lasting + striking))


def _onsets(signal: Signal) -> tuple[np.ndarray, float | None]:
    """Return the onset strength of each frame, and the tempo in beats per minute."""
    n_fft, hop_length = 2048, 512
    mel = mel_power(signal.samples[np.newaxis], sr=signal.sr, n_fft=n_fft, hop_length=hop_length)
    onsets = onset_strength(mel[0], n_fft=n_fft, hop_length=hop_length)
    tempo = estimate_tempo(onsets, frames_per_second=signal.sr / hop_length)
    return onsets, None if tempo is None else round(tempo, 1)


def _strongest(onsets: np.ndarray) -> tuple[float, ...]:
    """Return the strongest onset of each stretch, in shares of the strongest of all."""
    starts = np.unique(np.linspace(0, len(onsets), MAX_ONSETS, endpoint=False).astype(int))
    peaks = np.maximum.reduceat(onsets, starts)
    return tuple((peaks / max(float(peaks.max()), 1e-9)).astype(float).round(3).tolist())


class FactsJob(TurnJob):
    """A process of low priority that describes a song, one song at a time.

    Parameters
    ----------
    content : bytes
        An audio file's.
    """

    def __init__(self, content: bytes) -> None:
        words = ["describe", "-", "--json"]
        doing = _("describing this song")
        super().__init__(words, content, doing=doing, max_seconds=MAX_JOB_SECONDS)
        self._facts: SongFacts | None = None

    def poll(self) -> SongFacts | None:
        """Return the facts, or None while they are being measured.  Never waits.

        Raises
        ------
        AudioError
            If the process cannot be started, or the song could not be described, took too long,
            or was stopped.
        """
        if self._facts is None and (out := self.poll_output()) is not None:
            try:
                self._facts = SongFacts.from_json(parse_json(out))
            except (ValueError, AudioError) as error:
                raise self.unexpected() from error
        return self._facts


def known_facts(file: Path = paths.SAMPLES / "facts.json") -> dict[str, SongFacts]:
    """Return the facts of the project's own examples, by the digest of their content.

    ``samples/make_facts.py`` writes them.  Nothing is known where the file is not there.
    """
    known = parse_json(file.read_bytes()) if file.exists() else {}
    return {digest: SongFacts.from_json(values) for digest, values in known.items()}
