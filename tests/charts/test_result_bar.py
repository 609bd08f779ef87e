"""The result of a test as a bar: lengths as the figures say, and what guessing gets."""

import re

import pytest

from genre.charts.result_bar import LEFT, RIGHT, WIDTH, result_bar


def figures(value=0.5, low=0.25, high=0.75, matrix=((4, 0), (4, 4))):
    return {
        "track_accuracy": {"value": value, "low": low, "high": high, "n": 12},
        "confusion_matrix": [list(row) for row in matrix],
    }


def at(share):
    return pytest.approx(LEFT + share * (WIDTH - LEFT - RIGHT), abs=0.1)


def test_bar_whiskers_and_chance_stand_where_the_figures_are():
    svg = result_bar(figures())

    assert float(re.search(r'class="cell" x="4.0" y="22" width="([0-9.]+)"', svg)[1]) + LEFT == at(
        0.5
    )
    ends = re.search(r'class="whisker" x1="([0-9.]+)" x2="([0-9.]+)"', svg).groups()
    assert [float(end) for end in ends] == [at(0.25), at(0.75)]
    assert float(re.search(r'class="mark" x1="([0-9.]+)"', svg)[1]) == at(8 / 12)
    assert ">guessing 67%<" in svg
    assert "Accuracy 50%, 95% interval 25% to 75%; guessing gets 67%" in svg


def test_label_of_a_high_chance_level_stays_within_the_picture():
    svg = result_bar(figures(matrix=((11, 0), (1, 0))))

    x, anchor = re.search(r'<text x="([0-9.]+)" y="14" text-anchor="(\w+)"', svg).groups()
    assert anchor == "end"
    assert float(x) < WIDTH
