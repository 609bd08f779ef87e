"""Recordings changed at random: read or refused with a sentence, and nothing else."""

import random

import pytest

from genre.audio.load import load_audio
from genre.errors import AudioError
from tests.support.recordings import KINDS, m4a_that_claims, matroska, recording, wav_of

EXTREMES = [
    bytes(4),
    b"\xff" * 4,
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\1\0\0\0",
    b"\0\0\0\1",
]
OTHERS = {
    "tiny packets": lambda: matroska(b"\0\0", 500),
    "64 bit": lambda: wav_of(64),
    "absurd table": lambda: m4a_that_claims(1_000),
    "chained": lambda: recording("ogg", 0.3) + recording("opus", 0.3),
}


def mutated(content, rng):
    """Change a few places of a file, most of them in its header."""
    changed = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 4, 8])):
        place = rng.randrange(min(len(changed), rng.choice([64, 256, 1_024, len(changed)])))
        kind = rng.choice(["byte", "byte", "extreme", "extreme", "cut", "insert", "repeat", "end"])
        if kind == "byte":
            changed[place] = rng.randrange(256)
        elif kind == "extreme":
            value = rng.choice(EXTREMES)
            changed[place : place + len(value)] = value
        elif kind == "cut":
            del changed[max(1, place) : place + rng.choice([1, 4, 100])]
        elif kind == "insert":
            changed[place:place] = rng.randbytes(rng.choice([1, 4, 100]))
        elif kind == "repeat":
            changed[place:place] = changed[place : place + 100] * rng.choice([1, 20])
        else:
            del changed[max(1, place) :]
    return bytes(changed)


@pytest.mark.slow
@pytest.mark.filterwarnings("error")  # an exception that is lost in a decoder is one
@pytest.mark.parametrize("kind", [*KINDS, *OTHERS])
def test_mutated_recording_is_read_or_refused(kind):
    content = OTHERS[kind]() if kind in OTHERS else recording(kind, 0.5, noise=0.05)
    rng = random.Random(kind)
    outcomes = []

    for _ in range(100):
        try:
            outcomes.append(load_audio(mutated(content, rng)).seconds <= 1_200)
        except AudioError as error:
            outcomes.append(str(error).endswith("."))

    assert outcomes == [True] * 100
