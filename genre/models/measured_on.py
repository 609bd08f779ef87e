"""What was measured, on what, as the visitor reads it and as a card keeps it.

Conventions
-----------
about
    A card and a result say in English what was measured: they are files, written once and read
    in any language.  They are made of a few phrases (`PHRASES`), which are translated one by one;
    what is no phrase, such as a sentence of one's own, stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from genre.language import N_, SOURCE, _, current, pgettext

PHRASES = (
    N_("Trained in the run {names}."),
    N_("The bundled network: two LSTM layers of 64 units on texture windows of 20 MFCCs."),
    N_("The starter with simple recurrent cells instead of LSTM cells: same data, same recipe."),
    N_("The reference exactly as the tutorial has it: 13 MFCCs, no scaling, thirty epochs."),
    N_(
        "Two LSTM layers of 64 units on what musicnn, a network trained on listeners' tags, "
        "computes for each second."
    ),
    N_("{n}-fold"),
    N_("artists whole"),
    N_("tracks whole, artists not"),
    N_("tracks whole"),
    N_("leaky: segments split at random"),
    N_("mean of {n} rounds of folds"),
    N_("musicnn itself may have been trained on these artists"),
    N_("musicnn itself may have been trained on them"),
    N_("a test set of artists not in training"),
    N_("a test set of tracks not in training, by artists that may have been"),
    N_("leaky: test segments of tracks that are also in training"),
    N_("the test side of GTZAN's published fault-filtered partition"),
    N_("{n} of its {n_published} tracks: not to be compared with papers"),
    N_("{n} of its {n_published} tracks"),
    N_("a control: genres were permuted between tracks"),
    N_("the artists of only {n} are known"),
    N_("no artist is known"),
    N_("{names} tested without being learnt"),
    N_("each segment counts as a track, the data does not name its tracks"),
    N_("tracks by the median of their segments"),
    N_("tracks by the vote of their segments"),
    N_("seen in training: at least {n} of {n_tracks} tracks"),
    N_("seen in training: {n} of {n_tracks} tracks"),
    N_("not recognised as seen in training"),
    N_("not known whether seen in training"),
    N_("seen in training"),
    N_("as its imported card says, not measured here"),
)
_FIELDS = {"names": r"[^;]+?"}
"""What stands in a field; a whole number, unless it is named here."""
_PATTERNS = [
    re.compile(
        r"(?<![^ (;,])"
        + re.sub(
            r"\\\{(\w+)\\\}", lambda m: rf"(?P<{m[1]}>{_FIELDS.get(m[1], '[0-9]+')})",
            re.escape(phrase),
        )
        + r"(?![^ );,:.])"
    )
    for phrase in PHRASES
]  # fmt: skip


def measured_on(about: str) -> str:
    """Return what a card or a result says of a measurement, in the visitor's language.

    Parameters
    ----------
    about : str
        As it was written, in English.

    Returns
    -------
    text : str

    Examples
    --------
    >>> measured_on("5-fold, artists whole; by hand")
    '5-fold, artists whole; by hand'
    """
    if current() == SOURCE:
        return about
    kept: list[str] = []  # what is translated is put aside, so that no phrase is found in it

    def keep(phrase: str, match: re.Match[str]) -> str:
        fields = match.groupdict()
        if "names" in fields:  # of genres; others are called the same in every language
            names = re.sub("[^ ,][^,]*", lambda m: pgettext("genre", m[0]), fields["names"])
            fields["names"] = names
        kept.append(_(phrase).format(**fields))
        return f"\0{len(kept) - 1}\0"

    for phrase, pattern in zip(PHRASES, _PATTERNS, strict=True):
        about = pattern.sub(partial(keep, phrase), about)
    return re.sub("\0([0-9]+)\0", lambda match: kept[int(match[1])], about)


def measures_of(evaluation: Mapping[str, Any]) -> dict[str, float]:
    """Return those measures of an evaluation that are one number, and the ends of their intervals.

    Returns
    -------
    measures : dict
        ``macro_f1``, ``macro_f1_low``, ``macro_f1_high``, ...; empty if it has none.
    """
    measures = evaluation.get("measures") or {}
    numbers = {name: value for name, value in measures.items() if isinstance(value, int | float)}
    ends = {
        f"{name}_{end}": value
        for name, interval in measures.get("intervals", {}).items()
        for end, value in zip(("low", "high"), interval, strict=True)
    }
    return numbers | ends
