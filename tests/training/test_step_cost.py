"""What a step costs, measured: of every preset, and more for more."""

from dataclasses import astuple, replace

import pytest

from genre.recipes.config import PRESETS
from genre.training.step_cost import measure_step


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_every_preset_is_measured(preset):
    cost = measure_step(PRESETS[preset])
    assert all(0 <= seconds < 60 for seconds in astuple(cost))
    assert min(cost.batch_seconds, cost.validation_seconds, cost.epoch_seconds) > 0


def test_ten_times_the_steps_cost_more():
    short = replace(PRESETS["quick"], units_1=64, units_2=64, texture_frames=65, deltas=False)
    costs = [measure_step(c) for c in (short, replace(short, texture_frames=0))]
    assert costs[0].batch_seconds < costs[1].batch_seconds
