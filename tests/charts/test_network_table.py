"""The network as a table, read back from its markup."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from app_pages.component_files import FOLDER
from genre.charts.network_table import layer_table
from genre.recipes.config import PRESETS


def rows(preset, **changes):
    """The table's rows as text, and the share that each layer's bar takes."""
    config = replace(PRESETS[preset], **changes)
    table = ET.fromstring(layer_table(config.network_config(10)))
    lines = [[cell.text or "" for cell in row] for row in table.iter("tr")][1:]
    shares = [float(re.search(r"--share:(.+)", e.get("style"))[1]) for e in table.iter("td")
              if e.get("class") == "share"]  # fmt: skip
    return lines, shares


def test_table_lists_each_layer_with_its_shape_and_parameters():
    lines, shares = rows("course")

    assert lines == [
        ["Input", "130 × 13", ""],
        ["LSTM 1", "130 × 64", "19,968"],
        ["LSTM 2", "64", "33,024"],
        ["Dense, relu", "64", "4,160"],
        ["Dropout", "64", ""],
        ["Dense, softmax", "10", "650"],
        ["Total", "", "57,802"],
    ]
    assert sum(shares) == pytest.approx(1, abs=0.005)
    assert shares[2] == pytest.approx(33_024 / 57_802, abs=0.001)


def test_setting_changes_what_is_drawn():
    names = [line[0] for line in rows("recommended", cell="simple_rnn", bidirectional=True)[0]]

    assert names[1:5] == [
        "Scaling", "Simple RNN 1, both directions", "Simple RNN 2, both directions", "Pooling",
    ]  # fmt: skip


def test_page_draws_what_table_asks_for():
    css = (FOLDER / "drawing.css").read_text()

    assert ".layers .share" in css and "var(--share)" in css
