"""Pop: a verse and a chorus in C with synth plucks, pads, claps and a sung-like lead."""

from scores.model import Part, Score
from scores.notation import arp, comp, drums, line

VERSE = "A3+C4+E4+G4:4 | F3+A3+C4+E4:4 | C4+E4+G4+B4:4 | G3+B3+D4+G4:4 | "
CHORUS = "F3+A3+C4+F4:4 | G3+B3+D4+G4:4 | A3+C4+E4+A4:4 | C4+E4+G4+C5:2 G3+B3+D4+G4:2 | "
CHORDS = VERSE + CHORUS + CHORUS
ROOTS = "A1+A2:4 | F1+F2:4 | C2+C3:4 | G1+G2:4 | "
ROOTS_UP = "F1+F2:4 | G1+G2:4 | A1+A2:4 | C2+C3:2 G1+G2:2 | "
PLUCK = "A4+C5+E5+G5:4 | A4+C5+E5+F5:4 | G4+C5+E5+B5:4 | G4+B4+D5+G5:4 | "
PLUCK_UP = "A4+C5+F5+A5:4 | B4+D5+G5+B5:4 | A4+C5+E5+A5:4 | G4+C5+E5+G5:2 G4+B4+D5+G5:2 | "

VOICE = """
r:.5 E4:.5 G4 A4 A4:.5 G4:1 E4:.5 | r:.5 F4:.5 E4 C4 D4:.5 E4:1.5 |
r:.5 E4 G4 B4 C5:1 B4:.5 G4 | A4:.5 B4:1 D4:.5 r:.5 G4 A4 B4 |
C5!:1 A4:.5 C5:1 D5:.5 E5:1 | D5:1.5 B4:.5 r:.5 G4 B4 D5 |
E5!:1 C5:.5 E5:1 G5:.5 E5:1 | E5:.5 D5 C5 G4 D5:1 B4:1 |
C5!:.5 C5 A4 C5:1 D5:.5 E5:1 | D5:1 G5:.5 D5:1 B4:.5 G4 B4 |
E5!:1 C5:.5 E5 A5!:1 G5:.5 E5 | G5:.5 E5 D5 C5 B4:.5 A4 G4 B4 | C5:3
"""

HAT = "6.4. 6.4. 6.4. 6.44|"
KIT = {
    "kick": "9... .... 9.7. ....|" * 3
    + "9... .... 9... ....|"
    + "9... 9... 9... 9...|" * 7
    + "9... 9... 9... ....|9",
    "clap": ".... 8... .... 8...|" * 12,
    "snare": "." * 60 + "5678" + ".... 8... .... 8...|" * 7 + ".... 8... 6.77 8899|",
    "hat": HAT * 4 + "6.46 6.46 6.46 6.46|" * 8,
    "open": "." * 64 + "..6. ..6. ..6. ..6.|" * 8,
    "shaker": "." * 64 + "3454 3454 3454 3454|" * 8,
    "crash": "." * 64 + "8" + "." * 63 + "8" + "." * 63 + "9",
}

SCORE = Score(
    genre="pop",
    title="Weekend lights",
    tempo=112,
    room=0.35,
    rms_db=-13.5,
    tone=(-4, -1, -1, -2, 2, -2, 0, 0, 1, 0, 3),
    seed=2024,
    parts=(
        Part(
            "drums", 24, drums(KIT, velocity=14), is_drums=True, volume=108, reverb=18,
            timing=0.002,
        ),
        Part(
            "synth bass", 38,
            arp(ROOTS, "0-0. 0.0. 0-0. 0.1.", 96, steps=4)
            + arp(ROOTS_UP * 2, "0.01 0.01 0.01 0.01", 100, steps=4, start=16)
            + line("C2:3", 100, start=48),
            volume=104, reverb=2, timing=0.003,
        ),
        Part(
            "pluck", 84, arp(PLUCK + PLUCK_UP * 2, "0213 2031 0213 2320", 78, steps=4, gate=0.5),
            volume=62, pan=96, reverb=44, chorus=40, timing=0.003,
        ),
        Part(
            "bell keys", 5, arp(PLUCK + PLUCK_UP * 2, "3-.2 -.1- .3-. 2-1-", 80, steps=4),
            volume=76, pan=30, reverb=50, chorus=40, timing=0.004,
        ),
        Part(
            "piano", 0,
            comp(CHORDS, "8--- ..7- --6- 7---", 11) + line("C4+E4+G4+C5:3", 96, start=48),
            volume=84, pan=56, reverb=26,
        ),
        Part(
            "warm pad", 89, line(CHORDS + "C4+E4+G4+D5:3", 76, gate=1.0), volume=72, reverb=60,
            chorus=50,
        ),
        Part(
            "guitar", 27, comp(CHORUS * 2, "7.5. 75.5 7.5. 75.5", 10, start=16, strum=0.01),
            volume=70, pan=108, reverb=20, chorus=30,
        ),
        Part(
            "voice", 54, line(VOICE, 98), volume=104, reverb=44, vibrato=16, timing=0.01,
        ),
        Part(
            "voice double", 53, line(VOICE, 90), volume=84, pan=74, reverb=50, vibrato=20,
            timing=0.014,
        ),
        Part(
            "lead synth", 81, line(VOICE, 74, gate=0.8), volume=50, pan=50, reverb=50, chorus=60,
            swell=((0, 50), (15.5, 60), (16, 100), (52, 100)),
        ),
    ),
)  # fmt: skip
