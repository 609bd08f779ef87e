"""Reggae: one drop in A minor with an off-beat skank, bubbling organ and deep bass."""

from scores.model import Part, Score
from scores.notation import comp, drums, line

CHORDS = """
C4+E4+A4:4 | B3+D4+G4:4 | C4+E4+A4:4 | B3+D4+G4:2 B3+E4+G4:2 |
A3+D4+F4:4 | C4+E4+A4:4 | A3+D4+F4:4 | B3+E4+G4:4
"""
# The bass leaves room on the first beat of every other bar.
BASS = """
A1!:.75 C2:.25 E2:.5 r:.5 A1:.5 G1 A1 C2 | r:.5 G1:.5 B1 D2 r:.5 D2 B1 G1 |
A1!:.75 C2:.25 E2:.5 r:.5 A1:.5 G1 A1 C2 | r:.5 G1:.5 B1 D2 r:.5 E2 D2 B1 |
r:.5 D2:.5 F2 A2 r:.5 A2:.5 F2 D2 | A1!:.75 C2:.25 E2:.5 r:.5 E2:.5 D2 C2 A1 |
r:.5 D2:.5 F2 A2 r:.5 A2:.5 F2 D2 | E2!:.75 E2:.25 G2:.5 r:.5 B1:.5 D2 E2 G1 | A1!:2
"""
MELODICA = """
r:4 | r:4 | r:.5 E5:.5 G5 A5 C6^:1 A5:.5 G5 | B5^:.5 A5 G5 D5 E5:1.5 r:.5 |
r:4 | r:1 E5:.25 G5 A5:.5 C6:.5 B5 A5 G5 | F5^:1 D5:.5 F5 A5:1 G5:.5 F5 | E5:2 r:2 | A5:2
"""
HORNS = """
E4+A4+C5':.5 r:.5 E4+A4+C5':.25 r:.25 E4+G4+B4:.5 E4+A4+C5:1 r:1 | r:2.5 D4+G4+B4':.5 D4+G4+B4:1 |
r:4 | r:4 |
F4+A4+D5':.5 r:.5 F4+A4+D5':.25 r:.25 E4+G4+C5:.5 F4+A4+D5:1 r:1 | r:4 |
F4+A4+D5':.5 r:.5 F4+A4+D5':.25 r:.25 E4+G4+C5:.5 F4+A4+D5:1 r:1 |
r:.5 E4+G4+B4':.5 r:.5 E4+G4+B4':.5 E4+G#4+D5!:2 | E4+A4+C5!:1
"""

HAT = "7.4. 6.45 7.4. 6.4.|"
DROP = ".... 9... .... 9...|"
KIT = {
    "kick": DROP * 8 + "9",
    "rim": ".... 8... .... 8..4|" * 3
    + ".... 8..5 .... ....|"
    + ".... 8... .... 8..4|" * 3
    + ".... 8..5 .... ....|",
    "snare": "." * 56 + "9.6. 77.8" + "." * 56 + "9.77 7788",
    "hat": HAT * 8,
    "open": ("." * 30 + "5.") * 4,
    "timbale": "." * 60 + "7.68" + "." * 60 + "..78",
    "shaker": "3.4. 3.4. 3.4. 3.4.|" * 8,
    "crash": "6" + "." * 63 + "6" + "." * 63 + "7",
}

SCORE = Score(
    genre="reggae",
    title="Hill Road, noon",
    tempo=80,
    swing=0.56,
    swing_unit=0.5,
    room=0.6,
    rms_db=-16.0,
    tone=(4, 1, -4, -1, 0, 1, 0, -6, -3, -5, -9),
    seed=45,
    parts=(
        Part("drums", 8, drums(KIT, velocity=13), is_drums=True, volume=88, reverb=36),
        Part("bass", 33, line(BASS, 108, gate=0.85), volume=127, reverb=2, lag=0.012),
        Part(
            "skank guitar", 27, comp(CHORDS, "..8...8...8...8.", 12, strum=0.008), volume=70,
            pan=34, reverb=40, timing=0.005,
        ),
        Part(
            "skank piano", 0, comp(CHORDS, "..7...7...7...7.", 11), volume=52, pan=88, reverb=30,
            timing=0.006,
        ),
        # The bubble: left hand around the skank, right hand with it.
        Part(
            "organ", 16, comp(CHORDS, ".46. .46. .46. .46.", 11) + line("C4+E4+A4:2", 70, start=32),
            volume=44, pan=100, reverb=34, chorus=40, timing=0.005,
        ),
        Part("horns", 61, line(HORNS, 96), volume=86, pan=46, reverb=50, timing=0.012),
        Part("trombone", 57, line(HORNS, 88, transpose=-12), volume=62, pan=40, reverb=50),
        Part(
            "melodica", 22, line(MELODICA, 84), volume=80, pan=72, reverb=84, vibrato=20,
            timing=0.014, lag=0.014,
        ),
    ),
)  # fmt: skip
