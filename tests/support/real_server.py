"""The real server for tests in a real browser, and what a failure leaves to look at."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from genre.paths import ROOT
from tests.support.live_runs import PATIENT_SECONDS

SHOTS = ROOT / "build" / "screenshots"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)

FAKE_MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""Flags of a microphone that may be used without asking, and hears a beep each second."""


def left_out(folder, names):
    """What a copy does without: the checkout's own runs and collections, but not `genre.runs`."""
    found = shutil.ignore_patterns(
        ".git", ".venv", "build", "docs", "tests", "__pycache__", ".*_cache", ".hypothesis"
    )(folder, names)
    return found | ({"runs", "collections"} if Path(folder) == ROOT else set())


def copy_tree(folder):
    """A copy of the program whose runs and models may be written to."""
    return shutil.copytree(ROOT, folder, ignore=left_out)


def free_port():
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running_server(root, port=None, script="server.py", *, base="", environment=None):
    """A server of the program in a folder, or of another script: its address and its process."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    options = ["--server.headless", "true", "--server.port", str(port)]
    process = subprocess.Popen(
        [*command, *options],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)} | (environment or {}),
        stdout=subprocess.DEVNULL,
    )
    address = f"http://localhost:{port}"
    try:
        wait_until_it_answers(f"{address}/{base}".rstrip("/"), process)
        yield address, process
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_it_answers(address, process):
    end = time.monotonic() + PATIENT_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, f"the server ended with status {process.returncode}"
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=10).close()
            return
        time.sleep(0.1)
    raise AssertionError(f"the server did not answer within {PATIENT_SECONDS} s")


@contextlib.contextmanager
def screenshots_of_failures(request, pages):
    """Close pages after a test; where it failed, keep what they showed."""
    failed_before = request.session.testsfailed
    yield
    for page in pages:
        if request.session.testsfailed > failed_before or os.environ.get("KEEP_SCREENSHOTS"):
            SHOTS.mkdir(parents=True, exist_ok=True)
            number = f"-{pages.index(page)}" if len(pages) > 1 else ""
            page.screenshot(path=SHOTS / f"{request.node.name}{number}.png", full_page=True)
        page.context.close()


def settle(page):
    """Wait until the script has run and its buttons listen: keys that come sooner are lost."""
    page.wait_for_timeout(300)  # a click is on its way to the server, the state still the old one
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.wait_for_timeout(700)


def turn(page, theme):
    """Turn the system to light or dark, and wait until the page has followed."""
    page.emulate_media(color_scheme=theme)
    page.wait_for_function(
        "theme => getComputedStyle(document.querySelector('.stApp')).colorScheme === theme",
        arg=theme,
    )
    settle(page)
