"""Write a Standard MIDI File (format 1) with nothing but the standard library.

Only what the scores need is here: tempo changes, notes, controllers, programs
and pitch bends.  A track is a list of (tick, order, bytes) events; `order` says
which of two events at the same tick goes first.
"""

from __future__ import annotations

import struct

TICKS_PER_BEAT = 480
BEND_RANGE = 12
"""Semitones a full pitch bend covers, once `bend_range_events` has been sent."""

Event = tuple[int, int, bytes]

SETUP, NOTE_OFF, CONTROL, NOTE_ON = range(4)
"""Orders: an ending note must not cut off the one that starts on the same tick."""


def variable_length(value: int) -> bytes:
    """Encode a number as MIDI does: 7 bits a byte, all but the last with bit 7 set."""
    if not 0 <= value < 1 << 28:
        raise ValueError(f"{value} does not fit a MIDI variable-length quantity.")
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(value & 0x7F | 0x80)
    return bytes(reversed(groups))


def _data(value: float) -> int:
    """Round into the 0-127 that a MIDI data byte can hold."""
    return max(0, min(127, round(value)))


def tempo_event(tick: int, beats_per_minute: float) -> Event:
    """Set the tempo, which the file stores as microseconds per beat."""
    microseconds = round(60_000_000 / beats_per_minute)
    return tick, SETUP, b"\xff\x51\x03" + microseconds.to_bytes(3, "big")


def name_event(name: str) -> Event:
    """Name a track."""
    text = name.encode("ascii")
    return 0, SETUP, b"\xff\x03" + variable_length(len(text)) + text


def program_event(channel: int, program: int) -> Event:
    """Choose the instrument of a channel (counted from 0)."""
    return 0, SETUP, bytes([0xC0 | channel, program])


def control_event(tick: int, channel: int, controller: int, value: float) -> Event:
    """Move a controller, such as 7 (volume), 10 (pan) or 11 (expression)."""
    order = CONTROL if tick else SETUP
    return tick, order, bytes([0xB0 | channel, controller, _data(value)])


def bend_range_events(channel: int) -> list[Event]:
    """Widen the pitch bend to `BEND_RANGE` semitones (registered parameter 0)."""
    return [control_event(0, channel, *pair) for pair in ((101, 0), (100, 0), (6, BEND_RANGE))]


def bend_event(tick: int, channel: int, semitones: float) -> Event:
    """Bend the whole channel by this many semitones."""
    value = max(0, min(16383, round(8192 + 8192 * semitones / BEND_RANGE)))
    return tick, CONTROL, bytes([0xE0 | channel, value & 0x7F, value >> 7])


def note_events(start: int, end: int, channel: int, pitch: int, velocity: float) -> list[Event]:
    """Start and end one note; velocity 0 would mean an ending, so 1 is the least."""
    on = bytes([0x90 | channel, pitch, max(1, _data(velocity))])
    off = bytes([0x80 | channel, pitch, 0])
    return [(start, NOTE_ON, on), (max(end, start + 1), NOTE_OFF, off)]


def _track_chunk(events: list[Event]) -> bytes:
    body = bytearray()
    now = 0
    # The sort is stable, so events of one tick and order stay as they were written.
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        body += variable_length(tick - now) + message
        now = tick
    body += b"\x00\xff\x2f\x00"
    return b"MTrk" + struct.pack(">I", len(body)) + bytes(body)


def midi_file(tracks: list[list[Event]]) -> bytes:
    """Put tracks together into the bytes of a file; the first should hold the tempo."""
    header = b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), TICKS_PER_BEAT)
    return header + b"".join(_track_chunk(track) for track in tracks)
