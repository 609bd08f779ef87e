"""Sentences about a training run.

Conventions
-----------
As `genre.text.song`; every accuracy also has its split.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from genre.datasets.gtzan_download import DownloadStatus
from genre.evaluation.evaluation import Evaluation
from genre.evaluation.track_figures import chance_level
from genre.recipes.config import TrainConfig
from genre.runs.reader import Mark, RunView
from genre.runs.reference_runs import EarlierRun
from genre.splits.split_check import SplitCheck
from genre.splits.split_leakage import artists_unknown
from genre.text.format import count, duration, interval, percent

LEAST_TRACKS = 20
"""With fewer tracks in a test, a headline says that they are too few."""


def state(view: RunView) -> str:
    """Return the state of a run, as a headline."""
    status = view.status
    match status.state:
        case "queued" if view.n_before:
            paused = ", paused" if view.n_before == 1 else ", one of them paused"
            held_up = paused if view.is_held_up else ""
            return f"Waiting: {count(view.n_before, 'run')} before it{held_up}"
        case "queued":
            return "Starting"
        case "starting":
            return "Starting TensorFlow"
        case "extracting":
            n_done, n_tracks = view.extracted
            return f"Reading track {n_done} of {n_tracks}" if n_tracks else "Reading the data"
        case "fitting":
            return "Pausing" if view.is_pausing else "Training"
        case "paused":
            return "Paused"
        case "evaluating":
            return "Testing"
        case "finished":
            return "Finished"
        case "stopped":
            return "Stopped"
    return "Diverged" if status.reason.startswith("diverged") else "Failed"


def progress(view: RunView) -> str:
    """Return the progress of a run: epoch, batch, speed and time left, as far as known."""
    n_done, wanted = len(view.history), view.config.epochs
    if not view.status.is_live:
        trained = f", trained for {duration(view.trained_seconds)}" if n_done else ""
        return f"{n_done} of {count(wanted, 'epoch')}{trained}"
    parts = [f"epoch {min(n_done + 1, wanted)} of {wanted}"]
    if view.batches:
        parts.append(f"batch {view.batches[-1]['batch']} of {view.batches[-1]['n_batches']}")
    if view.segments_per_second:
        parts.append(f"{view.segments_per_second:,.0f} segments per second")
    if view.seconds_left is not None:
        parts.append(f"{duration(view.seconds_left)} left")
    return " · ".join(parts)


def failure_message(view: RunView) -> str:
    """Return why a run failed and what to do."""
    reason = view.status.reason
    if reason.startswith("diverged"):
        return (
            f"{_capital(reason.removeprefix('diverged: '))} "
            "Scaling the inputs helps as well. The weights are lost."
        )
    if reason == "killed":
        return (
            "Its background process was killed. Finished epochs are saved: "
            "resume from the last one."
        )
    text = _capital(reason)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _capital(text: str) -> str:
    """Return a sentence with its first letter in upper case, the others unchanged."""
    return text[:1].upper() + text[1:]


def run_headline(evaluation: Mapping[str, Any], config: TrainConfig) -> str:
    """Return the accuracy of a run, and of how many tracks it is, as a headline."""
    accuracy, why = evaluation["track_accuracy"], ""
    n = accuracy["n"]
    noun = "track" if n == 1 else "tracks"
    whom = {
        "artist": f"{noun} by unseen artists",
        "track": f"unseen {noun}",
        "course": f"{noun}, most with other segments in training",
        "fault-filtered": f"test {noun} of the fault-filtered partition",
    }.get(config.split, f"test {noun}")
    if config.split == "artist" and (unknown := _artists_unknown(evaluation)):
        whom, why = f"unseen {noun}", f"; {unknown}"
    if n < LEAST_TRACKS:
        n_right = round(accuracy["value"] * n)
        return f"Right for {n_right} of {n} {whom}: too few to say{why}"
    return f"Right for {percent(accuracy['value'])} of {n:,} {whom}{why}"


def run_figures(evaluation: Mapping[str, Any]) -> str:
    """Return the details of the headline: intervals, and the accuracy of guessing."""
    track, segment = evaluation["track_accuracy"], evaluation["segment_accuracy"]
    chance = percent(chance_level(evaluation["confusion_matrix"]))
    return (
        f"{count(track['n'], 'track')}, 95% interval {interval(track['low'], track['high'])}. "
        f"Guessing is to always predict the most common genre: {chance}. Per segment of 3 s: "
        f"{percent(segment['value'])} of {segment['n']:,} (95% interval "
        f"{interval(segment['low'], segment['high'])}, too narrow: segments of one track are "
        "not independent)."
    )


def leak_warning(config: TrainConfig, evaluation: Mapping[str, Any]) -> str:
    """Return a warning about data leakage in a split; empty without leakage.

    Parameters
    ----------
    config : TrainConfig
    evaluation : mapping
        A run's event ``evaluation``; empty before there is one.
    """
    if config.permute_genres:
        return (
            "The genres were permuted between tracks, so there is nothing to learn: a higher "
            "accuracy than guessing is memorisation."
        )
    if config.split == "course":
        return (
            "Data leakage: the course split puts segments of one recording in both the training "
            "and the test set. This accuracy says little about your music. Choose the artist split."
        )
    if config.split == "track":
        return (
            "Data leakage: the same artist may be in both the training and the test set. This "
            "accuracy may be too high. Choose the artist split."
        )
    if config.split == "artist" and (why := _artists_unknown(evaluation)):
        return (
            f"{_capital(why)}, so the same artist may be in both the training and the test set. "
            "This accuracy may be too high. Add an artists.csv next to the genre folders."
        )
    return ""


def _artists_unknown(evaluation: Mapping[str, Any]) -> str:
    """Return a clause if most artists of a run's test set are unknown; else empty."""
    if not evaluation:
        return ""
    predictions = Evaluation.from_dict(dict(evaluation)).predictions
    return artists_unknown([answer.artist for answer in predictions])


def split_problem(check: SplitCheck) -> str:
    """Return why a recipe cannot be started on some data, and what can be done."""
    noun = "recordings" if check.plan.by == "track" else "recordings by other artists"
    if not check.option:
        return f"{_capital(check.problem)} No other split works either: add {noun}."
    is_by_track = check.option.get("by") == "track"
    who = " Split by track, the accuracy also measures who plays." if is_by_track else ""
    return f"{_capital(check.problem)} Add {noun}, or use a split that works.{who}"


def split_option(settings: Mapping[str, Any]) -> str:
    """Return what a button is called that changes these settings for a split that works.

    Examples
    --------
    >>> split_option({"split": "track"}), split_option({"test_share": 0.33, "seed": 2})
    ('Split by track', 'Test on 33%, seed 2')
    """
    written = {"split": "split by {}", "test_share": "test on {:.0%}", "seed": "seed {}"}
    return _capital(", ".join(written[name].format(value) for name, value in settings.items()))


def dataset_line(facts: Mapping[str, Any]) -> str:
    """Return the data of a run, from its event ``data``."""
    sides = facts["n_segments"]
    return (
        f"{count(facts['n_tracks'], 'track')} in {count(len(facts['genres']), 'genre')}: "
        f"{count(sides['train'], 'segment')} for training, {sides['validation']:,} for "
        f"validation, {sides['test']:,} for the test."
    )


def missing_genres(facts: Mapping[str, Any]) -> list[str]:
    """Return the genres that are missing in training or test, a sentence each."""
    return [
        f"The {side} set has no {', '.join(genres)}: too few artists in the data."
        for side, genres in facts.get("absent_genres", {}).items()
        if genres and side != "validation"
    ]


def validation_line(facts: Mapping[str, Any]) -> str:
    """Return that validation lacks genres, for its curve; empty if it lacks none."""
    genres = facts.get("absent_genres", {}).get("validation", ())
    if not genres:
        return ""
    return (
        f"Validation has no {', '.join(genres)}: its curve says nothing of them, and the test may "
        "differ from it."
    )


def stopped_line(view: RunView) -> str:
    """Return why a run that was stopped in its first epoch has no result; else empty."""
    if view.status.state != "stopped" or view.evaluation or view.history:
        return ""
    return "Stopped in the first epoch: there is nothing to test yet. Resume it, or start anew."


def overview_line(overview: Mapping[str, Any]) -> str:
    """Return the size of a dataset, as a line."""
    total = overview["total"]
    genres = count(len(overview["genres"]), "genre")
    if total["n_tracks"] is None:
        return (
            f"{count(total['n_segments'], 'segment')} in {genres}. It does not say which track a "
            "segment is from, so only the course split is possible."
        )
    n_artists, tracks = total["n_artists"], count(total["n_tracks"], "track")
    artists = count(n_artists, "known artist") if n_artists else "no artist known"
    line = f"{tracks}, {total['minutes']:.0f} minutes, {artists}"
    return f"{line}; {overview['n_skipped']} skipped." if overview["n_skipped"] else f"{line}."


def overview_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return one genre of a dataset as a row of a table."""
    return {
        "genre": row["genre"],
        "tracks": row["n_tracks"],
        "segments": row["n_segments"],
        "minutes": round(row["minutes"], 1),
        "artists": row["n_artists"],
    }


def reading_line(n_done: int, n_tracks: int, features: str) -> str:
    """Return the progress of reading a dataset, of which features are extracted from audio."""
    of = f"track {n_done} of {n_tracks}" if n_tracks else "the tracks"
    return f"Reading {of}, as {features} features"


def switched_data_line(data: str, features: str) -> str:
    """Return why other bundled data is chosen than before."""
    return f"Data switched to {data}: this recipe reads {features} features."


def missing_data_line(name: str, *, is_changed: bool) -> str:
    """Return why the data that a link means is not used."""
    if is_changed:
        return (
            f"The data {name} was changed since this link was made. Use it as it is now, or choose "
            "other data."
        )
    return (
        f"The data {name}, which this link means, is not here. Choose where it is, or other data: "
        "nothing is started on data that the link does not mean."
    )


def download_line(download: DownloadStatus) -> str:
    """Return the progress of a download."""
    if download.state == "unpacking":
        return f"Unpacking file {download.n_done} of {download.n_total}"
    done = f"{download.n_done / 1e6:,.0f} MB"
    of = f" of {download.n_total / 1e6:,.0f} MB" if download.n_total else ""
    return f"Downloaded {done}{of}" if download.n_done else "Connecting"


def duration_line(seconds: float, *, is_measured: bool) -> str:
    """Return how long a run will take, and how that is known."""
    known = "measured on this computer just now" if is_measured else "roughly, on two cores"
    return f"About {duration(seconds)}, {known}."


def earlier_run_line(ghost: EarlierRun | None) -> str:
    """Return which earlier run is drawn pale, before a run is started."""
    if ghost is None:
        return "No run was trained on this data yet."
    if ghost.is_recorded:
        return "Pale: a run that comes with the program, on this data."
    return "Pale: your best earlier run on this data."


def marks_line(marks: Sequence[Mark]) -> str:
    """Return the changes during a run, by their numbers in its chart."""
    return " · ".join(f"{number} {mark.text}" for number, mark in enumerate(marks, start=1))
