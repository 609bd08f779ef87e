"""What `check` says of answers: right ones, usual mistakes, and what is no answer."""

import re

import numpy as np
import pytest

from genre.errors import ParameterError
from genre.lesson.check import EXERCISES, check
from genre.lesson.moment import LAYER, SEGMENT, STEP, lesson_moment

WITH_NUMBERS = [name for name in EXERCISES if name != "genre of a track"]


@pytest.mark.parametrize("name", EXERCISES)
def test_right_answer_is_right_and_none_is_asked_for(name):
    exercise = EXERCISES[name]

    assert check(name, exercise.answer())
    assert check(name, exercise.answer()).sentence == f"Right. {exercise.moral}"
    assert not check(name)
    assert check(name).sentence == f"No answer yet: expected {exercise.kind}."


@pytest.mark.parametrize("name", EXERCISES)
def test_usual_mistakes_differ_from_the_answer_and_are_named(name):
    for mistake, sentence in EXERCISES[name].mistakes:
        verdict = check(name, mistake())
        assert not verdict
        assert repr(verdict) == f"Not yet: you gave {sentence}"


@pytest.mark.parametrize("name", WITH_NUMBERS)
def test_answer_that_is_slightly_off_is_wrong_and_the_right_one_is_not_told(name):
    exercise = EXERCISES[name]
    right = np.array(exercise.answer(), dtype=float)
    off = right + 1.5 * max(exercise.tolerance, 1e-6)
    sentence = check(name, off).sentence

    assert sentence.startswith("Not yet: you gave ")
    assert exercise.hint in sentence
    rounded = right + 0.9 * exercise.tolerance
    assert check(name, rounded.tolist())


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (0.5, r"you gave one number \(0.5\), expected 64 numbers between 0 and 1"),
        (np.zeros(256), "you gave 256 numbers, expected 64"),
        (np.zeros((2, 64)), r"you gave an array of shape \(2, 64\), expected 64"),
        (np.full(64, 2), "you gave 64 numbers, of which 0 agree"),
        ("open", "you gave 'open', expected 64"),
        (None, "you gave None, expected 64"),
        ([1, [2, 3]], r"you gave \[1, \[2, 3\]\], expected 64"),
        (np.full(64, np.nan), "you gave 64 numbers, of which 0 agree"),
        (True, "you gave True, expected 64"),
    ],
)
def test_answer_of_another_kind_says_what_was_given_and_expected(answer, said):
    assert re.match(f"Not yet: {said}", check("input gate", answer).sentence)


def test_answer_may_have_an_axis_of_one_segment():
    assert check("input gate", EXERCISES["input gate"].answer()[np.newaxis])
    assert check("decibels", [30])


@pytest.mark.parametrize(
    ("answer", "start"),
    [(" Blues ", "Right."), ("jazz", "Not yet: you gave 'jazz', expected one of"), (0, "Not yet")],
)
def test_answer_that_is_a_word(answer, start):
    assert check("genre of a track", answer).sentence.startswith(start)


def test_unknown_exercise_says_which_there_are():
    with pytest.raises(ParameterError, match=r"no exercise 'gate'. Choose one of 'number of fr"):
        check("gate", 1)


def test_moment_is_one_step_of_the_networks_own_trace():
    moment = lesson_moment()
    layer = moment.trace.layers[LAYER - 1][0]

    for name, sums in moment.sums.items():
        if name in ("input_gate", "forget_gate", "output_gate"):
            np.testing.assert_allclose(1 / (1 + np.exp(-sums)), moment.gates[name], atol=1e-5)
    np.testing.assert_array_equal(moment.previous_cell, layer.cell[SEGMENT, STEP - 1])
    kept = moment.gates["forget_gate"] * moment.previous_cell
    added = moment.gates["input_gate"] * moment.gates["candidate"]
    np.testing.assert_allclose(kept + added, moment.gates["cell"], atol=1e-5)
