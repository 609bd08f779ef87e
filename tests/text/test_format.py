"""Numbers as they are read."""

import pytest

from genre.text.format import count, duration, interval, percent


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-1, "0 s"),
        (0.4, "0 s"),
        (7.4, "7 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (95, "1 min 35 s"),
        (3599.7, "1 h 0 min"),
        (4000, "1 h 6 min"),
        (90_000, "25 h 0 min"),
    ],
)
def test_duration_has_two_units_at_most(seconds, said):
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("share", "digits", "said"),
    [(0, 0, "0%"), (1, 0, "100%"), (0.526, 0, "53%"), (0.526, 1, "52.6%"), (0.0004, 1, "0.0%")],
)
def test_percent_has_no_space(share, digits, said):
    assert percent(share, digits) == said


def test_interval_has_the_unit_at_both_ends():
    assert interval(0.475, 1) == "48% to 100%"


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 tracks"), (1, "1 track"), (2, "2 tracks"), (1290, "1,290 tracks")]
)
def test_count_of_one_is_singular_and_thousands_are_separated(n, said):
    assert count(n, "track") == said
