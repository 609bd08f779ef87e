"""The page Collection, and the map on Classify."""

import base64
import json
import shutil
import time

import numpy as np
import pytest

from app_pages import access
from genre import paths
from genre.collection import search
from genre.collection.index_job import read_index, run_index
from genre.collection.song_map import bundled_tracks
from genre.collection.store import collection_of, list_collections
from tests.support.app_page import PAGES, charts, keys, new_visit, texts
from tests.support.collections import made_up_collection

PATIENT_SECONDS = 120


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """No collections, and room for some; models are the bundled ones."""
    monkeypatch.setattr(paths, "HOME", tmp_path / "home")
    monkeypatch.setenv("GENRE_LAB_HOME", str(tmp_path / "home"))


@pytest.fixture
def songs(tmp_path):
    """Three examples and a file that is no recording."""
    (tmp_path / "songs").mkdir()
    for name in ("blues", "jazz", "pop"):
        shutil.copy(paths.SAMPLES / f"{name}.ogg", tmp_path / "songs")
    (tmp_path / "songs" / "bad.mp3").write_bytes(b"no recording")
    return tmp_path / "songs"


def open_page(**query):
    page = new_visit(**query).run().switch_page(PAGES["collection"])
    page.query_params.update(query)
    return page.run()


def map_of(page):
    """The traces of the map, by name."""
    (chart,) = [one for one in page.get("plotly_chart") if "song_map_" in one.proto.id]
    return {trace["name"]: trace for trace in json.loads(chart.proto.spec)["data"]}


def n_points(trace):
    """How many points a trace has."""
    return len(numbers(trace["x"]))


def numbers(values):
    """The numbers that Plotly sends, as base64 where they are an array."""
    if "bdata" in values:
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()
    return values


def click(page, number):
    """Click a point, as the browser reports it."""
    page.session_state["map_point"] = number
    return page.run()


def table(page, part):
    """The table with this part of a key; one without selection has none, but a column."""
    (found,) = [one for one in page.dataframe if part in one.proto.id or part in one.value]
    return found.value


def test_folder_is_indexed_from_the_page_and_shown(songs):
    page = open_page()
    assert "song_map" not in str(charts(page))
    page.text_input(key="collection_folder").set_value(str(songs))
    page.button(key="index_songs").click().run()
    assert not page.exception
    place = collection_of(songs)
    end = time.monotonic() + PATIENT_SECONDS
    while read_index(place).is_live:
        assert time.monotonic() < end
        time.sleep(0.1)
    page.run()
    assert not page.exception
    assert "3 songs" in texts(page)
    assert "bad.mp3" in table(page, "why").to_string()
    assert n_points(map_of(page)["your songs"]) == 3
    assert page.query_params["collection"] in (place.name, [place.name])
    assert str(songs) not in str(page.query_params)
    assert set(keys(page, "download_button")) >= {"own_csv", "own_json", "own_m3u"}


@pytest.mark.parametrize("typed", ["", "/nowhere/at/all"])
def test_path_that_is_no_folder_is_refused_in_a_sentence(typed):
    page = open_page()
    page.text_input(key="collection_folder").set_value(typed)
    page.button(key="index_songs").click().run()
    assert not page.exception and len(page.error) == 1
    assert ("is no folder here" if typed else "No folder was given") in page.error[0].value
    assert not list_collections()


def test_songs_are_searched_by_words_tag_and_genre(songs):
    run_index(songs)
    page = open_page()
    assert table(page, "own_songs_found")["song"].tolist() == ["blues.ogg", "jazz.ogg", "pop.ogg"]
    page.text_input(key="asked_text").set_value("JAZZ").run()
    assert table(page, "own_songs_found")["song"].tolist() == ["jazz.ogg"]
    page.text_input(key="asked_text").set_value("polka").run()
    assert "No song is found" in texts(page)
    page.text_input(key="asked_text").set_value("")
    page.selectbox(key="asked_genre").select("blues").run()
    assert table(page, "own_songs_found")["song"].tolist() == ["blues.ogg"]
    page.selectbox(key="asked_tag").select("pop").run()
    found = table(page, "own_songs_found")
    assert found["song"][0] == "pop.ogg" and found["value"].is_monotonic_decreasing
    assert not page.exception


def test_chosen_song_is_played_and_opened_on_classify(songs):
    run_index(songs)
    page = open_page()
    points = map_of(page)["your songs"]
    index = next(i for i, text in enumerate(points["hovertext"]) if text.startswith("jazz.ogg"))
    click(page, numbers(points["customdata"])[index])
    assert "jazz.ogg" in texts(page) and len(page.get("audio")) == 1
    tables = [list(one.value.get("song", [])) for one in page.dataframe]
    assert sorted(next(songs for songs in tables if len(songs) == 2)) == ["blues.ogg", "pop.ogg"]
    page.button(key="open_own_map").click().run()
    assert not page.exception
    song = page.session_state["songs"][0]
    assert (song.name, song.source) == ("jazz.ogg", songs / "jazz.ogg")
    assert len(page.title) == 1 and "jazz" in page.title[0].value.lower()


def test_song_whose_file_is_gone_says_so(songs):
    run_index(songs)
    page = open_page()
    points = map_of(page)["your songs"]
    for file in songs.iterdir():
        file.unlink()
    click(page, numbers(points["customdata"])[0])
    assert "not there any more" in texts(page) and not page.get("audio")


def test_classify_shows_where_the_song_stands(songs):
    run_index(songs)
    page = new_visit().run()
    page.pills(key="first_example").select("jazz").run()
    assert not page.exception
    traces = map_of(page)
    assert sum(n_points(traces[genre]) for genre in {t.genre for t in bundled_tracks()}) == 430
    assert n_points(traces["this song"]) == 1 and n_points(traces["nearest tracks"]) == 5
    assert n_points(traces["its segments"]) >= 9
    nearest = table(page, "artist")
    assert nearest["genre"].tolist() == ["jazz"] * 5
    assert nearest["distance"].is_monotonic_increasing
    own = table(page, "own_songs_nearest")["song"].tolist()
    assert sorted(own) == ["blues.ogg", "pop.ogg"]  # not the song itself
    track = bundled_tracks()[7]
    click(page, 7)
    assert track.artist in texts(page) and f"{track.track_id}, blues, distance" in texts(page)


def test_model_of_other_values_says_that_it_places_nothing():
    page = new_visit(model="starter").run()
    page.pills(key="first_example").select("jazz").run()
    assert not page.exception
    assert "Only a model that reads musicnn's values" in texts(page)
    assert "this song" not in map_of(page)


def test_many_songs_are_drawn_by_webgl_and_as_a_sample(tmp_path):
    made_up_collection(tmp_path / "many", search.MAX_POINTS + 50)
    page = open_page()
    assert not page.exception
    points = map_of(page)["your songs"]
    assert points["type"] == "scattergl" and n_points(points) == search.MAX_POINTS
    assert "20,000 of your 20,050 songs are drawn" in texts(page)
    assert "The first 200 songs are shown" in texts(page)


def test_collection_of_the_link_is_shown_and_a_damaged_one_is_said(tmp_path, songs):
    run_index(songs)
    other = made_up_collection(tmp_path / "others", 9)
    page = open_page(collection=other.name)
    assert "9 songs" in texts(page)
    page.selectbox(key="at_collection").select(collection_of(songs).name).run()
    assert "3 songs" in texts(page)
    (other / "songs.sqlite").write_bytes(b"no database" * 1000)
    page = open_page(collection=other.name)
    assert not page.exception and "cannot be read" in page.error[0].value


def test_collection_is_deleted_and_indexed_again(songs):
    run_index(songs)
    page = open_page()
    page.button(key="delete_collection").click().run()
    assert not page.exception and not list_collections()
    assert "delete_collection" not in keys(page)


@pytest.mark.parametrize("is_public", [False, True])
def test_strangers_see_no_collection(songs, monkeypatch, is_public):
    run_index(songs)
    monkeypatch.setenv(access.PUBLIC_VARIABLE, "1" if is_public else "0")
    page = new_visit().run()
    page.pills(key="first_example").select("jazz").run()
    assert ("your songs" in map_of(page)) is not is_public
    assert bool([one for one in page.dataframe if "own_songs" in one.proto.id]) is not is_public
