"""Results on disk: both versions are read, what is no result is refused by name."""

import contextlib
import json
from pathlib import Path

import pytest

from genre.errors import DatasetError
from genre.evaluation.cv_results import delete_result, read_result, write_result
from genre.paths import RESULTS
from genre.system.files import json_text
from tests.support.damage import damaged_files, damaged_objects, put, written

FIRST_VERSION = {
    "data": "made up",
    "split": "artist",
    "n_folds": 5,
    "fold_seed": 100,
    "about": "5-fold, artists whole",
    "genres": ["a", "b"],
    "track_accuracy": {"value": 0.5, "low": 0.2, "high": 0.8, "n": 10},
    "segment_accuracy": {"value": 0.5, "low": 0.2, "high": 0.8, "n": 10},
    "confusion_matrix": [[3, 2], [3, 2]],
    "certainty": {},
    "recipe": {"epochs": 3},
    "command": "python -m genre crossval",
}


def write(path: Path, document) -> Path:
    path.write_text(json.dumps(document))
    return path


def test_results_that_come_with_program_can_be_read():
    paths = sorted(RESULTS.glob("crossval-*.json"))
    assert paths

    for path in paths:
        result = read_result(path)
        assert result.evaluation.confusion_matrix.shape == (10, 10)
        assert result.command.startswith("python -m genre crossval")


def test_result_of_first_version_is_read(tmp_path):
    result = read_result(write(tmp_path / "r.json", FIRST_VERSION))

    assert (result.split, result.recipe.epochs) == ("artist", 3)
    assert result.evaluation.predictions == ()


def test_result_written_twice_is_replaced_and_read(tmp_path):
    write_result(tmp_path / "r.json", FIRST_VERSION)
    write_result(tmp_path / "r.json", FIRST_VERSION | {"version": 2, "data": "other"})

    assert read_result(tmp_path / "r.json").data == "other"
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 3}, "has version 3, this program reads versions 1 and 2"),
        ({"recipe": {"epoch": 3}}, "recipe in .* cannot be read.*unknown settings epoch"),
        ({"recipe": {"epochs": 0}}, "epochs=0"),
        ({"recipe": 3}, "cannot be read .recipe of it is 3"),
        ({"genres": ["a"]}, "confusion matrix"),
        ({"thresholds": {"clearly": 2}}, "expected probabilities"),
    ],
)
def test_result_that_makes_no_sense_is_refused(tmp_path, change, said):
    with pytest.raises(DatasetError, match=said):
        read_result(write(tmp_path / "r.json", FIRST_VERSION | change))


def test_lacking_key_is_named(tmp_path):
    document = {key: value for key, value in FIRST_VERSION.items() if key != "certainty"}
    with pytest.raises(DatasetError, match=r"has no certainty\. Run crossval again"):
        read_result(write(tmp_path / "r.json", document))


@pytest.mark.parametrize("content", ["", "[1]", "3", "[" * 100_000])
def test_file_that_is_not_a_result_is_refused(tmp_path, content):
    (tmp_path / "r.json").write_text(content)
    with pytest.raises(DatasetError, match="not a result of crossval"):
        read_result(tmp_path / "r.json")


def test_number_lists_are_on_one_line_and_strings_unchanged():
    values = {"a": [[1, 2.5], [None, -1e-9]], "b": ["[\n 1,\n 2 ]", "x"], "c": [], "d": {"e": [1]}}

    text = json_text(values)

    assert json.loads(text) == values
    assert "[1, 2.5]" in text
    assert "[null, -1e-09]" in text


@pytest.mark.parametrize("name", ["crossval-ear.json", "crossval-course.json"])
def test_result_of_any_content_is_read_or_refused_in_one_sentence(tmp_path, name):
    path = tmp_path / "r.json"
    content = (RESULTS / name).read_bytes()
    document = json.loads(content)
    whole = [damaged for _, damaged in damaged_files(content)]
    for damaged in [*whole, *(written(values) for _, values in damaged_objects(document, 1))]:
        put(path, damaged)
        with contextlib.suppress(DatasetError):
            read_result(path).evaluation.about.encode()
    for damaged in whole:
        put(path, damaged)
        with pytest.raises(DatasetError) as failure:
            read_result(path)
        assert len(str(failure.value)) < 500


def test_result_is_deleted_and_nothing_else_is(tmp_path):
    results = tmp_path / "results"
    results.mkdir()
    for name in ("crossval-a.json", "robustness-a.json"):
        (results / name).write_text("damaged")
    (tmp_path / "crossval-b.json").write_text("outside")

    for name in ("robustness-a.json", "../crossval-b.json", "crossval-../../crossval-b.json", ""):
        with pytest.raises(DatasetError, match="no result of crossval"):
            delete_result(name, results)
    with pytest.raises(DatasetError, match="could not be deleted"):
        delete_result("crossval-missing.json", results)
    delete_result("crossval-a.json", results)

    assert [path.name for path in results.iterdir()] == ["robustness-a.json"]
    assert (tmp_path / "crossval-b.json").exists()
