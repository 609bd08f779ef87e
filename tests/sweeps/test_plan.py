"""What a sweep trains: its combinations, the rungs of halving, and what is refused."""

from dataclasses import fields

import pytest

from genre.errors import ParameterError
from genre.recipes.config import TrainConfig
from genre.runs.duration import rough_cost
from genre.sweeps.plan import (
    PROCESS_SECONDS,
    Rung,
    expected_sweep_seconds,
    plan_configurations,
    plan_rungs,
    run_seconds,
)
from genre.sweeps.spec import SweepSpec
from genre.sweeps.values import SWEPT, Range, parse_seeds, parse_values, written

GRID = {"learning_rate": (1e-3, 1e-2), "units_1": (16, 32, 64)}
DRAWN = {"learning_rate": Range(1e-4, 1e-1, "log"), "units_1": Range(4, 512), "cell": ("lstm",)}


def spec_of(settings=None, **values):
    return SweepSpec(label="x", preset="quick", settings=settings or GRID, **values)


def test_grid_has_every_combination_once_the_last_setting_fastest():
    assert plan_configurations(spec_of()) == [
        {"learning_rate": 1e-3, "units_1": 16},
        {"learning_rate": 1e-3, "units_1": 32},
        {"learning_rate": 1e-3, "units_1": 64},
        {"learning_rate": 1e-2, "units_1": 16},
        {"learning_rate": 1e-2, "units_1": 32},
        {"learning_rate": 1e-2, "units_1": 64},
    ]


def test_random_draws_the_same_ones_each_time_and_others_with_another_seed():
    drawn = plan_configurations(spec_of(DRAWN, method="random", n_configurations=3))

    assert drawn == [
        {"learning_rate": 0.0341, "units_1": 389, "cell": "lstm"},
        {"learning_rate": 0.000598, "units_1": 264, "cell": "lstm"},
        {"learning_rate": 0.0225, "units_1": 158, "cell": "lstm"},
    ]
    other = spec_of(DRAWN, method="random", n_configurations=3, draw_seed=1)
    assert plan_configurations(other) != drawn


def test_random_values_lie_in_their_ranges_and_small_ones_are_as_many_by_log():
    drawn = plan_configurations(spec_of(DRAWN, method="random", n_configurations=200))
    rates = [one["learning_rate"] for one in drawn]

    assert all(1e-4 <= rate <= 1e-1 for rate in rates)
    assert all(type(one["units_1"]) is int and 4 <= one["units_1"] <= 512 for one in drawn)
    assert 50 <= sum(rate < 1e-3 for rate in rates) <= 85  # a third of the three decades
    assert len({tuple(one.values()) for one in drawn}) == 200


def test_random_takes_each_combination_once():
    drawn = plan_configurations(spec_of(method="random", n_configurations=6))
    assert sorted(map(str, drawn)) == sorted(map(str, plan_configurations(spec_of())))


@pytest.mark.parametrize(
    ("n", "epochs", "factor", "rungs"),
    [
        (9, 9, 3, [Rung(9, 1), Rung(3, 3), Rung(1, 9)]),
        (8, 40, 2, [Rung(8, 5), Rung(4, 10), Rung(2, 20), Rung(1, 40)]),
        (10, 20, 3, [Rung(10, 2), Rung(3, 7), Rung(1, 20)]),
        (9, 2, 3, [Rung(9, 2)]),  # too few epochs to divide
        (2, 30, 3, [Rung(2, 30)]),
    ],
)
def test_halving_gives_more_epochs_to_fewer(n, epochs, factor, rungs):
    spec = spec_of(method="halving", changes={"epochs": epochs}, factor=factor)
    assert plan_rungs(spec, n) == rungs


def test_grid_has_one_rung_in_which_each_has_its_own_epochs():
    assert plan_rungs(spec_of(), 6) == [Rung(6, 0)]


def test_expected_duration_counts_every_run_and_its_process():
    small = spec_of({"dropout": (0.1, 0.2)}, seeds=(0, 1))
    one = run_seconds(small.base, 430, 4300)

    assert expected_sweep_seconds(small, 430, 4300) == pytest.approx(4 * (PROCESS_SECONDS + one))
    measured = rough_cost(small.base)
    same = expected_sweep_seconds(small, 430, 4300, measured)
    assert same == pytest.approx(4 * (PROCESS_SECONDS + one))


def test_expected_duration_of_halving_is_less_than_of_the_grid():
    rates = {"learning_rate": tuple(n / 1000 for n in range(1, 10))}
    grid, halving = (
        spec_of(rates, method=method, changes={"epochs": 90}) for method in ("grid", "halving")
    )
    assert expected_sweep_seconds(halving, 430, 4300) < expected_sweep_seconds(grid, 430, 4300)


def test_recipes_of_a_sweep_differ_in_what_is_swept_and_the_seed():
    spec = spec_of(changes={"epochs": 3}, seeds=(0, 7))
    config = spec.config_of({"learning_rate": 1e-2, "units_1": 16}, 7)

    assert (config.epochs, config.learning_rate, config.units_1, config.seed) == (3, 1e-2, 16, 7)
    assert (config.dropout, config.preset) == (spec.base.dropout, "custom")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0.001, 1e-2,0.001", (0.001, 0.01)),
        ("1", (1.0,)),
        ("0.0001..0.01 log", Range(0.0001, 0.01, "log")),
        ("0.1..0.5", Range(0.1, 0.5, "lin")),
    ],
)
def test_values_are_read_as_typed_and_written_so_that_they_can_be_read(text, values):
    name = "dropout" if text == "0.1..0.5" else "learning_rate"
    assert parse_values(name, text) == values
    assert parse_values(name, written(values)) == values


def test_every_setting_but_the_seed_can_be_swept():
    names = {field.name for field in fields(TrainConfig)}
    assert set(SWEPT) == names - {"preset", "seed"}
    split = {
        "evaluation": ("held-out", "pooled"),
        "split": ("artist", "track"),
        "n_folds": (3, 5),
        "test_share": (0.2, 0.3),
        "validation_share": (0.1, 0.2),
        "permute_genres": (False, True),
        "whole_segments_only": (False, True),
    }
    spec = spec_of(split | {"dropout": (0.1, 0.2)})
    assert len(plan_configurations(spec_of(split))) == 2**7
    assert set(spec.of_the_split) == set(split)
    assert spec_of().of_the_split == ()
    config = spec.config_of({name: values[1] for name, values in split.items()}, 3)
    assert (config.split, config.n_folds, config.seed) == ("track", 5, 3)


def test_values_of_switches_and_choices_are_read():
    assert parse_values("deltas", "yes, no") == (True, False)
    assert parse_values("cell", "lstm, simple_rnn") == ("lstm", "simple_rnn")
    assert parse_seeds("3, 1;3") == (3, 1)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("learning_rate", "5", "learning_rate=5 was given, expected 1e-06 to 1."),
        ("learning_rate", "0.1, many", "learning_rate='many' was given, expected a value such as"),
        ("learning_rate", "", "learning_rate has no value"),
        ("units_1", "1.5", "units_1=1.5 was given, expected a value such as 64"),
        ("learning_rate", "0.1..0.01", "expected the lower value first"),
        ("dropout", "0..0.5 log", "begins at 0, which has no logarithm"),
        ("learning_rate", "0.1..0.2 cubic", "the scale of learning_rate is 'cubic'"),
        ("cell", "lstm..gru", "cell is not a number, so it has no range"),
        ("cell", "lstm, gru", "cell='gru' was given, expected one of lstm, simple_rnn"),
        ("learing_rate", "1", "Did you mean learning_rate?"),
        ("seed", "1", "batches, in 'seeds': every combination"),
    ],
)
def test_values_that_cannot_be_are_refused_in_one_sentence(name, text, said):
    with pytest.raises(ParameterError) as refused:
        parse_values(name, text)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"settings": {"dropout": tuple(i / 100 for i in range(50)), **GRID}}, "give 300 runs (30"),
        ({"seeds": tuple(range(21))}, "21 seeds were given, expected 1 to 20"),
        ({"seeds": (-1,)}, "seed=-1 was given"),
        ({"settings": DRAWN}, "learning_rate has a range, but a grid needs values"),
        ({"method": "random"}, "n_configurations is not given"),
        ({"method": "random", "n_configurations": 7}, "7 combinations were asked for, but"),
        ({"n_configurations": 3}, "n_configurations is given with a grid"),
        ({"method": "halving", "settings": {"epochs": (1, 2)}}, "epochs is swept, but halving"),
        ({"changes": {"units_1": 8}}, "units_1 is both swept and changed"),
        ({"minutes": 0}, "minutes is 0, expected a number from 0.1"),
        ({"metric": "test_accuracy"}, "the test set is for the chosen one alone"),
        ({"settings": {"features": ("musicnn",)}}, "can be applied to MFCCs only"),
        (
            {"method": "halving", "settings": {"split": ("artist", "track")}},
            "split is swept with halving, which drops what has the lower accuracy",
        ),
        (
            {"method": "halving", "changes": {"evaluation": "pooled"}},
            "evaluation is pooled, but halving trains in steps",
        ),
        ({"settings": {"n_folds": (3, 5)}}, "n_folds is swept, but changes nothing unless"),
        (
            {"settings": {"test_share": (0.2, 0.3)}, "changes": {"evaluation": "pooled"}},
            "test_share is swept, but changes nothing unless evaluation is held-out",
        ),
    ],
)
def test_sweeps_that_cannot_be_are_refused_in_one_sentence(values, said):
    with pytest.raises(ParameterError) as refused:
        plan_configurations(spec_of(**values))
    assert said in str(refused.value)
