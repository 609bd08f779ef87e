"""The textbook's cell: what is typed, and what follows from it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre.errors import GenreError, ParameterError
from genre.interpret.textbook import read_numbers, textbook_cell


def test_textbook_forgets_the_middle_value():
    cell = textbook_cell()

    assert cell.previous_cell.tolist() == [1, 2, 4] and cell.forget_gate.tolist() == [1, 0, 1]
    assert cell.kept.tolist() == cell.cell.tolist() == [1, 0, 4]
    assert cell.added is None and cell.hidden is None
    assert textbook_cell([2.0], [0.25]).kept.tolist() == [0.5]


def test_textbook_adds_and_puts_out():
    cell = textbook_cell(
        [1, -2], [1, 0.5], input_gate=[0.5, 1], candidate=[-1, 0.5], output_gate=[1, 0]
    )

    assert cell.added.tolist() == [-0.5, 0.5] and cell.cell.tolist() == [0.5, -0.5]
    np.testing.assert_allclose(cell.hidden, [np.tanh(0.5), 0])


@pytest.mark.parametrize(
    "text", ["[1, 2, -4.5]", "1 2 -4.5", "1;2;−4.5", "  [ 1 , 2 ,-4.5 ] ", "1., 2.0, -4.5"]
)
def test_lists_are_read_however_they_are_typed(text):
    assert read_numbers("C", text) == (1.0, 2.0, -4.5)


@pytest.mark.parametrize("text", ["", "  ", "[]", "[ ]"])
def test_nothing_typed_is_no_number(text):
    assert read_numbers("i", text) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1, two]", r"C holds “two”, which is not a number.*such as \[1, 0\.5, 0\]"),
        ("nan", "which is not a number"),
        ("1e9", "which is not a number"),
        ("0x10", "which is not a number"),
        ("__import__('os')", "which is not a number"),
        ("[[1]]", "which is not a number"),
        ("1" * 201, "201 characters, expected at most 200"),
    ],
)
def test_lists_that_cannot_be_read_are_refused(text, message):
    with pytest.raises(ParameterError, match=message):
        read_numbers("C", text)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (([1, 2], [1]), "f has 1 numbers, C has 2"),
        (([], []), "C has 0 numbers, expected from 1 to 8"),
        (([0] * 9, [0] * 9), "C has 9 numbers, expected from 1 to 8"),
        (([1, 2], [1, 1.5]), "f holds a number outside its range, expected from 0 to 1"),
        (([1, 2], [1, float("nan")]), "expected from 0 to 1"),
        (([1001], [1]), "expected from -1000 to 1000"),
    ],
)
def test_cells_that_cannot_be_are_refused(typed, message):
    with pytest.raises(ParameterError, match=message):
        textbook_cell(*typed)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"input_gate": [1]}, "Only one of i and C' was given"),
        ({"candidate": [1]}, "Only one of i and C' was given"),
        ({"input_gate": [1], "candidate": [2]}, "C' holds a number outside its range"),
        ({"input_gate": [1, 1], "candidate": [1]}, "i has 2 numbers, C has 1"),
        ({"output_gate": [-0.1]}, "o holds a number outside its range"),
    ],
)
def test_further_gates_that_do_not_fit_are_refused(more, message):
    with pytest.raises(ParameterError, match=message):
        textbook_cell([1], [1], **more)


@given(st.text(max_size=220), st.text(max_size=220))
def test_whatever_is_typed_is_read_or_refused_in_words(cell, gate):
    try:
        result = textbook_cell(read_numbers("C", cell), read_numbers("f", gate))
    except GenreError as error:
        assert str(error).endswith(".")
    else:
        np.testing.assert_array_equal(result.kept, result.previous_cell * result.forget_gate)
