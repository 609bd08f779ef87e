"""The confidence levels: which probability has which, by a model's own thresholds."""

import numpy as np
import pytest

from genre.errors import ModelError
from genre.models.confidence import UNMEASURED, Thresholds, confidence_level


@pytest.mark.parametrize(
    ("probability", "clearly", "probably", "level"),
    [
        (0.7, 0.7, 0.4, "clearly"),
        (np.nextafter(0.7, 0), 0.7, 0.4, "probably"),
        (0.4, 0.7, 0.4, "probably"),
        (np.nextafter(0.4, 0), 0.7, 0.4, "unsure"),
        (1.0, None, 0.4, "probably"),
        (1.0, None, None, "unsure"),
        (0.7, 0.7, None, "clearly"),
        (0.69, 0.7, None, "unsure"),
    ],
)
def test_confidence_level_at_a_threshold_begins_there(probability, clearly, probably, level):
    assert confidence_level(probability, Thresholds(clearly, probably)) == level


def test_confidence_level_without_a_measurement_is_never_clearly():
    assert confidence_level(1.0, UNMEASURED) == "probably"


@pytest.mark.parametrize(
    ("clearly", "probably"),
    [(0.4, 0.7), (1.1, 0.4), (0.7, -0.1), (float("nan"), 0.1), ("0.7", 0.4), (True, 0.4)],
)
def test_thresholds_that_are_none_are_refused_with_both_named(clearly, probably):
    with pytest.raises(ModelError, match=r"thresholds of .* for clearly and .* for probably"):
        Thresholds(clearly, probably)
