"""Predictions of runs and models for tracks, read when they are needed."""

import numpy as np

from genre.experiments.predictions import model_entries, predictions_of
from genre.paths import MODELS_BUNDLED, RESULTS
from tests.support.many_runs import answers, write_run


def test_predictions_of_a_run_are_those_it_was_tested_by(tmp_path):
    found = answers(np.random.default_rng(0))
    run = write_run(tmp_path, "a", predictions=found, n_batches=2)

    assert predictions_of(run) == found
    assert predictions_of(write_run(tmp_path, "b")) == ()


def test_models_with_predictions_are_listed(tmp_path):
    found = model_entries(MODELS_BUNDLED, RESULTS)

    assert {"ear", "starter"} <= {one.name for one in found}
    assert all(one.kind == "model" and one.evaluation.predictions for one in found)
    assert model_entries(tmp_path / "none", tmp_path) == []
