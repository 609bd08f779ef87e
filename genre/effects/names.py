"""The names of the effects, known without a decoder to the command line and the pages."""

EFFECT_NAMES = (
    "telephone",
    "radio",
    "cathedral",
    "faster",
    "lower",
    "drums",
    "harmony",
    "street",
)
MAX_EFFECT_SECONDS = 120.0
"""How much of a song is changed, from its start."""
