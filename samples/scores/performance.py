"""Play a score: swing it, make it human, and write it down as MIDI."""

from __future__ import annotations

import numpy as np

from scores import midi
from scores.model import DRUM_CHANNEL, Note, Part, Score

SCOOP_BEATS = 0.22
"""How long a slide into a note takes."""

_VIBRATO, _VOLUME, _PAN, _EXPRESSION, _REVERB, _CHORUS = 1, 7, 10, 11, 91, 93


def swung(beat: float, swing: float, unit: float) -> float:
    """Move a straight time into swing: the middle of each unit goes to `swing`."""
    whole, part = divmod(beat / unit, 1.0)
    bent = 2 * part * swing if part < 0.5 else swing + (2 * part - 1) * (1 - swing)
    return (whole + bent) * unit


def _ticks(beats: float) -> int:
    return max(0, round(beats * midi.TICKS_PER_BEAT))


def _humanised(part: Part, score: Score, rng: np.random.Generator) -> list[Note]:
    """Give every note its swing and a small error of the hand, in order of time."""
    per_second = score.tempo / 60
    played = []
    for note in sorted(part.notes, key=lambda note: (note.start, note.pitch)):
        start = swung(note.start, score.swing, score.swing_unit)
        end = swung(note.start + note.length, score.swing, score.swing_unit)
        # Errors beyond two deviations sound like mistakes rather than like a player.
        error = np.clip(rng.normal(0.0, part.timing), -2 * part.timing, 2 * part.timing)
        shift = (float(error) + part.lag) * per_second
        force = round(note.velocity + float(rng.normal(0.0, part.touch)))
        onset = max(0.0, start + shift)
        played.append(Note(onset, max(0.03, end - start), note.pitch, force, note.scoop))
    return played


def _note_events(notes: list[Note], channel: int) -> list[midi.Event]:
    """Write notes; one that would still sound at the next of its pitch is cut short."""
    events = []
    next_start: dict[int, float] = {}
    for note in sorted(notes, key=lambda note: note.start, reverse=True):
        end = min(note.start + note.length, next_start.get(note.pitch, np.inf))
        next_start[note.pitch] = note.start
        events += midi.note_events(
            _ticks(note.start), _ticks(end), channel, note.pitch, note.velocity
        )
        if note.scoop:
            for step in range(9):
                tick = _ticks(note.start + SCOOP_BEATS * step / 8)
                events.append(midi.bend_event(tick, channel, note.scoop * (step / 8 - 1)))
    return events


def _swell_events(part: Part, channel: int) -> list[midi.Event]:
    if not part.swell:
        return []
    beats, values = zip(*part.swell, strict=True)
    steps = np.arange(beats[0], beats[-1] + 0.125, 0.125)
    curve = np.interp(steps, beats, values)
    return [
        midi.control_event(_ticks(float(step)), channel, _EXPRESSION, float(value))
        for step, value in zip(steps, curve, strict=True)
    ]


def _part_track(
    part: Part, score: Score, channel: int, rng: np.random.Generator
) -> list[midi.Event]:
    controls = {
        0: part.bank,
        _VOLUME: part.volume,
        _PAN: part.pan,
        _REVERB: part.reverb,
        _CHORUS: part.chorus,
        _VIBRATO: part.vibrato,
    }
    events = [midi.name_event(part.name)]
    # The bank has to come before the program: it only takes effect with the latter.
    events += [midi.control_event(0, channel, *pair) for pair in controls.items()]
    events.append(midi.program_event(channel, part.program))
    events += midi.bend_range_events(channel)
    events += _swell_events(part, channel)
    return events + _note_events(_humanised(part, score, rng), channel)


def perform(score: Score) -> bytes:
    """Play the score with the random numbers of its seed; return a MIDI file."""
    rng = np.random.default_rng(score.seed)
    channels = iter(channel for channel in range(16) if channel != DRUM_CHANNEL)
    tempi = ((0.0, score.tempo), *score.tempo_changes)
    tracks = [[midi.tempo_event(_ticks(beat), tempo) for beat, tempo in tempi]]
    for part in score.parts:
        channel = DRUM_CHANNEL if part.is_drums else next(channels)
        tracks.append(_part_track(part, score, channel, rng))
    return midi.midi_file(tracks)
