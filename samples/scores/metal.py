"""Metal: palm-muted riffs in E minor, two guitars a side, double kick and two lead guitars."""

from scores.model import Part, Score
from scores.notation import drums, line

# Palm mutes are short single strokes on the low string; chords are the accents.
GALLOP = """
E2':.25 E2' E2' E2' E2+B2+E3!:.5 E2':.25 E2' E2' E2' G2+D3+G3!:.5 F#2+C#3+F#3!:.5 E2':.25 E2' |
E2':.25 E2' E2' E2' E2+B2+E3!:.5 E2':.25 E2' E2' E2' Bb2+F3+Bb3!:.5 A2+E3+A3!:.5 G2+D3+G3:.5 |
"""
CHUG = """
E2':.25 E2' r E2' E2' r E2' E2' r E2' E2' E2' F2+C3+F3!:.5 E2+B2+E3:.5 |
E2':.25 E2' r E2' E2' r E2' E2' r E2' E2' E2' Bb2+F3+Bb3!:.5 A2+E3+A3:.5 |
"""
CHORUS = """
E2+B2+E3!:1.5 E2':.25 E2' D3+A3+D4!:1.5 D3':.25 D3' |
C3+G3+C4!:1.5 C3':.25 C3' B2+F#3+B3!:1 B2':.25 B2' C3' D3' |
E2+B2+E3!:1.5 E2':.25 E2' G2+D3+G3!:1.5 G2':.25 G2' |
A2+E3+A3!:1.5 A2':.25 A2' B2+F#3+B3!:1 D#3+A3+D#4:1 |
"""
RIFF = GALLOP + GALLOP + CHUG + CHUG + CHORUS + GALLOP + CHUG + "E2+B2+E3!:4"
BASS = RIFF.replace("+B2+E3", "").replace("+D3+G3", "").replace("+C#3+F#3", "")
BASS = BASS.replace("+F3+Bb3", "").replace("+E3+A3", "").replace("+C3+F3", "")
BASS = BASS.replace("+A3+D4", "").replace("+G3+C4", "").replace("+F#3+B3", "")
BASS = BASS.replace("+A3+D#4", "")

LEAD = """
B5^!:1 G5:.5 F#5 A5^:1 F#5:.5 D5 | E5:.25 F#5 G5 E5 G5 F#5 E5 C5 D#5^:1 F#5:.5 B5 |
E6^!:1 D6:.5 B5 D6^:1 B5:.5 G5 | C6:.25 B5 A5 E5 C6 B5 A5 E5 D#6^!:1 B5:.25 A5 F#5 D#5 |
E5!:4
"""
# The second lead goes in thirds below the first, within the scale.
LEADS = """
G5^!:1 E5:.5 D5 F#5^:1 D5:.5 A4 | C5:.25 D5 E5 C5 E5 D5 C5 G4 B4^:1 D#5:.5 F#5 |
B5^!:1 B5:.5 G5 B5^:1 G5:.5 D5 | A5:.25 G5 E5 C5 A5 G5 E5 C5 B5^!:1 F#5:.25 D#5 B4 A4 |
B4!:4
"""

DOUBLE = "9787 8787 8787 8787|"
GALLOP_KICK = "9.87 9.87 9.87 9.87|"
CHUG_KICK = "98.8 8.88 .888 9.9.|"
BACKBEAT = ".... 9... .... 9...|"
FILL = ".... 9... 8.88 9.99|"
KIT = {
    "kick": (GALLOP_KICK * 3 + DOUBLE)
    + CHUG_KICK * 4
    + DOUBLE * 4
    + GALLOP_KICK * 2
    + CHUG_KICK
    + "98.8 8.88 9898 9898|9",
    "snare": BACKBEAT * 3
    + FILL
    + ".... .... 9... ....|" * 3
    + ".... .... 9.99 9999|"
    + BACKBEAT * 3
    + FILL
    + BACKBEAT * 2
    + ".... .... 9... ....|"
    + ".... 9... 9999 ....|9",
    "hat": "8.6. 8.6. 8.6. 8.6.|" * 4,
    "china": "." * 64 + "8... 7... 8... 7...|" * 4,
    "ride": "." * 128 + "8.6. 8.6. 8.6. 8.6.|" * 4 + "7... 7... 7... 7...|" * 2,
    "low": ("." * 60 + "..88") + "." * 124 + "..88|",
    "floor": "." * 252 + "9999",
    "crash": ("9" + "." * 63) * 4 + "9",
    "crash2": ("." * 128 + "8" + "." * 31 + "8" + "." * 95 + "8"),
}

SCORE = Score(
    genre="metal",
    title="Iron weather",
    tempo=142,
    room=0.2,
    rms_db=-13.5,
    tone=(-7, -2, 2, 1, 2, 1, 1, 0, 1, 0, -9),
    seed=666,
    parts=(
        Part(
            "drums", 16, drums(KIT, velocity=14), is_drums=True, volume=82, reverb=16,
            timing=0.003,
        ),
        Part("bass", 34, line(BASS, 108, transpose=-12), volume=96, reverb=0, timing=0.004),
        Part("left guitar", 30, line(RIFF, 96), volume=100, pan=4, reverb=8, timing=0.007),
        Part("right guitar", 30, line(RIFF, 94), volume=100, pan=124, reverb=8, timing=0.007),
        Part("left double", 29, line(RIFF, 90), volume=78, pan=30, reverb=8, timing=0.008),
        Part("right double", 29, line(RIFF, 90), volume=78, pan=98, reverb=8, timing=0.008),
        Part(
            "lead guitar", 30, line(LEAD, 100, start=32, gate=0.98), volume=88, pan=54,
            reverb=50, vibrato=24, timing=0.01,
        ),
        Part(
            "second lead", 30, line(LEADS, 94, start=32, gate=0.98), volume=84, pan=76,
            reverb=50, vibrato=24, timing=0.01,
        ),
    ),
)  # fmt: skip
