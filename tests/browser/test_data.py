"""The page Data in a real browser: a dataset of uploads and recordings, heard and downloaded."""

import sys
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from genre import paths
from genre.builder.sources import add_source
from genre.builder.store import create, read_dataset
from genre.paths import ROOT, SAMPLES
from tests.builder.conftest import wav
from tests.support.real_server import (
    FAKE_MICROPHONE,
    running_server,
    screenshots_of_failures,
    settle,
)

pytestmark = pytest.mark.browser
LARGE = 400 * 2**20  # bytes


@pytest.fixture
def server(tmp_path):
    """A server with a home of its own: its address and its process."""
    environment = {"GENRE_LAB_HOME": str(tmp_path / "home"), "GENRE_LAB_WARM_WORKER": "0"}
    with running_server(ROOT, environment=environment) as (address, process):
        yield address, process


@pytest.fixture
def visit(chromium, request, server):
    """The page Data of that server, in a browser with a microphone."""
    browser = chromium(*FAKE_MICROPHONE)
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(120_000)
    with screenshots_of_failures(request, [page]):
        page.goto(f"{server[0]}/data")
        page.get_by_role("heading", name="Your datasets").wait_for()
        settle(page)
        yield page


def name_class(page, name):
    page.get_by_label("New class", exact=True).fill(name)
    page.get_by_role("button", name="Add class").click()
    page.get_by_label("Class", exact=True).first.wait_for()
    settle(page)


def upload(page, files, said):
    page.locator('[class*="st-key-built_files_"] input[type=file]').set_input_files(files)
    page.get_by_text(said).wait_for()
    settle(page)


def test_dataset_is_built_of_uploads_heard_and_chosen_on_train(visit):
    page = visit
    page.get_by_label("Name", exact=True).fill("내 음악")
    page.get_by_role("button", name="Create").click()
    page.get_by_text("Name a class first").wait_for()
    name_class(page, "jazz")
    bad = {"name": "bad.mp3", "mimeType": "audio/mpeg", "buffer": b"no recording"}
    jazz = {"name": "swing.ogg", "mimeType": "audio/ogg",
            "buffer": (SAMPLES / "jazz.ogg").read_bytes()}  # fmt: skip
    upload(page, [jazz, bad], "1 clip added, 1 skipped.")
    name_class(page, "국악")
    expect(page.locator(".st-key-built_class input")).to_have_value("국악")
    noise = {"name": "hiss.wav", "mimeType": "audio/wav", "buffer": wav(1)}
    again = {**jazz, "name": "the same.ogg"}
    upload(page, [noise, again], "1 clip added, 1 skipped.")
    page.get_by_role("button", name="1 skipped").click()
    page.keyboard.press("Escape")
    page.get_by_text("2 classes, 2 clips").wait_for()

    page.get_by_text("Clips", exact=True).last.click()  # beside the popover: it closes
    settle(page)
    page.get_by_label("Listen to a clip").click()
    page.get_by_role("option", name="swing.ogg").click()
    page.locator("section.player canvas").first.wait_for()
    settle(page)
    page.get_by_role("button", name="Train on it").click()
    expect(page.locator(".st-key-data input")).to_have_value("내 음악")
    page.get_by_text("jazz has 1 track: add 2").first.wait_for()  # said before it is read


@pytest.fixture
def built(tmp_path, monkeypatch):
    """A dataset of one clip in the home of `visit`: its folder and its label."""
    monkeypatch.setattr(paths, "HOME", tmp_path / "home")
    dataset = create("내 음악")
    folder = tmp_path / "jazz"
    folder.mkdir()
    (folder / "hiss.wav").write_bytes(wav(1))
    add_source(dataset.slug, folder, genre="jazz", n_jobs=1)
    return dataset


def peak_megabytes(process):
    """The most memory that a process ever had."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_export_is_downloaded_without_being_held_in_memory(built, server, visit):
    page, exported = visit, paths.HOME / "exports" / f"{built.slug}.zip"
    page.get_by_role("button", name="Export", exact=True).click()
    page.locator(".st-key-build_export button").click()
    link = page.get_by_role("link", name="Download")
    link.wait_for()
    page.keyboard.press("Escape")
    settle(page)
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == exported.name
    assert Path(download.value.path()).read_bytes() == exported.read_bytes()

    address = urljoin(page.url, link.get_attribute("href"))
    with exported.open("r+b") as file:
        file.truncate(LARGE)  # a hole: it takes no room on the disk
    before, n_read = peak_megabytes(server[1]), 0
    with urllib.request.urlopen(address) as answer:
        assert int(answer.headers["Content-Length"]) == LARGE
        while block := answer.read(1 << 20):
            n_read += len(block)
    assert n_read == LARGE
    assert peak_megabytes(server[1]) - before < LARGE / 2**20 / 4
    guessed = address.replace(address.split("/")[-2], "guessed")
    with urllib.request.urlopen(guessed) as answer:
        assert answer.url.endswith("/data")


def record(page, said):
    """Record a second, and wait until it is taken in."""
    recorder = page.locator('[class*="st-key-built_sound_"]')
    recorder.get_by_role("button", name="Record", exact=True).click()
    recorder.get_by_role("button", name="Stop recording").wait_for()
    page.wait_for_timeout(1500)  # what is heard meanwhile is what is tested
    recorder.get_by_role("button", name="Stop recording").click()
    page.get_by_text(said).wait_for()
    settle(page)


def test_recordings_become_clips_that_are_heard(built, visit):
    page = visit
    page.get_by_text("1 class, 1 clip").wait_for()
    for n in (2, 3):
        record(page, "1 clip added")
        page.get_by_text(f"1 class, {n} clips").wait_for()
        page.locator(".st-key-build_dismiss button").click()
        settle(page)
    recorded = read_dataset(built.slug).clips[1:]
    assert [clip.genre for clip in recorded] == ["jazz", "jazz"]
    assert all(1 < clip.seconds < 60 for clip in recorded)
    chosen = page.get_by_label("Listen to a clip")
    chosen.scroll_into_view_if_needed()
    settle(page)
    chosen.click()
    page.get_by_role("option", name=recorded[1].file).click()
    page.locator("section.player canvas").first.wait_for()
    settle(page)
    page.locator("section.player").get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("window.genreLabSound.audio.currentTime > 0.5")
