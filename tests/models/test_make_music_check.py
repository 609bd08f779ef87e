"""The script behind ``music_check.npz``: its folds, its choice of a kind, its sounds."""

import importlib
from types import SimpleNamespace

import numpy as np
import pytest

from genre.models.music_check import CLASSES
from genre.paths import ROOT
from tests.support.sounds import make_signal, sounds


@pytest.fixture
def script(monkeypatch):
    """The module, as it is when it is run as a script."""
    monkeypatch.syspath_prepend(str(ROOT / "models" / "ears"))
    return importlib.import_module("make_music_check")


def test_folds_keep_artists_and_makers_whole_and_are_alike_in_size(script):
    groups = [f"artist {i % 23}" for i in range(100)]
    items = [SimpleNamespace(group=group, is_track=True) for group in groups]
    folds = script.fold(items)

    assert all(
        len({f for f, g in zip(folds, groups, strict=True) if g == one}) == 1 for one in groups
    )
    assert np.bincount(folds).min() >= 16


def test_kind_is_named_from_the_share_on_that_was_right_nine_times_in_ten(script):
    rights = [True] * 18 + [False, True] + [False] * 5
    shares = np.linspace(0.95, 0.5, len(rights))
    items = [SimpleNamespace(label=1 if is_right else 2) for is_right in rights]
    rows = np.zeros((len(rights), len(CLASSES)))
    rows[:, 1], rows[:, 3] = shares, 1 - shares

    least = script.least_share(items, rows, np.full(len(items), True))

    # 19 of the first 21 are right, 19 of the first 22 are not nine in ten
    assert least == pytest.approx(shares[20])


def test_no_held_out_maker_is_in_training():
    training, held_out = (
        {maker for of_kind in makers.values() for maker in of_kind if of_kind}
        for makers in (sounds().TRAINING, sounds().HELD_OUT)
    )

    assert len(training) > 50 and len(held_out) > 15
    assert not training & held_out


def test_sound_of_a_seed_is_the_same_again_and_of_another_is_not():
    first, again, other = make_signal("rain", 1), make_signal("rain", 1), make_signal("rain", 2)

    np.testing.assert_array_equal(first.samples, again.samples)
    assert not np.array_equal(first.samples, other.samples)
