"""The current song heard differently, on Classify."""

import hashlib
import time

import numpy as np
import pytest

from app_pages import classify_effects
from genre.audio.load import load_audio
from genre.audio.signal import encode_wav
from genre.effects.effect_job import EffectJob
from genre.effects.effects import apply_effect
from genre.errors import AudioError
from genre.models.classifier import classify, load_classifier
from genre.paths import SAMPLES
from genre.text.song import headline
from tests.support.app_page import keys, new_visit, texts
from tests.support.command import replace_command

ROCK = SAMPLES / "rock.ogg"
EFFECT = f"effect_{hashlib.sha256(ROCK.read_bytes()).hexdigest()[:12]}"


@pytest.fixture(autouse=True)
def nothing_made_before():
    classify_effects._job.clear()
    yield
    classify_effects._job.clear()


@pytest.fixture
def page():
    """The rock example, classified."""
    page = new_visit().run()
    page.pills(key="first_example").select("rock").run()
    return page


def heard_through(page, name, seconds=120):
    """Choose an effect, and wait for its result."""
    page.pills(key=EFFECT).select(name).run()
    deadline = time.monotonic() + seconds
    while "stop_effect" in keys(page) and time.monotonic() < deadline:
        time.sleep(0.1)
        page.run()
    return page


def progress(page):
    return page.get("progress")[0].proto.text


def test_no_process_starts_before_an_effect_is_chosen(page, monkeypatch):
    monkeypatch.setattr(classify_effects, "EffectJob", None)
    page.run()

    assert not page.exception
    assert len(page.pills(key=EFFECT).options) == 8
    assert page.pills(key=EFFECT).value is None


def test_prediction_before_and_after_stand_side_by_side(page):
    heard_through(page, "harmony")
    changed = encode_wav(apply_effect(load_audio(ROCK), "harmony"))
    expected = [classify(song, load_classifier("ear")) for song in (ROCK, changed)]

    assert not page.exception and not page.error
    said = [one.value.strip("*").replace("\\", "") for one in page.markdown]
    assert [headline(one) for one in expected] == [s for s in said if s in map(headline, expected)]
    assert f"The prediction changes from rock to {expected[1].genre}." in said
    assert "Sustained sounds, separated from percussive ones" in texts(page)
    assert "download_changed" in keys(page, "download_button")
    assert len(page.get("audio")) == 1


def test_page_answers_while_the_sound_is_changed_and_stop_ends_it(page, monkeypatch):
    started = []
    monkeypatch.setattr(
        classify_effects, "EffectJob", lambda *of: started.append(EffectJob(*of)) or started[-1]
    )
    replace_command(monkeypatch, "import time; print('0.420', flush=True); time.sleep(60)")
    page.pills(key=EFFECT).select("faster").run()
    deadline = time.monotonic() + 60
    while "42%" not in progress(page) and time.monotonic() < deadline:
        time.sleep(0.05)
        page.run()
    assert progress(page) == "Changing the sound: 42%."

    job = started[0]
    page.button(key="stop_effect").click().run()
    with pytest.raises(AudioError, match="was stopped"):
        job.poll()
    assert not page.exception and not page.error
    assert page.pills(key=EFFECT).value is None
    assert "stop_effect" not in keys(page)


def test_failure_is_a_sentence_and_is_tried_again_when_chosen_again(page, monkeypatch):
    with monkeypatch.context() as context:
        replace_command(context, "raise SystemExit('genre change: the disk is full')")
        heard_through(page, "radio")
        assert [error.value for error in page.error] == ["the disk is full"]
    heard_through(page, "radio")

    assert not page.error
    assert "download_changed" in keys(page, "download_button")


def test_long_song_is_compared_by_its_first_two_minutes():
    page = new_visit().run()
    rock, jazz = (load_audio(SAMPLES / f"{name}.ogg").samples for name in ("rock", "jazz"))
    long = encode_wav((np.concatenate([np.resize(rock, 120 * 22_050), *[jazz] * 12]), 22_050))
    page.file_uploader(key="uploads").upload("long.wav", long).run()
    key = f"effect_{hashlib.sha256(long).hexdigest()[:12]}"
    assert page.title[0].value.endswith("jazz")
    page.pills(key=key).select("street").run()
    while "stop_effect" in keys(page):
        time.sleep(0.1)
        page.run()

    assert not page.exception and not page.error
    assert "Both are of the first 2 minutes." in texts(page)
    assert "The prediction stays rock" in texts(page)
