"""Signals that several test files share."""

import numpy as np
import pytest

from genre.audio import Signal


@pytest.fixture
def hiss() -> Signal:
    """Seven seconds of the same noise every time: two whole segments and a rest."""
    samples = 0.1 * np.random.default_rng(440).standard_normal(7 * 22_050)
    return Signal(samples.astype(np.float32), 22_050)
