"""The page Inside in a real browser: the playhead moves, keys lead on, nothing is cut off."""

import io

import numpy as np
import pytest
from PIL import Image

from genre.scenes.descriptions import SCENES
from tests.browser.test_classify import choose, fits
from tests.browser.test_song_player import place, seconds_of, wait_until_past
from tests.support.real_server import settle, turn

pytestmark = pytest.mark.browser
PICTURES = ".js-plotly-plot, .stage, .way, table, .cell-view"


@pytest.fixture
def look(visit):
    """Open a scene by its link."""

    def open_scene(scene="way", part="", **options):
        query = f"/inside?model=starter&scene={scene}&part={part}"
        return visit(query=query, until="Source:", **options)

    return open_scene


def test_playhead_moves_with_sound_and_link_keeps_where_it_stopped(look):
    page = look("cinema")
    page.locator(".playhead").wait_for()
    before = place(page)[0]
    page.get_by_role("button", name="Play", exact=True).click()
    wait_until_past(page, 4.2)
    page.get_by_role("button", name="Pause").click()
    page.wait_for_url("**step=**")

    after, stopped = place(page)[0], seconds_of(page)
    assert after > before and stopped > 4
    step = int(page.url.split("step=")[1].split("&")[0])
    shown = [int(t // 3) * 26 + int(t % 3 / (5 * 512 / 22_050)) for t in (stopped, stopped + 0.1)]
    assert shown[0] <= step <= shown[1]  # the clock shows tenths
    # The other scenes are at that moment now.
    page.get_by_role("radio", name="3 Cell").or_(page.get_by_text("3 Cell")).first.click()
    page.get_by_text(f"step {step % 26 + 1} of 26").wait_for()


def press_key(page, key, *, then):
    """Press a key once the page listens, and wait for what it leads to."""
    settle(page)
    page.keyboard.press(key)
    page.get_by_text(then).wait_for()


def test_keys_lead_to_next_scene_and_back(look):
    page = look("forgetting")
    page.get_by_text("Why it forgets").wait_for()
    press_key(page, "PageDown", then="The LSTM cell")
    page.wait_for_url("**scene=cell**")
    press_key(page, "PageUp", then="Why it forgets")
    press_key(page, "PageUp", then="From sound to verdict")


def test_keys_step_through_song(look):
    page = look("cell")
    page.get_by_text("step 13 of 26").wait_for()
    press_key(page, "ArrowRight", then="step 14 of 26")
    press_key(page, "ArrowLeft", then="step 13 of 26")


def test_click_on_scene_leaves_keys_to_song(look):
    page = look()
    settle(page)
    page.get_by_text("3 Cell").first.click()
    page.get_by_role("heading", name="The LSTM cell").wait_for()
    page.get_by_text("step 13 of 26").wait_for()
    press_key(page, "ArrowRight", then="step 14 of 26")
    settle(page)
    page.keyboard.press("PageDown")
    page.wait_for_url("**scene=cinema**")


def test_song_chosen_on_classify_is_there(visit):
    page = visit()
    choose(page, "Rock")
    page.get_by_role("link", name="Inside").click()
    page.get_by_text("Source:").wait_for()
    assert page.get_by_text("Rock example").first.is_visible()
    assert page.get_by_text("Choose a song above").count() == 0


def walk(page):
    """Go through every part of every scene, and say where one is."""
    for name, scene in SCENES.items():
        if name != next(iter(SCENES)):
            page.get_by_role("button", name="Next").click()
        page.get_by_role("heading", name=scene.title).wait_for()
        for part, to_try in scene.parts.items():
            page.get_by_text(part, exact=True).first.click()
            page.get_by_text(to_try).wait_for()
            yield name, part


def ends_of_pictures(page):
    """How far down each picture reaches, once all stand still."""
    before, n_same = None, 0
    for _ in range(400):
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
        boxes = [one.bounding_box() for one in page.locator(PICTURES).all()]
        ends = [box["y"] + box["height"] for box in boxes if box]
        n_same = n_same + 1 if ends and ends == before else 0
        if n_same == 4:
            return ends
        before = ends
        page.wait_for_timeout(150)
    pytest.fail("the pictures never stood still")


def test_picture_and_controls_are_above_fold(look):
    page = look()
    for where in walk(page):
        assert max(ends_of_pictures(page)) <= 740, where
        for control in page.locator('[role=slider], [data-testid="stButton"]').all():
            box = control.bounding_box()
            assert box is None or box["y"] + box["height"] <= 720, where


def test_scenes_on_a_phone_fit_the_window(look):
    page = look(width=390, height=844, theme="dark")
    for where in walk(page):
        assert ends_of_pictures(page) and fits(page), where


@pytest.mark.parametrize(
    "query",
    [
        "/?song=jazz&model=starter",
        "/inside?song=jazz&model=starter",
        "/inside?song=jazz&model=starter&scene=cinema&part=Film",
        "/inside?song=jazz&model=starter&scene=verdict",
    ],
)
def test_page_that_is_turned_dark_looks_as_one_that_was_opened_dark(visit, query):
    until = "The whole song" if query.startswith("/?") else "Source:"
    pages = [visit(query=query, until=until, theme=theme) for theme in ("dark", "light")]
    for page in pages:
        settle(page)
        turn(page, "dark")
    for _ in range(40):  # both are still being filled
        opened, turned = map(pixels, pages)
        n_other = (np.abs(opened - turned).max(axis=2) > 40).sum()
        if n_other < 50:
            break
        pages[0].wait_for_timeout(500)
    assert n_other < 50


def pixels(page):
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)
