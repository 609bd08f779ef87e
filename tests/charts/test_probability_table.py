"""The bars of the probabilities, read back from their markup."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from app_pages.component_files import FOLDER
from genre.charts.colours import GENRE_COLOURS
from genre.charts.probability_table import confusion_table, genre_bars, song_table
from tests.support.predictions import make_prediction


def rows(prediction):
    """Of each row: the genre, its classes, its style, its percentage, its hover text."""
    table = ET.fromstring(genre_bars(prediction))
    for name, cell in (list(row) for row in table.iter("tr")):
        bar = cell[0]
        yield name.text, bar.get("class").split(), bar.get("style"), bar.tail, cell.get("title")


def test_bars_have_the_most_probable_first_each_in_the_colour_of_its_genre():
    prediction = make_prediction()
    names, _, styles, percentages, hovers = zip(*rows(prediction), strict=True)

    assert names == prediction.ranking != prediction.genres
    shares = sorted(prediction.probabilities, reverse=True)
    found = [re.fullmatch(r"--share:([\d.]+);--colour:(#\w+)", style).groups() for style in styles]
    assert [colour for _, colour in found] == [GENRE_COLOURS[name] for name in names]
    np.testing.assert_allclose([float(x) for x, _ in found], shares, atol=1e-4)
    assert percentages == tuple(f"{p:.0%}" for p in shares)
    assert hovers == tuple(f"{p:.1%}" for p in shares)


def test_bar_of_the_prediction_is_the_only_filled_one():
    prediction = make_prediction()

    assert [name for name, kind, *_ in rows(prediction) if "predicted" in kind] == [
        prediction.genre
    ]


@pytest.mark.parametrize("name", ["<b>bold</b>", "R&B 'n' \"q\"", "a" + "z" * 90])
def test_visitors_name_is_text_and_short(name):
    shown = max((row[0] for row in rows(make_prediction(3, (name, "zz")))), key=len)

    assert shown == (name if len(name) <= 24 else f"a{'z' * 22}…")


def test_page_draws_what_table_asks_for():
    css = (FOLDER / "drawing.css").read_text()

    assert ".genres .bar" in css and "var(--share)" in css and "var(--colour)" in css


def test_song_table_has_a_column_for_each_planned_epoch_and_marks_the_best():
    html = song_table([(1, (0.2, 0.8)), (2, (0.7, 0.3))], ["<b>jazz", "rock"], 4)
    rows = html.split("<b>")[1:]
    assert len(rows) == 2 and "&lt;b&gt;jazz" in rows[0]
    assert [row.count("<i") for row in rows] == [4, 4]
    assert "--share:0.200" in rows[0] and 'class="best" style="--share:0.700"' in rows[0]
    assert html.count('class="best"') == 2


def test_confusion_table_shows_counts_and_shares_of_the_true_genre():
    html = confusion_table(["jazz", "rock"], [[3, 1], [0, 0]])
    assert '<i style="--share:0.750">3</i><i style="--share:0.250">1</i>' in html
    assert html.count("<i></i>") == 2
