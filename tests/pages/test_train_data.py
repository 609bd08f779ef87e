"""The data on the Train page follows what the recipe reads: bundled, one's own, and from a link."""

import shutil
import time
from dataclasses import replace

import pytest

from app_pages.train_data import LOCAL
from genre.datasets.pack import write_pack
from genre.datasets.read_job import Reading, read_reading, start_reading, stop_reading
from genre.paths import ROOT
from tests.support.app_page import PAGES, new_visit, texts

MFCC, MUSICNN = "gtzan-subset", "gtzan-subset-musicnn"
PATIENT_SECONDS = 120


@pytest.fixture
def visit(home, monkeypatch, tmp_path):
    """Open the page Train by a link with some parameters; the cache is empty."""
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "cache"))

    def open_page(**query):
        return new_visit(**query).run().switch_page(PAGES["train"]).run()

    return open_page


@pytest.fixture
def songs(tmp_path):
    """Two genres of four examples each, as a folder of one's own."""
    loud = ("metal", "rock", "disco", "hiphop")
    for name in ("classical", "jazz", "blues", "country", *loud):
        folder = tmp_path / "songs" / ("loud" if name in loud else "quiet")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "samples" / f"{name}.ogg", folder)
    return str(tmp_path / "songs")


@pytest.fixture
def one_artist_a_genre(tmp_path):
    """Four genres of eight clips; all clips of blues, and all of jazz, are by one artist."""
    rows = ["track_id,artist"]
    for genre in ("blues", "disco", "jazz", "rock"):
        (tmp_path / "clips" / genre).mkdir(parents=True)
        for i in range(8):
            clip = tmp_path / "clips" / genre / f"{genre}{i}.ogg"
            shutil.copy(ROOT / "samples" / "rock.ogg", clip)
            rows.append(f"{genre}{i},{genre} band {0 if genre in ('blues', 'jazz') else i}")
    (tmp_path / "clips" / "artists.csv").write_text("\n".join(rows) + "\n")
    return str(tmp_path / "clips")


def choose_own(page, path):
    page.selectbox(key="data").set_value(LOCAL).run()
    return page.text_input(key="data_path").set_value(path).run()


def rows_of(page):
    """The rows of the tables of the page: what is in the data, what was passed over."""
    return [table.value.to_dict("records") for table in page.dataframe]


def wait_until_read(page, source, features):
    end = time.time() + PATIENT_SECONDS
    while read_reading(source, features).state == "reading":
        assert time.time() < end, "waited in vain"
        time.sleep(0.2)
    return page.run()


def test_first_visit_by_a_link_to_ear_has_the_data_it_reads(visit):
    page = visit(preset="ear")

    assert page.selectbox(key="data").value == MUSICNN
    assert not page.error and not page.exception
    assert not page.button(key="start").disabled
    assert "data" not in page.query_params


def test_preset_of_other_features_switches_bundled_data_and_back(visit):
    page = visit()
    assert page.selectbox(key="data").value == MFCC
    page.segmented_control(key="preset").set_value("ear").run()

    assert page.selectbox(key="data").value == MUSICNN
    assert f"Data switched to {MUSICNN}: this recipe reads musicnn features." in texts(page)
    assert not page.error and not page.button(key="start").disabled
    page.run()
    assert "Data switched" not in texts(page)
    page.segmented_control(key="preset").set_value("quick").run()

    assert page.selectbox(key="data").value == MFCC
    assert f"Data switched to {MFCC}: this recipe reads mfcc features." in texts(page)
    assert not page.error and not page.exception


def test_preset_of_the_same_features_leaves_data_alone(visit):
    page = visit(preset="quick", data=MUSICNN)
    page.segmented_control(key="preset").set_value("course").run()
    assert page.selectbox(key="data").value == MFCC
    page.segmented_control(key="preset").set_value("quick").run()

    assert page.selectbox(key="data").value == MFCC
    assert "Data switched" not in texts(page)


def test_features_of_another_kind_switch_bundled_data_and_back(visit):
    page = visit()
    page.pills(key="more").set_value("Input").run()
    page.selectbox(key="set_features").select("musicnn").run()

    assert page.selectbox(key="data").value == MUSICNN
    assert not page.error and not page.button(key="start").disabled
    page.button(key="reset").click().run()
    assert page.selectbox(key="data").value == MFCC
    assert not page.error and not page.exception


def test_link_of_both_is_kept_and_the_mismatch_is_mended_by_a_button(visit):
    page = visit(preset="ear", data=MFCC)

    assert page.selectbox(key="data").value == MFCC
    assert len(page.error) == 1
    assert f"{MFCC} holds mfcc features, the recipe ear reads musicnn features" in texts(page)
    assert page.button(key="start").disabled
    assert page.query_params["data"] == MFCC
    assert page.button(key="fit_data").label == f"Use {MUSICNN}"
    page.button(key="fit_data").click().run()

    assert page.selectbox(key="data").value == MUSICNN
    assert page.session_state["recipe"][0] == "ear"
    assert not page.error and not page.exception
    assert not page.button(key="start").disabled
    assert "data" not in page.query_params


def test_link_of_unknown_data_has_the_usual_data(visit):
    for name in ("/etc/passwd", LOCAL, "x" * 500):
        assert visit(preset="ear", data=name).selectbox(key="data").value == MUSICNN


def test_own_audio_is_read_as_the_features_of_the_recipe(visit, songs):
    page = choose_own(visit(preset="ear"), songs)
    assert read_reading(songs, "musicnn").state in ("reading", "ready")
    assert read_reading(songs, "mfcc").state == "absent"
    page = wait_until_read(page, songs, "musicnn")

    assert any("8 tracks" in p.proto.popover.label for p in page.get("popover"))
    assert not page.error and not page.button(key="start").disabled
    page.segmented_control(key="preset").set_value("quick").run()
    assert read_reading(songs, "mfcc").state in ("reading", "ready")
    assert page.selectbox(key="data").value == LOCAL
    page = wait_until_read(page, songs, "mfcc")
    assert not page.error and not page.button(key="start").disabled
    assert not page.exception


def test_split_that_cannot_be_is_refused_before_anything_is_read(
    visit, one_artist_a_genre, monkeypatch
):
    monkeypatch.setattr("app_pages.train_data.start_reading", lambda *job: None)
    monkeypatch.setattr(
        "app_pages.train_data.read_reading", lambda *job: Reading("reading", n_tracks=32)
    )
    page = choose_own(visit(), one_artist_a_genre)

    assert "blues has one artist: add a second, or split by track" in texts(page)
    assert page.button(key="start").disabled
    assert page.button(key="use_split").label == "Split by track"
    page.button(key="use_split").click().run()

    assert page.session_state["recipe"][1].split == "track"
    assert not page.error and not page.button(key="start").disabled
    assert "use_split" not in {button.key for button in page.button}
    assert not page.exception


def test_own_audio_read_as_other_features_ends_the_reading_before(visit, songs, monkeypatch):
    stopped, started = [], []
    monkeypatch.setattr("app_pages.train_data.start_reading", lambda *job: started.append(job))
    page = choose_own(visit(), songs)
    start_reading(songs, "mfcc")  # as the page would have: it goes on while the preset changes
    monkeypatch.setattr(
        "app_pages.train_data.stop_reading",
        lambda *job: (stopped.append(job), stop_reading(*job)),
    )
    page.segmented_control(key="preset").set_value("ear").run()
    page.segmented_control(key="preset").set_value("quick").run()

    assert stopped == [(songs, "mfcc")]
    assert started == [(songs, "mfcc"), (songs, "musicnn"), (songs, "mfcc")]
    assert not page.exception


def test_own_pack_of_other_features_is_refused_without_a_button(visit, two_genres, tmp_path):
    pack = str(tmp_path / "made-up")
    write_pack(tmp_path / "made-up", two_genres)
    page = wait_until_read(choose_own(visit(preset="ear"), pack), pack, "musicnn")

    assert len(page.error) == 1
    assert "made-up holds mfcc features, the recipe ear reads musicnn features" in texts(page)
    assert "make such a dataset from audio with" in texts(page)
    assert page.button(key="start").disabled
    assert "fit_data" not in {button.key for button in page.button}
    assert "drop_teacher" not in {button.key for button in page.button}
    page.segmented_control(key="preset").set_value("course").run()
    page = wait_until_read(page, pack, "mfcc")
    assert not page.error and not page.button(key="start").disabled


def test_own_pack_without_teacher_values_is_trained_on_after_one_click(visit, two_genres, tmp_path):
    pack = str(tmp_path / "made-up")
    write_pack(tmp_path / "made-up", two_genres)
    page = visit(preset="quick", teacher="0.7", teacher_features="musicnn", epochs="3")
    page = wait_until_read(choose_own(page, pack), pack, "mfcc")
    taught = page.session_state["recipe"][1]

    assert len(page.error) == 1
    assert "is taught by musicnn, whose values the dataset made-up does not hold" in texts(page)
    assert page.button(key="start").disabled
    page.button(key="drop_teacher").click().run()

    recipe = page.session_state["recipe"]
    assert recipe == ("quick", replace(taught, preset="custom", teacher=0.0))
    assert not page.error and not page.exception and not page.button(key="start").disabled
    assert "drop_teacher" not in {button.key for button in page.button}


def test_albums_and_a_table_are_read_and_what_is_passed_over_is_shown(visit, songs, tmp_path):
    around, music = tmp_path / "around", tmp_path / "around" / "Data" / "songs"
    shutil.copytree(songs, music)
    (music / "quiet" / "Band" / "Album").mkdir(parents=True)
    shutil.move(music / "quiet" / "jazz.ogg", music / "quiet" / "Band" / "Album")
    (music / "quiet" / "cover.jpg").write_bytes(b"a picture")
    page = choose_own(visit(), str(around))
    page = wait_until_read(page, str(around), "mfcc")

    assert not page.error and not page.exception
    rows = rows_of(page)[0]
    assert [(row["genre"], row["tracks"], row["artists"]) for row in rows] == [
        *(("loud", 4, 0), ("quiet", 4, 1))
    ]
    assert rows_of(page)[1] == [
        {"file": "Data/songs/quiet/cover.jpg", "why": "it is not a recording that is read"}
    ]

    quiet, loud = ("classical", "blues", "country"), ("metal", "rock", "disco")
    lines = [f"{name}.ogg,{'고전' if name in quiet else '메탈'}" for name in (*quiet, *loud)]
    table = "\n".join(["file,genre", *lines, "jazz.ogg,\n"])
    (music / "mine.csv").write_text(table, encoding="utf-8")
    source = str(music / "mine.csv")
    page.text_input(key="data_path").set_value(source).run()
    page = wait_until_read(page, source, "mfcc")

    assert not page.exception
    assert [row["genre"] for row in rows_of(page)[0]] == [*("고전", "메탈")]
    rows = rows_of(page)[1]
    assert {row["file"]: row["why"] for row in rows} == {
        "mine.csv, line 8": "it has no genre",
        "quiet/Band/Album/jazz.ogg": "it is not in mine.csv",
        "loud/hiphop.ogg": "it is not in mine.csv",
        "quiet/cover.jpg": "it is not a recording that is read",
    }


def test_link_keeps_ones_own_data_and_finds_it_again(visit, songs):
    page = choose_own(visit(preset="quick"), songs)
    linked = dict(page.query_params)
    assert linked["data"].startswith("songs~")
    assert songs not in str(linked)

    again = visit(preset="quick", data=linked["data"])

    assert again.selectbox(key="data").value == LOCAL
    assert again.text_input(key="data_path").value == songs
    assert again.query_params["data"] == linked["data"]
    again = wait_until_read(again, songs, "mfcc")
    assert not again.error and not again.exception
    assert not again.button(key="start").disabled


def test_ones_own_data_stays_while_another_page_is_open(visit, songs):
    page = choose_own(visit(preset="quick"), songs)
    linked = page.query_params["data"]

    page.switch_page(PAGES["classify"]).run()
    page.switch_page(PAGES["train"]).run()

    assert page.selectbox(key="data").value == LOCAL
    assert page.text_input(key="data_path").value == songs
    assert page.query_params["data"] == linked
    page.selectbox(key="data").set_value(MFCC).run()
    page.switch_page(PAGES["classify"]).run()
    page.switch_page(PAGES["train"]).run()
    assert page.selectbox(key="data").value == MFCC
    assert not page.exception


def test_link_of_data_that_is_not_here_says_so_and_starts_nothing(visit):
    page = visit(preset="quick", data="music~0a1b2c3d")

    assert "The data music, which this link means, is not here." in texts(page)
    assert page.selectbox(key="data").value == "music~0a1b2c3d"
    assert page.button(key="start").disabled
    assert page.query_params["data"] == "music~0a1b2c3d"
    page.selectbox(key="data").set_value(MFCC).run()
    assert not page.error and not page.button(key="start").disabled
    assert "data" not in page.query_params


def test_link_of_data_that_was_changed_says_so_and_offers_it(visit, songs):
    page = choose_own(visit(preset="quick"), songs)
    linked = page.query_params["data"]
    shutil.copy(ROOT / "samples" / "pop.ogg", f"{songs}/loud")

    page = visit(preset="quick", data=linked)

    assert "The data songs was changed since this link was made." in texts(page)
    assert page.button(key="start").disabled
    page.button(key="use_changed").click().run()
    assert page.selectbox(key="data").value == LOCAL
    assert page.text_input(key="data_path").value == songs
    assert page.query_params["data"] != linked
    assert not page.exception


def test_link_of_own_data_is_not_looked_for_where_others_reach_the_page(visit, songs, monkeypatch):
    linked = choose_own(visit(preset="quick"), songs).query_params["data"]
    monkeypatch.setattr("app_pages.access.is_local", lambda: False)

    page = visit(preset="quick", data=linked)

    assert "is not here" in texts(page)
    assert page.button(key="start").disabled
    assert songs not in texts(page)
