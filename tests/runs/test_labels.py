"""What a run is called: as typed in any script, kept beside its settings, never in the way."""

import json
import os
import unicodedata

import pytest

from genre.errors import RunError
from genre.recipes.config import PRESETS
from genre.runs.labels import (
    LABEL_FILE,
    MAX_LABEL,
    MAX_NOTES,
    MAX_TAG,
    MAX_TAGS,
    RunLabel,
    read_label,
    shown_name,
    write_label,
)
from genre.runs.store import create_run, list_runs

GOOD = {"version": 1, "label": "a", "notes": "b", "tags": ["c"]}


@pytest.fixture
def run(tmp_path):
    run = tmp_path / "20261122-192634123-quick-ab12"
    create_run(run, PRESETS["quick"], "gtzan-subset")
    return run


@pytest.mark.parametrize("name", ["my model 1", "내 모델 1", "Модель № 1", "نموذج", "क्ष", "👩‍🎤"])
def test_label_is_kept_as_typed_in_any_script(run, name):
    config = (run / "config.json").read_bytes()
    write_label(run, RunLabel(name, f"{name}\n\n{name}", (name, "x")))

    assert read_label(run) == RunLabel(name, f"{name}\n\n{name}", (name, "x"))
    assert shown_name(run) == name
    assert (run / "config.json").read_bytes() == config
    assert list_runs(run.parent) == [run]


def test_run_without_a_label_shows_its_short_name(run, tmp_path):
    assert read_label(run) == RunLabel()
    assert shown_name(run) == "quick-ab12"
    assert shown_name(tmp_path / "gone") == "gone"
    write_label(run, RunLabel(" \t "))
    assert shown_name(run) == "quick-ab12"


def test_label_is_composed_and_in_one_line_without_what_no_one_sees(run):
    decomposed = unicodedata.normalize("NFD", "가을 café")
    write_label(
        run,
        RunLabel(
            f" {decomposed}\n\x00\u202ebad\udcff ", "a\r\nb\tc\u2066", ("Rate ", "", "rate", "x\ny")
        ),
    )

    assert read_label(run) == RunLabel("가을 café bad?", "a\nb c", ("Rate", "x y"))


@pytest.mark.parametrize(
    ("label", "said"),
    [
        (RunLabel("a" * (MAX_LABEL + 1)), "the name has 121 characters, 120"),
        (RunLabel(notes="a" * (MAX_NOTES + 1)), "the notes have 4001 characters, 4000"),
        (RunLabel(tags=("a" * (MAX_TAG + 1),)), "a tag has 41 characters, 40"),
        (RunLabel(tags=tuple(map(str, range(MAX_TAGS + 1)))), "there are 21 tags, 20"),
    ],
)
def test_what_is_too_long_is_refused_and_the_old_label_stays(run, label, said):
    write_label(run, RunLabel("old"))

    with pytest.raises(RunError, match=said):
        write_label(run, label)
    assert read_label(run) == RunLabel("old")
    assert sorted(path.name for path in run.iterdir()) == ["config.json", LABEL_FILE, "status.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"version": 1, "label": "\\ud800", "notes": "", "tags": []}',
        b'{"version": 1, "label": "\\udcff", "notes": "", "tags": []}',
        b" " * 70_000,
        *(
            json.dumps(GOOD | change).encode()
            for change in (
                {"version": 2},
                {"version": True},
                {"label": 1},
                {"label": "a" * (MAX_LABEL + 1)},
                {"notes": None},
                {"tags": "c"},
                {"tags": [1]},
                {"tags": ["a"] * (MAX_TAGS + 1)},
                {"tags": ["a" * (MAX_TAG + 1)]},
            )
        ),
    ],
)
def test_damaged_label_counts_as_none(run, content):
    (run / LABEL_FILE).write_text(json.dumps(GOOD))
    assert read_label(run) == RunLabel("a", "b", ("c",))

    (run / LABEL_FILE).write_bytes(content)
    assert read_label(run) == RunLabel()
    assert shown_name(run) == "quick-ab12"


def test_label_of_a_run_that_is_gone_is_refused(tmp_path):
    with pytest.raises(RunError, match=r"the run gone could not be saved \(No such file"):
        write_label(tmp_path / "gone", RunLabel("a"))
    assert not os.listdir(tmp_path)
