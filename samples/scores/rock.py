"""Rock: a riff, a verse and a chorus in A for two overdriven guitars, bass and drums."""

from scores.model import Part, Score
from scores.notation import arp, comp, drums, line

RIFF = """
A2+E3+A3!:.5 A2':.5 C3+G3+C4!:.5 D3+A3+D4:1 A2':.5 G2 A2 |
A2+E3+A3!:.5 A2':.5 G2+D3+G3!:.5 D3+A3+D4:1 C3+G3+C4:.5 D3+A3 C3+G3 |
"""
PUSH = """
D3+A3+D4!:.5 D3+A3 D3+A3 D3+A3 D3+A3! D3+A3 C3+G3 D3+A3 |
G2+D3+G3!:.5 G2+D3 G2+D3 G2+D3 G2+D3! G2+D3 F2+C3 G2+D3 |
"""
CHORUS = """
A2+E3+A3+C#4+E4:4 | G2+D3+G3+B3+G4:4 | D3+A3+D4+F#4:4 | F2+C3+F3+A3:2 G2+D3+G3+B3:2 |
"""
POWER = "A2+E3+A3:4 | G2+D3+G3:4 | D3+A3+D4:4 | F2+C3+F3:2 G2+D3+G3:2 | "
ARPEGGIO = "A3+E4+A4+C#5:4 | G3+D4+G4+B4:4 | D4+F#4+A4+D5:4 | F3+C4+F4+A4:2 G3+D4+G4+B4:2 | "
CHORUS_BASS = "A1+E2:4 | G1+D2:4 | D2+A2:4 | F1+C2:2 G1+D2:2 | "
RIFF_BASS = """
A1!:.5 A1 C2 D2:1 A1:.5 G1 A1 | A1!:.5 A1 G1 D2:1 C2:.5 D2 C2 |
"""
LEAD = """
r:4 | r:4 | r:4 | r:2 E5:.5 G5^ A5:1 |
A5:2 r:1 D5:.5 F5? | G5^:1 F5:.5 D5 C5:1 A4:1 |
E5^!:1.5 C#5:.5 A5^:1 E5:1 | D5:1 B4:.5 D5 G5^:1 B5:1 |
A5^!:1.5 F#5:.5 D5:.5 F#5 A5 D6 | C6^:1 A5:1 B5^:1 D6:1 |
E6^!:2 C#6:.5 A5 E5 A5 | B5:.5 A5 G5 D5 G5:.25 A5 B5 D6 G6:1 |
F#6^!:1.5 D6:.5 A5 D6 F#6:1 | E6^:1 C6:.5 A5 G5:.25 A5 C6 D6 E6:1 | A5^!:3
"""

BEAT = "9... 9... 9.9. 9...|"
KICK = "9... ..9. 9... ..7.|"
SNARE = ".... 9... .... 9...|"
FILL = ".... 9... 8.88 99..|"
KIT = {
    "kick": KICK * 6 + "9... .... 9.9. ..7.|" * 8 + "9",
    "snare": SNARE * 3
    + FILL
    + SNARE
    + ".... 9... 9.9. 9999|"
    + SNARE * 3
    + FILL
    + SNARE * 3
    + "9... 9... 9.99 9999|9",
    "hat": "8.6. 8.6. 8.6. 8.6.|" * 4,
    "floor": "." * 62 + "99" + "8.8. 8.8. 8.8. 8.8.|" * 2,
    "open": "." * 96 + "8... 8... 8... 8...|" * 4,
    "ride": "." * 160 + "8.7. 8.7. 8.7. 8.7.|" * 4,
    "crash": "9" + "." * 63 + "7" + "." * 31 + "9" + "." * 63 + "9" + "." * 63 + "9",
    "crash2": "." * 128 + "7" + "." * 63 + "7",
}
STRUM = "9-7- 8-78 9-78 8-78"

SCORE = Score(
    genre="rock",
    title="Overpass",
    tempo=128,
    room=0.35,
    rms_db=-14.0,
    tone=(-2, -1, 2, 3, 2, 2, 0, -5, -5, -3, -9),
    seed=11,
    parts=(
        Part(
            "drums", 16, drums(KIT, velocity=14), is_drums=True, volume=98, reverb=30,
            timing=0.006,
        ),
        Part(
            "bass", 34,
            line(RIFF_BASS * 2, 104)
            + arp("D2+C2:4 | G1+F1:4", "00000010", 100, start=16)
            + arp(CHORUS_BASS * 2, "00000001", 104, start=24)
            + line("A1!:3", 108, start=56),
            volume=108, reverb=4,
        ),
        Part(
            "left guitar", 29,
            line(RIFF * 2 + PUSH, 98)
            + comp(CHORUS * 2, STRUM, 11.5, start=24, strum=0.012)
            + line("A2+E3+A3+C#4:3", 104, start=56),
            volume=96, pan=14, reverb=16,
        ),
        Part(
            "right guitar", 30,
            line(RIFF * 2 + PUSH, 92)
            + comp(POWER * 2, "9--- ---- 8--- --8-", 11, start=24)
            + line("A2+E3+A3!:3", 100, start=56),
            volume=80, pan=112, reverb=16,
        ),
        Part(
            "clean guitar", 27, arp(ARPEGGIO * 2, "01232123", 88, start=24), volume=74, pan=84,
            reverb=30, chorus=40,
        ),
        Part(
            "organ", 18, line(CHORUS * 2, 66, start=24, gate=0.98, transpose=12), volume=52,
            pan=50, reverb=30,
        ),
        Part(
            "lead guitar", 30, line(LEAD, 100, gate=0.98), volume=92, pan=60, reverb=54,
            vibrato=24, timing=0.012,
        ),
    ),
)  # fmt: skip
