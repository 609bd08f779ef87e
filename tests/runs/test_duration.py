"""How long a run will take: what makes it longer, and what a real run says of this computer."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre.recipes.config import PRESETS, TrainConfig
from genre.runs.duration import (
    MIN_EPOCHS,
    START_SECONDS,
    epoch_cost,
    expected_seconds,
    measured_speed,
    segments_per_epoch,
)
from genre.runs.files import RunStatus
from genre.runs.reader import RunReader
from tests.support.live_runs import RECIPE, data, epoch, phase, write_run

EPOCHS = (phase("fitting", 10), *(epoch(n, 10 + 2 * n) for n in range(1, 6)), phase("stopped", 20))


@given(
    st.sampled_from(["epochs", "units_1", "units_2"]),
    st.integers(1, 511),
    st.integers(1, 500),
    st.sampled_from(sorted(PRESETS)),
)
def test_more_epochs_or_units_take_longer(name, value, more, preset):
    config = replace(PRESETS[preset], **{name: value})
    longer = replace(config, **{name: min(value + more, 512)})
    assert expected_seconds(longer, 1000) > expected_seconds(config, 1000)


@given(st.integers(1, 100_000), st.integers(1, 100_000))
def test_more_segments_take_no_less_long(n_segments, more):
    config = PRESETS["course"]
    assert expected_seconds(config, n_segments + more) > expected_seconds(config, n_segments)


@pytest.mark.parametrize(
    ("change", "longer"),
    [
        ({"texture_frames": 10}, {"texture_frames": 5}),
        ({"texture_frames": 5}, {"texture_frames": 0}),
        ({"cell": "simple_rnn"}, {"cell": "lstm"}),
        ({"bidirectional": False}, {"bidirectional": True}),
        ({"batch_size": 128}, {"batch_size": 8}),
        ({"n_mfcc": 13}, {"n_mfcc": 20}),
    ],
    ids=lambda change: " ".join(f"{k}={v}" for k, v in change.items()),
)
def test_epoch_cost_rises_with_each_setting(change, longer):
    base = TrainConfig()
    costs = [epoch_cost(replace(base, **c), 1000) for c in (change, longer)]
    assert costs[0] < costs[1]


def test_duration_on_half_the_speed_doubles():
    config = PRESETS["quick"]
    fast, slow = (expected_seconds(config, 900, seconds_per_cost=s) for s in (1e-6, 2e-6))
    assert slow - START_SECONDS == pytest.approx(2 * (fast - START_SECONDS))


def test_training_segments_are_estimated_from_shares_and_draws():
    assert segments_per_epoch(TrainConfig(), 430, 1000) == 600
    assert segments_per_epoch(TrainConfig(segments_per_track=4), 100, 5000) == 240
    assert segments_per_epoch(TrainConfig(), 0, 0) == 1


def test_duration_of_a_real_run_is_estimated_from_itself(finished_run):
    speed = measured_speed(finished_run.parent)
    view = RunReader(finished_run).read()
    n_segments = segments_per_epoch(view.config, 24, 72)

    assert speed > 0
    expected = expected_seconds(view.config, n_segments, seconds_per_cost=speed)
    assert expected - START_SECONDS == pytest.approx(view.trained_seconds)


def test_speed_is_measured_from_the_latest_long_run(tmp_path):
    write_run(tmp_path / "1", data(9), *EPOCHS)
    alone = measured_speed(tmp_path)
    assert alone == pytest.approx(10 / (5 * epoch_cost(RECIPE, segments_per_epoch(RECIPE, 24, 72))))

    short = [data(9), phase("fitting", 10), *(epoch(n, 99) for n in range(1, MIN_EPOCHS))]
    write_run(tmp_path / "2-short", *short)
    write_run(tmp_path / "3-live", data(9), *EPOCHS, status=RunStatus("fitting").stamped())
    write_run(tmp_path / "4-before-data", *EPOCHS)
    damaged = write_run(tmp_path / "5-damaged", data(9), *EPOCHS)
    (damaged / "status.json").write_text("{")
    assert measured_speed(tmp_path) == alone

    twice = [event | {"time": 2 * event["time"]} for event in EPOCHS]
    write_run(tmp_path / "6-slower", data(9), *twice, status=RunStatus("stopped"))
    assert measured_speed(tmp_path) == pytest.approx(2 * alone)


def test_speed_without_a_run_is_none(tmp_path):
    assert measured_speed(tmp_path) is None
    assert measured_speed(tmp_path / "nowhere") is None


@pytest.mark.parametrize(("n_epochs", "is_measured"), [(MIN_EPOCHS - 1, False), (MIN_EPOCHS, True)])
def test_speed_of_a_run_of_few_epochs_is_measured_from_the_least_number_on(
    tmp_path, n_epochs, is_measured
):
    epochs = [epoch(n, 10 + n) for n in range(1, n_epochs + 1)]
    write_run(tmp_path / "1", data(9), phase("fitting", 10), *epochs)

    assert (measured_speed(tmp_path) is not None) == is_measured
