"""How a signal becomes features: the settings alone, without what computes them.

Conventions
-----------
kind
    ``mfcc``: coefficients computed here from the spectrum.  ``musicnn``: values computed by
    a network trained elsewhere on listeners' tags (`genre.audio.musicnn`).

Importing this loads no decoder, so a recipe or a card can be read by whoever needs only that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Literal

from genre.audio.mfcc import N_MELS
from genre.audio.musicnn_network import N_FRAMES, N_PENULTIMATE
from genre.errors import ParameterError
from genre.language import N_, _

FeatureKind = Literal["mfcc", "musicnn"]
ROW_NAMES: dict[FeatureKind, str] = {"mfcc": "MFCC", "musicnn": N_("musicnn value")}
CAVEATS: dict[FeatureKind, str] = {"musicnn": "; musicnn itself may have been trained on them"}
MAX_SEGMENT_SECONDS = 60
_NEWER = N_("Use a newer version of this program.")


class FeatureConfig(ABC):
    """How a signal becomes features, saved with every model: `MfccConfig` or `MusicnnConfig`."""

    __slots__ = ()
    kind: ClassVar[FeatureKind]

    @property
    def row_name(self) -> str:
        """What one value of a frame is called in charts and sentences."""
        return ROW_NAMES[self.kind]

    @property
    def caveat(self) -> str:
        """What to add wherever an accuracy reached with these features is quoted; or empty."""
        return CAVEATS.get(self.kind, "")

    @property
    @abstractmethod
    def sr(self) -> int:
        """Sampling rate in Hz."""

    @property
    @abstractmethod
    def segment_seconds(self) -> float:
        """Length of a segment in seconds."""

    @property
    @abstractmethod
    def n_frames(self) -> int:
        """Frames stored of a segment."""

    @property
    def n_steps(self) -> int:
        """Steps in a segment: how many vectors the network reads."""
        return self.n_frames

    @property
    @abstractmethod
    def frame_values(self) -> int:
        """Values in a stored frame."""

    @property
    def n_values(self) -> int:
        """Values in a step."""
        return self.frame_values

    @property
    @abstractmethod
    def step_seconds(self) -> float:
        """Time from the beginning of one step to that of the next."""

    @property
    def frame_seconds(self) -> float:
        """Time from one frame to the next where those of all segments are drawn in a row."""
        return self.segment_seconds / self.n_frames

    @property
    @abstractmethod
    def frames(self) -> FeatureConfig:
        """The settings of the frames alone: what a feature pack is made with."""

    @property
    def segment_samples(self) -> int:
        """Samples in a segment."""
        return round(self.segment_seconds * self.sr)

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values for JSON."""

    @staticmethod
    def from_dict(values: dict[str, Any]) -> FeatureConfig:
        """Read settings written by `to_dict`; unknown kinds and keys are refused.

        Without ``kind`` they are of MFCCs, as in every file written before there was another.
        """
        settings = dict(values)
        kind = settings.pop("kind", "mfcc")
        made = next((made for made in (MfccConfig, MusicnnConfig) if made.kind == kind), None)
        if made is None:
            refused = _("features of the kind {kind!r} were given, expected mfcc or musicnn.")
            raise ParameterError(f"{refused.format(kind=str(kind)[:40])} {_(_NEWER)}")
        known = sorted(made.__dataclass_fields__)
        if unknown := sorted(set(settings) - set(known)):
            refused = _("unknown feature settings {unknown}; known are {known}.")
            raise ParameterError(f"{refused.format(unknown=unknown, known=known)} {_(_NEWER)}")
        return made(**settings)


@dataclass(frozen=True, slots=True)
class MfccConfig(FeatureConfig):
    """How a signal becomes MFCCs.

    Parameters
    ----------
    sr : int
        Sampling rate in Hz.
    n_mfcc : int
        MFCCs per frame.
    n_fft, hop_length : int
        Samples under a frame and from one frame to the next.
    segment_seconds : float
        Length of a segment in seconds.
    deltas : bool
        Whether each frame also carries the slope of its coefficients.
    texture_frames : int
        Frames summarised into one step (their mean and deviation); 0 or 1 leaves frames as steps.
    level : bool
        Whether recordings are brought to one level (`genre.audio.level.level_mfcc`), so that no
        gain changes what the network reads.
    """

    kind: ClassVar[FeatureKind] = "mfcc"

    sr: int = 22_050
    n_mfcc: int = 13
    n_fft: int = 2048
    hop_length: int = 512
    segment_seconds: float = 3.0
    deltas: bool = False
    texture_frames: int = 0
    level: bool = False

    def __post_init__(self) -> None:
        for name in ("sr", "n_mfcc", "n_fft", "hop_length", "texture_frames"):
            _check_whole(name, getattr(self, name), low=int(name != "texture_frames"))
        if not isinstance(self.segment_seconds, int | float) or not (
            0 < self.segment_seconds <= MAX_SEGMENT_SECONDS
        ):
            raise ParameterError(
                _(
                    "segment_seconds={segment_seconds!r}, expected a number above 0 and up to "
                    "{high}. The course uses 3."
                ).format(segment_seconds=self.segment_seconds, high=MAX_SEGMENT_SECONDS)
            )
        if self.n_mfcc > N_MELS:
            raise ParameterError(
                _("n_mfcc={n} was asked for, there are 1 to {high}. The course uses 13.").format(
                    n=self.n_mfcc, high=N_MELS
                )
            )
        if self.segment_samples < self.n_fft:
            raise ParameterError(
                _(
                    "segment_seconds={segment_seconds} gives {n} samples at sr={sr}, less than one "
                    "frame of n_fft={n_fft}. Use longer segments or a smaller n_fft."
                ).format(n=self.segment_samples, **asdict(self))
            )
        if self.texture_frames > self.n_frames:
            raise ParameterError(
                _(
                    "texture_frames={value} does not fit a segment of {n} frames. Use 0 (off) to "
                    "{n}."
                ).format(value=self.texture_frames, n=self.n_frames)
            )

    @property
    def n_frames(self) -> int:
        """Frames in a segment; each is centred, so the first lies on sample 0."""
        return 1 + self.segment_samples // self.hop_length

    @property
    def n_steps(self) -> int:
        """Steps in a segment: how many vectors the network reads."""
        return self.n_frames // max(1, self.texture_frames)

    @property
    def frame_values(self) -> int:
        """Values in a stored frame."""
        return self.n_mfcc

    @property
    def n_values(self) -> int:
        """Values in a step."""
        per_frame = self.n_mfcc * (2 if self.deltas else 1)
        return per_frame * (2 if self.texture_frames > 1 else 1)

    @property
    def step_seconds(self) -> float:
        """Time from the beginning of one step to that of the next.

        Examples
        --------
        >>> round(MfccConfig(texture_frames=5).step_seconds, 3)
        0.116
        """
        return max(1, self.texture_frames) * self.hop_length / self.sr

    @property
    def frame_seconds(self) -> float:
        """Time from one frame to the next."""
        return self.hop_length / self.sr

    @property
    def frames(self) -> MfccConfig:
        """The settings of the frames alone: what a feature pack is made with."""
        return replace(self, deltas=False, texture_frames=0, level=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values for JSON, without what is as it always was."""
        settings = asdict(self)
        return settings if self.level else {k: v for k, v in settings.items() if k != "level"}


@dataclass(frozen=True, slots=True)
class MusicnnConfig(FeatureConfig):
    """How a signal becomes values of MSD-musicnn.

    A stored frame is a step: what the network's penultimate layer gives for a window of its
    frames instead of for the whole segment.  Windows overlap where the hop is shorter.

    Parameters
    ----------
    window_frames : int
        Frames of 16 ms in a window, 1 to 187; 187 are a whole segment.
    hop_frames : int
        Frames from one window to the next, 1 to 187.

    Examples
    --------
    >>> MusicnnConfig().n_steps, MusicnnConfig(window_frames=187).n_steps
    (7, 1)
    """

    kind: ClassVar[FeatureKind] = "musicnn"
    sr: ClassVar[int] = 16_000  # the network's own, so no setting
    segment_seconds: ClassVar[float] = 3.0
    hop_length: ClassVar[int] = 256
    """Samples from one of its frames to the next."""

    window_frames: int = 60
    hop_frames: int = 20

    def __post_init__(self) -> None:
        for name in ("window_frames", "hop_frames"):
            _check_whole(name, getattr(self, name), low=1, high=N_FRAMES)

    @property
    def n_frames(self) -> int:
        """Windows in a segment."""
        return 1 + (N_FRAMES - self.window_frames) // self.hop_frames

    @property
    def frame_values(self) -> int:
        """Values of the penultimate layer."""
        return N_PENULTIMATE

    @property
    def step_seconds(self) -> float:
        """Time from the beginning of one window to that of the next."""
        return self.hop_frames * self.hop_length / self.sr

    @property
    def frames(self) -> MusicnnConfig:
        """These settings: what is stored is what the network reads."""
        return self

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values for JSON."""
        return {"kind": self.kind, **asdict(self)}


def _check_whole(name: str, value: object, *, low: int, high: int | None = None) -> None:
    """Raise unless a setting is a whole number in its range."""
    if type(value) is not int or value < low or (high is not None and value > high):
        bounded = _("{name}={value!r}, expected a whole number from {low} to {high}.")
        expected = (
            bounded if high else _("{name}={value!r}, expected a whole number from {low} up.")
        )
        raise ParameterError(expected.format(name=name, value=value, low=low, high=high))
