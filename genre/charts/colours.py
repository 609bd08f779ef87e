"""The colours of every chart: one per genre, a sequential and a diverging colour map.

Conventions
-----------
colour
    ``"#rrggbb"``; each has a contrast of 3:1 or more on the light and the dark
    background, so its relative luminance is between 0.117 and 0.30.

The ten began as Paul Tol's *muted* set [1]_.  A random search then moved each
within hues that suit its name, to make the closest pair as different as can be
(CIEDE2000) for full colour vision and for eyes without the red or the green
cones, as simulated by Machado et al. [2]_.  None is a grey, which belongs to no genre.
``tests/charts/`` checks the result.

References
----------
.. [1] P. Tol, "Colour schemes", SRON technical note, issue 3.2, 2021.
.. [2] G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, "A physiologically-based
   model for simulation of color vision deficiency", IEEE Trans. Visualization and
   Computer Graphics 15(6), 2009.
"""

from __future__ import annotations

from collections.abc import Iterable

LIGHT_BACKGROUND = "#ffffff"
DARK_BACKGROUND = "#0e1117"

GENRE_COLOURS = {
    "blues": "#3694ff",
    "classical": "#10a1b4",
    "country": "#e07615",
    "disco": "#b60096",
    "hiphop": "#c41200",
    "jazz": "#5a48ff",
    "metal": "#2ca682",
    "pop": "#946c84",
    "reggae": "#087542",
    "rock": "#eb245a",
}
TRAINING = "#3694ff"
VALIDATION = "#d87d11"
THIRD = "#2ca682"
"""Beside these two, where a chart compares three."""
WAVEFORM = "#4f86b0"
NEUTRAL = "#808080"
"""For what belongs to no genre; 3.9:1 on white, 4.8:1 on the dark background."""

SEQUENTIAL = "Viridis"
"""Amounts: MFCCs, chroma, matrices."""
DIVERGING = "RdBu"
"""Differences and gates, with their middle at zero."""


def genre_colour(genre: str, genres: Iterable[str]) -> str:
    """Return the colour that stands for a genre wherever it is drawn.

    Parameters
    ----------
    genre : str
        One of ``genres``.
    genres : iterable of str
        All genres.  Those without a colour of their own get, in
        alphabetical order, the colours that are left; past the last they repeat.

    Returns
    -------
    colour : str

    Examples
    --------
    >>> genre_colour("jazz", ["jazz", "rock"])
    '#5a48ff'
    """
    if genre in GENRE_COLOURS:
        return GENRE_COLOURS[genre]
    names = set(genres)
    others = sorted(names - GENRE_COLOURS.keys())
    left = [colour for name, colour in GENRE_COLOURS.items() if name not in names]
    colours = left or list(GENRE_COLOURS.values())
    return colours[others.index(genre) % len(colours)]
