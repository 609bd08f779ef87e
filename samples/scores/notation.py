"""The small text notation the scores are written in.

Lines and chords
    Tokens such as ``E4:1.5 G#4:.5 r:1 A3+C4+E4:2``: pitches joined by ``+`` (or
    ``r`` for a rest), then the length in beats, which stays the same until it is
    given again.  Marks between the two: ``!`` accent, ``?`` soft, ``'`` short,
    ``_`` slurred into the next note, ``^`` slid into from a whole tone below.
    ``|`` is a bar line and is checked: a bar of the wrong length is an error.
Grids
    One character a step: ``1`` to ``9`` is a stroke of that strength, ``.`` is
    silence and ``-`` lets the last stroke ring.  Spaces and ``|`` are for the eye.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scores.model import Note

BEND = 2.0
"""Semitones below a note marked ``^`` at which it begins."""

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_TOKEN = re.compile(r"(r|[A-G][#b]?\d(?:\+[A-G][#b]?\d)*)([!?'_^]*)(?::([\d.]+))?")

DRUMS = {
    "kick": 36, "rim": 37, "snare": 38, "clap": 39, "hat": 42, "foot": 44, "open": 46,
    "floor": 41, "low": 45, "mid": 47, "high": 50, "crash": 49, "crash2": 57, "ride": 51,
    "bell": 53, "china": 52, "tambourine": 54, "splash": 55, "cowbell": 56, "conga": 63,
    "tumba": 64, "muted_conga": 62, "shaker": 82, "scratch": 29, "pull": 30, "timbale": 65,
}  # fmt: skip
"""General MIDI (and, for scratch and shaker, GS) percussion keys by name."""


def pitch_number(name: str) -> int:
    """MIDI number of a pitch name; C4 is 60."""
    accidental = name.count("#") - name.count("b")
    return 12 * (int(name[-1]) + 1) + _STEPS[name[0]] + accidental


def _tokens(text: str, bar: float) -> list[tuple[float, float, tuple[int, ...], str]]:
    """Read a line into (start, length, pitches, marks), rests left out."""
    found = []
    now, length = 0.0, 1.0
    for word in text.split():
        if word == "|":
            if abs(now / bar - round(now / bar)) > 1e-6:
                raise ValueError(f"A bar line at beat {now:g} is out of place in: {text}")
            continue
        match = _TOKEN.fullmatch(word)
        if match is None:
            raise ValueError(f"Not a note: {word}")
        names, marks, beats = match.groups()
        length = float(beats) if beats else length
        if names != "r":
            pitches = tuple(pitch_number(name) for name in names.split("+"))
            found.append((now, length, pitches, marks))
        now += length
    return found


def line(
    text: str,
    velocity: int = 88,
    *,
    start: float = 0.0,
    bar: float = 4.0,
    gate: float = 0.92,
    transpose: int = 0,
) -> tuple[Note, ...]:
    """Play a melody, or chords one after the other, beginning at beat `start`."""
    notes = []
    for begin, length, pitches, marks in _tokens(text, bar):
        share = 0.45 if "'" in marks else 1.03 if "_" in marks else gate
        force = velocity + 16 * marks.count("!") - 22 * marks.count("?")
        scoop = BEND if "^" in marks else 0.0
        notes += [
            Note(start + begin, length * share, pitch + transpose, force, scoop)
            for pitch in pitches
        ]
    return tuple(notes)


def _grid(pattern: str, steps_per_bar: float = 0) -> str:
    """Strip a grid to its steps; with `steps_per_bar`, its bar lines are checked."""
    bare = re.sub(r"\s", "", pattern)
    passed = 0
    for bar in bare.split("|")[:-1]:
        passed += len(bar)
        if steps_per_bar and passed % steps_per_bar:
            raise ValueError(f"A bar line at step {passed} is out of place in: {pattern}")
    return bare.replace("|", "")


def drums(
    rows: Mapping[str, str], *, steps: int = 4, velocity: float = 13.5, bar: float = 4.0
) -> tuple[Note, ...]:
    """Play a drum grid of `steps` to the beat; `velocity` is that of strength 1."""
    return tuple(
        Note(step / steps, 0.25, DRUMS[name], round(int(mark) * velocity))
        for name, pattern in rows.items()
        for step, mark in enumerate(_grid(pattern, bar * steps))
        if mark.isdigit()
    )


def _strokes(
    chords: str, pattern: str, steps: int, bar: float
) -> Iterator[tuple[int, int, tuple[int, ...], int]]:
    """Lay a repeating grid over chords: (step, steps it rings, pitches, digit)."""
    grid = _grid(pattern)
    for begin, length, pitches, _ in _tokens(chords, bar):
        first, last = round(begin * steps), round((begin + length) * steps)
        for step in range(first, last):
            mark = grid[step % len(grid)]
            if not mark.isdigit():
                continue
            end = step + 1
            while end < last and grid[end % len(grid)] == "-":
                end += 1
            yield step, end - step, pitches, int(mark)


def comp(
    chords: str,
    rhythm: str,
    velocity: float = 11.0,
    *,
    steps: int = 4,
    start: float = 0.0,
    bar: float = 4.0,
    strum: float = 0.0,
) -> tuple[Note, ...]:
    """Strike the chords in a rhythm grid, which repeats for as long as they last.

    `strum` is the time between two strings, in beats; strokes on an odd step go up.
    """
    notes = []
    for step, ring, pitches, mark in _strokes(chords, rhythm, steps, bar):
        for string, pitch in enumerate(pitches if step % 2 == 0 else pitches[::-1]):
            delay = string * strum
            held = max(0.05, 0.95 * ring / steps - delay)
            notes.append(Note(start + step / steps + delay, held, pitch, round(mark * velocity)))
    return tuple(notes)


def arp(
    chords: str,
    pattern: str,
    velocity: int = 80,
    *,
    steps: int = 2,
    start: float = 0.0,
    bar: float = 4.0,
    gate: float = 0.9,
) -> tuple[Note, ...]:
    """Break the chords: each digit of the grid names the chord tone to play (0 first)."""
    return tuple(
        # The first note of a bar leads, as a player's hand would have it.
        Note(
            start + step / steps,
            gate * ring / steps,
            pitches[mark],
            velocity + (8 if step % (bar * steps) == 0 else 0),
        )
        for step, ring, pitches, mark in _strokes(chords, pattern, steps, bar)
    )
