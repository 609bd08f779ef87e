"""Country: a train beat in G, boom-chick bass, steel guitar and fiddle."""

from scores.model import Part, Score
from scores.notation import comp, drums, line

BASS = """
G2:2 D2:2 | G2:2 A2:1 B2 | C3:2 G2 | G2:2 D2 | E2:2 B2 | A2:2 E2 | D2:2 A2 | D2:1 E2 F#2 D2 |
G2:2 D2 | C3:1 B2 A2 F#2 | D2:2 A2:1 D2 | G2:1 D2 G2:2
"""
CHORDS = """
G3+B3+D4+G4+B4:4 | G3+B3+D4+G4+B4:4 | G3+C4+E4+G4+C5:4 | G3+B3+D4+G4+B4:4 |
E3+B3+E4+G4+B4:4 | E3+A3+C#4+E4+A4:4 | D3+A3+D4+F#4+A4:4 | D3+A3+C4+F#4+A4:4 |
G3+B3+D4+G4+B4:4 | G3+C4+E4+G4+C5:4 | D3+A3+C4+F#4+A4:4 | G3+B3+D4+G4+B4:4
"""
STEEL = """
r:.5 D5:.5 E5^:1 D5:.5 B4:1.5 | r:1 A4:.5 B4 D5^:1 B4:1 |
G4+E5^:2 E5:.5 D5 C5:1 | B4^:1 G4:.5 A4 B4:2 |
r:.5 G4:.5 B4 D5 E5^!:1.5 D5:.5 | C#5^:1 E5:.5 C#5 A4:2 |
r:.5 A4 D5 F#5 A5^:1 F#5:1 | E5^:.5 D5 C5 A4 F#4:1 r:1 |
"""
FIDDLE = """
r:4 | r:3 D5:.5 G5 | r:4 | r:2 D5:.25 E5 G5 A5 B5:1 | r:4 | r:2 A5:.25 G5 E5 C#5 A4:1 |
r:4 | r:2 D5:.25 E5 F#5 G5 A5 B5 C6 A5 |
B5!:.5 A5:.25 G5 D5:.5 E5 G5:.25 A5 B5:.5 D6:.5 B5 |
C6!:.5 B5:.25 A5 G5:.5 E5 C5:.25 D5 E5 G5 A5:.5 G5 |
F#5!:.5 A5 D6:.25 C6 A5 F#5 D5:.5 F#5 A5:.25 B5 C6 A5 | G5!:.5 B4+D5 D5+G5 D5+G5 G5^:2
"""
TELE = """
r:4 | r:4 | r:4 | r:2 G3:.5 B3 D4 E4? | r:4 | r:4 | r:4 | r:4 |
G4+B4^:1 r:.5 D4:.5 E4 G4 r:1 | E4+G4^:1 r:.5 C4:.5 E4 G4 r:1 |
F#4+A4^:1 r:.5 D4:.5 F#4 A4 C5 A4 | G3:.5 B3 D4 G4 B3+G4:2
"""

TRAIN = "4373 5383 4373 5384|"
KIT = {
    "snare": TRAIN * 7 + "4373 5383 6476 7889|" + TRAIN * 3 + "5383 8383 9... ....|",
    "kick": "8... .... 8... ....|" * 11 + "8... .... 9... ....|",
    "foot": ".... 6... .... 6...|" * 11,
    "crash": "5" + "." * 127 + "6" + "." * 55 + "6",
}

SCORE = Score(
    genre="country",
    title="Gravel road two-step",
    tempo=108,
    room=0.35,
    rms_db=-15.0,
    tone=(8, 5, 5, -2, -3, 2, 3, 2, 2, -1, 2),
    seed=7,
    parts=(
        Part("drums", 40, drums(KIT, velocity=12.5), is_drums=True, volume=100, reverb=40),
        Part("bass", 32, line(BASS, 100, gate=0.8), volume=108, reverb=8),
        Part(
            "acoustic guitar", 25,
            comp(CHORDS, "4---8--37---8--4", 10.5, strum=0.018),
            volume=108, pan=40, reverb=24,
        ),
        Part(
            "twelve-string", 25,
            comp(CHORDS, "....7---....7---", 9, strum=0.022), bank=8,
            volume=92, pan=100, reverb=24,
        ),
        Part(
            "steel guitar", 26, line(STEEL, 96, gate=1.0), bank=8, volume=84, pan=78,
            reverb=52, vibrato=30, timing=0.014,
        ),
        Part(
            "fiddle", 110, line(FIDDLE, 92), volume=92, pan=56, reverb=40, vibrato=20,
            timing=0.01,
        ),
        Part("electric guitar", 27, line(TELE, 98, gate=0.8), volume=78, pan=96, reverb=30),
    ),
)  # fmt: skip
