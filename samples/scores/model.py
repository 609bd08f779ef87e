"""What a score is: plain data, with no idea of how it will be rendered."""

from __future__ import annotations

from dataclasses import dataclass

DRUM_CHANNEL = 9
"""The channel that General MIDI keeps for percussion (its tenth)."""

TONE_HERTZ = (63, 125, 250, 500, 750, 1100, 1700, 2500, 4000, 6000, 9000)
"""The bands of the equalizer, closest where the ear is keenest."""


@dataclass(frozen=True)
class Note:
    """One note; times are in beats (quarter notes) from the start of the piece."""

    start: float
    length: float
    pitch: int
    velocity: int
    scoop: float = 0.0
    """Semitones below the pitch at which the note begins before it slides up."""


@dataclass(frozen=True)
class Part:
    """One player: an instrument, where it stands on the stage, and its notes.

    `program` counts from 0 as in the MIDI bytes.  `bank` chooses one of the
    variations of the GS set, which the FluidR3 soundfont has a few of.
    """

    name: str
    program: int
    notes: tuple[Note, ...]
    bank: int = 0
    is_drums: bool = False
    volume: int = 96
    pan: int = 64
    reverb: int = 30
    chorus: int = 0
    vibrato: int = 0
    swell: tuple[tuple[float, int], ...] = ()
    """(beat, expression 0-127) points, joined by straight lines: crescendos."""
    timing: float = 0.007
    """Standard deviation of the onset times, in seconds."""
    touch: float = 5.0
    """Standard deviation of the velocities."""
    lag: float = 0.0
    """Seconds behind the beat (negative: ahead of it)."""


@dataclass(frozen=True)
class Score:
    """One piece, with the few mixing decisions that belong to its genre."""

    genre: str
    title: str
    tempo: float
    parts: tuple[Part, ...]
    beats_per_bar: int = 4
    swing: float = 0.5
    """Where in `swing_unit` its second half falls: 0.5 is straight, 0.667 a shuffle."""
    swing_unit: float = 1.0
    tempo_changes: tuple[tuple[float, float], ...] = ()
    """(beat, beats per minute) pairs after the first tempo."""
    room: float = 0.4
    """Size of the reverb room, 0 to 1."""
    rms_db: float = -16.0
    """Loudness of the mono sum to aim for, as a root mean square in dBFS."""
    tone: tuple[float, ...] = (0.0,) * len(TONE_HERTZ)
    """Graphic equalizer over the whole mix: decibels at `TONE_HERTZ`."""
    seed: int = 1
