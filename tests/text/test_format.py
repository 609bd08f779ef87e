"""Numbers as they are read."""

from datetime import datetime

import pytest

from genre.language import use
from genre.text import format as text_format
from genre.text.format import (
    count,
    duration,
    general,
    interval,
    moment,
    number,
    percent,
    seconds_format,
    tracks,
)


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


@pytest.mark.parametrize(
    ("write", "korean"),
    [
        (lambda: duration(7.4), "7초"),
        (lambda: duration(95), "1분 35초"),
        (lambda: duration(4000), "1시간 6분"),
        (lambda: interval(0.48, 0.58), "48%~58%"),
        (lambda: count(1290, "track"), "트랙 1,290개"),
        (lambda: moment(datetime(2026, 11, 22, 19, 26)), "11월 22일 오후 7:26"),
        (lambda: seconds_format(), "%.0f초"),
    ],
)
def test_korean_writes_numbers_dates_and_counts_as_koreans_do(write, korean):
    english = write()
    with use("ko"):
        assert write() == korean
    assert english != korean


def test_other_languages_have_their_own_commas_and_signs(monkeypatch):
    """A third language takes one file: how it writes numbers is known."""
    monkeypatch.setattr(text_format, "codes", lambda: ["en", "de"])
    text_format._locale.cache_clear()
    with use("de"):
        said = [number(1290.5, 1), percent(0.0832, 1), general(0.25), tracks(12.333)]
    text_format._locale.cache_clear()

    assert said == ["1.290,5", "8,3\N{NO-BREAK SPACE}%", "0,25", "12,3"]


@pytest.mark.parametrize("share", [0.125, 0.285, 0.575, 0.005, 0.995])
def test_shares_are_the_same_number_in_every_language(share):
    """Each language writes what English has rounded."""
    with use("ko"):
        assert percent(share) == f"{share:.0%}"
