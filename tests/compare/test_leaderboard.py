"""What can be compared: models and finished runs, leak-free figures first, problems said."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from genre.compare.leaderboard import (
    differing_settings,
    entries_fingerprint,
    entry_of_run,
    list_entries,
)
from genre.evaluation.cv_results import write_result
from genre.models.card import Figure, figures_of
from genre.models.registry import save_model
from genre.paths import ROOT
from genre.recipes.config import PRESETS
from genre.runs.files import RunStatus, fitting_seconds, write_status
from tests.support.leaderboard_runs import add_run, guesses

FIGURE = Figure("artists whole", "tracks", 0.5, 0.4, 0.6, 100, True, "python -m genre crossval")


@pytest.fixture
def evaluation(two_genres):
    """Guesses about made-up tracks, artists whole."""
    return guesses(two_genres)


def test_leaderboard_ranks_by_lower_bound_and_leaky_entries_last(
    tmp_path, bass_or_hiss, evaluation
):
    models, runs = tmp_path / "models", tmp_path / "runs"
    for name, figures in (
        ("leaky", (replace(FIGURE, value=0.59, is_honest=False),)),
        ("fair", (FIGURE,)),
        ("good", (replace(FIGURE, value=0.55, low=0.45), replace(FIGURE, is_honest=False))),
        ("lucky", (replace(FIGURE, value=1.0, low=0.34, high=1.0, n=2),)),  # two of two
    ):
        card = replace(bass_or_hiss.card, name=name, figures=figures)
        save_model(bass_or_hiss.network, card, folder=models)
    add_run(runs, "artist-run", evaluation)
    add_run(runs, "course-run", evaluation, split="course")
    add_run(runs, "control", evaluation, permute_genres=True)
    add_run(runs, "unfinished", evaluation, state="stopped")

    entries, problems = list_entries(models, runs, tmp_path)

    assert problems == []
    names = [entry.name for entry in entries]
    assert names[:2] == ["good", "fair"]
    assert set(names[-2:]) == {"leaky", "course-run"}
    assert set(names) == {"good", "fair", "lucky", "artist-run", "leaky", "course-run"}
    by_name = {entry.name: entry for entry in entries}
    assert by_name["course-run"].leak_free is None
    assert by_name["course-run"].leaky.value == evaluation.track_accuracy.value
    assert (by_name["good"].leaky.is_honest, by_name["leaky"].leak_free) == (False, None)


def test_run_on_unknown_artists_is_not_ranked(tmp_path, evaluation):
    nameless = tuple(replace(answer, artist=None) for answer in evaluation.predictions)
    half = nameless[:12] + evaluation.predictions[12:]
    for name, predictions in (
        ("named", evaluation.predictions),
        ("half", half),
        ("nameless", nameless),
    ):
        add_run(tmp_path, name, replace(evaluation, predictions=predictions))
    add_run(tmp_path, "fewer", replace(evaluation, predictions=(*nameless[:13], *half[13:])))

    found = {c.name: (c.leak_free, c.leaky) for c in list_entries(tmp_path, tmp_path, tmp_path)[0]}

    assert {name for name, (leak_free, _) in found.items() if leak_free} == {"named", "half"}
    assert {name for name, (_, leaky) in found.items() if leaky} == {"fewer", "nameless"}


def test_run_entry_has_its_accuracy_and_training_time(tmp_path, evaluation):
    run = entry_of_run(add_run(tmp_path, "one", evaluation))

    assert run.kind == "run"
    assert run.train_seconds == pytest.approx(5 + 5.5)  # without the pause of 100 s
    assert run.measures["macro_f1"] == evaluation.measures.macro_f1
    assert run.measures["log_loss"] == evaluation.measures.log_loss
    assert (run.data, run.recipe.epochs) == ("music", PRESETS["quick"].epochs)
    assert [row["epoch"] for row in run.history] == [1, 2]
    assert len(run.evaluation.predictions) == 24


def test_run_killed_and_resumed_does_not_count_the_gap():
    events = [
        {"event": "phase", "phase": "fitting", "time": 0.0},
        {"event": "epoch", "epoch": 1, "time": 3.0},
        {"event": "phase", "phase": "queued", "time": 5000.0},
        {"event": "phase", "phase": "fitting", "time": 5010.0},
        {"event": "epoch", "epoch": 2, "time": 5014.0},
    ]
    assert fitting_seconds(events) == 7


def test_model_figure_finds_its_tracks_by_the_command(tmp_path, bass_or_hiss, evaluation):
    document = {
        "version": 2,
        "data": "made up",
        "split": "artist",
        "certainty": {},
        "recipe": {},
        "command": FIGURE.command,
        **evaluation.to_dict(),
    }
    write_result(tmp_path / "crossval-r.json", document)
    (tmp_path / "crossval-bad.json").write_text("{")
    figure = figures_of(evaluation.to_dict(), is_honest=True, command=FIGURE.command)[0]
    card = replace(bass_or_hiss.card, figures=(figure,), measures={"train_seconds": 60.5})
    save_model(bass_or_hiss.network, card, folder=tmp_path / "models")
    for name, unlike in (("other", {"command": "another"}), ("altered", {"value": 0.9, "high": 1})):
        altered = replace(card, name=name, figures=(replace(figure, **unlike),))
        save_model(bass_or_hiss.network, altered, folder=tmp_path / "models")

    entries, problems = list_entries(tmp_path / "models", tmp_path, tmp_path)

    by_name = {entry.name: entry for entry in entries}
    assert len(by_name["ear"].evaluation.predictions) == 24
    assert by_name["ear"].measures["macro_f1"] == evaluation.measures.macro_f1
    assert by_name["ear"].train_seconds == 60.5
    assert by_name["ear"].source == "made up"
    assert by_name["other"].evaluation is None
    assert "macro_f1" not in by_name["other"].measures
    assert by_name["altered"].evaluation is None  # the same command, another figure
    assert len(problems) == 1
    assert "bad.json is not a result" in problems[0].reason


def test_leaderboard_corrupt_model_or_run_is_reported_and_the_rest_listed(
    tmp_path, bass_or_hiss, evaluation
):
    save_model(bass_or_hiss.network, bass_or_hiss.card, folder=tmp_path / "models")
    (tmp_path / "models" / "ear" / "weights.npz").write_bytes(b"")
    add_run(tmp_path / "runs", "good", evaluation)
    bad = add_run(tmp_path / "runs", "bad", evaluation)
    (bad / "config.json").write_text("{}")

    entries, problems = list_entries(tmp_path / "models", tmp_path / "runs", tmp_path)

    assert [entry.name for entry in entries] == ["good"]
    assert len(problems) == 2


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("events.jsonl", "{nonsense\n"),
        ("events.jsonl", '{"no": "event"}\n'),
        ("events.jsonl", "[1]\n"),
        ("status.json", '{"version": 1}'),
    ],
    ids=["no JSON", "no event", "a list", "no state"],
)
def test_run_files_of_any_content_raise_one_sentence(tmp_path, evaluation, file, content):
    add_run(tmp_path / "runs", "good", evaluation)
    (add_run(tmp_path / "runs", "bad", evaluation) / file).write_text(content)

    entries, problems = list_entries(tmp_path / "models", tmp_path / "runs", tmp_path)

    assert [entry.name for entry in entries] == ["good"]
    assert len(problems) == 1
    assert "the run bad" in problems[0].reason


def test_model_saved_from_a_run_has_its_tracks_and_curves(tmp_path, bass_or_hiss, evaluation):
    add_run(tmp_path / "runs", "one", evaluation)
    command = "python -m genre train --run runs/one"
    figures = tuple(figures_of(evaluation.to_dict(), is_honest=True, command=command))
    card = replace(bass_or_hiss.card, figures=figures)
    save_model(bass_or_hiss.network, card, folder=tmp_path / "models")

    model, run = list_entries(tmp_path / "models", tmp_path / "runs", tmp_path)[0]

    assert (model.reference, run.reference) == ("ear", "runs/one")
    assert len(model.evaluation.predictions) == 24
    assert model.history == run.history
    assert model.source == run.source == "somewhere/music"


def test_stamp_changes_with_the_entries_and_not_while_a_run_trains(
    tmp_path, bass_or_hiss, evaluation
):
    models, runs = tmp_path / "models", tmp_path / "runs"
    live = add_run(runs, "live", evaluation, state="queued")
    before = entries_fingerprint(models, runs, tmp_path)
    (live / "events.jsonl").write_text("")
    assert entries_fingerprint(models, runs, tmp_path) == before

    write_status(live, RunStatus("finished"))
    finished = entries_fingerprint(models, runs, tmp_path)
    save_model(bass_or_hiss.network, bass_or_hiss.card, folder=models)
    saved = entries_fingerprint(models, runs, tmp_path)
    os.utime(models / "ear" / "card.json", ns=(1, 1))

    assert len({before, finished, saved, entries_fingerprint(models, runs, tmp_path)}) == 4


def test_settings_listed_are_those_that_differ():
    one, other = PRESETS["recommended"], PRESETS["quick"]

    assert differing_settings((one, other)) == {"epochs": (40, 15)}
    assert differing_settings((one, one)) == differing_settings(()) == {}


def test_listing_loads_neither_scikit_learn_nor_tensorflow():
    program = (
        "import sys; from genre.compare.leaderboard import list_entries; "
        "import genre.charts.compare, genre.charts.leakage, genre.compare.leakage; "
        "entries, problems = list_entries(); "
        "assert any(c.name == 'starter' and c.leak_free for c in entries), problems; "
        "print(sorted({'sklearn', 'tensorflow', 'keras', 'librosa'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
