"""Ten original sketches, one for each genre, as data, and what plays them as MIDI."""

from __future__ import annotations

from sketches import (
    blues,
    classical,
    country,
    disco,
    hiphop,
    jazz,
    metal,
    pop,
    reggae,
    rock,
)
from sketches.model import Sketch

SKETCHES: dict[str, Sketch] = {
    module.SKETCH.genre: module.SKETCH
    for module in (blues, classical, country, disco, hiphop, jazz, metal, pop, reggae, rock)
}
"""The sketches by genre, in alphabetical order."""
