"""What to try next, and what it has brought in earlier runs, as sentences.

Conventions
-----------
As `genre.text.song`.  Settings are called as on the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genre.language import _
from genre.text.format import count, general, number, percent
from genre.text.genres import genre_names


def next_step(values: Mapping[str, Any]) -> str:
    """Return what to try next, and what is known of it."""
    said = _advice(values)
    if known := _known(values["brought"]):
        return f"{said} {known}"
    return said


def _advice(values: Mapping[str, Any]) -> str:
    """Return a step as a sentence."""
    genres = genre_names(values.get("genres", ()))
    match values["step"]:
        case "split_by_artist":
            return _("Next: the artist split, whose figure is not raised by data leakage.")
        case "name_artists":
            return _("Next: data that names its artists, so that a split can keep them whole.")
        case "resume":
            return _("Next: resume it to its {epochs}.").format(epochs=count(values["n"], "epoch"))
        case "more_artists":
            said = _("Next: add recordings by other artists of {genres}.")
        case "more_epochs":
            return _("Next: more epochs, such as {n}.").format(n=number(values["n"]))
        case "early_stopping":
            return _("Next: early stopping (patience 5), which keeps the weights of the lowest "
                     "validation loss.")  # fmt: skip
        case "more_dropout":
            return _("Next: more dropout than {n}.").format(n=general(values["n"]))
        case "musicnn":
            return _("Next: features of musicnn (preset ear) instead of MFCCs.")
        case "cross_validation":
            said = _(
                "Next: cross-validation (python -m genre crossval), which tests all artists of "
                "{genres}."
            )
        case _:
            if values["is_too_sure"]:
                said = _("Next: a temperature above {n}, which lowers its confidence.")
            else:
                said = _("Next: a temperature below {n}, which raises its confidence.")
            return said.format(n=general(values["n"]))
    return said.format(genres=genres)


def _known(brought: Mapping[str, Any]) -> str:
    """Return what a step has brought before; empty if that is not known."""
    if not brought:
        return ""
    measured, kind = brought["difference"], brought["kind"]
    if measured is None:
        said = (
            _("In a run of yours it took the accuracy from {before} to {after}.")
            if kind == "run"
            else _(
                "In runs that come with the program it took the accuracy from {before} to {after}."
            )
        )
        return said.format(
            before=percent(brought["accuracy_before"]), after=percent(brought["accuracy_after"])
        )
    fields = points_of(measured)
    if kind == "model":
        return _(
            "The model {after}, which reads them: {points} points compared with {before} on the "
            "same {tracks} (95% interval {low} to {high}; musicnn may know the artists)."
        ).format(after=brought["after"], before=brought["before"], **fields)
    said = (
        _("In your runs {setting} from {old} to {new} brought {points} points on the same {tracks} "
          "(95% interval {low} to {high}).")
        if kind == "run"
        else _("In runs that come with the program {setting} from {old} to {new} brought {points} "
               "points on the same {tracks} (95% interval {low} to {high}).")
    )  # fmt: skip
    return said.format(
        setting=brought["setting"].replace("_", " "),
        old=_value(brought["from_value"]),
        new=_value(brought["to_value"]),
        **fields,
    )


def points_of(measured: Any) -> dict[str, str]:
    """Return a difference as the fields of a sentence."""
    signed = {
        name: ("+" if value >= 0 else "−") + number(100 * abs(value), 1)
        for name, value in (
            ("points", measured.value),
            ("low", measured.low),
            ("high", measured.high),
        )
    }
    return signed | {"tracks": count(measured.n_tracks, "track")}


def _value(value: Any) -> str:
    return general(value) if isinstance(value, int | float) else str(value)
