"""The page in a real browser, served by the real server."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "build" / "screenshots"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
FIRST = "Drop a song, or several"
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server():
    """A real server on a free port; gives its address and process."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    options = ["--server.headless", "true", "--server.port", str(port)]
    process = subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield address, process
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture(scope="module")
def browser():
    """Chromium, this machine's or Playwright's own."""
    playwright = pytest.importorskip("playwright.sync_api")
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    with playwright.sync_playwright() as p:
        try:
            chromium = p.chromium.launch(executable_path=path, args=QUIET)
        except playwright.Error:
            pytest.skip("no Chromium here: the page was not tested in a browser (see make e2e)")
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser, server, request):
    """Open the page as a visitor with a window of some size; a failure leaves a screenshot."""
    contexts = []

    def open_page(width=1280, height=720, theme="light", query="", awaited=FIRST, **options):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, **options
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(server[0] + query)
        page.get_by_text(awaited).first.wait_for()
        contexts.append((context, page))
        return page

    failed_before = request.session.testsfailed
    yield open_page
    for context, page in contexts:
        if request.session.testsfailed > failed_before or os.environ.get("KEEP_SCREENSHOTS"):
            SHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SHOTS / f"{request.node.name}.png", full_page=True)
        context.close()


@pytest.fixture
def mp3(tmp_path):
    """Seven seconds of a chord, as a phone might hold it."""
    t = np.arange(7 * 44_100) / 44_100
    chord = sum(0.2 * np.sin(2 * np.pi * f * t) for f in (220, 277.2, 329.6))
    sf.write(tmp_path / "my chord.mp3", np.stack([chord, chord], axis=1), 44_100)
    return tmp_path / "my chord.mp3"


def press(page, sketch):
    page.locator(f"text={sketch} >> visible=true").first.click()
    page.get_by_text("Moment by moment").wait_for()


def fits(page):
    """Whether nothing sticks out to the right of the window."""
    return page.evaluate(
        "(main => main.scrollWidth <= main.clientWidth)"
        "(document.querySelector('[data-testid=stMain]'))"
    )


def test_a_sketch_gets_its_verdict_above_the_fold(visit):
    page = visit()
    press(page, "Jazz")

    verdict = page.locator("h1").first
    assert verdict.bounding_box()["y"] < 300
    bars = page.locator(".st-key-genre_bars").bounding_box()
    assert bars["y"] + bars["height"] <= 720
    player = page.locator("audio").first.bounding_box()
    assert player["y"] + player["height"] <= 720


def test_an_mp3_is_dropped_heard_and_a_click_on_a_segment_plays_it(visit, mp3):
    page = visit(height=1400)
    page.locator("input[type=file]").first.set_input_files(str(mp3))
    page.get_by_text("Moment by moment").wait_for()
    assert page.get_by_text("my chord.mp3").first.is_visible()

    # The second of the two segments: the bars lie under a layer that takes the mouse.
    bars = page.locator('[class*="st-key-timeline_"] .barlayer .trace .point')
    bars.nth(1).wait_for(state="attached")
    box = max((bars.nth(i).bounding_box() for i in range(1, 20, 2)), key=lambda b: b["height"])
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function(
        "(a => a && a.currentTime >= 3 && a.played.length)(document.querySelector('audio'))"
    )


def test_on_a_touch_screen_the_slider_plays_the_moment_it_names(visit):
    page = visit(width=390, height=844, has_touch=True)
    press(page, "Jazz")
    page.get_by_role("slider", name="Hear a moment").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('audio')?.currentTime >= 6")


def test_the_page_asks_no_other_server_for_anything(visit, server):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    press(page, "Pop")
    others = [url for url in asked if not url.startswith((server[0], "data:", "blob:"))]
    assert [url for url in others if not url.startswith("ws://localhost")] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_nothing_is_cut_off(visit, theme):
    page = visit(width=390, height=844, theme=theme)
    assert fits(page)
    press(page, "Rock")
    assert fits(page)


def test_song_facts_arrive_by_themselves(visit):
    page = visit()
    press(page, "Disco")
    page.get_by_text("Likely key").wait_for(timeout=300_000)
    assert page.get_by_text("bpm").first.is_visible()


def test_a_broken_file_is_a_sentence_and_the_next_song_is_heard(visit, tmp_path, mp3):
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"no sound in here")
    page = visit()
    page.locator("input[type=file]").first.set_input_files(str(broken))
    page.get_by_text("is not audio this program knows").wait_for()
    page.locator("input[type=file]").first.set_input_files(str(mp3))
    page.locator("h1").wait_for()
    assert page.locator("h1").inner_text().startswith(("Clearly", "Probably", "Not sure"))


def test_a_link_can_name_the_model(visit):
    page = visit(query="/?model=starter")
    assert "starter" in page.get_by_role("combobox").first.input_value()


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux's /proc")
def test_the_server_never_loads_tensorflow_or_numba(visit, server):
    press(visit(), "Metal")
    maps = Path(f"/proc/{server[1].pid}/maps").read_text()

    assert "numpy" in maps  # the list is the server's
    assert not [name for name in ("tensorflow", "llvmlite", "sklearn") if name in maps]
