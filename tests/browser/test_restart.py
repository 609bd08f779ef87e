"""A page left open while the server is killed and started again: nothing of the visit is lost."""

import contextlib
import zipfile

import pytest

from genre.paths import ROOT, SAMPLES
from tests.support.real_server import (
    free_port,
    running_server,
    screenshots_of_failures,
    settle,
)

pytestmark = pytest.mark.browser
CONNECTED = '[data-test-connection-state="CONNECTED"]'


@pytest.fixture
def restarted(browser, request, monkeypatch, tmp_path):
    """Open a page, do something on it, restart the server: the page as it is then."""
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GENRE_LAB_WARM_WORKER", "0")
    port, pages = free_port(), []

    @contextlib.contextmanager
    def visit(query, act):
        page = browser.new_context(viewport={"width": 1280, "height": 1400}).new_page()
        pages.append(page)
        page.set_default_timeout(60_000)
        with running_server(ROOT, port) as (address, process):
            page.goto(address + query)
            act(page)
            settle(page)
            process.kill()
            page.locator(f'[data-testid="stApp"]:not({CONNECTED})').wait_for()
        with running_server(ROOT, port):
            page.locator(f'[data-testid="stApp"]{CONNECTED}').wait_for()
            settle(page)
            yield page

    with screenshots_of_failures(request, pages):
        yield visit


def upload(page, key, *files):
    chosen = page.locator(f".st-key-{key} input[type=file]")
    chosen.wait_for(state="attached")
    chosen.set_input_files([str(file) for file in files])


def assert_no_error(page):
    assert not page.get_by_text("encountered an error").count()
    assert not page.locator('[data-testid="stAlert"]').count()


def test_uploaded_song_and_its_verdict_survive_a_restart_and_another_is_added(restarted):
    verdicts = []

    def act(page):
        upload(page, "uploads", SAMPLES / "jazz.ogg")
        page.get_by_text("The whole song").wait_for()
        verdicts.append(page.locator("h1").inner_text())

    with restarted("/?model=starter", act) as page:
        page.get_by_text("The whole song").wait_for()
        assert page.locator("h1").inner_text() == verdicts[0]
        assert_no_error(page)
        page.get_by_role("button", name="jazz.ogg").first.click()
        upload(page, "uploads", SAMPLES / "pop.ogg")  # the uploader still holds the first
        rows = page.locator('[class*="st-key-table_"] tbody tr')
        rows.nth(1).wait_for(state="attached")
        page.reload()
        rows.nth(1).wait_for(state="attached")
        settle(page)
        assert rows.count() == 2
        assert_no_error(page)


def test_tracked_song_survives_a_restart(restarted):
    tracked = "Track a song during training: jazz.ogg"

    def act(page):
        upload(page, "track_upload", SAMPLES / "jazz.ogg")
        page.get_by_text(tracked).wait_for()

    with restarted("/train", act) as page:
        page.get_by_text(tracked).wait_for()
        assert_no_error(page)


def test_first_click_on_classify_after_a_restart_counts(restarted):
    with restarted("/?model=starter", lambda page: None) as page:
        page.locator(".st-key-first_example").get_by_text("Jazz").click()
        page.get_by_text("The whole song").wait_for()
        assert_no_error(page)


def test_first_click_on_train_after_a_restart_counts(restarted):
    with restarted("/train?epochs=20", lambda page: None) as page:
        page.get_by_role("slider", name="Learning rate").focus()
        page.keyboard.press("ArrowRight")
        page.get_by_text("Reset to preset (2 changed)").wait_for()
        assert_no_error(page)


def test_opened_song_of_several_survives_a_restart_and_a_reload(restarted):
    verdicts = []

    def act(page):
        upload(page, "uploads", SAMPLES / "jazz.ogg", SAMPLES / "pop.ogg")
        rows = page.locator('[class*="st-key-table_"] tbody tr')
        rows.nth(1).wait_for(state="attached")
        settle(page)
        box = page.locator('[class*="st-key-table_"] canvas').first.bounding_box()
        page.mouse.click(box["x"] + 15, box["y"] + box["height"] * 5 / 6)  # below the titles
        page.get_by_text("The whole song").wait_for()
        verdicts.append(page.locator("h1").inner_text())

    with restarted("/?model=starter", act) as page:
        for _ in range(2):
            page.get_by_text("The whole song").wait_for()
            assert page.locator("h1").inner_text() == verdicts[0]
            assert_no_error(page)
            page.reload()


def test_uploaded_zip_survives_a_restart(restarted, tmp_path):
    zip_of_songs = tmp_path / "my songs.zip"
    with zipfile.ZipFile(zip_of_songs, "w") as file:
        for genre in ("jazz", "pop"):
            file.write(SAMPLES / f"{genre}.ogg", f"{genre}/one.ogg")

    def act(page):
        page.locator(".st-key-data").get_by_role("combobox").click()
        page.get_by_role("option", name="Your data").click()
        upload(page, "data_zip", zip_of_songs)
        page.get_by_text("jazz has 1 track").wait_for()

    with restarted("/train", act) as page:
        page.get_by_text("jazz has 1 track").wait_for()
        assert not page.get_by_text("no longer here").count()
