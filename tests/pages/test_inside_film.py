"""The film on Inside and the silenced second, run without a browser."""

import base64

import numpy as np
import pytest

from app_pages import inside_caches, inside_silence
from genre.audio.load import load_audio
from genre.interpret.pull import unit_pulls
from genre.interpret.running_prediction import predict_prefixes
from genre.interpret.silence import silence_second
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song
from genre.scenes.gate_lanes import ROWS
from tests.pages.test_inside import JAZZ, chart, go, other_models, player, songs, visit
from tests.support.app_page import texts

__all__ = ["other_models", "songs", "visit"]


def lanes(page):
    return player(page)["song"]["lanes"]


def group(page, key):
    [found] = [one for one in page.get("button_group") if one.key == key]
    return found


def box(page, prefix):
    [found] = [one for one in page.selectbox if one.key.startswith(prefix)]
    return found


def unpack(text):
    return np.frombuffer(base64.b64decode(text), np.uint8)


@pytest.fixture(scope="module")
def starter():
    return load_classifier("starter")


@pytest.fixture(scope="module")
def jazz(starter):
    return analyze_song(JAZZ, starter)


@pytest.fixture(scope="module")
def pulls(starter, jazz):
    return unit_pulls(starter.network, jazz.steps, audible=jazz.prediction.audible).values


def test_film_begins_with_the_unit_that_speaks_most_for_the_verdict(visit, jazz, pulls):
    page = go(visit(), "cinema", step=40)
    first = int(pulls[:, jazz.prediction.genres.index("jazz")].argmax())

    assert [lane["title"] for lane in lanes(page)] == list(ROWS.values())
    assert {tuple(lane["rows"]) for lane in lanes(page)} == {(f"unit {first}",)}
    assert {lane["style"] for lane in lanes(page)} == {"curves"}
    assert box(page, "film_genre").value == jazz.prediction.genre == "jazz"
    assert player(page)["startSeconds"] == pytest.approx(3 + 14 * 5 * 512 / 22_050)


def test_film_numbers_of_units(visit):
    page = go(visit(), "cinema")
    for number, n_lanes, n_rows, style in (("4", 20, 1, "curves"), ("16", 1, 16, "curves")):
        group(page, "film_units").set_value(number).run()
        assert len(lanes(page)) == n_lanes
        assert {len(lane["rows"]) for lane in lanes(page)} == {n_rows}
        assert {lane["style"] for lane in lanes(page)} == {style}
    page.selectbox(key="film_quantity").select("cell").run()
    assert [lane["title"] for lane in lanes(page)] == ["Cell state"]
    group(page, "film_units").set_value("All").run()
    assert [len(lane["rows"]) for lane in lanes(page)] == [64] * 5
    assert {lane["style"] for lane in lanes(page)} == {"heat"}


def test_film_keeps_its_start_when_number_and_order_change(visit):
    page = go(visit(), "cinema", step=40)
    started = player(page)["startSeconds"]
    page.session_state["step"] = 100  # where it was paused
    group(page, "film_units").set_value("16").run()
    page.selectbox(key="film_order").select("memory").run()

    assert player(page)["startSeconds"] == started
    assert page.session_state["step"] == 100


def test_film_is_sorted_by_the_pull_on_the_chosen_genre(visit, jazz, pulls):
    page = go(visit(), "cinema")
    group(page, "film_units").set_value("16").run()
    for genre in ("jazz", "metal"):
        box(page, "film_genre").select(genre).run()
        of_genre = pulls[:, jazz.prediction.genres.index(genre)]
        [lane] = lanes(page)
        assert lane["rows"] == [f"unit {unit}" for unit in np.argsort(-of_genre)[:16]]
        np.testing.assert_allclose(lane["pulls"], np.sort(of_genre)[::-1][:16])
        assert lane["mostPull"] == pytest.approx(np.abs(of_genre).max())
        assert player(page)["song"]["pullGenre"] == genre
    page.selectbox(key="film_order").select("index").run()
    [lane] = lanes(page)
    assert lane["rows"] == [f"unit {unit}" for unit in range(16)]
    np.testing.assert_allclose(lane["pulls"], of_genre[:16])


def test_film_of_one_unit_shows_the_chosen_one(visit):
    page = go(visit(), "cinema")
    page.selectbox(key="film_order").select("index").run()
    assert lanes(page)[0]["rows"] == ["unit 0"]
    box(page, "film_unit_").select(37).run()
    assert lanes(page)[0]["rows"] == ["unit 37"]
    page.selectbox(key="film_order").select("pull").run()
    assert lanes(page)[0]["rows"] != ["unit 37"]  # the first in that order


def test_film_of_a_layer_that_no_genre_reads_says_so(visit):
    page = go(visit(), "cinema")
    group(page, "film_layer_2").set_value(0).run()

    assert "none has a pull" in texts(page)
    assert not lanes(page)[0]["pulls"] and not page.exception
    assert not [one for one in page.selectbox if one.key.startswith("film_genre")]


def test_film_has_the_running_prediction(visit, jazz):
    [band] = player(go(visit(), "cinema"))["song"]["bands"]
    values = unpack(band["values"]).reshape(9, band["perSegment"], 10) / 255

    given = jazz.prediction.segment_probabilities
    np.testing.assert_allclose(values[:, -1], given, atol=1 / 250)
    assert unpack(band["audible"]).tolist() == jazz.prediction.audible.tolist()


# The silenced second


def test_old_link_opens_the_part_and_names_the_second(visit):
    page = visit(scene="verdict", part="Silenced", second="7")

    assert page.session_state["part"] == inside_silence.PART
    assert "Without the second at 0:07: jazz" in texts(page)
    assert player(page)["song"]["silenced"] == {"second": 7, "start": 6.0, "last": 26}
    far = visit(scene="verdict", part="Silence a second", second="99999")
    assert far.session_state["second"] == 26 and not far.exception
    bad = visit(scene="verdict", part="Silenced", second="<b>")
    assert 0 <= bad.session_state["second"] < 27 and not bad.exception


def test_silenced_second_has_both_running_predictions(visit, starter, jazz):
    page = go(visit(second="7"), "verdict", inside_silence.PART)
    found = silence_second(
        load_audio(JAZZ),
        jazz.steps,
        predict_prefixes(starter.network, jazz.steps, starter.features),
        second=7,
        audible=jazz.prediction.audible,
        network=starter.network,
        features=starter.features,
    )
    before, after = (
        unpack(band["values"]).reshape(9, -1, 10) / 255 for band in player(page)["song"]["bands"]
    )
    np.testing.assert_allclose(before[:, -1], jazz.prediction.segment_probabilities, atol=1 / 250)
    np.testing.assert_allclose(after[:, -1], found.running.probabilities[:, -1], atol=1 / 250)
    assert np.array_equal(np.delete(before, 2, 0), np.delete(after, 2, 0))
    assert np.abs(before - after)[2].max() > 0.1
    assert [lane["title"] for lane in lanes(page)] == ["jazz, with it", "jazz, without it"]


def test_silenced_seconds_are_shown_as_computed(visit, songs, monkeypatch):
    monkeypatch.setattr(inside_silence, "ADVANCE_SECONDS", 0.0)
    inside_caches._occlusion.clear()
    page = go(visit(songs["10 min"]), "verdict", inside_silence.PART)
    half = chart(page, "occlusion_second")["data"][0]["y"].astype(float)
    assert np.isfinite(half).sum() < len(half) == 600

    monkeypatch.setattr(inside_silence, "ADVANCE_SECONDS", 300.0)
    page.run()
    done = chart(page, "occlusion_second")["data"][0]["y"].astype(float)
    assert np.isfinite(done).all() and not page.exception
    assert "As far as computed" not in texts(page)


def test_values_are_silenced_too(visit):
    page = go(visit(), "verdict", inside_silence.PART)
    group(page, "occluded").set_value("mfcc").run()

    assert len(chart(page, "occlusion_mfcc")["data"][0]["y"]) == 20
    assert "replaced by the mean of the training data" in texts(page)
