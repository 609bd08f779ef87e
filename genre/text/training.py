"""What the page says of a training run, in sentences.

Conventions
-----------
As `genre.text.song`: plain text, and every accuracy with its split, its count and
its interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from genre.datasets.gtzan_download import DownloadStatus
from genre.datasets.split_honesty import artists_unknown
from genre.evaluation.evaluation import Evaluation
from genre.recipes.config import TrainConfig
from genre.runs.reader import Mark, RunView
from genre.runs.reference_runs import EarlierRun
from genre.text.format import count, duration, interval, percent


def state(view: RunView) -> str:
    """Return where a run stands, as a headline."""
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
            return "Testing on what was held back"
        case "finished":
            return "Finished"
        case "stopped":
            return "Stopped"
    return "Diverged" if status.reason.startswith("diverged") else "Ended early"


def progress(view: RunView) -> str:
    """Return how far a run has come: epoch, batch, speed and time left, as far as known."""
    n_done, wanted = len(view.history), view.config.epochs
    if not view.status.is_live:
        trained = f", trained for {duration(view.trained_seconds)}" if n_done else ""
        return f"{n_done} of {count(wanted, 'epoch')}{trained}"
    parts = [f"epoch {min(n_done + 1, wanted)} of {wanted}"]
    if view.batches:
        parts.append(f"batch {view.batches[-1]['batch']} of {view.batches[-1]['n_batches']}")
    if view.segments_per_second:
        parts.append(f"{view.segments_per_second:,.0f} segments a second")
    if view.seconds_left is not None:
        parts.append(f"{duration(view.seconds_left)} left")
    return " · ".join(parts)


def ended_early(view: RunView) -> str:
    """Return why a run failed and what can be done about it, as sentences."""
    reason = view.status.reason
    if reason.startswith("diverged"):
        return (
            f"{_capital(reason.removeprefix('diverged: '))} "
            "Scaling the inputs helps as well. What it had learnt before is lost."
        )
    if reason == "killed":
        return (
            "Its process was ended from outside. Nothing finished is lost: "
            "go on from the last finished epoch."
        )
    text = _capital(reason)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _capital(text: str) -> str:
    """Return a sentence with a capital at its beginning, the others as they were."""
    return text[:1].upper() + text[1:]


def run_verdict(evaluation: Mapping[str, Any], config: TrainConfig) -> str:
    """Return what a run has come to, as a headline."""
    whom = {
        "artist": "tracks by artists it had not heard",
        "track": "tracks it had not heard",
        "course": "tracks it had mostly heard other parts of",
        "fault-filtered": "tracks of the fault-filtered partition",
    }.get(config.split, "tracks that were held back")
    if config.split == "artist" and (why := _artists_unknown(evaluation)):
        whom = f"tracks it had not heard; {why}"
    return f"Right for {percent(evaluation['track_accuracy']['value'])} of {whom}"


def run_figures(evaluation: Mapping[str, Any]) -> str:
    """Return what stands behind the headline: counts, intervals, and what a guess would get."""
    track, segment = evaluation["track_accuracy"], evaluation["segment_accuracy"]
    counts = np.asarray(evaluation["confusion_matrix"])
    commonest = counts.sum(axis=1).max() / max(1, counts.sum())
    return (
        f"{count(track['n'], 'track')}, 95% interval {interval(track['low'], track['high'])}. "
        f"Always guessing the most common genre would get {percent(commonest)}. Per segment of "
        f"3 s: {percent(segment['value'])} of {segment['n']:,} (95% interval "
        f"{interval(segment['low'], segment['high'])}, too narrow: segments of one track agree "
        "with each other)."
    )


def leak_warning(config: TrainConfig, evaluation: Mapping[str, Any]) -> str:
    """Return what is wrong with a split that leaks; empty for an honest one.

    Parameters
    ----------
    config : TrainConfig
    evaluation : mapping
        A run's event ``evaluation``; empty before there is one.
    """
    if config.permute_genres:
        return (
            "The genres were permuted between tracks: there is nothing to learn, and whatever is "
            "right beyond a guess was recognised, not heard."
        )
    if config.split == "course":
        return (
            "The course split puts segments of one recording on both sides, as the reference "
            "does: these figures say little about your music. Choose the artist split to know."
        )
    if config.split == "track":
        return (
            "Artists may be on both sides of this split: part of the accuracy is knowing their "
            "sound. Choose the artist split for the honest figure."
        )
    if config.split == "artist" and (why := _artists_unknown(evaluation)):
        return (
            f"{_capital(why)}, so an artist may be on both sides of the split: part of the "
            "accuracy is knowing their sound. Name them in an artists.csv beside the genre folders."
        )
    return ""


def _artists_unknown(evaluation: Mapping[str, Any]) -> str:
    """Return in words that most artists of a run's test side are not known, if so."""
    if not evaluation:
        return ""
    answers = Evaluation.from_dict(dict(evaluation)).answers
    return artists_unknown([answer.artist for answer in answers])


def dataset_line(facts: Mapping[str, Any]) -> str:
    """Return what a run trains on, from its event ``data``."""
    sides = facts["n_segments"]
    return (
        f"{count(facts['n_tracks'], 'track')} in {count(len(facts['genres']), 'genre')}: "
        f"{count(sides['train'], 'segment')} to learn from, {sides['validation']:,} to check "
        "after each epoch, "
        f"{sides['test']:,} kept for the end."
    )


def absences(facts: Mapping[str, Any]) -> list[str]:
    """Return which genres a side of the split lacks, a sentence each."""
    return [
        f"No artist of {', '.join(genres)} was left for the {side} side: too few in the data."
        for side, genres in facts.get("absent_genres", {}).items()
        if genres
    ]


def overview_line(overview: Mapping[str, Any]) -> str:
    """Return what is in a dataset, as a line."""
    total = overview["total"]
    genres = count(len(overview["genres"]), "genre")
    if total["n_tracks"] is None:
        return (
            f"{count(total['n_segments'], 'segment')} in {genres}. Its tracks are not named, so "
            "only the course split is possible."
        )
    n_artists, tracks = total["n_artists"], count(total["n_tracks"], "track")
    artists = count(n_artists, "known artist") if n_artists else "no artist known"
    line = f"{tracks}, {total['minutes']:.0f} minutes, {artists}"
    return f"{line}; {overview['n_skipped']} skipped." if overview["n_skipped"] else f"{line}."


def overview_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is in one genre as a row of a table."""
    return {
        "genre": row["genre"],
        "tracks": row["n_tracks"],
        "segments": row["n_segments"],
        "minutes": round(row["minutes"], 1),
        "artists": row["n_artists"],
    }


def download_line(download: DownloadStatus) -> str:
    """Return how far a download is."""
    if download.state == "unpacking":
        return f"Unpacking file {download.n_done} of {download.n_total}"
    done = f"{download.n_done / 1e6:,.0f} MB"
    of = f" of {download.n_total / 1e6:,.0f} MB" if download.n_total else ""
    return f"Fetched {done}{of}" if download.n_done else "Connecting"


def ghost_line(ghost: EarlierRun | None) -> str:
    """Return what is drawn pale before a run is started."""
    if ghost is None:
        return "Nothing was trained on this data yet."
    if ghost.is_recorded:
        return "Pale: a run that comes with the program, on this data."
    return "Pale: your best earlier run on this data."


def marks_line(marks: Sequence[Mark]) -> str:
    """Return what was done to a run while it trained, by the numbers in its picture."""
    return " · ".join(f"{number} {mark.text}" for number, mark in enumerate(marks, start=1))
