"""What genres are called: the ten of the bundled data have names in each language.

Conventions
-----------
A genre is known by its English name, in data, links and files; it is translated where it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable

from genre.language import _, pgettext

NAMES = {
    "blues": lambda: pgettext("genre", "blues"),
    "classical": lambda: pgettext("genre", "classical"),
    "country": lambda: pgettext("genre", "country"),
    "disco": lambda: pgettext("genre", "disco"),
    "hiphop": lambda: pgettext("genre", "hiphop"),
    "jazz": lambda: pgettext("genre", "jazz"),
    "metal": lambda: pgettext("genre", "metal"),
    "pop": lambda: pgettext("genre", "pop"),
    "reggae": lambda: pgettext("genre", "reggae"),
    "rock": lambda: pgettext("genre", "rock"),
}
"""What each genre of the bundled data is called now."""


def genre_name(genre: str) -> str:
    """Return what a genre is called in the current language; one of own data is called as it is.

    Examples
    --------
    >>> genre_name("jazz"), genre_name("my genre")
    ('jazz', 'my genre')
    """
    return NAMES[genre]() if genre in NAMES else genre


def genre_names(genres: Iterable[str]) -> str:
    """Return the names of some genres, separated by commas."""
    return ", ".join(map(genre_name, genres))


def capital_name(genre: str) -> str:
    """Return a genre's name as a label begins, where the language has capital letters."""
    name = genre_name(genre)
    return name[:1].upper() + name[1:]


def both(names: Iterable[str]) -> str:
    """Return two names in a sentence, or more of them.

    Examples
    --------
    >>> both(["hiphop", "metal"])
    'hiphop and metal'
    """
    first, *others = names
    for other in others:
        first = _("{first} and {other}").format(first=first, other=other)
    return first
