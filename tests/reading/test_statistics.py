"""The tests that the rules make: as SciPy has them, or as their paper."""

import numpy as np
import pytest
from scipy import stats

from genre.reading.statistics import binomial_tail, share_difference, slope


@pytest.mark.parametrize(("k", "n", "p"), [(3, 8, 1 / 6), (21, 63, 0.03), (0, 4, 0.2), (5, 5, 0.1)])
def test_binomial_tail_is_that_of_scipy(k, n, p):
    assert binomial_tail(k, n, p) == pytest.approx(stats.binom.sf(k - 1, n, p), rel=1e-9)


@pytest.mark.parametrize(("p", "tail"), [(0, 0.0), (1, 1.0)])
def test_binomial_tail_of_what_never_or_always_happens(p, tail):
    assert binomial_tail(2, 3, p) == tail


def test_difference_of_shares_is_that_of_the_paper():
    """R. G. Newcombe, 1998, table II, method 10: examples (a), (b) and (f)."""
    for counts, ends in [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
    ]:
        k, n, other, n_other = counts
        assert share_difference(k / n, n, other / n_other, n_other) == pytest.approx(ends, abs=1e-4)


def test_slope_and_its_errors_are_those_of_scipy():
    x, y = [1, 2, 3, 5, 8], [1.0, 0.7, 0.8, 0.5, 0.1]
    fitted = stats.linregress(x, y)

    assert slope(x, y) == pytest.approx((fitted.slope, fitted.slope / fitted.stderr))


def test_slope_of_points_on_a_line_is_certain():
    assert slope([0, 1, 2], [3, 2, 1]) == (pytest.approx(-1), -np.inf)
    assert slope([0, 1, 2], [1, 1, 1]) == (0, 0)
