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
from genre.models.card import ModelCard
from genre.models.card_file import CARD_FILE
from genre.models.registry import read_card
from genre.recipes.command import nearest_preset, training_command
from genre.recipes.config import TrainConfig
from genre.runs.files import MODEL, RunStatus, history_of, read_config, read_events, read_status
from genre.runs.reader import Mark, RunReader
from genre.text.format import count, interval, percent
from genre.text.song import dataset_name
from genre.text.training import leak_warning

SAFE_REASONS = ("diverged: ", "disk full: ", "killed", "its process never started", "asked to")
"""The beginnings of error messages without names of files."""
MAX_OPACITY = 0.6
"""Of a cell of the matrix: its count must be readable in both themes."""
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    trim_blocks=True,
    undefined=jinja2.StrictUndefined,
)


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
    marks = RunReader(run).read().marks
    card = read_card(MODEL, run) if (run / MODEL / CARD_FILE).is_file() else None
    network = config.network_config(len(data["genres"])) if data else None
    nearest, changed = nearest_preset(config)
    return _TEMPLATES.get_template("run_report.jinja").render(
        name=run.name,
        light=LIGHT_BACKGROUND,
        dark=DARK_BACKGROUND,
        training=TRAINING,
        validation=VALIDATION,
        result=_result(status, evaluation),
        warnings=_warnings(config, status, evaluation),
        notes=_notes(status, evaluation, history, config),
        curves=_curves(history, marks),
        has_validation=any("val_loss" in row for row in history),
        marks=marks,
        genres=evaluation.get("genres", []),
        matrix=_matrix(evaluation),
        preset=nearest.preset,
        n_changed=len(changed),
        settings=_settings(config, nearest, changed),
        layers=network.summary() if network else [],
        n_parameters=network.n_parameters if network else 0,
        data_rows=_data_rows(data, card, events),
        card=card,
        created=_moment(datetime.datetime.fromisoformat(card.created)) if card else "",
        command=training_command(config, data_name),
    )


def _latest(events: Sequence[Mapping[str, Any]], kind: str) -> Mapping[str, Any]:
    """Return the last event of a kind; empty if there is none."""
    return next((event for event in reversed(events) if event["event"] == kind), {})


def _result(status: RunStatus, evaluation: Mapping[str, Any]) -> str:
    """Return the result of a run, as one sentence."""
    if evaluation:
        track = evaluation["track_accuracy"]
        return (
            f"Right for {percent(track['value'])} of {count(track['n'], 'track')} (95% interval "
            f"{interval(track['low'], track['high'])}; {evaluation['about']})."
        )
    if status.is_live:
        return "This run has not finished yet, so it has not been tested."
    if status.reason.startswith("diverged: "):
        return "Training diverged: there is nothing to test."
    return f"This run {status.state} before it was tested."


def _warnings(config: TrainConfig, status: RunStatus, evaluation: Mapping[str, Any]) -> list[str]:
    """Return the warnings."""
    warning = leak_warning(config, evaluation)
    found = [warning] if warning else []
    if status.state == "failed":
        is_speakable = status.reason.startswith(SAFE_REASONS)
        reason = status.reason.removeprefix("diverged: ").rstrip(".")
        found.append(
            f"It failed: {reason}."
            if is_speakable
            else "It failed. The error message is in the folder of the run; it is left out here, "
            "since it may contain names of recordings."
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
            f"Per segment of 3 s: {percent(segment['value'])} of {segment['n']:,} (95% interval "
            f"{interval(segment['low'], segment['high'])}). Guessing at random among "
            f"{n_genres} genres gets about {percent(1 / n_genres)}."
        )
    if history:
        notes.append(f"Trained for {len(history)} of the {count(config.epochs, 'epoch')}.")
    if status.state == "stopped":
        notes.append("It was stopped early.")
    return notes


def _curves(
    history: Sequence[Mapping[str, Any]], marks: Sequence[Mark]
) -> list[tuple[str, Markup]]:
    """Return the two charts with their headings."""
    if not history:
        return []
    moments = [mark.epoch for mark in marks]
    # Markup, since the charts contain numbers only.
    return [
        ("Accuracy, per segment", Markup(training_curves(history, "accuracy", moments))),
        ("Loss, in nats", Markup(training_curves(history, "loss", moments))),
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
        rows.append((genre, cells))
    return rows


def _settings(
    config: TrainConfig, preset: TrainConfig, changed: Sequence[str]
) -> list[dict[str, Any]]:
    """Return every setting with its help, those that differ from the preset first."""
    rows = [
        {
            "name": f.name,
            "about": f.metadata["about"],
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
        return "yes" if value else "no"
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
    absent = (f"{side}: {', '.join(names)}" for side, names in data["absent_genres"].items())
    sides = ", ".join(f"{n} {side}" for side, n in n_segments.items())
    rows = [
        ("Name", dataset_name(data["name"])),
        ("Genres", ", ".join(data["genres"])),
        ("Tracks", str(data["n_tracks"])),
        ("Segments", f"{sum(n_segments.values())}: {sides}"),
        ("Missing genres", "; ".join(absent)),
        ("Skipped", f"{len(data['skipped'])} unusable recordings" if data["skipped"] else ""),
        ("Started", _moment(started) if started else ""),
    ]
    if card:
        n_tracks, n_artists = card.data["n_tracks"], card.data["n_artists"]
        used = f"{count(n_tracks, 'track')} by {count(n_artists, 'artist')}"
        rows.insert(3, ("Training and validation", used))
    return [row for row in rows if row[1]]


def _moment(moment: datetime.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} (UTC)"
