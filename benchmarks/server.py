"""The Streamlit server: its memory, and what a visitor waits for."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.stopwatch import HAS_PROC, NO_PROC, loaded_libraries, resident_bytes
from benchmarks.table import (
    ROOT,
    Bench,
    Row,
    benchmark,
    memory_row,
    show_megabytes,
    skipped,
    time_row,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

OURS, USUAL = "server.py", "benchmarks/usual_app.py"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TITLE = "(document.querySelector('h1')?.textContent ?? null)"
FIRST_EXAMPLE, OTHER_EXAMPLES = "Jazz", ("Rock", "Metal", "Blues", "Country", "Disco")
IDLE_MOST = 300e6
PATIENCE = 180.0
SETTLE_SECONDS = 3.0  # what a page leaves behind is freed shortly after it was drawn


@dataclass(frozen=True, slots=True)
class Server:
    """A Streamlit server of our own that answers."""

    pid: int
    url: str


@dataclass(frozen=True, slots=True)
class Visits:
    """What some visits to a server showed; bytes and seconds."""

    idle: int
    used: int
    loaded: list[str]
    first_paint: float
    next_paint: float
    first_whole: float
    next_whole: float
    first_prediction: float
    next_prediction: float


@benchmark("server")
def streamlit_server(bench: Bench) -> list[Row]:
    """The real server with a headless Chromium, beside the usual app.

    The usual app (`benchmarks/usual_app.py`) imports Keras and librosa in the page and
    shows the genre as a headline, without charts.  Each server is started again.  The first
    visitor opens the page and presses the Jazz example; then five more, each with an empty
    browser cache, open it and press an example that was not classified before (medians).  The
    drop zone counts from navigation until it can be seen and takes a file: ours is there before
    Streamlit's own (`app_pages.early_drop_zone`).  The examples are Streamlit's on both.  The
    prediction is counted from the press until another title is visible.  Memory is the server
    process's alone: idle once the first page is drawn, used once the first song is.
    """
    if not HAS_PROC:
        return skipped("The Streamlit server", NO_PROC)
    chromium = shutil.which("chromium")
    if chromium is None or importlib.util.find_spec("playwright") is None:
        return _without_browser(bench)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        browser.new_page().goto("about:blank")  # the browser's own start is not measured
        ours, usual = (_visits(script, browser, bench) for script in (OURS, USUAL))
        browser.close()
    than = "the usual app"
    return [
        memory_row("Server, idle", ours.idle, usual.idle, than=than, under=IDLE_MOST),
        memory_row("Server, after a song", ours.used, usual.used, than=than),
        Row(
            "Server: machine code of TensorFlow, numba or scikit-learn in the process",
            ", ".join(ours.loaded) or "none",
            f"{', '.join(usual.loaded) or 'none'}, {than}",
            "none loaded",
            not ours.loaded,
        ),
        *(
            time_row(f"{who}: to the drop zone", mine, theirs, than=than, times_faster=times)
            for who, mine, theirs, times in (
                ("First visitor", ours.first_paint, usual.first_paint, 4),
                ("Next visitors", ours.next_paint, usual.next_paint, 2),
            )
        ),
        time_row("First visitor: to the examples", ours.first_whole, usual.first_whole, than=than),
        time_row("Next visitors: to the examples", ours.next_whole, usual.next_whole, than=than),
        time_row(
            "First example pressed: to the prediction",
            ours.first_prediction,
            usual.first_prediction,
            than=than,
        ),
        time_row(
            "Further examples: to the prediction",
            ours.next_prediction,
            usual.next_prediction,
            than=than,
        ),
    ]


@contextlib.contextmanager
def running_server(
    script: str, bench: Bench, root: Path = ROOT, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start a Streamlit server of the program in a folder on a free port, and stop it afterwards.

    Its environment is this process's, and what is given.

    Raises
    ------
    RuntimeError
        If it does not answer; with the last of what it wrote.
    """
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script]
    options = ["--server.headless", "true", "--server.port", str(port)]
    log = bench.folder / f"{os.path.basename(script)}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, *options],
            cwd=root,
            env=os.environ | dict(environment or {}),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://localhost:{port}"
        deadline = time.monotonic() + PATIENCE
        while not _answers(f"{url}/_stcore/health"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{script} does not answer:\n{log.read_text()[-2000:]}")
            time.sleep(0.2)
        yield Server(process.pid, url)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def _visits(script: str, browser: Browser, bench: Bench) -> Visits:
    """Visit a server for the first time, then a few times more."""
    with running_server(script, bench) as server:
        with _visitor(browser) as page:
            first_paint, first_whole = _open(page, server)
            time.sleep(SETTLE_SECONDS)
            idle = resident_bytes(server.pid)
            first_prediction = _press(page, FIRST_EXAMPLE)
            if script == OURS:
                page.locator("text=The whole song").first.wait_for(timeout=1000 * PATIENCE)
            time.sleep(SETTLE_SECONDS)
            used, loaded = resident_bytes(server.pid), loaded_libraries(server.pid)
        paints, wholes, predictions = [], [], []
        for example in OTHER_EXAMPLES[: bench.times(len(OTHER_EXAMPLES))]:
            with _visitor(browser) as page:
                paint, whole = _open(page, server)
                paints.append(paint)
                wholes.append(whole)
                time.sleep(SETTLE_SECONDS / 3)
                predictions.append(_press(page, example))
    return Visits(
        idle=idle,
        used=used,
        loaded=loaded,
        first_paint=first_paint,
        next_paint=statistics.median(paints),
        first_whole=first_whole,
        next_whole=statistics.median(wholes),
        first_prediction=first_prediction,
        next_prediction=statistics.median(predictions),
    )


@contextlib.contextmanager
def _visitor(browser: Browser) -> Iterator[Page]:
    """Open a page with an empty cache."""
    context = browser.new_context()
    try:
        yield context.new_page()
    finally:
        context.close()


def _open(page: Page, server: Server) -> tuple[float, float]:
    """Open the app; return the seconds until its drop zone is visible, and its examples."""
    start = time.perf_counter()
    page.goto(server.url, wait_until="commit", timeout=1000 * PATIENCE)
    drop_zone = page.locator('#early label, [data-testid="stFileUploaderDropzone"]').first
    drop_zone.wait_for(timeout=1000 * PATIENCE)
    painted = time.perf_counter() - start
    _button(page, FIRST_EXAMPLE).wait_for(timeout=1000 * PATIENCE)
    return painted, time.perf_counter() - start


def _press(page: Page, example: str) -> float:
    """Press an example, and return the seconds until the prediction, a title, is visible."""
    before = page.evaluate(TITLE)
    start = time.perf_counter()
    _button(page, example).click(timeout=1000 * PATIENCE)
    page.wait_for_function(f"before => ![null, before].includes({TITLE})", arg=before,
                           timeout=1000 * PATIENCE)  # fmt: skip
    return time.perf_counter() - start


def _button(page: Page, example: str) -> Locator:
    return page.locator(f'text="{example}" >> visible=true').first


def _without_browser(bench: Bench) -> list[Row]:
    """Measure what can be measured of a server whose page nobody opens."""
    with running_server(OURS, bench) as server:
        time.sleep(SETTLE_SECONDS)
        idle = resident_bytes(server.pid)
    return [
        Row(
            "Server, started, no page opened",
            show_megabytes(idle),
            "nothing to compare: there is no Chromium, or no playwright, to open a page with",
            f"under {show_megabytes(IDLE_MOST)}",
            idle < IDLE_MOST,
        )
    ]
