"""The Classify page, run without a browser: what a visitor meets, good and bad."""

import io
import re
import shutil

import numpy as np
import psutil
import pytest
import soundfile as sf
import streamlit as st
from streamlit.testing.v1 import AppTest

from app_pages import classify_inputs
from genre.paths import ROOT

JAZZ = (ROOT / "samples" / "jazz.ogg").read_bytes()


@pytest.fixture
def page(monkeypatch):
    """The page as a first visitor meets it."""
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run()


def wav(samples, sr=22_050):
    file = io.BytesIO()
    sf.write(file, samples, sr, format="WAV")
    return file.getvalue()


def noise(seconds):
    return 0.1 * np.random.default_rng(1).standard_normal(int(seconds * 22_050))


def drop(page, *files):
    return page.file_uploader(key="uploads").set_value(list(files)).run()


def what_is_held(page):
    """All that is on the page, and all that is remembered of the visit."""
    kinds = ("text", "caption", "markdown", "title", "button", "plotly_chart", "audio")
    kinds += ("bidi_component",)
    state = page.session_state._state.filtered_state
    return {kind: len(page.get(kind)) for kind in kinds} | {
        name: len(value) if isinstance(value, list | set | dict) else value
        for name, value in state.items()
    }


def texts(page):
    """All that is written on the page."""
    kinds = (page.title, page.header, page.markdown, page.text, page.caption, page.info, page.error)
    return "\n".join(element.value for kind in kinds for element in kind).replace("\\", "")


def test_the_first_visit_offers_a_drop_zone_ten_sketches_and_no_verdict(page):
    assert not page.exception
    assert page.header[0].value == "Drop in a song, see its genre"
    assert page.file_uploader(key="uploads").label == "Drop a song, or several"
    assert len(page.pills(key="first_sketch").options) == 10
    assert not page.title
    assert not page.error


def test_a_sketch_gets_a_verdict_with_the_models_accuracy_beside_it(page):
    page.pills(key="first_sketch").select("jazz").run()

    assert not page.exception
    assert len(page.title) == 1
    accuracy = next(c.value for c in page.caption if "kept out of training" in c.value)
    assert re.match(r"Tested on 430 tracks.*right \d+% .*95% interval \d+% to \d+%", accuracy)
    assert "a sketch by this project, no record" in texts(page)
    assert 'aria-label=\\"Probability of' in page.get("bidi_component")[0].proto.json
    assert len(page.get("plotly_chart")) >= 1
    assert len(page.get("download_button")) == 2


def test_a_dropped_song_gets_the_same_verdict_as_on_the_command_line(page):
    from genre.models.prediction import classify, load_classifier
    from genre.text.song import verdict

    drop(page, ("my song.ogg", JAZZ, "audio/ogg"))

    assert page.title[0].value == verdict(classify(JAZZ, load_classifier("starter")))
    assert "my song.ogg" in texts(page)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"this is a shopping list", "not audio"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "not audio"),
        (b"MZ" + bytes(500), "not audio"),
        (wav(noise(0.1)), "longer recording"),
        (wav(np.zeros(5 * 22_050)), "silent"),
        (JAZZ[:400], "damaged"),
    ],
    ids=["empty", "text", "image", "program", "0.1 s", "silence", "cut off"],
)
def test_a_bad_file_is_answered_with_one_sentence(page, content, sentence):
    drop(page, ("holiday.mp3", content, "audio/mpeg"))

    assert not page.exception
    assert not page.title
    assert len(page.error) == 1
    assert sentence in page.error[0].value
    assert page.error[0].value.replace("\\", "").startswith("holiday.mp3: ")
    assert page.file_uploader(key="uploads").value  # and the next file can be dropped


def test_a_file_whose_callback_was_cut_short_is_taken_all_the_same(page, monkeypatch):
    calls = []

    def cut_short_once():
        calls.append(1)
        if len(calls) > 1:
            take()

    take = classify_inputs.keep_uploads
    monkeypatch.setattr(classify_inputs, "keep_uploads", cut_short_once)
    page.run()
    drop(page, ("noise.wav", wav(noise(4)), "audio/wav"))

    assert len(calls) == 2 and not page.exception
    assert [song.name for song in page.session_state["songs"]] == ["noise.wav"]
    assert len(page.title) == 1
    page.run()
    assert len(calls) == 2  # and once is enough


def test_after_a_bad_file_a_good_one_is_heard(page):
    drop(page, ("bad.mp3", b"no", "audio/mpeg"))
    drop(page, ("good.ogg", JAZZ, "audio/ogg"))

    assert not page.error
    assert len(page.title) == 1


def test_one_bad_file_does_not_hide_the_others(page):
    drop(
        page,
        ("a.ogg", JAZZ, "audio/ogg"),
        ("b.mp3", b"not audio", "audio/mpeg"),
        ("c.wav", wav(noise(4)), "audio/wav"),
    )
    table = page.dataframe[0].value

    assert not page.exception
    assert list(table["file"]) == ["a.ogg", "b.mp3", "c.wav"]
    assert table["genre"].notna().tolist() == [True, False, True]
    assert table["certainty"].tolist()[1] == "could not be read"
    assert page.error[0].value.replace("\\", "").startswith("b.mp3: this file is not audio")
    assert len(page.get("download_button")) == 2


def test_a_short_recording_is_classified_and_marked(page):
    drop(page, ("short.wav", wav(noise(1)), "audio/wav"))

    assert len(page.title) == 1
    assert "less than a segment" in texts(page)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<img src=x onerror=alert(1)>.wav", "<img src=x onerror=alert(1)>.wav"),
        ("../../etc/passwd.wav", "passwd.wav"),
        ("x" * 300 + ".wav", "…"),
    ],
    ids=["markup", "slashes", "300 characters"],
)
def test_a_file_may_be_called_anything(page, name, shown):
    drop(page, (name, wav(noise(4)), "audio/wav"))

    assert not page.exception
    assert shown in page.text[0].value
    assert len(page.text[0].value) < 80
    for written in (page.markdown, page.caption, page.title, page.header):
        assert not any(name in element.value for element in written)


def test_a_bad_files_name_is_no_markup_in_its_sentence(page):
    drop(page, ("**bold** [link](x).mp3", b"not audio", "audio/mpeg"))

    assert page.error[0].value.startswith(r"\*\*bold\*\* \[link\]\(x\)\.mp3: this file")


def test_a_recording_from_a_format_browsers_cannot_play_is_played_as_wav(page, monkeypatch):
    players, play = [], st.audio
    monkeypatch.setattr(st, "audio", lambda *a, **kw: players.append((a, kw)) or play(*a, **kw))
    file = io.BytesIO()
    sf.write(file, noise(4), 22_050, format="AIFF")
    drop(page, ("old.aiff", file.getvalue(), "audio/aiff"))

    assert not page.exception
    assert len(page.title) == 1
    assert len(page.get("audio")) == 1
    [((content,), options)] = players
    assert sf.info(io.BytesIO(content)).format == "WAV"
    assert sf.info(io.BytesIO(content)).duration == pytest.approx(4)
    assert options["format"] == "audio/wav"


def test_the_song_stays_when_another_model_is_chosen(monkeypatch, tmp_path):
    from app_pages import resources
    from genre.models import song_analysis

    for name in ("starter", "second"):
        shutil.copytree(ROOT / "models" / "starter", tmp_path / name)
    monkeypatch.setattr(resources, "MODELS", tmp_path)
    monkeypatch.chdir(ROOT)
    page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run()
    page.pills(key="first_sketch").select("rock").run()
    asked, view_song = [], song_analysis.view_song
    monkeypatch.setattr(
        song_analysis, "view_song", lambda *a: asked.append(a[1].card.name) or view_song(*a)
    )
    page.selectbox(key="model").select("second").run()

    assert not page.exception
    assert asked == ["second"]  # what the first model made of it is not shown as the second's
    assert len(page.title) == 1
    assert "Rock sketch" in texts(page)
    rock = page.session_state["songs"][0].digest
    assert page.session_state["heard"] == {(rock, "starter"), (rock, "second")}


def test_a_damaged_model_is_a_sentence_and_the_page_lives(page, monkeypatch, tmp_path):
    from app_pages import resources

    shutil.copytree(ROOT / "models" / "starter", tmp_path / "broken")
    weights = tmp_path / "broken" / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:-10])
    monkeypatch.setattr(resources, "MODELS", tmp_path)
    page.pills(key="first_sketch").select("pop").run()

    assert not page.exception
    assert "altered" in page.error[0].value
    assert not page.title


def test_without_a_model_there_is_no_verdict(page, monkeypatch, tmp_path):
    from app_pages import resources

    monkeypatch.setattr(resources, "MODELS", tmp_path)
    page.pills(key="first_sketch").select("pop").run()

    assert "no saved model" in page.error[0].value
    assert not page.title


def test_twenty_reruns_leave_nothing_behind(page, monkeypatch):
    page.pills(key="first_sketch").select("disco").run().run()
    worked_out = []
    for job in (
        "models.song_analysis.view_song",
        "audio.song_facts.start_facts",
        "models.prediction.load_classifier",
    ):
        monkeypatch.setattr(f"genre.{job}", lambda *_, job=job: worked_out.append(job))
    before, n_bytes = what_is_held(page), psutil.Process().memory_info().rss
    for _ in range(20):
        page.run()

    assert not page.exception
    assert what_is_held(page) == before
    assert worked_out == []  # nothing new in any cache, and no new helper process
    assert psutil.Process().memory_info().rss - n_bytes < 20e6


def test_the_song_dropped_last_is_opened_beside_the_first(page):
    drop(page, ("a.ogg", JAZZ, "audio/ogg"))
    drop(page, ("a.ogg", JAZZ, "audio/ogg"), ("b.wav", wav(noise(4)), "audio/wav"))

    assert len(page.dataframe[0].value) == 2
    assert len(page.title) == 1
    assert any(element.value == "b.wav" for element in page.text)


def test_removing_an_upload_leaves_a_sketch_in_hand(page):
    drop(page, ("a.ogg", JAZZ, "audio/ogg"))
    page.pills(key="sketch").select("metal").run()
    drop(page)

    assert "Metal sketch" in texts(page)
    assert len(page.title) == 1


def test_a_drop_after_a_sketch_is_about_the_new_file_alone(page):
    drop(page, ("a.ogg", JAZZ, "audio/ogg"))
    page.pills(key="sketch").select("metal").run()
    drop(page, ("a.ogg", JAZZ, "audio/ogg"), ("b.wav", wav(noise(4)), "audio/wav"))

    assert not page.dataframe
    assert any(element.value == "b.wav" for element in page.text)


def test_removing_every_upload_empties_the_page(page):
    drop(page, ("a.ogg", JAZZ, "audio/ogg"))
    drop(page)

    assert page.header[0].value == "Drop in a song, see its genre"


def test_a_sketch_can_be_pressed_again_after_an_upload(page):
    page.pills(key="sketch").select("metal").run()
    drop(page, ("a.ogg", JAZZ, "audio/ogg"))
    page.pills(key="sketch").select("metal").run()

    assert "Metal sketch" in texts(page)


def test_a_moment_is_chosen_without_a_mouse(page):
    page.pills(key="first_sketch").select("jazz").run()
    slider = next(s for s in page.select_slider if s.label == "Hear a moment")
    slider.set_value(4).run()

    assert not page.exception
    assert page.session_state["moment"] == 4
    assert len(page.get("audio")) == 1


def test_a_link_to_a_model_that_is_not_here_says_so(monkeypatch):
    monkeypatch.chdir(ROOT)
    page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    page.query_params["model"] = "nonsense"
    page.run()

    assert "There is no model nonsense here; starter listens instead." in page.warning[0].value
