"""How long a run will take: what makes it longer, and what is measured of this computer."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre.recipes.config import PRESETS, TrainConfig
from genre.runs.duration import (
    SAME_COST,
    START_SECONDS,
    TRACK_SECONDS,
    StepCost,
    expected_seconds,
    same_cost,
    segments_per_epoch,
)

TEN_SECONDS = StepCost(
    2.0, batch_seconds=0.5, segment_seconds=0.01, validation_seconds=0.02, epoch_seconds=0.25
)


@given(
    st.sampled_from(["epochs", "units_1", "units_2"]),
    st.integers(1, 511),
    st.integers(1, 500),
    st.sampled_from(sorted(PRESETS)),
)
def test_more_epochs_or_units_take_longer(name, value, more, preset):
    config = replace(PRESETS[preset], **{name: value})
    longer = replace(config, **{name: min(value + more, 512)})
    assert expected_seconds(longer, 100, 1000) > expected_seconds(config, 100, 1000)


@given(st.integers(1, 100_000), st.integers(1, 100_000))
def test_more_segments_take_no_less_long(n_segments, more):
    config = PRESETS["course"]
    seconds = [expected_seconds(config, 0, n) for n in (n_segments, n_segments + more)]
    assert seconds[1] >= seconds[0]


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
def test_duration_rises_with_each_setting(change, longer):
    seconds = [expected_seconds(replace(TrainConfig(), **c), 100, 1000) for c in (change, longer)]
    assert seconds[0] < seconds[1]


def test_duration_is_the_sum_of_what_is_measured():
    config = replace(TrainConfig(), epochs=3, batch_size=32, test_share=0.5, validation_share=0.2)
    assert segments_per_epoch(config, 20, 200) == 80
    of_epoch = 2.5 * 0.5 + 80 * 0.01 + 20 * 0.02 + 0.25
    once = 200 * 2 * 0.03 + 100 * 0.02 + 20 * TRACK_SECONDS  # the data, and the test side
    expected = START_SECONDS + 2.0 + once + 3 * of_epoch
    cost = replace(TEN_SECONDS, data_seconds=0.03)
    assert expected_seconds(config, 20, 200, cost) == pytest.approx(expected)


def test_training_segments_are_estimated_from_shares_and_draws():
    assert segments_per_epoch(TrainConfig(), 430, 1000) == 600
    assert segments_per_epoch(TrainConfig(segments_per_track=4), 100, 5000) == 240
    assert segments_per_epoch(TrainConfig(), 0, 0) == 1


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_recipes_of_the_same_cost_differ_only_in_what_costs_nothing(preset):
    config = PRESETS[preset]
    kept = {k: v for k, v in config.to_dict().items() if k not in SAME_COST}
    assert {k: same_cost(config).to_dict()[k] for k in kept} == kept
    other = replace(config, epochs=config.epochs + 1, learning_rate=0.01, seed=7)
    assert same_cost(other) == same_cost(config)
    assert same_cost(replace(config, units_1=config.units_1 + 1)) != same_cost(config)


def test_folds_take_as_long_as_each_of_them_and_the_model_on_all_tracks():
    config = replace(PRESETS["quick"], evaluation="pooled", n_folds=5)
    fold = replace(PRESETS["quick"], test_share=0.2)
    one = expected_seconds(fold, 100, 1000, TEN_SECONDS)

    seconds = expected_seconds(config, 100, 1000, TEN_SECONDS)

    assert 6 * one < seconds < 7 * one
    assert same_cost(config) == same_cost(PRESETS["quick"])
