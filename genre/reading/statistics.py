"""The tests of the rules: a binomial tail, the difference of two shares, the slope of a line."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from genre.evaluation.intervals import wilson_interval

ALPHA = 0.05
"""The level of every test, divided by the number of tests where there are several."""
T_SLOPE = 2.5
"""Slopes of fewer standard errors are not told from 0.  Above the usual 2: the losses of following
epochs are alike, so their slope is known less well than its standard error says."""


def binomial_tail(k: int, n: int, p: float) -> float:
    """Return the probability of ``k`` or more of ``n``, each with the probability ``p``.

    Examples
    --------
    >>> binomial_tail(2, 2, 0.5), binomial_tail(0, 5, 0.3)
    (0.25, 1.0)
    """
    if k <= 0:
        return 1.0
    if p <= 0 or p >= 1:
        return float(p >= 1)
    terms = (
        math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1)
        + i * math.log(p) + (n - i) * math.log1p(-p)
        for i in range(k, n + 1)
    )  # fmt: skip
    return min(1.0, math.fsum(math.exp(term) for term in terms))


def share_difference(
    first: float, n_first: float, second: float, n_second: float
) -> tuple[float, float]:
    """Return the 95% interval of one share minus another, of different tracks.

    Parameters
    ----------
    first, second : float
        From 0 to 1.
    n_first, n_second : float
        Of how many independent ones.

    Returns
    -------
    low, high : float

    References
    ----------
    .. [1] R. G. Newcombe, "Interval estimation for the difference between independent proportions:
       comparison of eleven methods", Statistics in Medicine 17, 1998 (method 10).

    Examples
    --------
    >>> low, high = share_difference(56 / 70, 70, 48 / 80, 80)  # the paper's first example
    >>> round(low, 4), round(high, 4)
    (0.0524, 0.3339)
    """
    one, other = (
        wilson_interval(first * n_first, n_first),
        wilson_interval(second * n_second, n_second),
    )
    difference = first - second
    low = difference - math.hypot(first - one.low, other.high - second)
    high = difference + math.hypot(one.high - first, second - other.low)
    return low, high


def slope(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """Return the slope of a line through some points, and of how many standard errors it is.

    Parameters
    ----------
    x, y : sequence of float
        At least three points.

    Returns
    -------
    slope, t : float
        Points on a line have an infinite ``t`` of the slope's sign, level ones 0.

    Examples
    --------
    >>> slope([0, 1, 2, 3], [0, 1, 1, 2])
    (0.6, 4.242640687119285)
    """
    away, values = np.asarray(x, float) - np.mean(x), np.asarray(y, float) - np.mean(y)
    spread = float(away @ away)
    found = float(away @ values) / spread
    rest = values - found * away
    error = math.sqrt(float(rest @ rest) / (len(away) - 2) / spread)
    if error < 1e-12:
        return found, math.copysign(math.inf, found) if abs(found) > 1e-12 else 0.0
    return found, found / error
