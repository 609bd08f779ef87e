"""The moments for and against a prediction, on Classify."""

import re

import numpy as np
import pytest

from genre.audio.load import load_audio
from genre.audio.signal import encode_wav
from genre.models.classifier import classify, load_classifier
from genre.paths import SAMPLES
from tests.support.app_page import keys, new_visit, texts


@pytest.fixture
def page():
    """The rock example, classified."""
    page = new_visit().run()
    page.pills(key="first_example").select("rock").run()
    return page


def buttons(page, side):
    found = [b for b in page.button if b.key and b.key.startswith(f"moment_{side}_")]
    return sorted(found, key=lambda button: button.key)


def test_three_moments_on_each_side_the_strongest_first(page):
    prediction = classify(SAMPLES / "rock.ogg", load_classifier("ear"))
    rock = prediction.segment_probabilities[:, prediction.genres.index("rock")]

    assert not page.exception
    assert "Why rock?" in [one.value for one in page.header]
    first = f"0:{3 * int(rock.argmax()):02d} to "
    assert buttons(page, "for")[0].label.replace("\\", "").startswith(first)
    assert [len(buttons(page, side)) for side in ("for", "against")] == [3, 3]
    assert re.search(r"Without the three moments that speak most for it, this would ", texts(page))


def test_moment_pressed_is_played_from_its_start_each_time(page):
    moment = buttons(page, "against")[0]
    minutes, seconds = map(int, re.match(r"(\d+)\\:(\d+)", moment.label).groups())
    start = 60 * minutes + seconds
    n_before = page.session_state["play_from"][1]
    for n in (1, 2):
        buttons(page, "against")[0].click()
        page.run()
        assert not page.exception
        assert page.session_state["play_from"] == (start, n_before + n)


def test_song_of_one_segment_has_no_moments():
    page = new_visit().run()
    short = np.resize(load_audio(SAMPLES / "rock.ogg").samples, 3 * 22_050)
    page.file_uploader(key="uploads").upload("short.wav", encode_wav((short, 22_050))).run()

    assert not page.exception
    assert not [key for key in keys(page) if key and key.startswith("moment_")]
    assert "Why" not in texts(page)
