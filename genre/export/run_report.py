"""A training run as one HTML page to keep: settings, curves, matrix, card.

Conventions
-----------
The page asks nothing of a network and runs no script.  Everything in it comes
out of files and is escaped by the template.  It names the data and the genres, but
no path and no recording: where a run failed for a reason that may name files, it
says where to read it.
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
from genre.models.registry import CARD_FILE, read_card
from genre.recipes.command import nearest_preset, training_command
from genre.recipes.config import TrainConfig
from genre.runs.files import MODEL, RunStatus, history_of, read_config, read_events, read_status
from genre.runs.reader import Mark, RunReader
from genre.text.format import count, interval, percent
from genre.text.song import dataset_name
from genre.text.training import leak_warning

SPEAKABLE = ("diverged: ", "disk full: ", "killed", "its process never started", "asked to")
"""How the reasons of a run's end begin that name no file."""
MAX_OPACITY = 0.6
"""Of a cell of the matrix: the count must stay readable on it, light or dark."""
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    trim_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def run_page(run: Path) -> str:
    """Write what is known of a training run as one page of HTML.

    Parameters
    ----------
    run : Path
        In whatever state: what is not there yet is left out.

    Returns
    -------
    page : str
        Stands alone: style and drawings are inside, and there is no script.

    Raises
    ------
    RunError
        If there is no such run, or its files cannot be read.
    ModelError
        If its model is damaged.
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
        verdict=_verdict(status, evaluation),
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
    """Return the last event of a kind; an empty one where there is none."""
    return next((event for event in reversed(events) if event["event"] == kind), {})


def _verdict(status: RunStatus, evaluation: Mapping[str, Any]) -> str:
    """Return what came of a run, as one sentence."""
    if evaluation:
        track = evaluation["track_accuracy"]
        return (
            f"Right for {percent(track['value'])} of {count(track['n'], 'track')} (95% interval "
            f"{interval(track['low'], track['high'])}; {evaluation['about']})."
        )
    if status.is_live:
        return "This run has not ended yet, so it has not been tested."
    if status.reason.startswith("diverged: "):
        return "Training diverged: there is nothing to test."
    return f"This run {status.state} before it was tested."


def _warnings(config: TrainConfig, status: RunStatus, evaluation: Mapping[str, Any]) -> list[str]:
    """Return what a reader must not overlook."""
    warning = leak_warning(config, evaluation)
    found = [warning] if warning else []
    if status.state == "failed":
        is_speakable = status.reason.startswith(SPEAKABLE)
        reason = status.reason.removeprefix("diverged: ").rstrip(".")
        found.append(
            f"It failed: {reason}."
            if is_speakable
            else "It failed. The reason stands in the run's own files; as it may name recordings, "
            "it is not repeated here."
        )
    return found


def _notes(
    status: RunStatus,
    evaluation: Mapping[str, Any],
    history: Sequence[Mapping[str, Any]],
    config: TrainConfig,
) -> list[str]:
    """Return what puts the verdict into proportion."""
    notes = []
    if evaluation:
        segment, n_genres = evaluation["segment_accuracy"], len(evaluation["genres"])
        notes.append(
            f"Per segment of 3 s: {percent(segment['value'])} of {segment['n']:,} (95% interval "
            f"{interval(segment['low'], segment['high'])}). Guessing at random among "
            f"{n_genres} genres gets about {percent(1 / n_genres)}."
        )
    if history:
        notes.append(
            f"Trained for {len(history)} of the {count(config.epochs, 'epoch')} asked for."
        )
    if status.state == "stopped":
        notes.append("It was stopped before its end.")
    return notes


def _curves(
    history: Sequence[Mapping[str, Any]], marks: Sequence[Mark]
) -> list[tuple[str, Markup]]:
    """Return the two drawings with their headings."""
    if not history:
        return []
    moments = [mark.epoch for mark in marks]
    # Markup, since drawings hold numbers only.
    return [
        ("Accuracy, per segment", Markup(training_curves(history, "accuracy", moments))),
        ("Loss, in nats", Markup(training_curves(history, "loss", moments))),
    ]


def _matrix(evaluation: Mapping[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the confusion matrix, a row with the looks of its cells for each true genre."""
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
    """Return a setting as a reader would write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _data_rows(
    data: Mapping[str, Any], card: ModelCard | None, events: Sequence[Mapping[str, Any]]
) -> list[tuple[str, str]]:
    """Return what was learnt from, as rows."""
    if not data:
        return []
    begun = datetime.datetime.fromtimestamp(events[0]["time"], datetime.UTC)
    n_segments = data["n_segments"]
    absent = (f"{side}: {', '.join(names)}" for side, names in data["absent_genres"].items())
    sides = ", ".join(f"{n} {side}" for side, n in n_segments.items())
    rows = [
        ("Name", dataset_name(data["name"])),
        ("Genres", ", ".join(data["genres"])),
        ("Tracks", str(data["n_tracks"])),
        ("Segments", f"{sum(n_segments.values())}: {sides}"),
        ("Genres a side lacks", "; ".join(absent)),
        ("Left out", f"{len(data['skipped'])} that could not be used" if data["skipped"] else ""),
        ("Begun", _moment(begun)),
    ]
    if card:
        n_tracks, n_artists = card.data["n_tracks"], card.data["n_artists"]
        learnt = f"{count(n_tracks, 'track')} by {count(n_artists, 'artist')}"
        rows.insert(3, ("Learnt or chosen from", learnt))
    return [row for row in rows if row[1]]


def _moment(moment: datetime.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} (UTC)"
