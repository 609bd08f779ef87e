"""The figures of runs and models, as the program finds them."""

import json
import shutil
from dataclasses import replace

import pytest

from genre.compare.leaderboard import list_entries
from genre.models.registry import read_card
from genre.paths import MODELS_BUNDLED, RECORDED, RESULTS
from genre.reading.sources import earlier_results, figures_of_folder, figures_of_model
from genre.runs.files import CONFIG_FILE, RunStatus, write_status
from tests.support.leaderboard_runs import add_run, guesses


@pytest.fixture
def recorded(tmp_path):
    """The recorded run of the preset quick, as a run of this computer."""
    run = tmp_path / "runs" / "mine"
    shutil.copytree(RECORDED / "quick", run)
    write_status(run, RunStatus("finished"))
    return run


def test_run_has_its_split_history_and_evaluation(recorded):
    figures = figures_of_folder(recorded)

    assert len(figures.history) == 15
    assert figures.absent_genres == {"validation": ["blues", "jazz"]}
    assert figures.n_validation == 182
    assert figures.is_leak_free
    assert not figures.is_cross_validated
    reggae = next(side for side in figures.sides if side.genre == "reggae")
    assert (reggae.n_tracks["test"], reggae.n_artists["test"]) == (28, 1)


def test_run_on_data_that_was_changed_since_has_no_sides(recorded):
    document = json.loads((recorded / CONFIG_FILE).read_text())
    document["recipe"]["seed"] = 1  # another split than the one that was tested
    (recorded / CONFIG_FILE).write_text(json.dumps(document))
    assert figures_of_folder(recorded).sides == ()

    document["data"] = "no/such/data"
    (recorded / CONFIG_FILE).write_text(json.dumps(document))
    assert figures_of_folder(recorded).sides == ()


def test_run_stopped_is_known_as_such(recorded):
    assert not figures_of_folder(recorded).is_stopped
    write_status(recorded, RunStatus("stopped", "asked to"))
    assert figures_of_folder(recorded).is_stopped


def test_run_without_an_evaluation_has_no_figures_of_it(recorded):
    events = (recorded / "events.jsonl").read_text().splitlines()
    (recorded / "events.jsonl").write_text("\n".join(events[:-1]) + "\n")
    figures = figures_of_folder(recorded)

    assert figures.evaluation is None
    assert len(figures.history) == 15


def test_model_has_the_tracks_of_its_cross_validation(tmp_path):
    entries, _damaged = list_entries(MODELS_BUNDLED, tmp_path, RESULTS)
    starter = next(entry for entry in entries if entry.name == "starter")
    card = read_card("starter", MODELS_BUNDLED)
    figures = figures_of_model(starter, card)

    assert figures.is_cross_validated
    assert figures.is_leak_free
    assert len(figures.evaluation.predictions) == 1290
    assert sum(figures.weights) == pytest.approx(430)
    assert figures.thresholds == card.thresholds
    held_out = replace(starter.leak_free, what="a test set of artists not in training")
    assert not figures_of_model(replace(starter, leak_free=held_out), card).is_cross_validated


def test_earlier_results_are_own_runs_then_recorded_ones_then_models(tmp_path, two_genres):
    for name in ("20260101-000000-a", "20260102-000000-b"):
        add_run(tmp_path, name, guesses(two_genres))
    found = earlier_results(list_entries(MODELS_BUNDLED, tmp_path, RESULTS)[0])

    assert [one.name for one in found if one.kind == "run"] == [
        "20260102-000000-b", "20260101-000000-a",
    ]  # fmt: skip
    kinds = [one.kind for one in found]
    assert kinds == sorted(kinds, key=["run", "recorded", "model"].index)
    names = {one.name for one in found if one.kind == "recorded"}
    assert {"quick", "recommended", "ear", "artist", "track"} <= names
    assert {one.name for one in found if one.kind == "model"} == {
        "starter", "simple-rnn", "course", "ear",
    }  # fmt: skip


def test_earlier_results_without_recipe_or_tracks_are_left_out(tmp_path):
    entries, _damaged = list_entries(MODELS_BUNDLED, tmp_path, RESULTS)
    bare = [replace(entry, recipe=None) for entry in entries[:2]]
    bare += [replace(entry, evaluation=None) for entry in entries[2:]]

    assert {one.kind for one in earlier_results(bare)} == {"recorded"}
