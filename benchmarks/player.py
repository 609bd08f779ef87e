"""What a listener waits for: a song dropped, an example pressed, a click in the waveform."""

from __future__ import annotations

import importlib.util
import shutil
import statistics
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import soundfile as sf

from benchmarks.server import CHROMIUM_FLAGS, OURS, PATIENCE, USUAL, running_server
from benchmarks.table import ROOT, Bench, Row, benchmark, show_seconds, skipped, time_row

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = [*CHROMIUM_FLAGS, "--autoplay-policy=no-user-gesture-required"]
N_TIMES = 5
SONG_SECONDS = 30
LONG_SECONDS = 1200
DROP_MOST, PRESS_MOST, CLICK_MOST, INSIDE_MOST = 1.0, 0.5, 0.1, 3.0
FRAMES = """() => new Promise(done => {
    const times = [];
    const look = now => times.push(now) < 181 ? requestAnimationFrame(look) : done(
        times.slice(1).map((time, i) => time - times[i]).sort((a, b) => a - b)
    );
    requestAnimationFrame(look);
})"""
# From the event itself to the frame in which something is true, by the browser's own clock.
WATCH = """([event, isTrue]) => { window.waited = new Promise(done => {
    let start = 0;
    addEventListener(event, pressed => { start = pressed.timeStamp; }, {capture: true, once: true});
    const check = new Function('return ' + isTrue);
    const look = () => {
        if (start && check()) done((performance.now() - start) / 1000);
        else requestAnimationFrame(look);
    };
    look();
}); }"""
MOVES = "window.genreLabSound?.isPlaying && window.genreLabSound.seconds > 0"
HEADLINE = "document.querySelector('h1')?.innerText"


@benchmark("player")
def listening(bench: Bench) -> list[Row]:
    """A listener's waits in a real browser, medians of 5, on a server that has been visited.

    A 30 s mp3 is dropped, until its headline is there: beside it the usual app
    (`benchmarks/usual_app.py`), whose headline is all it shows.  An example that was not pressed
    before is pressed, until its sound plays and the playhead moves; beside it the usual app until
    its headline (it plays nothing).  A click in the waveform, until the sound goes on from there.
    Inside is opened by its address, until its first chart.  Frames:
    the median time between two while 20 minutes play, beside the same page standing still.
    """
    chromium = shutil.which("chromium")
    if chromium is None or importlib.util.find_spec("playwright") is None:
        return skipped("Listening", "there is no Chromium, or no playwright")
    from playwright.sync_api import sync_playwright

    long = bench.folder / "long.wav"
    music, sr = sf.read(ROOT / "samples" / "rock.ogg", dtype="float32")
    songs = [str(bench.folder / f"song-{i}.mp3") for i in range(N_TIMES)]
    for i, song in enumerate(songs):  # each another one, or the answer would be known
        sf.write(song, np.resize(music[i * sr :], (SONG_SECONDS * sr, 2)), sr)
    sf.write(long, np.resize(music.mean(axis=1), LONG_SECONDS * sr)[::4], sr // 4)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        with running_server(OURS, bench) as server:
            ours = _of_ours(browser, server.url, bench, iter(songs), str(long))
        with running_server(USUAL, bench) as server:
            usual = _of_usual(browser, server.url, bench, iter(songs))
        browser.close()
    frame, still = ours["frame"], ours["still"]
    return [
        time_row(
            "30 s mp3 dropped: to the headline",
            ours["drop"],
            usual["drop"],
            than="the usual app",
            under=DROP_MOST,
        ),
        time_row(
            "Example pressed: to sound and moving picture",
            ours["press"],
            usual["press"],
            than="the usual app, to its headline alone",
            under=PRESS_MOST,
        ),
        _alone("Click in the waveform: to its sound", ours["click"], CLICK_MOST),
        _alone("Inside opened by its address: to its first chart", ours["inside"], INSIDE_MOST),
        Row(
            "Time between two frames while 20 minutes play",
            f"{1000 * frame:.1f} ms",
            f"{1000 * still:.1f} ms, the same page standing still",
            "as often as this browser draws",
            frame <= 1.1 * still,
            f"{still / frame:.2f}",
        ),
    ]


def _alone(what: str, seconds: float, most: float) -> Row:
    return Row(what, show_seconds(seconds), "", f"under {show_seconds(most)}", seconds < most)


def _of_ours(
    browser: Browser, url: str, bench: Bench, songs: Iterator[str], long: str
) -> dict[str, float]:
    """Measure this project's page."""
    n = bench.times(N_TIMES)

    def drop(page: Page) -> float:
        return _drop(page, next(songs))

    def press(page: Page) -> float:
        return _wait(page, MOVES, lambda: page.get_by_text("Blues", exact=True).first.click())

    def click(page: Page) -> float:
        press(page)
        place = page.locator(".player.full .wave")
        there = f"{MOVES} && window.genreLabSound.seconds > 15"
        at = {"x": 0.7 * place.evaluate("e => e.clientWidth"), "y": 20}
        return _wait(page, there, lambda: place.click(position=at), event="pointerdown")

    def inside(page: Page) -> float:
        page.goto(f"{url}/inside")
        page.locator(".room > *").first.wait_for()  # the drawing, which is its first scene
        return float(page.evaluate("performance.now() / 1000"))

    figures = {
        "drop": _median(browser, url, drop, n),
        "press": _median(browser, url, press, n),
        "click": _median(browser, url, click, n),
        "inside": _median(browser, url, inside, n),
    }
    page = _visit(browser, url)
    page.locator("input[type=file]").first.set_input_files(long)
    page.get_by_text("The whole song").wait_for()
    page.locator(".player.full .play").click()
    page.wait_for_function(MOVES)
    gaps = page.evaluate(FRAMES)
    page.evaluate("window.genreLabSound.pause()")
    still = page.evaluate(FRAMES)
    page.context.close()
    return figures | {
        "frame": statistics.median(gaps) / 1000,
        "still": statistics.median(still) / 1000,
    }


def _of_usual(browser: Browser, url: str, bench: Bench, songs: Iterator[str]) -> dict[str, float]:
    """Measure the usual app, which has been visited once before."""

    def press(page: Page) -> float:
        return _wait(page, HEADLINE, lambda: page.get_by_text("Blues", exact=True).first.click())

    _median(browser, url, press, 1)
    n = bench.times(N_TIMES)
    return {
        "drop": _median(browser, url, lambda page: _drop(page, next(songs)), n),
        "press": _median(browser, url, press, n),
    }


def _drop(page: Page, path: str) -> float:
    """Drop a file, and return the seconds until its headline is there."""
    before = page.locator("h1").first.inner_text() if page.locator("h1").count() else ""
    there = f"{HEADLINE} && {HEADLINE} !== {before!r}"
    chosen = page.locator("input[type=file]").first
    return _wait(page, there, lambda: chosen.set_input_files(path), event="change")


def _wait(page: Page, there: str, act: Callable[[], object], *, event: str = "click") -> float:
    """Act, and return the seconds from the event until something is true in the page."""
    page.evaluate(WATCH, [event, there])
    act()
    return float(page.evaluate("window.waited"))


def _median(browser: Browser, url: str, measure: Callable[[Page], float], n: int) -> float:
    """Return the median over so many visitors, each with an empty browser cache."""
    taken = []
    for _ in range(n):
        page = _visit(browser, url)
        taken.append(measure(page))
        page.context.close()
    return statistics.median(taken)


def _visit(browser: Browser, url: str) -> Page:
    """Open the page as a new visitor, and wait until it stands still."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(url)
    page.locator('[data-testid="stFileUploaderDropzone"]').first.wait_for()
    page.wait_for_timeout(2000)
    return page
