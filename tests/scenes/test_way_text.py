"""The words of the drawing: each that the browser asks for is there, and none is idle."""

import re
import string
from typing import get_args

import pytest

from genre.audio.feature_config import MfccConfig, MusicnnConfig
from genre.interpret.way_stages import Kind
from genre.paths import ROOT
from genre.scenes import way_text as wording

SCRIPT = "\n".join(
    path.read_text() for path in sorted((ROOT / "app_pages").glob("inside_drawing*.js"))
)


def test_words_are_those_that_the_browser_asks_for():
    asked = set(re.findall(r"\bwords\.(\w+)", SCRIPT))

    assert len(asked) > 60
    assert asked == set(wording.way_words(MfccConfig(), 1))


def test_every_stage_has_a_title_and_a_sentence():
    assert set(wording.TITLES) == set(wording.ABOUT) == set(get_args(Kind))


def test_fields_of_the_words_are_filled_in_by_the_browser():
    fields = {
        field
        for text in wording.WORDS.values()
        for one in (text.values() if isinstance(text, dict) else [text])
        for _, field, _, _ in string.Formatter().parse(one)
        if field
    }
    assert {"n", "total", "steps"} <= fields
    assert not [field for field in fields if not re.search(rf"\b{field}\b[:,]", SCRIPT)]


@pytest.mark.parametrize(("n_dense", "title"), [(0, "Dense"), (1, "Dense"), (3, "Dense {n}")])
def test_single_dense_layer_has_no_number(n_dense, title):
    assert wording.way_words(MusicnnConfig(), n_dense)["titles"]["dense"] == title


def test_what_is_kept_is_whole_segments():
    assert "first 28 seconds" in wording.way_words(MfccConfig(segment_seconds=7.0), 1)["noSound"]
