"""Disco: four on the floor in A minor, octave bass, funk guitar, strings and brass."""

from scores.model import Part, Score
from scores.notation import arp, comp, drums, line

CHORDS = """
C4+E4+G4+A4:4 | C4+E4+F#4+A4:4 | C4+E4+F4+A4:4 | B3+D4+E4+G#4:4 |
C4+E4+G4+A4:4 | C4+E4+F#4+A4:4 | C4+E4+F4+A4:4 | B3+D4+E4+G#4:4 |
C4+D4+F4+A4:4 | B3+D4+F4+G4:4 | B3+C4+E4+G4:4 | B3+D4+E4+G#4:4
"""
BASS = """
A1+A2+C3+G2:4 | D2+D3+F#2+A2:4 | F1+F2+A2+C3:4 | E1+E2+G#2+D3:4 |
A1+A2+C3+G2:4 | D2+D3+F#2+A2:4 | F1+F2+A2+C3:4 | E1+E2+G#2+D3:4 |
D2+D3+F2+A2:4 | G1+G2+B2+D3:4 | C2+C3+E2+G2:4 | E1+E2+G#2+D3:4
"""
STRINGS = """
E5:1.5 D5:.5 C5:.5 A4:1.5 | F#5:1.5 E5:.5 D5:.5 C5:1.5 | r:.5 C5 E5 F5 A5:1.5 G5:.5 |
G#5:1 E5:1 F5:.25 F#5 G5 G#5 A5 B5 C6 D6 |
E6!:1.5 D6:.5 C6:.5 A5:1.5 | F#6:1.5 E6:.5 D6:.5 C6:1.5 | r:.5 A5 C6 E6 F6:1 E6:.5 C6 |
B5:2 E5:.25 G#5 B5 D6 E6:1 |
F6!:1.5 E6:.5 D6:1 A5 | D6:1.5 C6:.5 B5:1 G5 | E6:1.5 D6:.5 C6:.5 B5 G5:1 |
G#5:.5 B5 D6 E6 E5:.25 F5 F#5 G5 G#5 A5 B5 D6 | A5+C6+E6!:1
"""
BRASS = """
r:4 | r:4 | r:4 | r:2 r:.5 E4+G#4+D5'!:.5 r:.5 E4+G#4+D5'!:.5 |
r:.5 A4+C5+E5'!:.5 r:3 | r:.5 A4+C5+F#5'!:.5 r:1 A4+C5+F#5':.5 r:1.5 |
r:.5 A4+C5+F5'!:.5 r:3 | r:.5 G#4+D5'!:.5 r:.5 G#4+D5':.5 B4+E5!:2 |
A4+D5+F5!:1 r:.5 A4+D5+F5':.5 r:2 | G4+B4+F5!:1 r:.5 G4+B4+F5':.5 r:2 |
G4+C5+E5!:1 r:.5 G4+C5+E5':.5 r:2 | G#4+D5+E5':.5 r G#4+D5+E5' r G#4+D5+E5!:2 |
A4+C5+E5!:1
"""
CLAV = "A3+C4:4 | A3+C4:4 | A3+C4:4 | G#3+B3:4 "

KIT = {
    "kick": "9... 9... 9... 9...|" * 12 + "9",
    "snare": (".... 8... .... 8...|" * 3 + ".... 8... .... 8.68|") * 3 + ".",
    "clap": ".... 7... .... 7...|" * 12,
    "open": "..8. ..8. ..8. ..8.|" * 12,
    "hat": "6..5 6..5 6..5 6..5|" * 12,
    "tambourine": "4343 4343 4343 4343|" * 12,
    "conga": "..5. ..65 ..5. .6..|" * 12,
    "tumba": ".... .... 5... ...6|" * 12,
    "crash": "7" + "." * 63 + "7" + "." * 63 + "7" + "." * 63 + "9",
}

SCORE = Score(
    genre="disco",
    title="Mirrorball, side B",
    tempo=125,
    room=0.3,
    rms_db=-14.5,
    tone=(1, 4, -1, -2, -2, -2, 3, 1, 2, 0, 0),
    seed=77,
    parts=(
        Part(
            "drums", 8, drums(KIT, velocity=13), is_drums=True, volume=76, reverb=20,
            timing=0.004,
        ),
        Part(
            "bass", 33,
            arp(BASS, "0.10 0.10 0.10 3.1.", 100, steps=4, gate=0.8)
            + line("A1!:1", 104, start=48),
            volume=112, reverb=4, timing=0.004,
        ),
        Part(
            "funk guitar", 27, comp(CHORDS, "4.4.75.47.4.7.45", 11, strum=0.008),
            volume=40, pan=100, reverb=16, chorus=20, timing=0.004,
        ),
        Part(
            "muted guitar", 28, arp(CLAV * 3, "0.00 1.00 .010 1.0.", 84, steps=4, gate=0.5),
            volume=120, pan=26, reverb=12, timing=0.004,
        ),
        Part(
            "electric piano", 4,
            comp(CHORDS, "7---..6-..5---..", 10) + line("A3+C4+E4+G4:1", 90, start=48),
            volume=60, pan=50, reverb=24, chorus=40,
        ),
        Part("strings", 48, line(STRINGS, 92), volume=58, pan=70, reverb=56, timing=0.01),
        Part(
            "low strings", 49, line(STRINGS, 74, transpose=-12), volume=86, pan=46, reverb=56,
            timing=0.012,
        ),
        Part("brass", 61, line(BRASS, 96), volume=106, pan=36, reverb=36, timing=0.008),
    ),
)  # fmt: skip
