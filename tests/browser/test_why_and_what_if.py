"""Moments that speak for a prediction, and the song heard differently, in a real browser."""

import re

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
