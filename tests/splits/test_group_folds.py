"""Folds of whole groups: those of scikit-learn, without it."""

import warnings

import numpy as np
import pytest
from sklearn.model_selection import StratifiedGroupKFold

from genre.datasets.load import load_dataset
from genre.splits.group_folds import stratified_group_folds


def theirs(y, groups, n_folds, seed):
    folder = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [test for _, test in folder.split(y, y, groups)]


@pytest.mark.parametrize("seed", range(12))
def test_folds_are_those_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    n, n_folds = int(rng.integers(40, 200)), int(rng.integers(2, 7))
    groups = rng.integers(int(rng.integers(n_folds + 1, n)), size=n) + 5
    y = rng.choice(int(rng.integers(2, 11)), size=n)

    ours = stratified_group_folds(y, groups, n_folds, seed)

    for one, other in zip(ours, theirs(y, groups, n_folds, seed), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("seed", [0, 100])
def test_folds_of_the_bundled_data_are_those_of_scikit_learn(seed):
    data = load_dataset("gtzan-subset")
    y, groups = data.track_genres, data.groups

    ours = stratified_group_folds(y, groups, 5, seed)

    assert sorted(np.concatenate(ours)) == list(range(430))
    for one, other in zip(ours, theirs(y, groups, 5, seed), strict=True):
        np.testing.assert_array_equal(one, other)
