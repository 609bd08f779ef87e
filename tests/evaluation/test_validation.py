"""Loss, accuracy and confusion of the validation side."""

import numpy as np
import pytest

from genre.evaluation.validation import count_pairs, validation_figures


def test_pairs_are_counted_by_true_and_given_genre():
    counts = count_pairs(np.array([0, 0, 2, 2, 2]), np.array([0, 1, 2, 2, 0]), 3)
    assert counts.tolist() == [[1, 1, 0], [0, 0, 0], [1, 0, 2]]


def test_figures_are_mean_log_loss_and_share_of_right_ones():
    probabilities = np.array([[0.5, 0.5], [0.25, 0.75], [1.0, 0.0]])
    found = validation_figures(probabilities, np.array([0, 1, 1]), least=1e-3)
    expected = -np.log([0.5, 0.75, 1e-3]).mean()
    assert found["val_loss"] == pytest.approx(expected)
    assert found["val_accuracy"] == pytest.approx(2 / 3)
