"""The drop zone that is there before Streamlit's scripts are: it takes a song and hands it on."""

import pytest

from genre.paths import ROOT
from tests.support.real_server import screenshots_of_failures

pytestmark = pytest.mark.browser
SONG = ROOT / "samples" / "jazz.ogg"
KEPT = "#early .button[data-text^='The page is starting']"
DROP = """async (zone, bytes) => {
  const given = new DataTransfer();
  given.items.add(new File([new Uint8Array(bytes)], "dropped.ogg"));
  zone.dispatchEvent(new DragEvent("drop", {dataTransfer: given, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def early(browser, server, request):
    """Open the first page without Streamlit's scripts; return it, and what lets them come."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.set_default_timeout(60_000)
    held = []
    page.route("**/static/js/index.*.js", lambda route: held.append(route))
    page.goto(server[0], wait_until="commit")
    page.locator("#early label").wait_for()

    def go_on():
        page.wait_for_timeout(200)  # until the scripts have been asked for
        assert held
        for route in held:
            route.continue_()

    with screenshots_of_failures(request, [page]):
        yield page, go_on


def is_classified(page, name):
    page.get_by_role("heading", name="jazz", level=1).first.wait_for()
    page.locator(".st-key-header").get_by_text(name).first.wait_for()
    assert page.locator("#early").count() == 0


def test_song_chosen_before_the_page_is_there_is_classified(early):
    page, go_on = early
    page.locator("#early input").set_input_files(SONG)
    page.locator(KEPT).wait_for()
    assert page.locator("[data-testid=stFileUploader]").count() == 0
    go_on()
    is_classified(page, "jazz.ogg")


def test_song_dropped_before_the_page_is_there_is_classified(early):
    page, go_on = early
    page.locator("#early label").evaluate(DROP, list(SONG.read_bytes()))
    page.locator(KEPT).wait_for()
    go_on()
    is_classified(page, "dropped.ogg")


def test_window_in_which_files_are_chosen_may_stay_open_meanwhile(early):
    page, go_on = early
    with page.expect_file_chooser() as window:
        page.locator("#early label").click()
    go_on()
    page.locator("[data-testid=stFileUploaderDropzone]").first.wait_for(state="attached")
    page.wait_for_timeout(500)
    assert page.locator("#early").count() == 1
    window.value.set_files(SONG)
    is_classified(page, "jazz.ogg")


def test_it_leaves_for_the_pages_own_in_the_same_place_with_the_focus(early):
    page, go_on = early
    place = page.locator("#early label").bounding_box()
    page.keyboard.press("Tab")
    go_on()
    own = page.locator("[data-testid=stFileUploaderDropzone]").first
    own.wait_for()
    page.locator("#early").wait_for(state="detached")
    assert own.bounding_box() == pytest.approx(place, abs=8)
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement.closest('[data-testid=stFileUploader]') !== null")
