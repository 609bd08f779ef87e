"""Classical: an Andante in D minor for strings, in four real voices, with oboe and horns."""

from scores.model import Part, Score
from scores.notation import arp, line

VIOLIN_1 = """
D5_:1.5 E5_:.5 F5_:1 A5:1 | G5_:1 F5_:.5 E5_:.5 D5:2 |
D5_:1 F5:1 G5_:1 Bb5:1 | A5_:1 G5_:.5 F5_:.5 E5:2 |
A5_:1 C6!:1 Bb5_:1 G5:1 | G5_:1 Bb5:1 A5_:1 F5:1 |
E5_:.5 F5_:.5 G5_:1 F5_:1 E5:1 | D5:4
"""
# The accompanying eighths of the second violin carry the harmony.
VIOLIN_2 = """
F4:.5 A4 F4 A4 F4 A4 F4 A4 | E4 A4 E4 A4 F4 A4 F4 A4 |
D4 F4 D4 F4 D4 G4 D4 G4 | D4 F4 D4 F4 C#4 E4 C#4 E4 |
D4 A4 D4 A4 D4 Bb4 D4 Bb4 | C4 G4 C4 G4 C4 F4 C4 F4 |
D4 E4 D4 E4 D4:1 C#4 | D4:4
"""
VIOLA = """
A3:4 | A3:4 | Bb3:2 Bb3 | A3:4 | A3:2 G3 | G3:2 A3 | Bb3:2 A3:1 G3 | F3+A3:4
"""
CELLO = """
D3:3 F3:1 | C#3:2 D3:1 C3 | Bb2:2 G2 | A2:3 G2:1 | F#2:2 G2 | E2:2 F2 | G2:2 A2:1 A2 | D2:4
"""
# Pizzicato an octave below the bass, only on the strong beats.
CONTRABASS = """
D2:2 r:2 | C#2:2 D2 | Bb1:2 G1 | A1:2 r:2 | F#1:2 G1 | E1:2 F1 | G1:2 A1:1 A1 | D1:4
"""
OBOE = """
r:4 | r:2 r:1 A5?:.5 G5 | F5_:2 D5:2 | r:2 r:1 C#5_:.5 E5 |
F#5_:2 G5:2 | E5_:2 F5:2 | r:4 | F5_:1 A5_:1 F5:2
"""
HORNS = """
r:4 | r:4 | F3+Bb3:2 G3+D4:2 | A3+D4:2 A3+E4:2 |
A3+D4:2 Bb3+D4 | G3+C4:2 A3+C4 | Bb3+D4:2 A3+D4:1 A3+C#4 | A3+D4:4
"""
HARP = """
D3+F3+A3+D4:4 | C#3+E3+A3+C#4:2 D3+F3+A3+D4 | Bb2+D3+F3+Bb3:2 G2+D3+G3+Bb3 | A2+D3+F3+A3:4 |
F#2+D3+A3+D4:2 G2+D3+G3+Bb3 | E2+C3+G3+C4:2 F2+C3+F3+A3 | G2+D3+E3+Bb3:2 r:2 | D2+A2+D3+F3:4
"""

ARCH = (
    (0, 68), (3, 84), (4, 88), (8, 72), (12, 92), (14, 98), (16, 76),
    (18, 112), (20, 112), (24, 92), (28, 84), (30, 70), (32, 40),
)  # fmt: skip

SCORE = Score(
    genre="classical",
    title="Andante in D minor",
    tempo=74,
    tempo_changes=((26.0, 71.0), (28.0, 67.0), (29.0, 62.0), (30.0, 56.0), (31.0, 52.0)),
    room=0.75,
    rms_db=-17.5,
    tone=(0, -4, -6, 0, -1, 3, -3, -3, -2, -2, -9),
    seed=4,
    parts=(
        Part("violins I", 48, line(VIOLIN_1, 78), volume=84, pan=38, reverb=70, swell=ARCH),
        Part(
            "solo violin", 40, line(VIOLIN_1, 82), volume=92, pan=46, reverb=66, vibrato=22,
            swell=ARCH, timing=0.014,
        ),
        Part(
            "violins II", 48, line(VIOLIN_2, 62, gate=0.98), volume=84, pan=52, reverb=70,
            swell=ARCH, timing=0.012,
        ),
        Part(
            "viola", 41, line(VIOLA, 76, gate=0.99), volume=92, pan=78, reverb=64, vibrato=14,
            swell=ARCH, timing=0.012,
        ),
        Part(
            "cello", 42, line(CELLO, 86, gate=0.98), volume=90, pan=88, reverb=60, vibrato=16,
            swell=ARCH, timing=0.012,
        ),
        Part("contrabass", 45, line(CONTRABASS, 74), volume=72, pan=94, reverb=66),
        Part(
            "oboe", 68, line(OBOE, 70), volume=72, pan=58, reverb=76, vibrato=18, timing=0.014,
        ),
        Part("horns", 60, line(HORNS, 56, gate=0.99), volume=70, pan=30, reverb=84, swell=ARCH),
        Part("harp", 46, arp(HARP, "0123", 58), volume=66, pan=24, reverb=70),
    ),
)  # fmt: skip
