"""Blues: a twelve-bar shuffle in A for harmonica, two guitars, piano and band."""

from scores.model import Part, Score
from scores.notation import arp, comp, drums, line

BARS = ["A7", "D7", "A7", "A7", "D7", "D7", "A7", "A7", "E7", "D7", "A7", "E7"]

# The boogie: fifth, sixth, seventh and back over each root, in swung eighths.
BOOGIE = {
    "A7": "A2+E3:.5 A2+E3 A2+F#3! A2+F#3 A2+G3 A2+F#3 A2+F#3! A2+E3",
    "D7": "D3+A3:.5 D3+A3 D3+B3! D3+B3 D3+C4 D3+B3 D3+B3! D3+A3",
    "E7": "E2+B2:.5 E2+B2 E2+C#3! E2+C#3 E2+D3 E2+C#3 E2+C#3! E2+B2",
}
WALK = {
    "A7": "A1:1 C#2 E2 F#2:.5 E2?",
    "D7": "D2:1 F#2 A2 B2:.5 A2?",
    "E7": "E2:1 G#1 B1 D2:.5 D#2?",
}
PIANO = {"A7": "C#4+G4+B4:4", "D7": "C4+F#4+A4:4", "E7": "D4+G#4+B4:4"}


def _over_bars(table: dict[str, str]) -> str:
    return " | ".join(table[chord] for chord in BARS)


HARMONICA = """
r:.5 E4:.5 G4^ A4 C5^:1.5 A4:.5 | G4^:.5 A4 r:1 C5:.5 A4 G4 E4 |
G4^:.5 A4:1.5 r:2 | r:2.5 C5:.5 D5 C#5? |
r:.5 E4:.5 G4^ A4 C5^!:1.5 A4:.5 | F4:.5 D4 r:1 F4^:.5 A4 C5 A4 |
G4^:.5 E4 A4:2 r:1 | r:3 D5:.5 E5 |
E5^!:1.5 D5:.5 B4:.5 G#4 B4 D5 | D5^:1 C5:.5 A4 F#4 A4 C5:1 |
E5^!:.5 C#5 A4 G4^ E4:1 r:1 | r:.5 E4 G4^ B4 D5:.5 B4 G#4 E4 |
A4^!:3
"""
GUITAR = """
r:4 | r:2 A4+C#5?:.5 r:1.5 | r:2.5 A4^:.5 C5 E5 | D5^:.5 C5 A4 G4 A4:1 r:1 |
r:4 | r:4 | r:3 A4:.5 C5 | D5^!:.5 C5 A4 G4 E4^:1 r:1 |
r:4 | r:4 | A5:.5 G5 E5 F#5 D5 E5 C#5 A4 | E4:.5 G#4 B4 D5 E5!:1 r:1 | A4+C#5+G5!:3
"""

HAT = "7.57.57.57.5|"
KIT = {
    "ride": HAT * 7 + "7.57.57.5...|" + HAT * 4 + "8",
    "kick": "9.....8..5..|" * 11 + "9.....8..7.7|9",
    "snare": "...8..2..8.2|" * 7 + "...8..6.57.8|" + "...8..2..8.2|" * 3 + "...8..6.68.8|",
    "foot": "...6.....6..|" * 12,
    "crash": "7" + "." * 95 + "6" + "." * 47 + "8",
}

SCORE = Score(
    genre="blues",
    title="Slow freight in A",
    tempo=108,
    swing=2 / 3,
    room=0.35,
    rms_db=-15.5,
    tone=(0, -3, 0, 2, 3, 1, -2, -7, -7, -5, -9),
    seed=12,
    parts=(
        Part("drums", 8, drums(KIT, steps=3, velocity=11.5), is_drums=True, reverb=34),
        Part("bass", 33, line(_over_bars(WALK) + " | A1:3", 100), volume=104, reverb=8),
        Part(
            "boogie guitar", 29, line(_over_bars(BOOGIE) + " | A2+E3+A3!:3", 66, gate=0.7),
            volume=88, pan=34, reverb=24,
        ),
        Part(
            "piano", 0,
            comp(_over_bars(PIANO) + " | C#4+G4+B4:3", "...7-....6-.|...5.6-.....", 10, steps=3)
            + arp("A1+A2:4", "0", 70, start=48),
            volume=92, pan=92, reverb=30,
        ),
        Part(
            "harmonica", 22, line(HARMONICA, 96), volume=96, pan=60, reverb=46, vibrato=26,
            timing=0.014, lag=0.012,
        ),
        Part(
            "lead guitar", 27, line(GUITAR, 94), volume=100, pan=82, reverb=38, vibrato=14,
            timing=0.012,
        ),
    ),
)  # fmt: skip
