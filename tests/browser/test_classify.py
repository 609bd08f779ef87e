"""The page in a real browser, served by the real server."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from genre.audio.load import load_audio
from genre.datasets.pack import write_pack
from genre.paths import ROOT, SAMPLES
from tests.models.test_first_impression import long_song
from tests.support.leaderboard_runs import add_run, guesses
from tests.support.real_server import settle

pytestmark = pytest.mark.browser


@pytest.fixture
def mp3(tmp_path):
    """Ten seconds of stereo music in an MP3 file."""
    music, sr = sf.read(SAMPLES / "rock.ogg", frames=10 * 44_100)
    sf.write(tmp_path / "my song.mp3", music, sr)
    return tmp_path / "my song.mp3"


def choose(page, example):
    page.get_by_role("radio", name=example, exact=True).first.click()
    page.get_by_text("The whole song").wait_for()


def fits(page):
    """Whether nothing sticks out to the right of the window."""
    return page.evaluate(
        "(main => main.scrollWidth <= main.clientWidth)"
        "(document.querySelector('[data-testid=stMain]'))"
    )


def test_example_chosen_shows_its_prediction_above_the_fold(visit):
    page = visit()
    choose(page, "Jazz")

    assert page.locator("h1").first.bounding_box()["y"] < 300
    player = page.locator(".player.full").bounding_box()
    assert player["y"] + player["height"] <= 720
    page.wait_for_function("window.genreLabSound.seconds > 0.5")  # and it plays
    page.get_by_role("link", name="Train").first.click()
    page.get_by_role("button", name="Start").wait_for()
    page.get_by_role("button", name="Pause", exact=True).click()  # on, while the page changed
    assert page.evaluate("window.genreLabSound.seconds") > 0.5


def test_mp3_uploaded_is_classified_and_a_click_plays_it_from_there(visit, mp3):
    page = visit()
    page.locator("input[type=file]").first.set_input_files(str(mp3))
    page.get_by_text("The whole song").wait_for()
    assert page.get_by_text("my song.mp3").first.is_visible()

    box = page.locator(".player.full .wave").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function("(s => s.isPlaying && s.seconds >= 5)(window.genreLabSound)")


def test_tap_on_touch_screen_plays_from_there(visit):
    page = visit(width=390, height=844, has_touch=True)
    choose(page, "Jazz")
    box = page.locator(".player.full .wave").bounding_box()
    assert box["y"] + box["height"] <= 844
    assert page.locator(".switches").bounding_box()["y"] <= 2 * 844
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function("(s => s.isPlaying && s.seconds >= 14)(window.genreLabSound)")


def test_page_requests_go_to_no_other_server(visit, server):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    choose(page, "Pop")
    others = [url for url in asked if not url.startswith((server[0], "data:", "blob:"))]
    assert [url for url in others if not url.startswith("ws://localhost")] == []


def test_classify_on_phone_fits_window(visit):
    page = visit(width=390, height=844, theme="dark")
    assert fits(page)
    choose(page, "Rock")
    assert fits(page)


def test_song_facts_are_shown_when_ready(visit):
    page = visit()
    choose(page, "Disco")
    page.get_by_text("Likely key").wait_for(timeout=300_000)
    assert page.get_by_text("bpm").first.is_visible()


def test_page_while_a_song_is_read_shows_no_earlier_prediction(visit, tmp_path):
    music = np.resize(load_audio(SAMPLES / "jazz.ogg").samples, 1200 * 22_050)
    sf.write(tmp_path / "twenty minutes.wav", music, 22_050)
    page = visit()
    choose(page, "Jazz")
    page.get_by_text("The whole song").wait_for()

    page.evaluate(
        """() => { window.seen = new Set(); const look = () => {
            const said = document.querySelector('[data-testid=stMain]').textContent;
            if (said.includes("Classifying")) window.seen.add(said.includes("The whole song"));
        }; new MutationObserver(look).observe(
            document.body, {subtree: true, childList: true, characterData: true}
        ); }"""
    )
    page.get_by_role("button", name="Jazz example").click()
    page.locator("input[type=file]").first.set_input_files(str(tmp_path / "twenty minutes.wav"))
    page.wait_for_function("window.seen.size")
    page.get_by_text("The whole song").wait_for()
    assert page.evaluate("[...window.seen]") == [False]


def test_long_song_has_a_first_impression_before_its_timeline(visit, tmp_path):
    (tmp_path / "long.wav").write_bytes(long_song(100))
    page = visit()
    page.evaluate(
        """() => { window.seen = []; const look = () => {
            const said = document.querySelector('[data-testid=stMain]').textContent;
            for (const words of ["First impression, from 12 of 100 segments", "The whole song"])
                if (said.includes(words) && !window.seen.includes(words)) window.seen.push(words);
        }; new MutationObserver(look).observe(
            document.body, {subtree: true, childList: true, characterData: true}
        ); }"""
    )
    page.locator("input[type=file]").first.set_input_files(str(tmp_path / "long.wav"))
    page.get_by_text("The whole song").wait_for()
    settle(page)

    assert [words.split(",")[0] for words in page.evaluate("window.seen")] == [
        "First impression",
        "The whole song",
    ]
    assert not page.get_by_text("First impression").count()
    assert page.locator("h1").count() == 1


def test_corrupt_file_is_one_sentence_and_the_next_is_classified(visit, tmp_path, mp3):
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"no sound in here")
    page = visit()
    page.locator("input[type=file]").first.set_input_files(str(broken))
    page.get_by_text("is not audio this program knows").wait_for()
    page.get_by_text("Jazz", exact=True).first.wait_for()
    page.get_by_role("button", name="broken.mp3").first.click()
    page.locator("input[type=file]").first.set_input_files(str(mp3))
    page.locator("h1").wait_for()
    assert page.locator("h1").inner_text().startswith(("Clearly", "Probably", "Not sure"))


def test_link_can_name_model(visit):
    page = visit(query="/?model=starter")
    assert "starter" in page.locator(".st-key-model input").last.input_value()


@pytest.fixture
def two_runs(tmp_path, two_genres):
    """Two finished runs where the server looks for them; gone afterwards."""
    write_pack(tmp_path / "pack", two_genres)
    names = [f"browser-{name}-{os.getpid()}" for name in ("one", "two")]
    for seed, name in enumerate(names):
        add_run(ROOT / "runs", name, guesses(two_genres, seed), data=str(tmp_path / "pack"))
    yield names
    for name in names:
        shutil.rmtree(ROOT / "runs" / name)


def test_rows_are_ticked_matrices_appear_and_click_on_cell_opens_its_tracks(visit, two_runs):
    page = visit(height=1600, query="/compare", until="four splits")
    table = page.locator('[class*="st-key-leaderboard_"] canvas').first
    rows = page.locator('[class*="st-key-leaderboard_"] tbody tr')
    rows.first.wait_for(state="attached")
    places = [i for i in range(rows.count()) if "browser-" in rows.nth(i).inner_text()]
    box = table.bounding_box()
    height = box["height"] / (rows.count() + 1)  # and the row of titles
    for place in places:
        page.mouse.click(box["x"] + 15, box["y"] + (place + 1.5) * height)
    page.wait_for_url(lambda url: all(name in url for name in two_runs))

    page.get_by_text("Confusion matrices", exact=True).click()
    cells = page.locator('[class*="st-key-matrix_"] .points .point')
    cells.nth(11).wait_for(state="attached")
    assert cells.count() == 12  # four of each matrix, and of their difference
    cell = cells.nth(1).bounding_box()
    page.mouse.click(cell["x"] + cell["width"] / 2, cell["y"] + cell["height"] / 2)
    page.locator('[class*="st-key-tracks_"]').wait_for()
    page.get_by_text("of its 3 segments right").first.wait_for()
    page.locator('[class*="st-key-track_mfccs"]').wait_for()


def test_comparison_on_phone_fits_window(visit, two_runs):
    link = ",".join(f"runs/{name}" for name in two_runs)
    page = visit(
        width=390, height=844, theme="dark", query=f"/compare?compare={link}",
        until="four splits",
    )  # fmt: skip
    for aspect in ("Differences", "Confusion matrices", "Confidence", "Learning curves", "Details"):
        page.get_by_text(aspect, exact=True).click()
        settle(page)
        assert page.get_by_text("Train these four runs").count() == 1
        assert fits(page), aspect


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux's /proc")
def test_server_never_loads_tensorflow_or_numba(visit, server):
    choose(visit(), "Metal")
    maps = Path(f"/proc/{server[1].pid}/maps").read_text()

    assert "numpy" in maps  # the list is the server's
    assert not [name for name in ("tensorflow", "llvmlite", "sklearn") if name in maps]


def test_each_of_several_songs_has_a_line_as_soon_as_it_was_heard(visit, tmp_path):
    rng = np.random.default_rng(5)
    for name in ("first.wav", "second.wav"):
        tone = np.sin(np.arange(240 * 22_050) * 0.05)
        sf.write(tmp_path / name, 0.1 * tone + 0.02 * rng.standard_normal(len(tone)), 22_050)
    (tmp_path / "third.wav").write_bytes(b"no sound")
    page = visit()
    names = ("third.wav", "first.wav", "second.wav")
    page.locator("input[type=file]").first.set_input_files([tmp_path / name for name in names])
    page.locator("li", has_text="third.wav: ").wait_for()
    page.locator("li", has_text="first.wav: ").wait_for()
    assert (
        page.locator("[data-testid=stDataFrame]").count() == 0
    )  # the table of all is still to come
    page.locator("[data-testid=stDataFrame]").first.wait_for()
    assert page.locator("li", has_text="first.wav: ").count() == 0
