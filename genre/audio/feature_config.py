"""How a signal becomes features: the settings alone, without what computes them.

Importing this loads no decoder, so a recipe or a card can be read alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from genre.audio.mfcc import N_MELS
from genre.errors import ParameterError

MAX_SEGMENT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class FeatureConfig:
    """How a signal becomes features; saved with every model trained on them.

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
    """

    sr: int = 22_050
    n_mfcc: int = 13
    n_fft: int = 2048
    hop_length: int = 512
    segment_seconds: float = 3.0
    deltas: bool = False
    texture_frames: int = 0

    def __post_init__(self) -> None:
        for name in ("sr", "n_mfcc", "n_fft", "hop_length", "texture_frames"):
            value, least = getattr(self, name), int(name != "texture_frames")
            if not isinstance(value, int) or value < least:
                raise ParameterError(f"{name}={value!r}, expected a whole number from {least} up.")
        if not isinstance(self.segment_seconds, int | float) or not (
            0 < self.segment_seconds <= MAX_SEGMENT_SECONDS
        ):
            raise ParameterError(
                f"segment_seconds={self.segment_seconds!r}, expected a number above 0 and up to "
                f"{MAX_SEGMENT_SECONDS}. The course uses 3."
            )
        if self.n_mfcc > N_MELS:
            raise ParameterError(
                f"n_mfcc={self.n_mfcc} was asked for, there are 1 to {N_MELS} coefficients. "
                "The course uses 13."
            )
        if self.segment_samples < self.n_fft:
            raise ParameterError(
                f"segment_seconds={self.segment_seconds} gives {self.segment_samples} samples "
                f"at sr={self.sr}, less than one frame of n_fft={self.n_fft}. "
                "Use longer segments or a smaller n_fft."
            )
        if self.texture_frames > self.n_frames:
            raise ParameterError(
                f"texture_frames={self.texture_frames} does not fit a segment of "
                f"{self.n_frames} frames. Use 0 (off) to {self.n_frames}."
            )

    @property
    def segment_samples(self) -> int:
        """Samples in a segment."""
        return round(self.segment_seconds * self.sr)

    @property
    def n_frames(self) -> int:
        """Frames in a segment; each is centred, so the first lies on sample 0."""
        return 1 + self.segment_samples // self.hop_length

    @property
    def n_steps(self) -> int:
        """Steps in a segment: how many vectors the network reads."""
        return self.n_frames // max(1, self.texture_frames)

    @property
    def n_values(self) -> int:
        """Values in a step."""
        per_frame = self.n_mfcc * (2 if self.deltas else 1)
        return per_frame * (2 if self.texture_frames > 1 else 1)

    @property
    def frames(self) -> FeatureConfig:
        """The settings of the frames alone: what a feature pack is made with."""
        return replace(self, deltas=False, texture_frames=0)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> FeatureConfig:
        """Read settings written by `to_dict`; unknown keys are refused."""
        unknown = set(values) - {name for name in cls.__dataclass_fields__}
        if unknown:
            raise ParameterError(
                f"unknown feature settings {sorted(unknown)}; known are "
                f"{sorted(cls.__dataclass_fields__)}. Use a newer version of this program."
            )
        return cls(**values)
