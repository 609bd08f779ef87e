"""Sentences about the data of a training run, and how it is split.

Conventions
-----------
As `genre.text.training`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genre.datasets.gtzan_download import DownloadStatus
from genre.language import _, ngettext
from genre.recipes.config import TrainConfig
from genre.splits.split_check import LEAST_TRACKS, SplitCheck
from genre.splits.split_plan import GenreProblem, GenreSides, SplitPlan
from genre.text.format import count, duration, number, percent
from genre.text.genres import genre_name, genre_names
from genre.text.training import capital

MAX_PROBLEMS = 5
"""How many genres have a sentence of their own."""
SIDES = ("train", "validation", "test")


def split_problem(check: SplitCheck) -> str:
    """Return why a recipe cannot be started on some data, and what can be done."""
    said = [genre_problem(one, check.plan) for one in check.of_genres[:MAX_PROBLEMS]]
    if more := len(check.of_genres) - len(said):
        line = ngettext("{n} more genre lacks tracks.", "{n} more genres lack tracks.", more)
        said.append(line.format(n=more))
    if not said:
        said = [capital(check.problem)]
    if not check.is_too_small and not check.option:
        said.append(_("No other split works either."))
    return " ".join(said)


def genre_problem(problem: GenreProblem, plan: SplitPlan) -> str:
    """Return what one genre lacks, and the smallest change that mends it.

    Examples
    --------
    >>> genre_problem(GenreProblem("blues", "test", 1), SplitPlan("artist"))
    'blues has one artist: add a second, or split by track, which measures who plays.'
    """
    genre, n = genre_name(problem.genre), problem.n
    if problem.lacks == "tracks":
        if not n:
            return _("{genre} has no track: add {least}, or remove it.").format(
                genre=genre, least=LEAST_TRACKS
            )
        return _("{genre} has {tracks}: add {more}, so that one is learnt, one validates and one "
                 "is tested.").format(
            genre=genre, tracks=count(n, "track"), more=LEAST_TRACKS - n
        )  # fmt: skip
    if plan.by == "artist" and n == 1:
        return _(
            "{genre} has one artist: add a second, or split by track, which measures who plays."
        ).format(genre=genre)
    groups = count(n, "artist" if plan.by == "artist" else "track")
    if plan.n_folds:
        said = _("{genre} has {groups}, all in one fold: add another, or fold it otherwise.")
    elif problem.lacks == "train":
        said = _("{genre} has {groups}, none to train on: add another, or split it otherwise.")
    else:
        said = _("{genre} has {groups}, none to test on: add another, or split it otherwise.")
    return said.format(genre=genre, groups=groups)


def split_line(check: SplitCheck) -> str:
    """Return how the tracks fall, as a line."""
    n = {side: sum(row.n_tracks.get(side, 0) for row in check.genres) for side in SIDES}
    if check.plan.n_folds:
        return _("{n_folds} folds: each of {tracks} is tested once").format(
            n_folds=check.plan.n_folds, tracks=count(n["test"], "track")
        )
    return _("Split: {train} tracks to train, {validation} to validate, {test} to test").format(
        **{side: number(n[side]) for side in SIDES}
    )


def split_row(row: GenreSides) -> dict[str, Any]:
    """Return how one genre falls as a row of a table: tracks, by how many artists, and a note."""
    sides = {
        side: f"{number(n)} ({number(row.n_artists[side])})" for side, n in row.n_tracks.items()
    }
    lacking = [side for side in row.n_tracks if not row.n_tracks[side]]
    notes = {
        "train": _("cannot be learnt"),
        "test": _("cannot be tested"),
        "validation": _("validation says nothing of it"),
    }
    alone = [_("one artist alone is tested")] if row.n_artists["test"] == 1 else []
    note = ", ".join([notes[side] for side in lacking] or alone)
    return {"genre": genre_name(row.genre), **sides, "note": note}


def split_columns() -> dict[str, str]:
    """Return what the columns of such a table are called."""
    return {
        "genre": _("Genre"),
        "train": _("Training"),
        "validation": _("Validation"),
        "test": _("Test"),
        "note": _("Note"),
    }


def split_note(plan: SplitPlan) -> str:
    """Return what the numbers of such a table are."""
    said = _("Tracks, and artists in brackets.")
    if plan.n_folds:
        said += " " + _("Training: in the fold that has the fewest.")
    return said


def evaluation_line(config: TrainConfig, n_tracks: int) -> str:
    """Return why folds are the usual test of few tracks, or what speaks against a test side."""
    if config.evaluation == "pooled":
        return _(
            "{tracks} are few for a test side: {n} folds are trained one after the other, each "
            "track is tested once, and the model is trained on all."
        ).format(tracks=count(n_tracks, "track"), n=config.n_folds)
    return _("A test side of about {n} is too small to say much.").format(
        n=count(round(config.test_share * n_tracks), "track")
    )


def evaluation_option(config: TrainConfig) -> str:
    """Return what a button is called that tests as a recipe says."""
    if config.evaluation == "held-out":
        return _("Hold out a test side instead")
    return _("Pool {n} folds instead").format(n=config.n_folds)


def split_option(settings: Mapping[str, Any]) -> str:
    """Return what a button is called that changes these settings for a split that works.

    Examples
    --------
    >>> split_option({"split": "track"}), split_option({"test_share": 0.33, "seed": 2})
    ('Split by track', 'Test on 33%, seed 2')
    """
    said = []
    if split := settings.get("split"):
        said.append(_("split by track") if split == "track" else _("split by artist"))
    if n_folds := settings.get("n_folds"):
        said.append(_("{n} folds").format(n=n_folds))
    if share := settings.get("test_share"):
        said.append(_("test on {share}").format(share=percent(share)))
    if "seed" in settings:
        said.append(_("seed {n}").format(n=settings["seed"]))
    return capital(", ".join(said))


def dataset_line(facts: Mapping[str, Any]) -> str:
    """Return the data of a run, from its event ``data``."""
    sides = facts["n_segments"]
    if not sides["test"]:
        return _(
            "{tracks} in {genres}, {segments}: each is tested in one fold, and the model is "
            "trained on all."
        ).format(
            tracks=count(facts["n_tracks"], "track"),
            genres=count(len(facts["genres"]), "genre"),
            segments=count(sides["train"], "segment"),
        )
    return _(
        "{tracks} in {genres}: {train} for training, {validation} for validation, {test} for the "
        "test."
    ).format(
        tracks=count(facts["n_tracks"], "track"),
        genres=count(len(facts["genres"]), "genre"),
        train=count(sides["train"], "segment"),
        validation=number(sides["validation"]),
        test=number(sides["test"]),
    )


def missing_genres(facts: Mapping[str, Any]) -> list[str]:
    """Return the genres that are missing in training or test, a sentence each."""
    said = {
        "train": _("The train set has no {genres}: too few artists in the data."),
        "test": _("The test set has no {genres}: too few artists in the data."),
    }
    return [
        said[side].format(genres=genre_names(genres))
        for side, genres in facts.get("absent_genres", {}).items()
        if genres and side != "validation"
    ]


def validation_line(facts: Mapping[str, Any]) -> str:
    """Return that validation lacks genres, for its curve; empty if it lacks none."""
    genres = facts.get("absent_genres", {}).get("validation", ())
    if not genres:
        return ""
    return _(
        "Validation has no {genres}: its curve says nothing of them, and the test may "
        "differ from it."
    ).format(genres=genre_names(genres))


def overview_line(overview: Mapping[str, Any]) -> str:
    """Return the size of a dataset, as a line."""
    total = overview["total"]
    genres = count(len(overview["genres"]), "genre")
    if total["n_tracks"] is None:
        return _(
            "{segments} in {genres}. It does not say which track a segment is from, so only the "
            "course split is possible."
        ).format(segments=count(total["n_segments"], "segment"), genres=genres)
    n_artists, tracks = total["n_artists"], count(total["n_tracks"], "track")
    artists = count(n_artists, "known artist") if n_artists else _("no artist known")
    said = (
        _("{tracks}, {duration}, {artists}; {n_skipped} skipped.")
        if overview["n_skipped"]
        else _("{tracks}, {duration}, {artists}.")
    )
    return said.format(
        tracks=tracks,
        duration=duration(60 * total["minutes"]),
        artists=artists,
        n_skipped=overview["n_skipped"],
    )


def overview_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return one genre of a dataset as a row of a table."""
    return {
        "genre": genre_name(row["genre"]),
        "tracks": row["n_tracks"],
        "segments": row["n_segments"],
        "minutes": round(row["minutes"], 1),
        "artists": row["n_artists"],
    }


def overview_columns() -> dict[str, str]:
    """Return what the columns of such a table are called."""
    return {
        "genre": _("Genre"),
        "tracks": _("Tracks"),
        "segments": _("Segments"),
        "minutes": _("Minutes"),
        "artists": _("Artists"),
    }


def reading_line(n_done: int, n_tracks: int, features: str) -> str:
    """Return the progress of reading a dataset, of which features are extracted from audio."""
    said = (
        _("Reading track {n} of {n_tracks}, as {features} features")
        if n_tracks
        else _("Reading the tracks, as {features} features")
    )
    return said.format(n=n_done, n_tracks=n_tracks, features=features)


def switched_data_line(data: str, features: str) -> str:
    """Return why other bundled data is chosen than before."""
    return _("Data switched to {data}: this recipe reads {features} features.").format(
        data=data, features=features
    )


def missing_data_line(name: str, *, is_changed: bool, same_as: str = "") -> str:
    """Return why the data that a link means is not used; ``same_as`` is what else it is called."""
    if same_as:
        return _(
            "The data {name}, which this link means, is not here under this name. {same_as} has "
            "the same recordings, by their names and sizes."
        ).format(name=name, same_as=same_as)
    if is_changed:
        return _(
            "The data {name} was changed since this link was made. Use it as it is now, or "
            "choose other data."
        ).format(name=name)
    return _(
        "The data {name}, which this link means, is not here. Choose where it is, or "
        "other data: nothing is started on data that the link does not mean."
    ).format(name=name)


def download_line(download: DownloadStatus) -> str:
    """Return the progress of a download."""
    if download.state == "unpacking":
        return _("Unpacking file {n} of {n_files}").format(
            n=download.n_done, n_files=download.n_total
        )
    if not download.n_done:
        return _("Connecting")
    said = _("Downloaded {done} MB")
    if download.n_total:
        said = _("Downloaded {done} MB of {total} MB")
    return said.format(done=number(download.n_done / 1e6), total=number(download.n_total / 1e6))
