"""Moments that speak for a prediction, and the song heard differently, in a real browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_accessibility import OF_STREAMLIT
from tests.support.real_server import settle

pytestmark = pytest.mark.browser

SOUND = "window.genreLabSound"


def test_moment_is_heard_from_its_start_and_a_changed_song_can_be_played(visit):
    page = visit(query="/?song=rock", until="Why rock?")
    moment = page.locator("[class*=st-key-moment_against_0] button")
    minutes, seconds = map(int, re.search(r"(\d+):(\d+) to", moment.inner_text()).groups())
    moment.click()
    start = 60 * minutes + seconds
    page.wait_for_function(f"{SOUND}.isPlaying")
    assert page.evaluate(f"{SOUND}.seconds") >= start > 3

    page.get_by_text("Only its harmony").click()
    page.get_by_text("Download this sound").wait_for()
    page.get_by_text("The prediction changes from rock to").wait_for()
    page.wait_for_function("document.querySelector('audio').duration > 28")
    assert page.evaluate(f"{SOUND}.seconds") > start  # the song is still there

    page.evaluate(f"{SOUND}.seek(1), {SOUND}.play()")
    page.wait_for_function(f"{SOUND}.isPlaying")
    page.evaluate("document.querySelector('audio').play()")
    page.wait_for_function(f"!{SOUND}.isPlaying")  # one sound at once
    page.evaluate(f"{SOUND}.toggle()")
    page.wait_for_function(f"{SOUND}.isPlaying && document.querySelector('audio').paused")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_changed_song_has_no_violation_by_axe_core(visit, theme):
    page = visit(theme=theme, query="/?song=disco", until="Why disco?")
    page.get_by_text("In a cathedral").click()
    page.get_by_text("Download this sound").wait_for()
    settle(page)
    violations = Axe().run(page).response["violations"]
    assert [one["id"] for one in violations if one["id"] not in OF_STREAMLIT] == []
