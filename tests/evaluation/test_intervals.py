"""A share and its interval: as published, as SciPy has it, and never outside itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from genre.evaluation.intervals import wilson_interval


@pytest.mark.parametrize(
    ("n_correct", "n", "low", "high"),
    [
        (50, 100, 0.4038, 0.5962),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 1, 0.2065, 1.0),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I
        (15, 148, 0.0624, 0.1605),  # the same
    ],
)
def test_wilson_interval_equals_published_values(n_correct, n, low, high):
    accuracy = wilson_interval(n_correct, n)

    assert (accuracy.value, accuracy.n) == (n_correct / n, n)
    assert (accuracy.low, accuracy.high) == (
        pytest.approx(low, abs=1e-4),
        pytest.approx(high, abs=1e-4),
    )


@settings(deadline=None, max_examples=100)
@given(n=st.integers(1, 5000), share=st.floats(0, 1))
def test_wilson_interval_equals_scipy(n, share):
    n_correct = round(share * n)

    accuracy = wilson_interval(n_correct, n)

    expected = binomtest(n_correct, n).proportion_ci(method="wilson")
    assert accuracy.low == pytest.approx(expected.low, abs=1e-6)
    assert accuracy.high == pytest.approx(expected.high, abs=1e-6)


@pytest.mark.parametrize("n", [1, 2, 3, 7, 10, 19, 430, 1220])
def test_share_lies_within_its_interval_to_last_bit(n):
    """At 0 and 1 the formula rounds a hair past it, and a card would refuse the figure."""
    for n_correct in range(n + 1):
        accuracy = wilson_interval(n_correct, n)

        assert 0 <= accuracy.low <= accuracy.value <= accuracy.high <= 1


def test_interval_of_nothing_is_all_from_0_to_1():
    accuracy = wilson_interval(0, 0)

    assert np.isnan(accuracy.value)
    assert (accuracy.low, accuracy.high, accuracy.n) == (0, 1, 0)


def test_accuracy_is_reported_with_its_interval_and_number():
    assert str(wilson_interval(50, 100)) == "50% (95% interval 40% to 60%, n = 100)"
