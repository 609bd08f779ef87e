"""Exercises on the output, the loss, a step of training and the evaluation."""

import numpy as np

from genre.evaluation.intervals import wilson_interval
from genre.lesson.exercise import Exercise, of_moment, sigmoid
from genre.lesson.moment import SEGMENT, Moment
from genre.recipes.config import PRESETS

WEIGHT, GRADIENT, LEARNING_RATE = 0.5, -0.3, PRESETS["course"].learning_rate
N_RIGHT, N_TRACKS = 25, 95
TRACK = np.array([[0.6, 0.3, 0.1], [0.3, 0.4, 0.3], [0.3, 0.4, 0.3]])
TRACK_GENRES = ("blues", "classical", "country")


def _probabilities(moment: Moment) -> np.ndarray:
    return moment.trace.probabilities[SEGMENT]


def _jazz(moment: Moment) -> float:
    return float(_probabilities(moment)[moment.genres.index("jazz")])


def _interval() -> np.ndarray:
    interval = wilson_interval(N_RIGHT, N_TRACKS)
    return np.array([interval.low, interval.high])


def _normal_interval() -> np.ndarray:
    share = N_RIGHT / N_TRACKS
    return share + np.array([-1.96, 1.96]) * np.sqrt(share * (1 - share) / N_TRACKS)


TRAINING = {
    "softmax": Exercise(
        kind="10 numbers that sum to 1",
        answer=of_moment(_probabilities),
        hint="np.exp of the logits, divided by the sum of all of them.",
        moral="Only differences between logits count: adding a number to all changes nothing.",
        mistakes=(
            (
                of_moment(lambda moment: sigmoid(moment.trace.logits[SEGMENT])),
                "a sigmoid of each logit, but these do not sum to 1.",
            ),
            (
                of_moment(lambda moment: np.exp(moment.trace.logits[SEGMENT])),
                "the exponentials, not yet divided by their sum.",
            ),
        ),
        tolerance=1e-4,
    ),
    "cross-entropy": Exercise(
        kind="a number of nats",
        answer=of_moment(lambda moment: -np.log(_jazz(moment))),
        hint="minus the natural logarithm of the probability of the true genre.",
        moral="The other nine probabilities play no part in it.",
        mistakes=(
            (of_moment(_jazz), "the probability; the loss is minus its logarithm."),
            (of_moment(lambda moment: -np.log10(_jazz(moment))), "a logarithm to the base 10."),
            (of_moment(lambda moment: -np.log2(_jazz(moment))), "a logarithm to the base 2."),
            (of_moment(lambda moment: np.log(_jazz(moment))), "the logarithm, without the minus."),
        ),
    ),
    "loss of a guess": Exercise(
        kind="a number of nats",
        answer=lambda: np.log(10),
        hint="each of ten genres gets a probability of 0.1.",
        moral="A loss above it is worse than knowing nothing: sure, and wrong.",
        mistakes=((lambda: 1.0, "a logarithm to the base 10, but nats have the base e."),),
    ),
    "Adam's first step": Exercise(
        kind="a number",
        answer=lambda: WEIGHT + LEARNING_RATE,
        hint="in the first step m / (1 - beta_1) is the gradient and v / (1 - beta_2) its square.",
        moral="However large the gradient is, the first step is as long as the learning rate.",
        mistakes=(
            (
                lambda: WEIGHT - LEARNING_RATE * GRADIENT,
                "a step of plain gradient descent, but Adam divides by the gradient's size.",
            ),
            (lambda: WEIGHT - LEARNING_RATE, "a step along the gradient, which raises the loss."),
        ),
        tolerance=2e-6,
    ),
    "genre of a track": Exercise(
        kind=f"one of {', '.join(TRACK_GENRES)}",
        answer=lambda: TRACK_GENRES[int(TRACK.mean(axis=0).argmax())],
        hint="take the mean of each column, and then the largest.",
        moral="A segment that is sure counts for more than two that hesitate.",
        mistakes=(
            (lambda: "classical", "the majority of the segments, but probabilities are averaged."),
        ),
    ),
    "Wilson interval": Exercise(
        kind="2 numbers between 0 and 1, the lower one first",
        answer=_interval,
        hint="z = 1.96 and n = 95 in the formula above, for both ends.",
        moral="Of 95 tracks, a difference of ten points is often chance.",
        mistakes=(
            (
                _normal_interval,
                "the normal approximation, which leaves 0 to 1 where a share is near its ends.",
            ),
            (lambda: _interval()[::-1], "both ends, but the higher one first."),
        ),
    ),
}
