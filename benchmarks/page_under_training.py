"""What a visitor waits for after a click while a run trains on the same machine."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.server import CHROMIUM_FLAGS, OURS, PATIENCE, SETTLE_SECONDS, running_server
from benchmarks.table import ROOT, Bench, Row, benchmark, show_seconds, skipped, time_row

if TYPE_CHECKING:
    from playwright.sync_api import Page

Clicks = dict[str, list[float]]
PARTS = (
    "server.py",
    "streamlit_app.py",
    ".streamlit",
    "app_pages",
    "genre",
    "models",
    "datasets",
    "samples",
    "locale",
)
N_EACH = 16  # of each of four kinds
MOST, LONGEST = 0.2, 10.0
AFTER_SECONDS = 1.0  # a visitor looks at the answer before the next click
EXAMPLES = ("Jazz", "Rock")
TRAINS = "text=/^Training$/ >> visible=true"
# From the event itself to the frame in which the answer is drawn, by the browser's own clock.
# One that never comes counts as the longest wait.
WATCH = """([event, answer, longest]) => { window.answered = new Promise(resolve => {
    const isThere = new Function('return ' + answer), before = isThere();
    let start = 0;
    const begin = pressed => { start = pressed.timeStamp; };
    addEventListener(event, begin, {capture: true, once: true});
    const look = () => {
        const waited = start ? performance.now() - start : 0;
        if (start && (isThere() !== before || waited > longest)) resolve(waited);
        else requestAnimationFrame(look);
    };
    look();
}); }"""
EXPECTED = (
    "[...document.querySelectorAll('p')].map(p => p.innerText).find(t => t.startsWith('About '))"
)
CHANGED = "document.querySelector('.st-key-reset')?.innerText ?? ''"
MENU = "Boolean(document.querySelector('[data-testid=stPopoverBody]'))"
HEADLINE = "document.querySelector('h1')?.innerText ?? ''"


@benchmark("clicks")
def clicks_under_training(bench: Bench) -> list[Row]:
    """Clicks in a real browser while a run of `course` trains, and on an idle server.

    Four kinds of clicks, 16 of each, a second apart: a key on the slider of the epochs (until the
    expected duration has changed), a switch of the recipe (until the number of changed settings
    has), the menu of songs on Classify (until it is open), and an example that was classified
    before (until its prediction is there).  On Train the live chart of the run is on show and
    redrawn each second.  Measured in the browser, from the event to the frame with the answer.
    """
    chromium = shutil.which("chromium")
    if chromium is None or importlib.util.find_spec("playwright") is None:
        return skipped("Clicks while a run trains", "there is no Chromium, or no playwright")
    from playwright.sync_api import sync_playwright

    root = bench.folder / "copy"  # its runs are this benchmark's own
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copyfile
        root.mkdir(exist_ok=True)
        copy(ROOT / part, root / part)
    with sync_playwright() as playwright, running_server(OURS, bench, root) as server:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(1000 * PATIENCE)
        idle = _click_around(page, server.url, bench.times(N_EACH))
        with _training(root) as run:
            training = _click_around(page, server.url, bench.times(N_EACH), run)
        browser.close()
    rows = [
        _row("All clicks while `course` trains", _all(training), _all(idle), under=MOST),
        time_row(
            "All clicks while `course` trains: median",
            statistics.median(_all(training)),
            statistics.median(_all(idle)),
            than="on an idle server",
        ),
    ]
    return rows + [
        _row(f"{kind} while `course` trains", training[kind], idle[kind]) for kind in training
    ]


def percentile_95(seconds: list[float]) -> float:
    """Return the time that 95 of 100 clicks stay under.

    Examples
    --------
    >>> percentile_95([i / 100 for i in range(1, 101)])
    0.95
    """
    return sorted(seconds)[max(0, -(-95 * len(seconds) // 100) - 1)]


def _row(what: str, ours: list[float], idle: list[float], under: float | None = None) -> Row:
    what = f"{what}: 95th percentile of {len(ours)}"
    than = f"on an idle server (largest of both: {show_seconds(max(*ours, *idle))})"
    return time_row(what, percentile_95(ours), percentile_95(idle), than=than, under=under)


def _all(clicks: Clicks) -> list[float]:
    return [seconds for kind in clicks.values() for seconds in kind]


@contextlib.contextmanager
def _training(root: Path) -> Iterator[str]:
    """Train the preset `course` meanwhile, with the command line's own process."""
    name = "20260101-000000000-course-long"
    command = [sys.executable, "-m", "genre", "train", "--preset", "course", "--epochs", "1000"]
    process = subprocess.Popen(
        [*command, "--run", f"runs/{name}"],
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # as the page starts one
    )
    try:
        status = root / "runs" / name / "status.json"
        deadline = time.monotonic() + PATIENCE
        while not (status.exists() and '"fitting"' in status.read_text()):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the run that was to train meanwhile does not train")
            time.sleep(0.2)
        yield name
    finally:
        process.kill()
        process.wait()


def _click_around(page: Page, url: str, n: int, run: str = "") -> Clicks:
    """Click ``n`` times in each of the four ways."""
    clicks: Clicks = {}
    page.goto(f"{url}/train?preset=quick" + (f"&run={run}" if run else ""))
    page.locator(".st-key-start").wait_for()
    if run:
        page.locator(TRAINS).first.wait_for()
    page.get_by_text("Data augmentation", exact=True).first.click()
    page.locator(".st-key-set_roll").wait_for()
    time.sleep(SETTLE_SECONDS)
    slider = page.locator(".st-key-set_epochs input")
    slider.focus()
    keys = ("ArrowRight", "ArrowLeft")
    clicks["A slider's key"] = [
        _timed(page, "keydown", EXPECTED, lambda i=i: page.keyboard.press(keys[i % 2]))
        for i in range(n)
    ]
    switch = page.locator(".st-key-set_roll label").first
    switch.scroll_into_view_if_needed()
    clicks["A switch"] = [_timed(page, "pointerdown", CHANGED, switch.click) for _ in range(n)]

    page.goto(url)
    page.get_by_text("Upload songs").first.wait_for()
    menu = page.locator('[class*="st-key-song_"] button').first
    presses = [page.locator(f'text="{example}" >> visible=true').first for example in EXAMPLES]
    presses[0].click()
    for press in presses[::-1]:  # classified once: the wait for a new song is measured elsewhere
        page.get_by_text("The whole song").wait_for()
        time.sleep(SETTLE_SECONDS)
        menu.click()
        press.click()
    time.sleep(SETTLE_SECONDS)
    clicks["The menu of songs"], clicks["An example"] = [], []
    for i in range(n):
        clicks["The menu of songs"].append(_timed(page, "pointerdown", MENU, menu.click))
        press = presses[(i + 1) % 2]
        clicks["An example"].append(_timed(page, "pointerdown", HEADLINE, press.click))
    return clicks


def _timed(page: Page, event: str, answer: str, click: Callable[[], object]) -> float:
    """Click, and return the seconds until what stands on the page has changed."""
    page.evaluate(WATCH, [event, answer, 1000 * LONGEST])
    click()
    seconds = float(page.evaluate("window.answered")) / 1000
    time.sleep(AFTER_SECONDS)
    return seconds
