"""What the tour says beside its stops: the names of its controls, and sentences to a guess."""

from __future__ import annotations

from collections.abc import Sequence

from genre.language import _, ngettext
from genre.tour.stops import PLACES, Stop


def words() -> dict[str, str]:
    """Return what the controls of the tour are called, in the current language."""
    return {
        "stops": _("Stops of the tour"),
        "back": _("Previous stop"),
        "next": _("Next stop"),
        "guess": _("What do you think?"),
        "computing": _("Computing on this song"),
        "reveal": _("Show the answer"),
        "essential": _("essential"),
        "extra": _("extra"),
        "notes": _("Speaker notes"),
        "next_up": _("Then"),
        "minutes": _("minutes"),
        "elapsed": _("Elapsed"),
        "right": _("Right."),
        "play": _("Play"),
        "stop": _("Stop"),
        "keys": _(
            "Keys: PageDown and PageUp for the next and the previous stop, 1 to 3 to guess, Enter "
            "or a period for the answer."
        ),
    }


def described(stop: Stop) -> dict[str, object]:
    """Return a stop in the current language, as plain values."""
    return {
        "title": _(stop.title),
        "question": _(stop.question),
        "answers": [_(answer) for answer in stop.answers],
        "notes": [_(note) for note in stop.notes],
        "minutes": stop.minutes,
        "isEssential": stop.is_essential,
        "place": _(PLACES[stop.page]),
    }


def refuted(*, is_recorded: bool) -> str:
    """Return what is said to a guess that does not hold."""
    if is_recorded:
        return _("The recorded figures do not match your guess.")
    return _("This song does not match your guess.")


def on_song(title: str, about: str, models: Sequence[str]) -> str:
    """Return which song a stop is on, and which models read it; empty for recorded figures."""
    if not models:
        return ""
    names = ", ".join(models)
    said = ngettext("Model: {names}.", "Models: {names}.", len(models)).format(names=names)
    song = _("Song: {title}.").format(title=title)
    return " ".join([song, said, *([about] if about else [])])
