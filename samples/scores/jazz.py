"""Jazz: sixteen bars of medium swing in F for tenor saxophone and rhythm section."""

from scores.model import Part, Score
from scores.notation import comp, drums, line

BASS = """
G2:1 A2 Bb2 B2 | C3 Bb2 G2 E2 | F2 A2 C3 A2 | F#2 A2 C3 D3 |
G2 Bb2 D3 Db3 | C3 E2 G2 Bb2 | A2 C3 E3 Eb3 | D3 C3 A2 F#2 |
Bb2 D3 F3 D3 | Eb3 Db3 Bb2 G2 | A2 G2 E2 C2 | D2 F#2 A2 Ab2 |
G2 Bb2 A2 G2 | C3 C2 E2 G2 | F2 E2 D2 A2 | G2 C2 E2 C2 | F2:3
"""
# Rootless voicings: the bass has the roots, the left hand thirds, sevenths and colours.
PIANO = """
F3+A3+Bb3+D4:4 | E3+A3+Bb3+D4:4 | E3+G3+A3+C4:4 | F#3+Bb3+C4+F4:4 |
F3+A3+Bb3+D4:4 | E3+A3+Bb3+D4:4 | G3+B3+C4+E4:4 | F#3+Bb3+C4+Eb4:4 |
D3+F3+A3+C4:4 | Db3+F3+G3+C4:4 | G3+B3+C4+E4:4 | F#3+C4+Eb4+A4:4 |
F3+A3+Bb3+D4:4 | E3+Bb3+Db4+A4:4 | A3+C4+D4+G4:2 F#3+C4+F4:2 | F3+Bb3+D4:2 E3+Bb3+Db4:2 |
E3+A3+D4+G4:3
"""
# In eighths; a figure of four bars, so that it does not fall alike on every chord.
COMPING = "...6-...|.5....6-|6-.5....|....6..5"
SAX = """
r:.5 D4:.5 F4 A4 C5:1 Bb4:.5 A4 | G4:.5 E4 r:1 Bb4:.5 A4 G4 E4? |
A4^:1.5 C5:.5 E5 C5 A4 G4 | F#4:.5 C5 Eb5 D5 Bb4:1 r:1 |
r:1 Bb4:.5 C5 D5 F5 A5^!:.5 F5 | E5:.5 D5 Db5 Bb4 A4:1 G4:1 |
r:.5 G4 B4 E5 D5:1 C5:.5 B4 | A4:.5 Bb4? C5 Eb5 F#4:1 r:1 |
D5^!:1 r:.5 F5:.5 A5 G5 F5 D5 | Db5:.5 Bb4 G4 F4 C5:1.5 Bb4:.5 |
A4:.5 B4 C5 E5 G5:1 E5:.5 C5 | Eb5:.5 D5 C5 A4 F#4 G4 A4 C5 |
Bb4:1 r:.5 D5:.5 C5 Bb4 A4 G4 | E4:.5 G4 Bb4 Db5 D5? C5 A4 Ab4 |
G4^:1 F4:.5 A4 C5 D5 F5! C5 | D5:.5 Bb4 G4 F4 E4 G4 Bb4 D5 | C5^:3
"""

RIDE = "8..7.58..7.5|"
KIT = {
    "ride": RIDE * 16 + "7",
    "foot": "...7.....7..|" * 16,
    "kick": "4..3..4..3..|" * 7 + "4..3..4..3.7|" + "4..3..4..3..|" * 7 + "4..3.74..3.7|7",
    "snare": (
        "............|.....4......|...........4|.....3..5...|" * 3
        + "............|.....4......|..3..4.....5|.....6..76.7|"
    ),
    "crash": "." * 96 + "4" + "." * 95 + "6",
}

SCORE = Score(
    genre="jazz",
    title="Corner table",
    tempo=144,
    swing=0.645,
    room=0.45,
    rms_db=-17.0,
    tone=(-1, -5, 6, 4, 6, 2, -1, -4, -5, -9, -9),
    seed=32,
    parts=(
        Part("drums", 32, drums(KIT, steps=3, velocity=11), is_drums=True, volume=88, reverb=34),
        Part("double bass", 32, line(BASS, 98, gate=0.96), volume=92, pan=58, reverb=20),
        Part(
            "piano", 0,
            comp(PIANO, COMPING, 10, steps=2),
            volume=104, pan=84, reverb=36, timing=0.012,
        ),
        Part(
            "tenor saxophone", 66, line(SAX, 88, gate=0.97), volume=100, pan=48, reverb=46,
            vibrato=16, timing=0.016, touch=8, lag=0.02,
        ),
    ),
)  # fmt: skip
