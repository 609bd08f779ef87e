"""What commands and pages read models and runs with: only what is damaged may be refused."""

import argparse
import contextlib
import io
import json
import shutil
from pathlib import Path

from genre.cli import runs as commands
from genre.compare.leaderboard import entries_fingerprint, list_entries
from genre.errors import GenreError, ModelError, RunError
from genre.export.keras_script import keras_script
from genre.export.run_report import run_report
from genre.models.archive import export_model
from genre.models.registry import read_card
from genre.recipes.config import PRESETS, TrainConfig
from genre.runs.damaged import list_damaged
from genre.runs.files import read_config, read_control, read_events, read_status
from genre.runs.queue import runs_before
from genre.runs.reader import RunReader
from genre.runs.reference_runs import best_earlier_run, record_run
from genre.runs.store import find_run, steer_run
from genre.text import compare as compare_text
from genre.text import leaderboard
from genre.text import training as training_text
from genre.text import training_data as data_text
from genre.text.accuracy import card_lines
from tests.support.leaderboard_runs import add_run
from tests.support.live_runs import as_lines, batch, data, epoch, evaluation, phase

EVENTS = (
    phase("fitting", 10),
    data(11),
    {"event": "extract", "n_done": 1, "n_tracks": 24, "time": 11.5},
    batch(1, 12),
    epoch(1, 13),
    {"event": "song", "epoch": 1, "probabilities": [0.5, 0.5], "time": 13},
    {"event": "changed", "setting": "learning_rate", "value": 5e-3, "time": 13.5},
    {"event": "resumed", "epoch": 1, "time": 14},
    epoch(2, 15),
    epoch(3, 16),
    evaluation(17),
)
"""An event of each kind that is read."""


def add_good_and_bad_run(folder: Path, measured):
    """Add the runs ``1-good`` and ``2-bad``, which is to be damaged; return folder and that run."""
    add_run(folder, "1-good", measured)
    bad = add_run(folder, "2-bad", measured)
    steer_run(bad, pause=False)
    (bad / "events.jsonl").write_bytes(as_lines(*EVENTS))
    return folder, bad


def say_all(entries, damaged):
    """Say what Compare says of all entries, as a terminal is sent it."""
    titles = leaderboard.titles(entries)
    said = [leaderboard.leaderboard_row(e, t) for e, t in zip(entries, titles, strict=True)]
    said += [leaderboard.ranking_line(entries), *compare_text.difference_lines(entries)]
    said += [compare_text.figure_line(e, t) for e, t in zip(entries, titles, strict=True)]
    said += [leaderboard.settings_rows(entries), [one.reason for one in damaged]]
    json.dumps(said, ensure_ascii=False, default=str).encode()
    assert all(len(one.reason) < 900 for one in damaged)


def use_models(models: Path):
    """Use a folder of the models ``good`` and ``bad``."""
    nowhere = models.parent / "nowhere"
    entries_fingerprint(models, nowhere, nowhere)
    entries, damaged = list_entries(models, nowhere, nowhere)
    names = {entry.name for entry in entries}
    assert names | {one.name for one in damaged} == {"good", "bad"}
    assert "good" in names
    say_all(entries, damaged)
    if "bad" in names:
        card = read_card("bad", models)
        "\n".join([*card_lines(card), str(card.leak_free_figure)]).encode()
        export_model("bad", models)
        with contextlib.suppress(ModelError, ValueError):  # ParameterError: of a recipe
            keras_script(TrainConfig.from_dict(card.recipe), card.data.get("name", ""))


def use_runs(folder: Path, scratch: Path):
    """Use a folder of the runs ``1-good`` and ``2-bad``."""
    good, bad = folder / "1-good", folder / "2-bad"
    damaged = list_damaged(folder)
    assert [one.name for one in damaged] in ([], ["2-bad"])
    entries_fingerprint(scratch, folder, scratch)
    entries, unreadable = list_entries(scratch, folder, scratch)
    assert "1-good" in {entry.name for entry in entries}
    say_all(entries, [*damaged, *unreadable])
    runs_before(good)
    best_earlier_run("somewhere/music", PRESETS["quick"], folder=folder)
    assert find_run("1-good", folder) == good
    assert "1-good" in listed_by_command(folder)
    for read in (read_config, read_control, read_status, read_events, find_run_by_path, steer_run):
        with contextlib.suppress(GenreError):
            read(bad)
    with contextlib.suppress(GenreError):
        run_report(bad)
    with contextlib.suppress(GenreError):
        record_run(bad, scratch / "recorded")
    shutil.rmtree(scratch / "recorded", ignore_errors=True)
    with contextlib.suppress(RunError):
        show_on_train(RunReader(bad).read())


def listed_by_command(folder):
    """Return what ``python -m genre runs`` prints of a folder."""
    kept, commands.RUNS = commands.RUNS, folder
    try:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            assert commands.runs(argparse.Namespace(json=False, run="")) == 0
        return out.getvalue()
    finally:
        commands.RUNS = kept


def find_run_by_path(run):
    find_run(str(run), run.parent)


def show_on_train(view):
    """Say what the page Train says of a run."""
    said = [training_text.state(view), training_text.progress(view)]
    if view.facts:
        said += [data_text.dataset_line(view.facts), *data_text.missing_genres(view.facts)]
    if view.evaluation:
        said.append(training_text.run_figures(view.evaluation))
        with contextlib.suppress(GenreError):
            said.append(training_text.run_headline(view.evaluation, view.config))
    "".join(map(str, said)).encode()
