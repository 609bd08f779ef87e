"""Ten original scores, one for each genre, as data, and what plays them as MIDI."""

from __future__ import annotations

from scores import (
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
from scores.model import Score

SCORES: dict[str, Score] = {
    module.SCORE.genre: module.SCORE
    for module in (blues, classical, country, disco, hiphop, jazz, metal, pop, reggae, rock)
}
"""The scores by genre, in alphabetical order."""
