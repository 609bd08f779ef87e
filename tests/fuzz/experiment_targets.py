"""Experiments: a run as one file, changed in one of its parts or as a zip."""

import contextlib
import json
import shutil
import zipfile
from dataclasses import replace
from io import BytesIO

from genre.compare.leaderboard import list_entries
from genre.errors import GenreError
from genre.export.experiment import export_experiment
from genre.export.experiment_import import import_experiment
from genre.export.run_report import run_report
from genre.models.registry import save_model
from genre.runs.damaged import damage_of
from genre.runs.labels import RunLabel, shown_name, write_label
from genre.runs.reader import RunReader
from genre.runs.store import delete_run
from tests.fuzz.mutations import mutated, mutated_json, mutated_lines, zipped
from tests.support.leaderboard_runs import guesses
from tests.support.live_runs import write_run
from tests.support.made_up import bass_or_hiss_classifier, two_genre_data
from tests.support.readers import EVENTS, say_all, show_on_train


def set_up_experiments(folder):
    """The files of an experiment with events of each kind, and where to import to."""
    measured = {**EVENTS[-1], **guesses(two_genre_data(4)).to_dict()}
    run = write_run(folder / "here" / "20260101-120000000-custom-calm", *EVENTS[:-1], measured)
    write_label(run, RunLabel("내 실험", "notes", ("a", "b")))
    hand_set = bass_or_hiss_classifier()
    save_model(hand_set.network, replace(hand_set.card, name="model"), folder=run)
    with zipfile.ZipFile(BytesIO(export_experiment(run))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return folder / "there", files, [*EVENTS[:-1], measured]


def make_experiment(state, rng):
    _, files, events = state
    name = rng.choice([*files, "experiment.json", "events.jsonl", "zip"])
    if name == "zip":
        return "zip", zipped(files, rng)
    if name == "model.zip":
        changed = mutated(files[name], rng)
    elif name == "events.jsonl":
        changed = mutated_lines(events, rng)
    else:
        changed = mutated_json(json.loads(files[name]), rng)
    return "zip", zipped(files | {name: changed})


def use_experiment(state, kind, content):
    there, _, _ = state
    try:
        run, is_new = import_experiment(content, there)
        assert is_new and damage_of(run) == ""
        assert import_experiment(content, there) == (run, False)
        shown_name(run).encode()
        say_all(*list_entries(there, there, there))
        show_on_train(RunReader(run).read())
        with contextlib.suppress(GenreError):
            run_report(run).encode()
        assert import_experiment(export_experiment(run), there) == (run, False)
        delete_run(run)
        assert not list(there.iterdir())
    finally:
        shutil.rmtree(there, ignore_errors=True)


EXPERIMENT = (set_up_experiments, make_experiment, use_experiment)
