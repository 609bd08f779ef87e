"""The recorded runs show the effect of data leakage, and so does training them again."""

import json
import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from genre.__main__ import main
from genre.audio.feature_config import MfccConfig
from genre.charts.leakage import leakage_bars
from genre.cli.leakage import record_recipes
from genre.compare.leakage import (
    EPOCHS,
    leakage_lines,
    leakage_recipes,
    read_leakage_run,
    read_leakage_study,
)
from genre.datasets.pack import write_pack
from genre.datasets.types import SegmentSet, Track
from genre.errors import RunError
from genre.paths import RECORDED_LEAKAGE, ROOT
from genre.recipes.config import PRESETS
from genre.runs.files import read_events
from genre.runs.reference_runs import record_run
from genre.runs.store import create_run
from tests.support.live_runs import batch, data, epoch, evaluation, phase, tell

CHANCE = 0.1
"""Ten genres, about equally many tracks of each: what guessing gets."""


@pytest.fixture(scope="module")
def picture():
    """What was recorded."""
    return read_leakage_study()


def test_recorded_runs_differ_in_split_and_genres_only(picture):
    recipes = [run.recipe.to_dict() for run in picture.runs]
    differing = {key for recipe in recipes for key in recipe if recipe[key] != recipes[0][key]}

    assert differing == {"split", "permute_genres"}
    assert [run.recipe for run in picture.runs] == list(leakage_recipes(EPOCHS).values())


def test_recorded_runs_are_small_and_hold_no_weights():
    for run in leakage_recipes():
        files = {path.name: path.stat().st_size for path in (RECORDED_LEAKAGE / run).iterdir()}
        assert set(files) == {"config.json", "events.jsonl"}
        assert sum(files.values()) < 25_000


def test_recorded_runs_fit_their_training_set(picture):
    for run in picture.runs:
        assert [row["epoch"] for row in run.history] == [1, *range(5, EPOCHS + 1, 5)]
        assert run.history[-1]["accuracy"] > 0.9, run.name


def test_permuted_genres_course_split_scores_on_seen_tracks_only(picture):
    run = picture.run("course", is_control=True)
    counted = run.by_seen_track

    assert counted.track_seen.low > 2 * run.majority
    assert counted.track_unseen.low <= CHANCE <= counted.track_unseen.high
    assert counted.track_seen.n > 200
    assert counted.track_unseen.n > 60


@pytest.mark.parametrize("split", ["track", "artist"])
def test_permuted_genres_leak_free_splits_score_at_chance(picture, split):
    run = picture.run(split, is_control=True)
    tracks = run.evaluation.track_accuracy
    n_of = Counter(answer.genre for answer in run.evaluation.predictions)
    commonest = max(n_of.values()) / n_of.total()

    assert tracks.n > 80
    assert tracks.low <= commonest <= tracks.high  # 95% interval; the commonest: about 10%
    assert run.by_seen_track.track_seen.n == 0
    assert run.by_seen_track.track_unseen.value < 1.5 * run.majority


def test_true_genres_seen_tracks_score_higher_than_unseen_ones(picture):
    course, artist = picture.run("course"), picture.run("artist")

    assert course.by_seen_track.track_seen.low > artist.by_seen_track.track_unseen.high
    assert artist.by_seen_track.track_seen.n == 0
    assert artist.by_seen_track.track_unseen.n == artist.evaluation.segment_accuracy.n


def test_command_prints_each_figure_with_count_and_interval(picture, capsys):
    assert main(["honesty"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines == leakage_lines(picture)
    assert len(lines) == 6
    assert all("95% interval" in line and "n = " in line for line in lines)
    assert all(
        line.count("others of their track in training") == 1 + ("course" in line) for line in lines
    )


def test_leakage_chart_shows_the_recorded_accuracies(picture):
    true, control = leakage_bars(picture), leakage_bars(picture, is_control=True)
    bars = [
        {bar.name: bar for bar in figure.data if bar.type == "bar"} for figure in (true, control)
    ]

    recognised = bars[1]["other segments of the track in training"]
    assert list(recognised.x) == ["split course"]
    assert recognised.y[0] == picture.run("course", is_control=True).by_seen_track.track_seen.value
    assert list(bars[0]["none of the track in training"].x) == [
        "split course",
        "split track",
        "split artist",
    ]
    guesses = [line for figure in (true, control) for line in figure.data if line.type == "scatter"]
    assert [list(line.y) for line in guesses] == [
        [run.majority for run in picture.runs[:3]],
        [run.majority for run in picture.runs[3:]],
    ]


def test_readme_quotes_the_recorded_accuracies(picture):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    course, artist = (picture.run(split, is_control=True) for split in ("course", "artist"))

    for accuracy in (
        course.by_seen_track.track_seen,
        course.by_seen_track.track_unseen,
        artist.by_seen_track.track_unseen,
    ):
        value, low, high = (
            f"{share:.0%}"[:-1] for share in (accuracy.value, accuracy.low, accuracy.high)
        )
        quoted = rf"{value}%[^%]*\(\s*{low}\s+to\s+{high}%,\s+n\s+=\s+{accuracy.n}\b"
        assert re.search(quoted, readme), quoted


def test_recorded_run_without_evaluation_or_corrupt_is_refused(tmp_path):
    config = (RECORDED_LEAKAGE / "course" / "config.json").read_text()
    for name, events, said in (
        ("none", "", "has no evaluation"),
        ("cut", '{"event": \n', "cannot be read"),
        ("odd", "3\n", "cannot be read"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(config)
        (tmp_path / name / "events.jsonl").write_text(events)
        with pytest.raises(
            RunError, match=rf"{said}.*Record .* again: python -m genre honesty --record"
        ):
            read_leakage_run(tmp_path / name)
    with pytest.raises(RunError, match=r"config\.json of the run course cannot be read"):
        read_leakage_study(tmp_path)


def test_recording_keeps_data_some_epochs_and_evaluation(tmp_path):
    events = [
        phase("fitting", 1),
        data(2),
        *(epoch(i, 2 + i) for i in range(1, 13)),
        batch(1, 15),
        evaluation(16),
    ]
    create_run(tmp_path / "run", PRESETS["quick"], "x")
    tell(tmp_path / "run", *events)

    record_run(tmp_path / "run", tmp_path / "kept", every=5)

    kept = read_events(tmp_path / "kept")[0]
    assert [event["event"] for event in kept] == ["data", *["epoch"] * 4, "evaluation"]
    assert [event["epoch"] for event in kept if event["event"] == "epoch"] == [1, 5, 10, 12]
    assert {path.name for path in (tmp_path / "kept").iterdir()} == {"config.json", "events.jsonl"}


@pytest.fixture
def lookalikes() -> SegmentSet:
    """Eighty tracks of five genres, six segments each that sound alike within a track alone."""
    rng = np.random.default_rng(11)
    levels = 30 * rng.standard_normal((80, 13))
    frames = np.repeat(levels, 6, axis=0)[:, np.newaxis] + rng.standard_normal((480, 130, 13))
    return SegmentSet(
        frames=frames.astype(np.float32),
        n_frames=np.full(480, 130),
        track_index=np.repeat(np.arange(80), 6),
        tracks=tuple(Track(f"t{i}", f"genre {i % 5}", f"artist {i}", 18) for i in range(80)),
        features=MfccConfig(),
        name="lookalikes",
    )


@pytest.mark.tensorflow
@pytest.mark.slow
def test_training_again_recognises_tracks_with_the_course_split_only(lookalikes, tmp_path):
    """Seed 0; chance is 20% (five genres), within the 95% intervals of the leak-free splits."""
    write_pack(tmp_path / "lookalikes", lookalikes)
    base = replace(
        PRESETS["course"],
        preset="custom",
        texture_frames=65,
        pooling="mean",
        scaling=True,
        learning_rate=5e-3,
        epochs=15,
        dropout=0.0,
        permute_genres=True,
        whole_segments_only=False,
    )
    recipes = {split: replace(base, split=split) for split in ("course", "track", "artist")}
    record_recipes(recipes, tmp_path, str(tmp_path / "lookalikes"), n_jobs=1)

    runs = {split: read_leakage_run(tmp_path / split) for split in ("course", "track", "artist")}

    assert runs["course"].by_seen_track.track_seen.low > 0.4
    for split in ("track", "artist"):
        tracks = runs[split].evaluation.track_accuracy
        assert tracks.low <= 0.2 <= tracks.high, split
        assert runs[split].evaluation.about.endswith("genres were permuted between tracks")
    predictions = runs["course"].evaluation.predictions
    learnt = json.loads((tmp_path / "course" / "events.jsonl").read_text().splitlines()[0])
    assert 0 < max(answer.n_siblings for answer in predictions) <= 6
    assert learnt["n_segments"]["train"] == 288
