"""``crossval`` and ``compare``, run as a visitor would."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from genre.__main__ import main
from genre.datasets.load import load_dataset
from genre.datasets.pack import write_pack
from genre.evaluation.cv_results import read_result
from genre.evaluation.paired_bootstrap import paired_difference
from genre.paths import RESULTS
from genre.splits.split import fold_tracks
from genre.training import crossval, teacher
from genre.training.crossval import cross_validate_baseline, pool_seeds

QUICK = ["--epochs", "1", "--units-1", "3", "--units-2", "3", "--folds", "2"]


@pytest.fixture
def pack(two_genres, tmp_path):
    """Loud and quiet tracks as a dataset on disk."""
    write_pack(tmp_path / "pack", two_genres)
    return str(tmp_path / "pack")


@pytest.fixture
def guess(monkeypatch):
    """Each fold's network is replaced by guesses that depend on its seed."""

    def answer(data, ask, split, config):
        rng = np.random.default_rng(config.seed)
        weights = [config.learning_rate * 1e4] + [1] * (len(data.genres) - 1)
        return rng.dirichlet(weights, len(split.test)).astype(np.float32)

    monkeypatch.setattr(crossval, "_run_fold", answer)
    monkeypatch.setitem(crossval.cross_validate.__kwdefaults__, "n_jobs", 1)


def test_compare_uses_the_same_tracks_of_two_results(guess, pack, tmp_path, capsys):
    a, b = str(tmp_path / "a.json"), str(tmp_path / "b.json")
    assert main(["crossval", "--data", pack, *QUICK, "--out", a]) == 0
    assert "difference   " in capsys.readouterr().out
    assert main(["crossval", "--data", pack, *QUICK, "--learning-rate", "1e-3", "--out", b]) == 0
    capsys.readouterr()

    assert main(["compare", a, b, "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    first, second = read_result(a), read_result(b)
    value = first.evaluation.track_accuracy.value - second.evaluation.track_accuracy.value
    assert said["difference"]["value"] == pytest.approx(value)
    assert said["difference"]["n_tracks"] == 24
    assert said["settings"] == {"learning_rate": [2e-3, 1e-3]}
    assert main(["compare", a, b]) == 0
    assert "points (95% interval" in capsys.readouterr().out


def stored_baseline(result, key):
    """A baseline's predictions, as the file of a result has them."""
    genres, answers = result.evaluation.genres, result.evaluation.predictions
    given = result.document[key]["given"]
    return [replace(a, given=genres[g]) for a, g in zip(answers, given, strict=True)]


def test_baselines_answers_are_kept_and_its_difference_can_be_found_again(guess, pack, tmp_path):
    out = tmp_path / "r.json"
    main(["crossval", "--data", pack, *QUICK, "--fold-seed", "3", "4", "--out", str(out)])

    result = read_result(out)
    document, evaluation = result.document, result.evaluation
    assert document["fold_seeds"] == [3, 4]
    assert len(evaluation.predictions) == 48
    baseline = stored_baseline(result, "baseline")
    right = np.mean([answer.is_right for answer in baseline])
    assert document["baseline"]["value"] == pytest.approx(right)
    again = paired_difference(evaluation.predictions, baseline)
    assert again.to_dict() == document["minus_baseline"]


def test_recipe_of_musicnn_has_a_linear_baseline_beside_the_svm(guess, tmp_path, capsys):
    out = tmp_path / "r.json"
    data = load_dataset("gtzan-subset-musicnn")
    line = ["crossval", "--preset", "ear", "--folds", "2", "--out", str(out)]
    assert main(line) == 0
    said = capsys.readouterr().out
    result = read_result(out)
    document, answers = result.document, result.evaluation.predictions

    assert "(SVM on mean and standard deviation of the musicnn values)" in said
    assert "(logistic regression on the mean of the musicnn values)" in said
    assert said.count("difference   ") == 2
    for kind, key in (("svm", "baseline"), ("linear", "linear_baseline")):
        direct = cross_validate_baseline(data, kind, n_folds=2).evaluation
        assert document[key]["value"] == direct.track_accuracy.value
        again = paired_difference(answers, stored_baseline(result, key))
        assert again.to_dict() == document[f"minus_{key}"]
    assert document["baseline"]["given"] != document["linear_baseline"]["given"]


def test_linear_baseline_is_the_teacher_asked_about_other_tracks(monkeypatch):
    data = load_dataset("gtzan-subset-musicnn")
    evaluation = cross_validate_baseline(data, "linear", n_folds=2, fold_seed=5).evaluation
    split = fold_tracks(data, n_folds=2, seed=5)[0]
    fitted = []
    make = teacher.linear_classifier
    monkeypatch.setattr(teacher, "linear_classifier", lambda: fitted.append(make()) or fitted[0])
    teacher.teach(*(a[split.train] for a in (data.frames, data.y, data.track_index)), 10)

    tracks = np.unique(data.track_index[split.test])
    means = [data.frames[data.track_index == k].mean(axis=(0, 1), dtype=float) for k in tracks]
    expected = [data.genres[g] for g in fitted[0].predict(means)]
    given = {answer.track_id: answer.given for answer in evaluation.predictions}
    assert [given[data.tracks[k].track_id] for k in tracks] == expected


@pytest.mark.parametrize(("kind", "key"), [("svm", "baseline"), ("linear", "linear_baseline")])
def test_baselines_of_ear_are_those_of_its_recorded_result(kind, key):
    result = read_result(RESULTS / "crossval-ear.json")
    data = load_dataset("gtzan-subset-musicnn")
    rounds = [
        cross_validate_baseline(data, kind, fold_seed=seed)
        for seed in result.document["fold_seeds"]
    ]

    accuracy = pool_seeds(rounds).evaluation.track_accuracy
    recorded = result.document[key]
    assert accuracy.value == pytest.approx(recorded["value"], abs=0.005)
    difference = paired_difference(result.evaluation.predictions, stored_baseline(result, key))
    assert difference.to_dict() == pytest.approx(result.document[f"minus_{key}"])


def test_baselines_can_be_chosen(guess, pack, tmp_path, capsys):
    line = ["crossval", "--data", pack, *QUICK, "--json"]

    def keys(*options):
        assert main([*line, *options]) == 0
        return {k for k in json.loads(capsys.readouterr().out) if k.endswith("baseline")}

    linear = {"linear_baseline", "minus_linear_baseline"}
    assert keys() == {"baseline", "minus_baseline"}
    assert keys("--baselines", "linear") == linear
    assert keys("--baselines", "svm", "linear") == linear | {"baseline", "minus_baseline"}


def test_rounds_of_folds_are_averaged_and_add_no_tracks(two_genres):
    rounds = [cross_validate_baseline(two_genres, n_folds=3, fold_seed=seed) for seed in (1, 2, 3)]

    pooled = pool_seeds(rounds)

    accuracies = [r.evaluation.track_accuracy.value for r in rounds]
    assert pooled.evaluation.track_accuracy.value == pytest.approx(np.mean(accuracies))
    assert pooled.evaluation.track_accuracy.n == 24
    assert pooled.evaluation.measures.top_2.n == 24
    assert pooled.evaluation.confusion_matrix.sum() == pytest.approx(24)
    assert len(pooled.evaluation.predictions) == 72
    widest = pooled.evaluation.coverage[0].accuracy
    assert (widest.n, widest.low) == (24, pooled.evaluation.track_accuracy.low)
    assert pooled.fold_seeds == (1, 2, 3)
    assert pooled.evaluation.about.endswith("mean of 3 rounds of folds")
    assert pool_seeds(rounds[:1]) is rounds[0]


def test_recipe_comes_from_file_and_options_change_it(guess, pack, tmp_path, capsys):
    (tmp_path / "mine.json").write_text('{"recipe": {"epochs": 7, "n_mfcc": 5, "units_1": 3}}')
    line = ["crossval", "--data", pack, "--folds", "2", "--config", str(tmp_path / "mine.json")]

    assert main([*line, "--epochs", "2", "--json"]) == 0

    recipe = json.loads(capsys.readouterr().out)["recipe"]
    assert (recipe["epochs"], recipe["n_mfcc"], recipe["units_1"]) == (2, 5, 3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not a recipe .*it is not JSON"),
        ("[]", "is not a recipe"),
        ('{"epoch": 3}', "unknown settings epoch"),
        ('{"epochs": "many"}', "epochs='many'"),
    ],
)
def test_file_that_is_no_recipe_exits_2(tmp_path, capsys, content, said):
    (tmp_path / "bad.json").write_text(content)

    assert main(["crossval", "--config", str(tmp_path / "bad.json")]) == 2
    assert re.search(said, capsys.readouterr().err)


def test_results_of_other_data_or_without_answers_are_not_compared(guess, pack, tmp_path, capsys):
    a = str(tmp_path / "a.json")
    main(["crossval", "--data", pack, *QUICK, "--out", a])
    document = json.loads((tmp_path / "a.json").read_text())
    (tmp_path / "other.json").write_text(json.dumps(document | {"data": "other"}))
    (tmp_path / "old.json").write_text(json.dumps(document | {"answers": None}))
    capsys.readouterr()

    assert main(["compare", a, str(tmp_path / "other.json")]) == 1
    assert "Compare results of the same data" in capsys.readouterr().err
    assert main(["compare", a, str(tmp_path / "old.json")]) == 1
    assert "for 24 and 0 tracks" in capsys.readouterr().err
