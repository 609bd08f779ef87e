"""Names of any script on a terminal, and through every file that has genres."""

import csv
import io
import json
import unicodedata
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from wcwidth import wcswidth

from genre.__main__ import main
from genre.audio.feature_config import MfccConfig
from genre.charts.parts import safe_label
from genre.cli.songs import measure_lines
from genre.cli.terminal import LEFT_TO_RIGHT, column, column_width, genre_name, printable
from genre.datasets.load import load_dataset
from genre.datasets.pack import read_pack, write_pack
from genre.datasets.types import SegmentSet, Track
from genre.evaluation.metrics import measure_predictions
from genre.export.result_table import to_csv, to_json
from genre.models.archive import export_model, import_model
from genre.models.classifier import load_classifier
from genre.models.registry import save_model
from tests.support.predictions import make_prediction

NAMES = [
    *(
        "한국 전통 음악과 춤",
        "موسيقى",
        "🎸",
        "👨‍👩‍👧 family",
        "נגינה 2",
        "मराठी",
        "e\u0301te\u0301",
    ),
    *("🏴󠁧󠁢󠁥󠁮󠁧󠁿 folk", "نوروز‌خوانی", "rock & <b>roll</b>", "=1+1", "Ελληνικά", "Hip-Hop/Rap"),
]
GENRES = tuple(sorted(unicodedata.normalize("NFC", name) for name in NAMES))


@pytest.fixture
def data() -> SegmentSet:
    """A track of each genre."""
    n = len(GENRES)
    return SegmentSet(
        frames=np.random.default_rng(1).standard_normal((n, 130, 13)).astype(np.float32),
        n_frames=np.full(n, 130),
        track_index=np.arange(n),
        tracks=tuple(Track(f"{g}.mp3", g, g, 3.0, str(i)) for i, g in enumerate(NAMES)),
        features=MfccConfig(),
        name="any script",
    )


def test_columns_stand_below_each_other(data, tmp_path, capsys):
    write_pack(tmp_path / "pack", data)

    assert main(["dataset", str(tmp_path / "pack")]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(GENRES) + 2
    assert len({wcswidth(line) for line in lines}) == 1
    assert [line.split("  ")[0].strip(f" {LEFT_TO_RIGHT}") for line in lines[1:-1]] == list(GENRES)


def test_measures_of_each_genre_stand_below_each_other():
    rng = np.random.default_rng(0)
    y = np.arange(3 * len(GENRES)) % len(GENRES)
    probabilities = rng.dirichlet(np.ones(len(GENRES)), len(y))
    measured = SimpleNamespace(measures=measure_predictions(y, probabilities, GENRES))

    lines = [line for line in measure_lines(measured) if ", recall" in line]

    starts = {wcswidth(line[: line.index("precision")]) for line in lines}
    assert len(lines) == len(GENRES) and len(starts) == 1


def test_long_names_do_not_make_a_wide_table():
    assert column_width(["a" * 100]) == 40
    assert column("a" * 100, 40).endswith("a ")
    assert column_width(["rock"]) == 12
    assert column_width(["한국 전통 음악"]) == 15


@pytest.mark.parametrize("name", ["jazz", "한국", "🎸", "e\u0301"])
def test_names_from_left_to_right_are_as_they_are(name):
    assert genre_name(name) == printable(name) == name


@pytest.mark.parametrize("name", ["موسيقى", "נגינה", "2 نوروز"])
def test_names_from_right_to_left_leave_the_rest_of_the_line_in_place(name):
    assert genre_name(name) == name + LEFT_TO_RIGHT


@pytest.mark.parametrize("name", ["a\x1b[31mb", "a\nb", "a\u202eb", "a\u2066b", "a\udce9b"])
def test_what_changes_a_terminal_is_a_question_mark(name):
    assert printable(name) == genre_name(name) == name[0] + "?" + name[2:]


def test_joined_emoji_and_letters_stay_joined():
    for name in NAMES:
        assert printable(name) == name
        assert (
            safe_label(name).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == name
        )


def test_tables_of_predictions_hold_every_name():
    prediction = make_prediction(genres=GENRES)
    outcomes = [(f"{name}.mp3", prediction) for name in GENRES]

    rows = list(csv.DictReader(io.StringIO(to_csv(outcomes))))
    entries = json.loads(to_json(outcomes))

    assert [row["file"].removeprefix("'") for row in rows] == [f"{name}.mp3" for name in GENRES]
    assert {row["genre"].removeprefix("'") for row in rows} == {prediction.genre}
    assert [entry["file"] for entry in entries] == [f"{name}.mp3" for name in GENRES]
    assert tuple(entries[0]["probabilities"]) == GENRES


def test_genre_named_like_a_formula_is_none_in_a_spreadsheet():
    prediction = make_prediction(genres=("=1+1", "@x"))

    [row] = csv.DictReader(io.StringIO(to_csv([("a.mp3", prediction)])))

    assert {row["genre"], row["second_guess"]} == {"'=1+1", "'@x"}


def test_packs_and_data_files_keep_every_name(data, tmp_path, capsys):
    write_pack(tmp_path / "pack", data)
    assert main(["extract", str(tmp_path / "pack"), str(tmp_path / "data.json")]) == 0

    read = read_pack(tmp_path / "pack")
    assert read.genres == load_dataset(tmp_path / "data.json").genres == GENRES
    assert {track.artist for track in read.tracks} == set(GENRES)


def test_models_keep_every_name(bass_or_hiss, tmp_path):
    genres = ("موسيقى", "한국 👨‍👩‍👧")
    save_model(bass_or_hiss.network, replace(bass_or_hiss.card, genres=genres), folder=tmp_path)
    content = export_model("ear", tmp_path)
    (tmp_path / "there").mkdir()

    import_model(content, "mine", tmp_path / "there")

    assert load_classifier("mine", tmp_path / "there").genres == genres
