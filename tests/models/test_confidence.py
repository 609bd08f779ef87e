"""The confidence levels: the table, row by row."""

import numpy as np
import pytest

from genre.models.confidence import confidence_level

A_LITTLE = 1e-9


@pytest.mark.parametrize(
    ("probabilities", "agreement", "word"),
    [
        # unsure: under 65%
        ([0.65 - A_LITTLE, 0.2, 0.15], 1.0, "unsure"),
        ([0.5, 0.5], 1.0, "unsure"),
        ([0.1] * 10, 0.1, "unsure"),
        # clearly: from 80% up, and 60% of the segments agree
        ([0.8, 0.2], 0.6, "clearly"),
        ([0.1, 0.9], 0.6, "clearly"),
        ([0.0, 1.0], 1.0, "clearly"),
        # probably: otherwise
        ([0.8, 0.2], 0.6 - A_LITTLE, "probably"),
        ([1.0, 0.0], 0.0, "probably"),
        ([0.8 - A_LITTLE, 0.2], 1.0, "probably"),
        ([0.65, 0.35], 1.0, "probably"),
        ([0.65, 0.2, 0.15], 0.0, "probably"),
    ],
)
def test_confidence_level_follows_its_table(probabilities, agreement, word):
    assert confidence_level(np.array(probabilities), agreement) == word


def test_order_of_genres_does_not_matter():
    probabilities = np.array([0.05, 0.82, 0.13])

    words = {confidence_level(np.roll(probabilities, k), 1.0) for k in range(3)}

    assert words == {"clearly"}
