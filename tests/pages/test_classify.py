"""The Classify page, run without a browser: what a visitor meets, good and bad."""

import io
import json
import re
import shutil

import numpy as np
import psutil
import pytest
import soundfile as sf

from app_pages import caches, classify_inputs, song_player
from genre import paths
from genre.audio.load import load_audio
from genre.models.classifier import classify, load_classifier
from genre.models.song_analysis import analyze_song
from genre.paths import ROOT
from genre.text.models import NO_TAGS
from genre.text.song import SEEN_IN_TRAINING, headline
from tests.support.app_page import new_visit, texts
from tests.support.sounds import make_wav

JAZZ = (ROOT / "samples" / "jazz.ogg").read_bytes()


@pytest.fixture
def page():
    """The page as a first visitor meets it."""
    return new_visit().run()


def wav(samples, sr=22_050):
    file = io.BytesIO()
    sf.write(file, samples, sr, format="WAV")
    return file.getvalue()


def noise(seconds):
    return 0.1 * np.random.default_rng(1).standard_normal(int(seconds * 22_050))


def song(seconds):
    """The beginning of an example, as a file."""
    return wav(load_audio(JAZZ).samples[: int(seconds * 22_050)])


def drop(page, *files):
    return page.file_uploader(key="uploads").set_value(list(files)).run()


def components(page):
    return page.get("bidi_component")


def shown(page, key="song_player"):
    """What the player of the song is handed."""
    [player] = [c for c in components(page) if c.proto.id.endswith(f"-{key}")]
    return json.loads(player.proto.json)["song"]


def what_is_held(page):
    """All that is on the page, and all that is remembered of the visit."""
    kinds = ("text", "caption", "markdown", "title", "button", "plotly_chart", "audio")
    kinds += ("bidi_component",)
    state = page.session_state._state.filtered_state
    return {kind: len(page.get(kind)) for kind in kinds} | {
        name: len(value) if isinstance(value, list | set | dict) else value
        for name, value in state.items()
        if not name.endswith("_place")  # on the page, made anew in each run
    }


def test_first_visit_offers_upload_and_ten_examples(page):
    assert not page.exception
    assert page.title[0].value == "Drop in a song, see its genre"
    assert page.file_uploader(key="uploads").label == "Upload songs"
    assert len(page.pills(key="first_example").options) == 10
    assert not page.error


def test_example_chosen_shows_prediction_and_model_accuracy(page):
    page.pills(key="first_example").select("jazz").run()

    assert not page.exception
    assert len(page.title) == 1
    accuracy = next(t.value for t in page.text if "kept out of training" in t.value)
    assert re.match(r"Tested on 430 tracks.*right \d+% .*95% interval \d+% to \d+%", accuracy)
    assert "written for this app" in texts(page)
    assert any('aria-label=\\"Probability of' in c.proto.json for c in components(page))
    assert shown(page)["genres"][0] == "blues"
    assert len(page.get("download_button")) == 2


def test_upload_gets_same_prediction_as_command_line(page):
    drop(page, ("my song.ogg", JAZZ, "audio/ogg"))

    assert page.title[0].value == headline(classify(JAZZ, load_classifier("ear")))
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
def test_upload_bad_file_shows_one_error(page, content, sentence):
    drop(page, ("holiday.mp3", content, "audio/mpeg"))

    assert not page.exception
    assert not page.title
    assert len(page.error) == 1
    assert sentence in page.error[0].value
    assert page.error[0].value.replace("\\", "").startswith("holiday.mp3: ")
    assert page.file_uploader(key="uploads").value  # and the next file can be dropped


def test_upload_callback_cut_short_is_read_all_the_same(page, monkeypatch):
    calls = []

    def cut_short_once():
        calls.append(1)
        if len(calls) > 1:
            keep()

    keep = classify_inputs.keep_uploads
    monkeypatch.setattr(classify_inputs, "keep_uploads", cut_short_once)
    page.run()
    drop(page, ("noise.wav", wav(noise(4)), "audio/wav"))

    assert len(calls) == 2 and not page.exception
    assert [song.name for song in page.session_state["songs"]] == ["noise.wav"]
    assert len(page.title) == 1
    page.run()
    assert len(calls) == 2  # and once is enough


def test_upload_no_music_shows_one_sentence_and_on_request_the_prediction(page):
    rain = make_wav("rain")
    drop(page, ("rain.wav", rain, "audio/wav"))

    assert not page.exception
    assert [title.value for title in page.title] == [
        "This is not a song I can judge: it sounds like noise."
    ]
    assert "Tested on" not in texts(page)

    [anyway] = [toggle for toggle in page.toggle if toggle.key.startswith("anyway_")]
    anyway.set_value(True).run()
    assert [title.value for title in page.title] == [
        headline(classify(rain, load_classifier("ear")))
    ]
    assert "This is not a song I can judge" in texts(page)
    assert "Tested on" in texts(page)


def test_upload_no_music_among_songs_has_no_genre_in_the_table(page):
    drop(page, ("a.ogg", JAZZ, "audio/ogg"), ("b.wav", make_wav("rain"), "audio/wav"))
    table = page.dataframe[0].value

    assert table["genre"].notna().tolist() == [True, False]
    assert table["certainty"].tolist()[1] == "not music: noise"


def test_upload_good_file_after_bad_one_is_classified(page):
    drop(page, ("bad.mp3", b"no", "audio/mpeg"))
    drop(page, ("good.ogg", JAZZ, "audio/ogg"))

    assert not page.error
    assert len(page.title) == 1


def test_upload_one_bad_of_three_shows_the_others(page):
    drop(
        page,
        ("a.ogg", JAZZ, "audio/ogg"),
        ("b.mp3", b"not audio", "audio/mpeg"),
        ("c.wav", song(4), "audio/wav"),
    )
    table = page.dataframe[0].value

    assert not page.exception
    assert list(table["file"]) == ["a.ogg", "b.mp3", "c.wav"]
    assert table["genre"].notna().tolist() == [True, False, True]
    assert table["certainty"].tolist()[1] == "could not be read"
    assert table["problem"].tolist()[1].startswith("this file is not audio")
    assert table["problem"].isna().tolist() == [True, False, True]
    assert not page.error
    assert table["picture"].notna().tolist() == [True, False, True]
    assert len(page.get("download_button")) == 2


def test_upload_shorter_than_segment_is_classified_with_note(page):
    drop(page, ("short.wav", song(1), "audio/wav"))

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
def test_upload_any_file_name_is_shown_as_plain_text(page, name, shown):
    drop(page, (name, wav(noise(4)), "audio/wav"))

    assert not page.exception
    label = page.get("popover")[0].proto.popover.label
    assert shown in label.replace("\\", "") and len(label) < 160
    for written in (page.markdown, page.caption, page.title, page.header):
        assert not any(name in element.value for element in written)


def test_upload_bad_file_name_with_markup_is_escaped(page):
    drop(page, ("**bold** [link](x).mp3", b"not audio", "audio/mpeg"))

    assert page.error[0].value.startswith(r"\*\*bold\*\* \[link\]\(x\)\.mp3\: this file")


@pytest.mark.parametrize("fails_in_browser", [False, True], ids=["aiff", "damaged mp3"])
def test_player_of_what_browsers_do_not_play_has_a_wav(page, monkeypatch, fails_in_browser):
    given = []
    monkeypatch.setattr(song_player, "address_of", lambda *file: given.append(file) or "")
    file = io.BytesIO()
    sf.write(file, noise(4), 22_050, format="MP3" if fails_in_browser else "AIFF")
    drop(page, ("old.aiff", file.getvalue(), "audio/aiff"))
    if fails_in_browser:
        assert given.pop() == (file.getvalue(), "audio/mpeg")
        page.session_state["undecodable"] = {page.session_state["songs"][0].digest}
        page.run()

    assert not page.exception
    content, media_type = given[-1]
    assert media_type == "audio/wav"
    assert sf.info(io.BytesIO(content)).format == "WAV"
    assert sf.info(io.BytesIO(content)).duration == pytest.approx(4, abs=0.1)


def test_model_changed_keeps_song_and_classifies_it_again(monkeypatch, tmp_path):
    for name in ("starter", "second"):
        shutil.copytree(ROOT / "models" / "starter", tmp_path / name)
    monkeypatch.setattr(paths, "MODELS", tmp_path)
    page = new_visit().run()
    page.pills(key="first_example").select("rock").run()
    asked = []

    def analyze_in_stages(content, classifier):
        asked.append(classifier.card.name)
        yield analyze_song(content, classifier)

    monkeypatch.setattr(caches, "analyze_in_stages", analyze_in_stages)
    page.selectbox(key="model").select("second").run()

    assert not page.exception
    assert asked == ["second"]  # what the first model made of it is not shown as the second's
    assert len(page.title) == 1
    assert "Rock example" in texts(page)
    rock = page.session_state["songs"][0].digest
    assert page.session_state["classified"] == {(rock, "starter"), (rock, "second")}


def test_model_corrupt_shows_error(page, monkeypatch, tmp_path):
    shutil.copytree(ROOT / "models" / "starter", tmp_path / "broken")
    weights = tmp_path / "broken" / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:-10])
    monkeypatch.setattr(paths, "MODELS", tmp_path)
    page.pills(key="first_example").select("pop").run()

    assert not page.exception
    assert "corrupt" in page.error[0].value
    assert not page.title


def test_model_missing_shows_error(page, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "MODELS", tmp_path)
    page.pills(key="first_example").select("pop").run()

    assert "no saved model" in page.error[0].value
    assert not page.title


def test_page_twenty_reruns_compute_and_keep_nothing(page, monkeypatch):
    page.pills(key="first_example").select("disco").run().run()
    computed = []
    for job in ("analyze_in_stages", "FactsJob", "load_classifier"):
        monkeypatch.setattr(caches, job, lambda *_, job=job: computed.append(job))
    before, n_bytes = what_is_held(page), psutil.Process().memory_info().rss
    for _ in range(20):
        page.run()

    assert not page.exception
    assert what_is_held(page) == before
    assert computed == []  # nothing new in any cache, and no new background process
    assert psutil.Process().memory_info().rss - n_bytes < 20e6


def test_upload_of_a_training_track_says_so_in_one_sentence(page):
    drop(page, ("blues.00000.ogg", JAZZ, "audio/ogg"))
    assert [info.value.replace("\\", "") for info in page.info] == [SEEN_IN_TRAINING]
    drop(page, ("my song.ogg", JAZZ, "audio/ogg"))

    assert len(page.title) == 1
    assert not page.info


def test_upload_second_song_opens_it(page):
    drop(page, ("a.ogg", JAZZ, "audio/ogg"))
    drop(page, ("a.ogg", JAZZ, "audio/ogg"), ("b.wav", wav(noise(4)), "audio/wav"))

    assert len(page.dataframe[0].value) == 2
    assert len(page.title) == 1
    assert "b.wav" in texts(page)


def test_upload_removed_keeps_example(page):
    drop(page, ("a.ogg", JAZZ, "audio/ogg"))
    page.pills(key="header_example").select("metal").run()
    drop(page)

    assert "Metal example" in texts(page)
    assert len(page.title) == 1


def test_upload_after_example_shows_new_file_alone(page):
    drop(page, ("a.ogg", JAZZ, "audio/ogg"))
    page.pills(key="header_example").select("metal").run()
    drop(page, ("a.ogg", JAZZ, "audio/ogg"), ("b.wav", wav(noise(4)), "audio/wav"))

    assert not page.dataframe
    assert "b.wav" in texts(page)


def test_upload_all_removed_empties_page(page):
    drop(page, ("a.ogg", JAZZ, "audio/ogg"))
    drop(page)

    assert page.title[0].value == "Drop in a song, see its genre"


def test_example_after_upload_can_be_chosen_again(page):
    page.pills(key="first_example").select("metal").run()
    drop(page, ("a.ogg", JAZZ, "audio/ogg"))
    page.pills(key="header_example").select("metal").run()

    assert "Metal example" in texts(page)


def test_example_chosen_is_played_at_once_and_again(page):
    page.pills(key="first_example").select("jazz").run()
    assert page.session_state["play_from"] == (0.0, 1)
    page.pills(key="header_example").select("jazz").run()

    assert page.session_state["play_from"] == (0.0, 2)


def test_tags_are_shown_for_the_song_and_each_segment(page):
    page.pills(key="first_example").select("jazz").run()
    assert re.search(r"What musicnn heard: jazz \d\d%", texts(page))
    assert shown(page)["tags"][4].startswith("jazz")

    page.selectbox(key="model").select("starter").run()
    assert not page.exception
    assert "What musicnn heard" not in texts(page)
    assert NO_TAGS in texts(page)
    assert not any(shown(page)["tags"])


def test_rows_open_songs_and_so_do_next_and_previous(page):
    drop(page, *[(f"{i}.wav", song(4 + i), "audio/wav") for i in range(3)])
    assert page.session_state["opened"] is None
    page.button(key="next_song").click().run()
    page.button(key="next_song").click().run()
    assert page.session_state["opened"] == 1 and "Song 2 of 3" in texts(page)
    page.button(key="previous_song").click().run()

    assert page.session_state["opened"] == 0
    assert page.button(key="previous_song").disabled


def test_page_without_song_shows_a_silent_example(page):
    assert shown(page, "demo_player")["genres"]
    assert not any(c.proto.id.endswith("-song_player") for c in components(page))


def test_link_unknown_model_shows_warning(monkeypatch):
    page = new_visit(model="nonsense").run()

    assert "There is no model nonsense here; ear is used instead." in page.warning[0].value
