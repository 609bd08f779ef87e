"""Listening live: what it costs in the browser, and how late the picture is."""

from __future__ import annotations

import base64
import importlib.util
import shutil
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.recordings import make_wav
from benchmarks.server import CHROMIUM_FLAGS, OURS, PATIENCE, running_server
from benchmarks.stopwatch import race, timed
from benchmarks.table import ROOT, Bench, Row, benchmark, skipped, time_row

if TYPE_CHECKING:
    from playwright.sync_api import Page

MODELS = ("starter", "course")
LISTEN_SECONDS = 15
LATEST_MS = 150
MOST_PICTURES = 40
ENGINE = [ROOT / "app_pages" / name for name in ("elements.js", "live_engine.js")]
PREPARE = """([exported, samples]) => {
    window.model = readModel(exported);
    window.heard = new Float32Array(Uint8Array.from(atob(samples), c => c.charCodeAt(0)).buffer);
}"""
LISTEN = """() => {
    const listener = new Listener(model), start = performance.now();
    for (let i = 0; i < heard.length; i += 256) listener.push(heard.subarray(i, i + 256));
    listener.verdict();
    return (performance.now() - start) / 1000;
}"""
COUNT = """() => {
    const own = CanvasRenderingContext2D.prototype.clearRect;
    window.drawn = 0;
    CanvasRenderingContext2D.prototype.clearRect = function (...box) {
        if (this.canvas.className === 'wave') window.drawn += 1;
        return own.apply(this, box);
    };
}"""


@benchmark("live")
def listening_live(bench: Bench) -> list[Row]:
    """The JavaScript engine in Chromium, and the live listener on the page.

    A second of sound: 29 s of an example in pieces of 256 samples, as a microphone gives them, with
    a prediction after each MFCC frame; beside it `genre`'s NumPy network on the same samples, all
    at once, with one prediction a segment.  Medians of 5 runs in turns, after a warm-up of each,
    divided by the seconds.  The picture: 15 s on the page Inside with Chromium's own microphone,
    which plays a file; from when the sound reaches the page to when the frame centred on it is
    drawn.
    """
    chromium = shutil.which("chromium")
    if chromium is None or importlib.util.find_spec("playwright") is None:
        return skipped("Listening live", "there is no Chromium, or no playwright")
    from playwright.sync_api import sync_playwright

    flags = [
        *CHROMIUM_FLAGS,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={make_wav(bench.folder, 30)}",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page()
        for script in ENGINE:
            page.add_script_tag(path=script)
        rows = [_cost(bench, page, name) for name in MODELS]
        rows += _picture(bench, browser.new_page(viewport={"width": 1280, "height": 900}))
        browser.close()
    return rows


def _cost(bench: Bench, page: Page, name: str) -> Row:
    from genre.audio.features import extract_segments
    from genre.audio.load import load_audio
    from genre.export.live_model import export_live_model
    from genre.models.classifier import load_classifier

    classifier = load_classifier(name)
    signal = load_audio(ROOT / "samples" / "metal.ogg", sr=classifier.features.sr)
    samples = base64.b64encode(np.asarray(signal.samples, "<f4").tobytes()).decode("ascii")
    page.evaluate(PREPARE, [export_live_model(classifier).to_dict(), samples])

    def listen() -> float:
        return float(page.evaluate(LISTEN)) / signal.seconds

    whole = timed(lambda: classifier.predict_proba(extract_segments(signal, classifier.features)))
    n_times = bench.times(5)
    taken = race(listen, lambda: whole() / signal.seconds, n_times, n_times)
    what = f"Live, `{name}`, in the browser: a second of sound"
    return time_row(what, *taken, than="the NumPy network, all at once", under=0.1)


def _picture(bench: Bench, page: Page) -> list[Row]:
    page.set_default_timeout(1000 * PATIENCE)
    with running_server(OURS, bench) as server:
        page.goto(f"{server.url}/inside?scene=cinema&part=Live")
        page.get_by_role("button", name="Start listening").click()
        page.locator(".live[data-lag]").wait_for()
        page.evaluate(COUNT)
        n_seconds = 3 if bench.quick else LISTEN_SECONDS
        page.wait_for_timeout(1000 * n_seconds)
        pictures = float(page.evaluate("window.drawn")) / n_seconds
        middle, latest = str(page.locator(".live").get_attribute("data-lag")).split()
    what = "Live, `starter`, on Inside: the picture is behind the sound by"
    return [
        Row(
            f"{what} (95th percentile)",
            f"{latest} ms",
            f"{middle} ms, the median",
            f"under {LATEST_MS} ms",
            int(latest) < LATEST_MS,
        ),
        Row(
            "Live, `starter`, on Inside: pictures a second",
            f"{pictures:.0f}",
            "",
            f"at most {MOST_PICTURES}",
            round(pictures) <= MOST_PICTURES,  # the first and the last are half in the time
        ),
    ]
