"""Hip hop: boom bap at 90 with a dusty electric piano, a sub bass and chopped samples."""

from scores.model import Part, Score
from scores.notation import comp, drums, line

# Two bars of minor ninths, as if cut from an old record, go round and round.
KEYS = """
F3+A3+C4+E4:1.5 r:.5 F3+A3+C4+E4?:1 D3+F3+A3+C4:1 | D3+F3+Bb3+C4:1.5 r:1.5 C#3+G3+Bb3+E4?:1 |
"""
SUB = """
D1:1.25 r:.5 D1:.25 F1:.5 r:.5 A1:.5 C2:.5 | Bb0:1.5 r:.25 Bb0:.25 D1:.5 A0:1 A1:.5 |
"""
FLUTE = """
r:4 | r:2 A5?:.5 C6? D6:1 | r:4 | r:2.5 F5:.5 E5 C5 |
"""
CHOP = """
D5+F5:.5 r:1 D5+F5:.25 r:.25 A4+D5:.5 r:1.5 | r:1.5 A4+C#5:.5 r:2 |
"""
HORN = """
r:3.5 A4!:.5 | A4+D5+F5!':.75 r:3.25 | r:4 | r:2 Bb4+D5'!:.5 r:.5 A4+C#5'!:.5 r:.5 |
"""

HAT = "7.5. 6.53 7.5. 6.5.|7.5. 6.5. 7.55 6.5.|"
KICK = "9..7 .... ..9. ...6|9... ...7 .89. ....|"
BREAK = "9..7 .... ..9. ...6|9... ...7 9... ....|"
SNARE = ".... 9..2 .2.. 9...|.... 9..2 .2.. 9..3|"
FILL = ".... 9..2 .2.. 9...|.... 9..2 4.5. 7.89|"
KIT = {
    "hat": "." * 16 + "7.5. 6.5. 7.55 6.5." + HAT * 4,
    "open": ("." * 30 + "5.") * 5,
    "kick": "." * 16 + "9... ...7 .89. ...." + KICK * 3 + BREAK + "9",
    "snare": "." * 28 + "9..5" + SNARE * 3 + FILL,
    "clap": "." * 32 + ".... 6... .... 6...|" * 8,
    "scratch": "..6. 6.7. ..66 7.8." + "." * 112 + ".... .... .... 7.76",
    "pull": "...5 .6.7 6... .7.6" + "." * 112 + ".... .... .... .6.7",
    "crash": "." * 32 + "5",
}

SCORE = Score(
    genre="hiphop",
    title="Crate forty-one",
    tempo=90,
    swing=0.58,
    swing_unit=0.5,
    room=0.2,
    rms_db=-13.5,
    tone=(2, 1, -5, -2, 1, 2, 9, 9, 9, 9, 3),
    seed=90,
    parts=(
        Part(
            "drums", 2, drums(KIT, velocity=14), is_drums=True, volume=124, reverb=14,
            timing=0.005,
        ),
        Part(
            "sub bass", 80, line(SUB * 4, 112, start=8, transpose=12, gate=0.97), bank=8,
            volume=86, reverb=0, lag=0.008,
        ),
        Part(
            "finger bass", 33, line(SUB * 4, 84, start=8, transpose=12), volume=100, reverb=0,
            lag=0.008,
        ),
        Part(
            "electric piano", 4,
            line(KEYS * 5, 82) + comp("D3+F3+A3+C4+E4:4", "7---............", start=40),
            volume=100, pan=54, reverb=26, chorus=50, lag=0.018, timing=0.01,
        ),
        Part(
            "vinyl strings", 49, line("A4+D5:4 | A4+C5:2 G4+Bb4:2 | " * 4, 54, start=8),
            volume=70, pan=84, reverb=30,
        ),
        Part(
            "voice chop", 52, line(CHOP * 4, 84, start=8, gate=0.8), volume=100, pan=90,
            reverb=20,
        ),
        Part("horn stab", 61, line(HORN * 2, 92, start=8), volume=92, pan=30, reverb=24),
        Part(
            "flute", 73, line(FLUTE * 2, 74, start=8), volume=98, pan=44, reverb=50, vibrato=20,
            lag=0.02,
        ),
    ),
)  # fmt: skip
