"""Sentences about a training run.

Conventions
-----------
As `genre.text.song`; every accuracy also has its split.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from genre.evaluation.evaluation import Evaluation
from genre.evaluation.track_figures import chance_level
from genre.language import _, ngettext
from genre.models.measured_on import measured_on
from genre.recipes.config import TrainConfig
from genre.runs.names import read_name
from genre.runs.reader import Mark, RunView
from genre.runs.reference_runs import EarlierRun
from genre.splits.split_leakage import artists_unknown
from genre.text.format import count, duration, interval, moment, number, percent

LEAST_TRACKS = 20
"""With fewer tracks in a test, a headline says that they are too few."""


def state(view: RunView) -> str:
    """Return the state of a run, as a headline."""
    status = view.status
    match status.state:
        case "queued" if view.n_before:
            said = _("Waiting: {runs} before it")
            if view.is_held_up:
                said = ngettext(
                    "Waiting: {runs} before it, paused",
                    "Waiting: {runs} before it, one of them paused",
                    view.n_before,
                )
            return said.format(runs=count(view.n_before, "run"))
        case "queued":
            return _("Starting")
        case "starting":
            return _("Starting TensorFlow")
        case "extracting":
            n_done, n_tracks = view.extracted
            said = _("Reading track {n} of {n_tracks}") if n_tracks else _("Reading the data")
            return said.format(n=n_done, n_tracks=n_tracks)
        case "fitting":
            return _("Pausing") if view.is_pausing else _("Training")
        case "paused":
            return _("Paused")
        case "evaluating":
            return _("Testing")
        case "finished":
            return _("Finished")
        case "stopped":
            return _("Stopped")
    return _("Diverged") if status.reason.startswith("diverged") else _("Failed")


def progress(view: RunView) -> str:
    """Return the progress of a run: epoch, batch, speed and time left, as far as known."""
    n_done, wanted = len(view.history), view.config.epochs
    fold = fold_name(view)
    if not view.status.is_live and fold:
        return _("{fold}: {n_done} of {epochs}, trained for {duration} in all").format(
            fold=capital(fold),
            n_done=n_done,
            epochs=count(wanted, "epoch"),
            duration=duration(view.trained_seconds),
        )
    if not view.status.is_live:
        said = (
            _("{n_done} of {epochs}, trained for {duration}")
            if n_done
            else _("{n_done} of {epochs}")
        )
        return said.format(
            n_done=n_done, epochs=count(wanted, "epoch"), duration=duration(view.trained_seconds)
        )
    parts = [fold] if fold else []
    parts.append(_("epoch {n} of {n_epochs}").format(n=min(n_done + 1, wanted), n_epochs=wanted))
    if view.batches:
        last = view.batches[-1]
        parts.append(
            _("batch {n} of {n_batches}").format(n=last["batch"], n_batches=last["n_batches"])
        )
    if view.segments_per_second:
        parts.append(_("{n} segments per second").format(n=number(view.segments_per_second)))
    if view.seconds_left is not None:
        parts.append(_("{duration} left").format(duration=duration(view.seconds_left)))
    return " · ".join(parts)


def fold_name(view: RunView) -> str:
    """Return which fold a run is at; empty where there are none."""
    folds = view.folds
    if not folds.n_folds:
        return ""
    if folds.is_final:
        return _("model on all tracks")
    return _("fold {n} of {n_folds}").format(n=folds.fold, n_folds=folds.n_folds)


def failure_message(view: RunView) -> str:
    """Return why a run failed and what to do."""
    reason = view.status.reason
    if reason.startswith("diverged"):
        return _("{reason} Scaling the inputs helps as well. The weights are lost.").format(
            reason=capital(reason.removeprefix("diverged: "))
        )
    if reason == "killed":
        return _(
            "Its background process was killed. Finished epochs are saved: resume from the "
            "last one."
        )
    text = capital(_(reason))  # a status has the usual ones in English
    return text if text.endswith((".", "!", "?")) else f"{text}."


def capital(text: str) -> str:
    """Return a sentence with its first letter in upper case, the others unchanged."""
    return text[:1].upper() + text[1:]


def run_headline(evaluation: Mapping[str, Any], config: TrainConfig) -> str:
    """Return the accuracy of a run, and of how many tracks it is, as a headline."""
    accuracy = evaluation["track_accuracy"]
    n, split = accuracy["n"], config.split
    unknown = _artists_unknown(evaluation) if split == "artist" else ""
    whom = _tested("track" if unknown else split, n)
    if n < LEAST_TRACKS:
        headline = _("Right for {n_right} of {tracks}: too few to say").format(
            n_right=round(accuracy["value"] * n), tracks=whom
        )
    else:
        headline = _("Right for {share} of {tracks}").format(
            share=percent(accuracy["value"]), tracks=whom
        )
    if config.evaluation == "pooled":
        headline += ", " + _("{n} folds pooled").format(n=config.n_folds)
    return f"{headline}; {unknown}" if unknown else headline


def pooled_line(view: RunView) -> str:
    """Return what the figures of a run of folds are of; empty for one with a test side."""
    if view.config.evaluation != "pooled":
        return ""
    said = _("Each track was tested by a network that was not trained on it ({about}).").format(
        about=measured_on(view.evaluation["about"])
    )
    if view.folds.is_final:
        said += " " + _(
            "The model is trained on all tracks, for {epochs}: the median of what the folds' "
            "validation sides found best."
        ).format(epochs=count(view.folds.epochs, "epoch"))
    return said


def _tested(split: str, n: int) -> str:
    """Return how many tracks a test has, and of which kind."""
    said = {
        "artist": lambda: ngettext(
            "{n} track by unseen artists", "{n} tracks by unseen artists", n
        ),
        "track": lambda: ngettext("{n} unseen track", "{n} unseen tracks", n),
        "course": lambda: ngettext(
            "{n} track, most with other segments in training",
            "{n} tracks, most with other segments in training",
            n,
        ),
        "fault-filtered": lambda: ngettext(
            "{n} test track of the fault-filtered partition",
            "{n} test tracks of the fault-filtered partition",
            n,
        ),
    }.get(split, lambda: ngettext("{n} test track", "{n} test tracks", n))
    return said().format(n=number(n))


def run_figures(evaluation: Mapping[str, Any]) -> str:
    """Return the details of the headline: intervals, and the accuracy of guessing."""
    track, segment = evaluation["track_accuracy"], evaluation["segment_accuracy"]
    chance = percent(chance_level(evaluation["confusion_matrix"]))
    return _(
        "{tracks}, 95% interval {interval}. Guessing is to always predict the most common genre: "
        "{chance}. Per segment of 3 s: {share} of {n} (95% interval {narrow}, too narrow: segments "
        "of one track are not independent)."
    ).format(
        tracks=count(track["n"], "track"),
        interval=interval(track["low"], track["high"]),
        chance=chance,
        share=percent(segment["value"]),
        n=number(segment["n"]),
        narrow=interval(segment["low"], segment["high"]),
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
        return _(
            "The genres were permuted between tracks, so there is nothing to learn: a higher "
            "accuracy than guessing is memorisation."
        )
    if config.split == "course":
        return _(
            "Data leakage: the course split puts segments of one recording in both the "
            "training and the test set. This accuracy says little about your music. Choose "
            "the artist split."
        )
    if config.split == "track":
        return _(
            "Data leakage: the same artist may be in both the training and the test set. "
            "This accuracy may be too high. Choose the artist split."
        )
    if config.split == "artist" and (why := _artists_unknown(evaluation)):
        return _(
            "{why}, so the same artist may be in both the training and the test set. This "
            "accuracy may be too high. Add an artists.csv next to the genre folders."
        ).format(why=capital(why))
    return ""


def _artists_unknown(evaluation: Mapping[str, Any]) -> str:
    """Return a clause if most artists of a run's test set are unknown; else empty."""
    if not evaluation:
        return ""
    predictions = Evaluation.from_dict(dict(evaluation)).predictions
    return measured_on(artists_unknown([answer.artist for answer in predictions]))


def imported_line(data: str) -> str:
    """Return what an imported run is."""
    return _(
        "Imported: it was trained elsewhere, on {data}. It can be compared and its model saved, "
        "but it does not go on here."
    ).format(data=data)


def stopped_line(view: RunView) -> str:
    """Return why a run that was stopped has no result, or no model; else empty."""
    if view.status.state == "stopped" and view.config.evaluation == "pooled":
        return _(
            "Stopped before the model on all tracks was trained. Finished folds are kept: resume "
            "it, or start anew."
        )
    if view.status.state != "stopped" or view.evaluation or view.history:
        return ""
    return _("Stopped in the first epoch: there is nothing to test yet. Resume it, or start anew.")


def duration_line(seconds: float, *, is_measured: bool) -> str:
    """Return how long a run will take, and how that is known."""
    said = (
        _("About {duration}, measured on this computer just now.")
        if is_measured
        else _("About {duration}, roughly, on two cores.")
    )
    return said.format(duration=duration(seconds))


def earlier_run_line(ghost: EarlierRun | None) -> str:
    """Return which earlier run is drawn pale, before a run is started."""
    if ghost is None:
        return _("No run was trained on this data yet.")
    if ghost.is_recorded:
        return _("Pale: a run that comes with the program, on this data.")
    return _("Pale: your best earlier run on this data.")


def marks_line(marks: Sequence[Mark]) -> str:
    """Return the changes during a run, by their numbers in its chart."""
    return " · ".join(f"{n} {mark.text}" for n, mark in enumerate(marks, start=1))


def run_label(name: str, label: str = "") -> str:
    """Return what to call a run in a list: when it was made, and its label or its short name."""
    short, made = read_name(name)
    short = label or short
    return f"{moment(made)}, {short}" if made else short
