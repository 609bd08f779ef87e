"""An accuracy with its confidence interval.

Conventions
-----------
Intervals are Wilson's, 95%: unlike the normal approximation they stay within 0 to 1
and are valid for few tracks and for shares near 0 or 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre.language import _


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The share of ``n`` that were right, with its 95% interval."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        words = _("{value:.0%} (95% interval {low:.0%} to {high:.0%}, n = {n})")
        return words.format(**self.to_dict())

    def to_dict(self) -> dict[str, float]:
        """Return plain values for JSON."""
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}


def wilson_interval(n_correct: float, n: float) -> Accuracy:
    """Return a share with its 95% Wilson interval.

    Parameters
    ----------
    n_correct, n : float
        How many were right, of how many; both may be means over repetitions.

    Returns
    -------
    accuracy : Accuracy
        For ``n=0`` the share is not a number and the interval is all of 0-1; a mean is given
        as the nearest whole number.

    References
    ----------
    .. [1] E. B. Wilson, "Probable inference, the law of succession, and statistical
       inference", J. American Statistical Association 22, 1927.

    Examples
    --------
    >>> print(wilson_interval(50, 100))
    50% (95% interval 40% to 60%, n = 100)
    """
    if n == 0:
        return Accuracy(float("nan"), 0.0, 1.0, 0)
    z = 1.959964  # the normal distribution's 97.5% point
    share = n_correct / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # The share lies within; where it is 0 or 1, rounding could leave it slightly outside.
    low, high = min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half))
    return Accuracy(share, float(low), float(high), max(1, round(n)))
