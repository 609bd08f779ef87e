"""A sweep in a file that somebody wrote: JSON or TOML, and what is said of a bad one."""

import json

import pytest

from genre.errors import ParameterError
from genre.paths import ROOT
from genre.sweeps.spec import SweepSpec
from genre.sweeps.sweep_file import read_sweep_file
from genre.sweeps.values import Range

GOOD = {"settings": {"dropout": [0.2, 0.4]}, "seeds": [0, 1]}


def test_toml_in_the_formats_is_a_sweep(tmp_path):
    text = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    file = tmp_path / "rates.toml"
    file.write_text(text.split("```toml\n")[1].split("```")[0])
    spec = read_sweep_file(file)

    assert spec.settings == {"learning_rate": (0.001, 0.002), "dropout": (0.2, 0.4)}
    assert (spec.label, spec.seeds, spec.minutes) == ("Learning rate and dropout", (0, 1), 30)
    assert (spec.method, spec.preset, spec.source) == ("grid", "quick", "gtzan-subset")


def test_json_without_a_label_is_called_as_its_file(tmp_path):
    (tmp_path / "학습률.json").write_text(json.dumps(GOOD))
    assert read_sweep_file(tmp_path / "학습률.json").label == "학습률"


def test_written_sweep_is_read_as_it_was():
    spec = SweepSpec(
        label="all",
        preset="ear",
        changes={"epochs": 2},
        settings={"mixup": Range(0.1, 0.4), "teacher": (0.0, 1.0)},
        method="random",
        n_configurations=5,
        seeds=(3, 4),
        minutes=1.5,
        draw_seed=9,
    )
    assert SweepSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"setings": {}}, "there is no field 'setings' in a sweep. Did you mean settings?"),
        ({"settings": {"learing_rate": [1]}}, "Did you mean learning_rate?"),
        ({"settings": {"dropout": [2]}}, "dropout=2 was given, expected 0 to 0.9"),
        ({"settings": {"dropout": {"low": 0.1}}}, "the range of dropout has no high"),
        ({"settings": {"dropout": {"low": 0, "high": 0.5, "step": 1}}}, "dropout has 'step'"),
        ({"settings": {"dropout": {"low": "a", "high": 0.5}}}, "dropout='a' was given"),
        ({"settings": [1]}, "settings is [1], expected settings with their values"),
        ({"settings": {}}, "no setting is swept"),
        ({"changes": {"epoch": 3}}, "Did you mean epochs?"),
        ({"changes": {"epochs": "3"}}, "epochs='3' was given"),
        ({"changes": 3}, "changes is 3, expected settings"),
        ({"seeds": 3}, "seeds is 3, expected a list"),
        ({"seeds": [0.5]}, "seed=0.5 was given"),
        ({"seeds": []}, "0 seeds were given"),
        ({"method": "bayes"}, "method is 'bayes', expected one of grid, random, halving"),
        ({"preset": "fast"}, "preset is 'fast', expected one of course"),
        ({"minutes": "ten"}, "minutes is 'ten', expected a number"),
        ({"factor": 1}, "factor is 1, expected a number from 2 to 10"),
        ({"label": ""}, "label is '', expected a text of 1 to 80"),
        ({"label": ["x"]}, "label is ['x']"),
        ({"data": 3}, "data is 3, expected a text"),
        ({"preset": ["quick"]}, "preset is ['quick']"),
        ({"method": ["grid"]}, "method is ['grid']"),
    ],
)
def test_bad_value_in_a_file_is_one_sentence_that_names_the_file(tmp_path, changes, said):
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(GOOD | changes))
    with pytest.raises(ParameterError) as refused:
        read_sweep_file(file)

    assert str(refused.value).startswith("bad.json: ")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", b"{", "a.json is no sweep (it is not JSON)"),
        ("a.json", b"", "it is empty"),
        ("a.json", b"[]", "a.json: a sweep is [], expected fields"),
        ("a.toml", b"x = ", "a.toml is no sweep ("),
        ("a.toml", b"\xff", "a.toml is no sweep ("),
        ("a.toml", b"settings = 1979-05-27", "expected settings with their values"),
        ("a.toml", b"[settings]\ndropout = [1979-05-27]", "dropout="),
        ("a.toml", b"minutes = nan\n[settings]\ndropout = [0.1]", "minutes is nan"),
        ("a.toml", b"a=" + b"[" * 5000, "a.toml is no sweep ("),
    ],
)
def test_file_that_is_no_sweep_is_one_sentence(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ParameterError) as refused:
        read_sweep_file(tmp_path / name)
    assert said in str(refused.value)


def test_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(ParameterError, match=r"none\.json is no sweep \(it is missing\)"):
        read_sweep_file(tmp_path / "none.json")
