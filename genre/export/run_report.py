"""A training run as one HTML file: settings, curves, confusion matrix, card.

Conventions
-----------
The file loads nothing and runs no script.  Everything in it comes from files and is
escaped by the template.  It has the names of the data and the genres, but no paths and no
names of recordings: an error message that may contain these is left out.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from genre.charts.colours import DARK_BACKGROUND, LIGHT_BACKGROUND, TRAINING, VALIDATION
from genre.charts.svg_curves import training_curves
from genre.language import N_, _, current, ngettext
from genre.models.card import ModelCard
from genre.models.card_file import CARD_FILE
from genre.models.measured_on import measured_on
from genre.models.registry import read_card
from genre.reading.read import read_result
from genre.reading.sources import figures_of_run
from genre.recipes.command import nearest_preset, training_command
from genre.recipes.config import TrainConfig
from genre.runs.files import MODEL, RunStatus, history_of, read_config, read_events, read_status
from genre.runs.reader import Mark, RunReader
from genre.system.schema import brief
from genre.text.format import count, interval, percent
from genre.text.genres import genre_name, genre_names
from genre.text.reading import reading_lines
from genre.text.song import dataset_name
from genre.text.training import leak_warning, pooled_line

SAFE_REASONS = ("diverged: ", "disk full: ", "killed", RunStatus.NEVER_STARTED)
"""The beginnings of error messages without names of files, as a status has them: in English."""
SIDES = {"train": N_("training"), "validation": N_("validation"), "test": N_("test")}
MAX_OPACITY = 0.6
"""Of a cell of the matrix: its count must be readable in both themes."""
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    trim_blocks=True,
    undefined=jinja2.StrictUndefined,
)
_TEMPLATES.globals |= {"_": _, "count": count, "percent": percent, "measured_on": measured_on}


def run_report(run: Path) -> str:
    """Return a training run as one HTML file.

    Parameters
    ----------
    run : Path
        In any state: what does not exist yet is left out.

    Returns
    -------
    page : str
        With styles and charts, without scripts.

    Raises
    ------
    RunError
        If there is no such run, or its files cannot be read.
    ModelError
        If its model is corrupt.
    """
    (config, data_name), status = read_config(run), read_status(run)
    data_name = dataset_name(data_name)
    events = read_events(run)[0]
    history = history_of(events)
    data = _latest(events, "data")
    evaluation = _latest(events, "evaluation")
    view = RunReader(run).read()
    card = read_card(MODEL, run) if (run / MODEL / CARD_FILE).is_file() else None
    network = config.network_config(len(data["genres"])) if data else None
    nearest, changed = nearest_preset(config)
    is_pooled = config.evaluation == "pooled"
    return _TEMPLATES.get_template("run_report.jinja").render(
        language=current(),
        name=run.name,
        light=LIGHT_BACKGROUND,
        dark=DARK_BACKGROUND,
        training=TRAINING,
        validation=VALIDATION,
        result=_result(status, evaluation),
        warnings=_warnings(config, status, evaluation),
        notes=[
            *_notes(status, evaluation, history, view.config),
            *([pooled_line(view)] if is_pooled and evaluation else []),
        ],
        reading=reading_lines(read_result(figures_of_run(view)), names_artists=False),
        curves=_curves(history, view.marks, view.folds.earlier),
        has_validation=any(
            "val_loss" in row for rows in (history, *view.folds.earlier) for row in rows
        ),
        has_folds=bool(view.folds.earlier),
        is_pooled=is_pooled,
        marks=view.marks,
        genres=[genre_name(genre) for genre in evaluation.get("genres", [])],
        matrix=_matrix(evaluation),
        preset=nearest.preset,
        n_changed=len(changed),
        settings=_settings(config, nearest, changed),
        layers=network.summary() if network else [],
        n_parameters=network.n_parameters if network else 0,
        data_rows=_data_rows(data, card, events),
        card=card,
        packages=", ".join(map(" ".join, card.versions.items())) if card else "",
        created=_made(card),
        command=training_command(config, data_name),
    )


def _latest(events: Sequence[Mapping[str, Any]], kind: str) -> Mapping[str, Any]:
    """Return the last event of a kind; empty if there is none."""
    return next((event for event in reversed(events) if event["event"] == kind), {})


def _result(status: RunStatus, evaluation: Mapping[str, Any]) -> str:
    """Return the result of a run, as one sentence."""
    if evaluation:
        track = evaluation["track_accuracy"]
        return _("Right for {share} of {n_tracks} (95% interval {interval}; {about}).").format(
            share=percent(track["value"]),
            n_tracks=count(track["n"], "track"),
            interval=interval(track["low"], track["high"]),
            about=measured_on(evaluation["about"]),
        )
    if status.is_live:
        return _("This run has not finished yet, so it has not been tested.")
    if status.reason.startswith("diverged: "):
        return _("Training diverged: there is nothing to test.")
    if status.state == "stopped":
        return _("This run stopped before it was tested.")
    return _("This run failed before it was tested.")


def _warnings(config: TrainConfig, status: RunStatus, evaluation: Mapping[str, Any]) -> list[str]:
    """Return the warnings."""
    warning = leak_warning(config, evaluation)
    found = [warning] if warning else []
    if status.state == "failed":
        reason = _(status.reason).removeprefix("diverged: ").rstrip(".")
        found.append(
            _("It failed: {reason}.").format(reason=reason)
            if status.reason.startswith((*SAFE_REASONS, _(RunStatus.NEVER_STARTED)))
            else _(
                "It failed. The error message is in the folder of the run; it is left out here, "
                "since it may contain names of recordings."
            )
        )
    return found


def _notes(
    status: RunStatus,
    evaluation: Mapping[str, Any],
    history: Sequence[Mapping[str, Any]],
    config: TrainConfig,
) -> list[str]:
    """Return the details of the result."""
    notes = []
    if evaluation:
        segment, n_genres = evaluation["segment_accuracy"], len(evaluation["genres"])
        notes.append(
            _(
                "Per segment of 3 s: {share} of {n:,} (95% interval {interval}). Guessing at "
                "random among {n_genres} genres gets about {chance}."
            ).format(
                share=percent(segment["value"]),
                n=segment["n"],
                interval=interval(segment["low"], segment["high"]),
                n_genres=n_genres,
                chance=percent(1 / n_genres),
            )
        )
    if history:
        notes.append(
            _("Trained for {n} of the {n_epochs}.").format(
                n=len(history), n_epochs=count(config.epochs, "epoch")
            )
        )
    if status.state == "stopped":
        notes.append(_("It was stopped early."))
    return notes


def _curves(
    history: Sequence[Mapping[str, Any]],
    marks: Sequence[Mark],
    folds: Sequence[Sequence[Mapping[str, Any]]],
) -> list[tuple[str, Markup]]:
    """Return the two charts with their headings."""
    if not history:
        return []
    moments = [mark.epoch for mark in marks]
    # Markup: the charts contain numbers and escaped words.
    return [
        (heading, Markup(training_curves(history, metric, moments, folds=folds)))
        for heading, metric in (
            (_("Accuracy, per segment"), "accuracy"),
            (_("Loss, in nats"), "loss"),
        )
    ]


def _matrix(evaluation: Mapping[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the confusion matrix, a row of styled cells for each true genre."""
    rows = []
    for i, genre in enumerate(evaluation.get("genres", [])):
        counts = evaluation["confusion_matrix"][i]
        n_true = max(1, sum(counts))
        cells = [
            {
                "n": n,
                "opacity": f"{MAX_OPACITY * n / n_true:.3f}",
                "kind": " ".join(["right"] * (i == j) + ["none"] * (n == 0)),
            }
            for j, n in enumerate(counts)
        ]
        rows.append((genre_name(genre), cells))
    return rows


def _settings(
    config: TrainConfig, preset: TrainConfig, changed: Sequence[str]
) -> list[dict[str, Any]]:
    """Return every setting with its help, those that differ from the preset first."""
    rows = [
        {
            "name": f.name,
            "about": _(f.metadata["about"]),
            "value": _shown(getattr(config, f.name)),
            "preset": _shown(getattr(preset, f.name)),
            "is_changed": f.name in changed,
        }
        for f in fields(config)
        if f.name != "preset"
    ]
    return sorted(rows, key=lambda row: not row["is_changed"])


def _shown(value: Any) -> str:
    """Return a setting as text."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _data_rows(
    data: Mapping[str, Any], card: ModelCard | None, events: Sequence[Mapping[str, Any]]
) -> list[tuple[str, str]]:
    """Return the training data, as rows."""
    if not data:
        return []
    times = [event["time"] for event in events if "time" in event]
    started = datetime.datetime.fromtimestamp(times[0], datetime.UTC) if times else None
    n_segments = data["n_segments"]
    absent = (f"{_(SIDES[side])}: {genre_names(of)}" for side, of in data["absent_genres"].items())
    sides = ", ".join(f"{_(SIDES[side])} {n}" for side, n in n_segments.items())
    if not n_segments["test"]:  # of folds
        sides = _("each is tested in one fold")
    rows = [
        (_("Name"), brief(data["name"])),
        (_("Genres"), genre_names(data["genres"])),
        (_("Tracks"), str(data["n_tracks"])),
        (_("Segments"), f"{sum(n_segments.values())}: {sides}"),
        (_("Missing genres"), "; ".join(absent)),
        (_("Skipped"), _unusable(len(data["skipped"])) if data["skipped"] else ""),
        (_("Started"), _moment(started) if started else ""),
    ]
    if card and {"n_tracks", "n_artists"} <= card.data.keys():  # an imported one may lack them
        n_tracks, n_artists = card.data["n_tracks"], card.data["n_artists"]
        used = _("{n_tracks} by {n_artists}").format(
            n_tracks=count(n_tracks, "track"), n_artists=count(n_artists, "artist")
        )
        rows.insert(3, (_("Training and validation"), used))
    return [row for row in rows if row[1]]


def _unusable(n: int) -> str:
    return ngettext("{n} unusable recording", "{n} unusable recordings", n).format(n=n)


def _made(card: ModelCard | None) -> str:
    """Return when a model was made; empty where its card does not say."""
    made = card.created if card else ""
    return _moment(datetime.datetime.fromisoformat(made)) if made else ""


def _moment(moment: datetime.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} (UTC)"
