"""A reading of a result: the sentences of its findings, and how each is known.

Conventions
-----------
As `genre.text.song`.  A finding is one of `genre.reading`; its rule says which sentences it has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from genre.language import N_, _
from genre.reading.figures import Finding
from genre.text.format import count, general, interval, number, percent, tracks
from genre.text.genres import capital_name, genre_name, genre_names
from genre.text.next_step import next_step, points_of

Values = Mapping[str, Any]
MOST_SENTENCES = 3
"""Of one finding."""
HOW = {
    "not_above_guessing": N_("Rule “guessing”: the 95% interval of the accuracy does not lie above "
        "the share of the most common genre."),
    "stopped": N_("Rule “stopped”: the run was stopped before its last epoch."),
    "unlearnt_genre": N_("Rule “not learnt”: a genre has test tracks, and no training track where "
        "they are tested."),
    "confused_pair": N_("Rule “confusion”: of all cells off the diagonal the one with the most "
        "tracks, at least 3, and more than errors spread evenly would put there (binomial test, "
        "5% for all cells together). An artist is named who has more than half of them."),
    "validation_gap": N_("Rule “validation against test”: whether the 95% interval of their "
        "difference (Newcombe, counted by tracks) leaves out 0. Reasons are counted: missing "
        "genres, the mix of genres, single artists."),
    "overfitting": N_("Rule “overfitting”: the mean validation loss of the last 3 epochs is 5% or "
        "more above its lowest, it rises by a line through all epochs since (2.5 standard errors), "
        "and the training loss fell meanwhile."),
    "still_improving": N_("Rule “still learning”: a line through the last quarter of the epochs "
        "falls by 2% or more of the validation loss, and by 2.5 standard errors."),
    "early_stopping": N_("Rule “early stopping”: patience ended the run before its last epoch."),
    "one_artist": N_("Rule “one artist”: genres whose test tracks are by a single artist have a "
        "quarter of the test or more."),
    "difference": N_("Rule “difference”: paired on the tracks that both were tested on, with a 95% "
        "bootstrap interval over artists. Which result is compared is decided by its settings, "
        "the nearest first, not by its figures."),
    "calibration": N_("Rule “confidence”: mean confidence minus the share that is right, with a "
        "95% bootstrap interval over artists: 5 points or more and not 0, or within 10 points."),
    "genre_extremes": N_("Rule “best and worst genre”: their 95% intervals, counted by artists, do "
        "not overlap."),
    "mostly_unsure": N_("Rule “not sure”: the 95% interval of the share of predictions below the "
        "threshold of “probably” lies above a half."),
    "next_step": N_("Rule “next”: a data leak or a stopped run first; then what a finding asks "
        "for, what has helped in earlier runs before what has not. An earlier pair has the same "
        "data and differs in one setting."),
}  # fmt: skip
"""How each rule knows what it says."""


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """A sentence of a reading, or two, and how it is known."""

    rule: str
    text: str
    how: str


def reading_lines(
    findings: Sequence[Finding], *, names_artists: bool = True
) -> tuple[ReadingLine, ...]:
    """Return the sentences of some findings, in their order.

    Parameters
    ----------
    findings : sequence of Finding
    names_artists : bool
        False where the reading is given away with no names of who was recorded.
    """
    said = []
    for finding in findings:
        values = dict(finding.values)
        if not names_artists:
            values.pop("artist", None)
        said.append(ReadingLine(finding.rule, _SAYS[finding.rule](values), _(HOW[finding.rule])))
    return tuple(said)


def _not_above_guessing(values: Values) -> str:
    accuracy = values["accuracy"]
    said = (
        _("Worse than guessing: right for {share} of {n} (95% interval {interval}), and always "
          "predicting {genre} for {chance}.")
        if values["is_below"]
        else _("No better than guessing: right for {share} of {n} (95% interval {interval}), and "
               "always predicting {genre} for {chance}.")
    )  # fmt: skip
    return said.format(
        share=percent(accuracy.value),
        n=count(accuracy.n, "track"),
        interval=interval(accuracy.low, accuracy.high),
        genre=genre_name(values["genre"]),
        chance=percent(values["chance"]),
    )


def _stopped(values: Values) -> str:
    return _(
        "Stopped after epoch {n} of {n_epochs}: the figures are those of a network in the middle "
        "of its training."
    ).format(n=values["n"], n_epochs=values["n_epochs"])


def _unlearnt_genre(values: Values) -> str:
    said = (
        _("Could not be learnt: {genres}. Each has one artist, so nothing is left to train on when "
          "its tracks are tested.")
        if values["is_cross_validated"]
        else _("Could not be learnt: {genres}. There was no track of it to train on.")
    )  # fmt: skip
    said = said.format(genres=genre_names(values["genres"]))
    if not (others := values["others"]):
        return said
    rest = _("Without them it is right for {share} of {n}.").format(
        share=percent(others.value), n=count(others.n, "track")
    )
    return f"{said} {rest}"


def _confused_pair(values: Values) -> str:
    if "artist" in values and values["is_only_artist"]:
        said = _("{genre} is most often taken for {given}: {n} of {n_tracks} tracks. All of them "
                 "are by {artist}, the only artist of the genre in the test.")  # fmt: skip
    elif "artist" in values:
        said = _("{genre} is most often taken for {given}: {n} of {n_tracks} tracks, {n_artist} of "
                 "them by {artist}.")  # fmt: skip
    elif values["n_artists"] > 1:
        said = _("{genre} is most often taken for {given}: {n} of {n_tracks} tracks, by {artists}.")
    else:
        said = _("{genre} is most often taken for {given}: {n} of {n_tracks} tracks.")
    return said.format(
        genre=capital_name(values["genre"]),
        given=genre_name(values["given"]),
        n=tracks(values["n"]),
        n_tracks=tracks(values["n_tracks"]),
        artist=values.get("artist"),
        n_artist=tracks(values.get("n_artist", 0)),
        artists=count(values["n_artists"], "artist"),
    )


def _validation_gap(values: Values) -> str:
    shares = {"validation": percent(values["validation"]), "test": percent(values["test"])}
    if values["is_chance"]:
        return _(
            "Validation is right for {validation} of segments and the test for {test}: with so few "
            "tracks that may be chance."
        ).format(**shares)
    said = [
        _("Validation is right for {validation} of segments and the test for {test}, which is more "
          "than chance.").format(**shares)
    ]  # fmt: skip
    if "absent" in values:
        without = _("Validation has no {genres}; without them the test would be right for {share}.")
        genres = genre_names(values["absent"])
        said.append(without.format(genres=genres, share=percent(values["without"])))
    if "mixed" in values:
        mixed = _("With as much of each genre as validation has, it would be {share}.")
        said.append(mixed.format(share=percent(values["mixed"])))
    if "alone" in values and len(said) < MOST_SENTENCES:
        alone = _("Of {n_tracks} validation tracks, {n} are {genre} by one artist.")
        said.append(
            alone.format(
                n=number(values["n_alone"]),
                n_tracks=number(values["n_validation"]),
                genre=genre_name(values["alone"]),
            )
        )
    return " ".join(said)


def _overfitting(values: Values) -> str:
    said = (
        _("Overfitting: validation loss was lowest after epoch {epoch} ({lowest}) and is {end} at "
          "the end, while training loss fell from {before} to {after}; the weights kept are those "
          "of the lowest.")
        if values["keeps_best"]
        else _("Overfitting: validation loss was lowest after epoch {epoch} ({lowest}) and is "
               "{end} at the end, while training loss fell from {before} to {after}.")
    )  # fmt: skip
    return said.format(
        epoch=values["epoch"],
        lowest=number(values["lowest"], 2),
        end=number(values["end"], 2),
        before=number(values["loss_then"], 2),
        after=number(values["loss_end"], 2),
    )


def _still_improving(values: Values) -> str:
    return _(
        "Not overfitting, and not finished: validation loss still fell in the last {epochs}, from "
        "{before} to {end}."
    ).format(
        epochs=count(values["n"], "epoch"),
        before=number(values["before"], 2),
        end=number(values["end"], 2),
    )


def _early_stopping(values: Values) -> str:
    return _(
        "Early stopping ended it after epoch {n} of {n_epochs}; its weights are those of epoch "
        "{best}, with the lowest validation loss."
    ).format(n=values["n"], n_epochs=values["n_epochs"], best=values["best"])


def _one_artist(values: Values) -> str:
    return _(
        "Of {n_tracks} test tracks {n} are by one artist a genre ({genres}), so the accuracy "
        "depends on a few artists."
    ).format(
        n=number(values["n"]),
        n_tracks=number(values["n_tracks"]),
        genres=genre_names(values["genres"]),
    )


def _difference(values: Values) -> str:
    measured = values["difference"]
    if values["is_chance"]:
        said = _("{points} points compared with {other} on the {tracks} that both were tested on "
                 "(95% interval {low} to {high}): that may be chance.")  # fmt: skip
    else:
        said = _("{points} points compared with {other} on the {tracks} that both were tested on "
                 "(95% interval {low} to {high}): more than chance.")  # fmt: skip
    parts = [said.format(**points_of(measured), other=values["other"])]
    if values["settings"]:
        names = ", ".join(name.replace("_", " ") for name in values["settings"])
        parts.append(_("They differ in: {names}.").format(names=names))
    if values["knows_artists"]:
        parts.append(_("musicnn may know the artists."))
    return " ".join(parts)


def _calibration(values: Values) -> str:
    said = {
        "too_sure": _("Too sure of itself: its confidence is {confidence} on average, and {share} "
                      "is right."),
        "not_sure_enough": _("Not sure enough: its confidence is {confidence} on average, and "
                             "{share} is right."),
        "reliable": _("Its confidence can be relied on: it is {confidence} on average, and {share} "
                      "is right."),
    }[values["verdict"]]  # fmt: skip
    return said.format(confidence=percent(values["confidence"]), share=percent(values["accuracy"]))


def _genre_extremes(values: Values) -> str:
    return _(
        "{best} is recognised best ({n_best_right} of {n_best} tracks), {worst} worst "
        "({n_worst_right} of {n_worst})."
    ).format(
        best=capital_name(values["best"]),
        worst=genre_name(values["worst"]),
        **{name: tracks(n) for name, n in values.items() if name.startswith("n_")},
    )


def _mostly_unsure(values: Values) -> str:
    if not values["n_sure"]:
        said = _("Not sure of any of its {n_tracks} tracks.")
        return said.format(n_tracks=tracks(values["n_tracks"]))
    return _(
        "Not sure of {n} of {n_tracks} tracks (confidence below {threshold}); of the others "
        "{share} is right."
    ).format(
        n=tracks(values["n"]),
        n_tracks=tracks(values["n_tracks"]),
        threshold=general(values["threshold"]),
        share=percent(values["n_right"] / values["n_sure"]),
    )


_SAYS: dict[str, Callable[[Values], str]] = {
    "not_above_guessing": _not_above_guessing,
    "stopped": _stopped,
    "unlearnt_genre": _unlearnt_genre,
    "confused_pair": _confused_pair,
    "validation_gap": _validation_gap,
    "overfitting": _overfitting,
    "still_improving": _still_improving,
    "early_stopping": _early_stopping,
    "one_artist": _one_artist,
    "difference": _difference,
    "calibration": _calibration,
    "genre_extremes": _genre_extremes,
    "mostly_unsure": _mostly_unsure,
    "next_step": next_step,
}
