"""The drawing of the way in a real browser: it is zoomed, it moves with the sound, it fits."""

import pytest

from tests.browser.test_classify import fits
from tests.support.real_server import settle

pytestmark = pytest.mark.browser
SOUND = "window.genreLabSound"
SMALLEST = """
section => {
  const sizes = [...section.querySelectorAll("*")]
    .filter(one => one.checkVisibility())
    .filter(one => [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(one => parseFloat(getComputedStyle(one).fontSize));
  return [Math.min(...sizes), sizes.length];
}
"""
STICKING_OUT = """
section => {
  const room = section.querySelector(".room").getBoundingClientRect();
  return [...section.querySelectorAll(".room *")]
    .filter(one => one.checkVisibility())
    .filter(one => {
      const box = one.getBoundingClientRect();
      return box.width && (box.left < room.left - 1 || box.right > room.right + 1
        || box.top < room.top - 1 || box.bottom > room.bottom + 1);
    })
    .map(one => `${one.tagName}.${one.getAttribute("class")}: ${one.textContent.slice(0, 40)}`);
}
"""
CUT_OFF = """
section => [...section.querySelectorAll(".box .title, .box .said, .shape, figcaption, p, .token")]
  .filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1 && one.clientWidth)
  .map(one => one.textContent)
"""


@pytest.fixture
def look(visit):
    """Open the drawing by its link."""

    def open_drawing(zoom="", model="starter", **options):
        page = visit(query=f"/inside?model={model}&zoom={zoom}", until="Source:", **options)
        page.locator(".room > *").wait_for()
        page.wait_for_function(f"{SOUND}?.audio.readyState > 2")
        settle(page)
        return page

    return open_drawing


def crumbs(page):
    return page.locator(".crumb").all_inner_texts()


def box(page, name):
    return page.locator(f'.box[data-to="{name}"]')


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_click_zooms_to_stage_unit_and_gate_and_link_keeps_it(look):
    page = look()
    assert page.locator(".box").count() == 12
    assert page.locator(".map > .shape").all_inner_texts() == [
        "(9, 66150)", "(9, 130, 2048)", "(9, 130, 20)", "(9, 130, 40)", "(9, 26, 80)",
        "(9, 26, 80)", "(9, 26, 64)", "(9, 26, 64)", "(9, 64)", "(9, 64)", "(9, 10)",
    ]  # fmt: skip
    box(page, "recurrent_2").click()
    assert crumbs(page) == ["Overview", "Layer 2"]
    page.locator(".cell").nth(5).click()
    page.get_by_role("button", name="Forget gate").click()
    assert crumbs(page) == ["Overview", "Layer 2", "Unit 5 of layer 2", "Forget gate"]
    page.wait_for_url("**zoom=recurrent_2*unit_5*forget_gate**")
    page.reload()
    page.get_by_text("How much of the old cell state is kept").wait_for()
    page.locator(".crumb", has_text="Overview").click()
    assert page.locator(".box").count() == 12


def test_keys_choose_zoom_in_and_out_and_five_presses_move_five(look):
    page = look()
    box(page, "waveform").focus()
    press(page, *["ArrowRight"] * 5, "Enter")
    assert crumbs(page)[-1] == "Scaling"
    press(page, *["ArrowLeft"] * 5)
    assert crumbs(page)[-1] == "Waveform"
    press(page, "Escape")
    assert crumbs(page) == ["Overview"]
    press(page, "ArrowDown", "+")  # the focus is where it came from
    assert crumbs(page)[-1] == "Layer 1"
    page.locator(".cell").first.focus()
    press(page, "ArrowRight", "ArrowRight", "Enter", "ArrowRight")
    assert crumbs(page)[-1] == "Unit 3 of layer 1"
    press(page, "-", "-")
    assert crumbs(page) == ["Overview"]


def test_keys_in_a_step_move_the_song_and_the_other_scenes_follow(look):
    page = look("recurrent_1/step")
    page.locator(".detail").focus()
    press(page, *["ArrowRight"] * 5)
    assert page.locator(".when").inner_text().endswith("step 18 of 26")
    page.wait_for_url("**step=17**")
    press(page, "Escape")
    page.get_by_role("button", name="Go on to the cell").click()
    page.get_by_role("heading", name="The LSTM cell").wait_for()
    page.get_by_text("step 18 of 26").wait_for()


def test_wheel_zooms_in_and_out(look):
    page = look()
    place = box(page, "softmax").bounding_box()
    page.mouse.move(place["x"] + 20, place["y"] + 40)
    page.mouse.wheel(0, -120)
    page.locator(".detail.softmax").wait_for()
    page.wait_for_timeout(500)  # one level at a time
    page.mouse.wheel(0, 120)
    page.locator(".map").wait_for()


def test_two_fingers_zoom_in_and_out_a_level_each_time(look):
    page = look(has_touch=True)
    place = box(page, "softmax").bounding_box()
    x, y = place["x"] + place["width"] / 2, place["y"] + 60
    session = page.context.new_cdp_session(page)

    def pinch(*distances):
        for number, distance in enumerate(distances):
            points = [{"x": x - distance / 2, "y": y}, {"x": x + distance / 2, "y": y}]
            kind = "touchMove" if number else "touchStart"
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    pinch(40, 44, 48)  # not far enough
    assert crumbs(page) == ["Overview"]
    pinch(40, 60, 90, 140)
    page.locator(".detail.softmax").wait_for()
    assert crumbs(page) == ["Overview", "Softmax"]
    assert page.evaluate("visualViewport.scale") == 1  # the page itself is not enlarged
    pinch(140, 100, 60, 40)
    page.locator(".map").wait_for()


def numbers(page):
    return [text for text in page.locator(".said, output, .numbers").all_inner_texts() if text]


def test_numbers_change_while_it_plays_and_stop_with_it(look):
    page = look()
    before = numbers(page)
    assert len(before) == 12
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(f"{SOUND}.seconds > 2")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play", exact=True).wait_for()
    page.wait_for_timeout(200)
    after = numbers(page)
    changed = [one != other for one, other in zip(before, after, strict=True)]
    assert changed == [True] * 11 + [False]  # the verdict is that of the whole song
    page.wait_for_url("**step=**")
    assert numbers(page) == after


def test_reduced_motion_nothing_moves_by_itself(look):
    page = look(reduced_motion="reduce")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(f"{SOUND}.seconds > 0.5")
    before = numbers(page)
    page.wait_for_function(f"{SOUND}.seconds > 2")
    assert numbers(page) == before
    page.get_by_role("button", name="Pause").click()
    page.locator(".said").first.filter(has_not_text=before[0]).wait_for()
    box(page, "dense_1").click()
    moving = "room => room.getAnimations({ subtree: true }).length"
    assert page.locator(".room").evaluate(moving) == 0


ZOOMS = (
    "", "waveform", "frames", "mfcc", "deltas", "textures", "scaling", "recurrent_1",
    "recurrent_1/step", "recurrent_2/unit_3", "recurrent_2/unit_3/output_gate", "pooling",
    "dense_1", "softmax", "verdict",
)  # fmt: skip


@pytest.mark.parametrize(("size", "theme"), [((1280, 720), "light"), ((1920, 1080), "dark")])
def test_every_zoom_fits_the_screen_in_readable_letters(look, size, theme):
    page = look(width=size[0], height=size[1], theme=theme)
    way = page.locator("section.way")
    for zoom in ZOOMS:
        parts = zoom.split("/") if zoom else []
        press_home(page)
        for i in range(len(parts)):
            to = "/".join(parts[: i + 1])
            page.locator(f'[data-to="{to}"]').last.click()
        page.wait_for_timeout(400)
        assert way.evaluate(STICKING_OUT) == [], zoom
        assert way.evaluate(CUT_OFF) == [], zoom
        smallest, n = way.evaluate(SMALLEST)
        assert smallest >= 12 and n >= 4, zoom
        box_of_all = way.bounding_box()
        assert box_of_all["y"] + box_of_all["height"] <= size[1], zoom
        assert fits(page), zoom


def press_home(page):
    home = page.locator("button.crumb", has_text="Overview")
    if home.count():
        home.click()


@pytest.mark.parametrize("model", ["ear", "course", "simple-rnn"])
def test_other_models_show_every_stage(look, model):
    page = look(model=model)
    names = [one.get_attribute("data-to") for one in page.locator(".box").all()]
    for name in names:
        box(page, name).click()
        page.locator(".detail .body > *").first.wait_for()
        press(page, "Escape")
        page.locator(".map").wait_for()
    assert page.locator(".shape").count() == len(names) - 1


def test_settings_of_the_frames_redraw_them(look):
    page = look("frames")
    assert "(9, 130, 2048)" in page.locator(".about").inner_text()
    page.get_by_label("hop_length").click()
    page.get_by_role("option", name="1024").click()
    page.locator(".about", has_text="(9, 65, 2048)").wait_for()
    assert "Not as in this model" in page.locator(".about").inner_text()
