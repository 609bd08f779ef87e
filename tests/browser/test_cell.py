"""The cell as a picture in a real browser: it is clicked, it moves with the sound, it fits."""

import numpy as np
import pytest
import soundfile as sf

from genre.interpret.cell import cell_series
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song
from genre.network.forward import HeldGate
from genre.paths import ROOT
from tests.browser.test_classify import fits
from tests.browser.test_song_player import wait_until_past
from tests.support.real_server import settle, turn

pytestmark = pytest.mark.browser
PARTS = ("Picture", "Hold", "Textbook", "Simple RNN")
GATES = ("forget_gate", "input_gate", "output_gate")
FIGURES = ".cell-view, .cell-view svg, .cell-view .strip, .cell-view .now"
CONTROLS = "[role=slider], button, input"
VALVES = "[...view.querySelectorAll('.valve .jaw.first')].map(jaw => jaw.style.transform)"
TEXTS = """view => [...view.querySelectorAll('*')].filter(e =>
    [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
  ).map(e => {
    const size = parseFloat(getComputedStyle(e).fontSize);
    return [size * (e.ownerSVGElement ? e.getScreenCTM().a : 1), e.textContent];
  })"""
OVERLAPS = """view => {
  const boxes = [...view.querySelectorAll('svg text')].filter(e => e.textContent)
    .map(e => [e.textContent, e.getBoundingClientRect()]);
  const touches = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 &&
    a.top < b.bottom - 4 && b.top < a.bottom - 4;
  return boxes.flatMap(([text, a], i) => boxes.slice(i + 1)
    .filter(([, b]) => touches(a, b)).map(([other]) => `${text} | ${other}`));
}"""


@pytest.fixture
def look(visit):
    """Open a part of the scene by its link, and wait for its picture."""

    def open_part(part="Picture", more="", **options):
        query = f"/inside?model=starter&scene=cell&part={part}{more}"
        page = visit(query=query, until="Source:", **options)
        view_of(page).locator("svg").first.wait_for()
        settle(page)
        return page

    return open_part


@pytest.fixture(scope="module")
def starter():
    return load_classifier("starter")


@pytest.fixture(scope="module")
def steps(starter):
    return analyze_song(ROOT / "samples" / "jazz.ogg", starter).steps


def view_of(page):
    return page.locator(".cell-view")


def valves(page):
    """How far each valve is closed, from 0 to 1."""
    scales = view_of(page).evaluate(f"view => {VALVES}")
    return [float(scale.partition("(")[2].rstrip(")")) for scale in scales]


def wait_for_title(page, title):
    view_of(page).get_by_text(title, exact=True).wait_for()


def click_at(page, strip, x, y=0.25):
    place = view_of(page).locator(f".{strip}").first
    box = place.bounding_box()
    place.click(position={"x": x * box["width"], "y": y * box["height"]})


def test_click_on_a_unit_shows_its_own_numbers(look, starter, steps):
    page = look()
    click_at(page, "tiles", 20.5 / 64)
    wait_for_title(page, "Unit 20 of layer 1")
    page.wait_for_url("**unit=20**")
    one = cell_series(starter.network, starter.network.trace(steps), layer=1, unit=20)

    said = view_of(page).locator("svg").first.text_content()
    for name, letter in zip(GATES, "fio", strict=True):
        value = one.values[name][0, 12]
        assert f"{letter}ₜ = {value:.3f}" in said
        assert f"σ({one.sums(name)[0, 12]:.3f}) = {value:.3f}".replace("-", "−") in said
        assert valves(page)[GATES.index(name)] == pytest.approx(1 - value, abs=1e-4)
    for name in ("cell", "hidden", "candidate"):
        assert f"= {one.values[name][0, 12]:.3f}".replace("-", "−") in said


def test_click_on_a_moment_and_on_a_layer_chooses_them(look):
    page = look()
    click_at(page, "moments", 100.5 / 234)
    view_of(page).get_by_text("0:11.5, segment 4 of 9, step 23 of 26").wait_for()
    page.wait_for_url("**step=100**")
    # The sound is at that moment too.
    assert page.evaluate("window.genreLabSound.seconds") == pytest.approx(9 + 22 * 0.1161, abs=0.02)
    view_of(page).get_by_role("button", name="Layer 2").click()
    wait_for_title(page, "Unit 0 of layer 2")
    page.wait_for_url("**layer=2**")
    assert "step=100" in page.url


@pytest.mark.parametrize("part", ["Picture", "Hold", "Simple RNN"])
def test_five_quick_presses_move_five_steps(look, part):
    page = look(part)
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    view_of(page).get_by_text("step 18 of 26").wait_for()
    page.wait_for_url("**step=17**")
    settle(page)
    assert view_of(page).get_by_text("step 18 of 26").count() == 1  # nothing brings it back
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    page.wait_for_url("**step=15**")


def test_simple_cell_and_an_lstm_beside_it_are_at_the_same_step(look, starter, steps):
    page = look("Simple RNN", more="&step=40&unit=3")
    cell = starter.network.trace(steps).layers[0][0].cell[1, 14, 3]  # step 40 of 26 a segment
    view_of(page).get_by_text(f"= {cell:.3f}".replace("-", "−")).wait_for()
    strip = page.get_by_role("slider", name="The cell state of the LSTM")
    assert strip.get_attribute("aria-valuenow") == "40"
    strip.click()
    view_of(page).get_by_text("segment 5 of 9, step 14 of 26").wait_for()
    cell = starter.network.trace(steps).layers[0][0].cell[4, 13, 3]
    view_of(page).get_by_text(f"= {cell:.3f}".replace("-", "−")).wait_for()


def test_keys_on_a_strip_choose_units_and_ends_of_the_song(look):
    page = look()
    page.get_by_role("slider", name="Unit", exact=True).focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    wait_for_title(page, "Unit 2 of layer 1")
    page.keyboard.press("End")
    view_of(page).get_by_text("segment 9 of 9, step 26 of 26").wait_for()
    page.keyboard.press("Home")
    view_of(page).get_by_text("segment 1 of 9, step 1 of 26").wait_for()
    strip = page.get_by_role("slider", name="Unit", exact=True)
    assert strip.get_attribute("aria-valuenow") == "2"
    assert strip.get_attribute("aria-valuetext").startswith("Unit 2: ")


def test_valves_move_with_the_sound_and_stop_with_it(look):
    page = look()
    before = valves(page)
    page.get_by_role("button", name="Play", exact=True).click()
    wait_until_past(page, 1.0)
    first = valves(page)
    wait_until_past(page, 2.2)
    second = valves(page)
    page.get_by_role("button", name="Pause").click()
    page.wait_for_url("**step=**")

    assert before != first != second
    settle(page)
    still = valves(page)
    page.wait_for_timeout(600)
    assert valves(page) == still
    step = int(page.url.split("step=")[1].split("&")[0])
    assert view_of(page).get_by_text(f"step {step % 26 + 1} of 26").count() == 1


def test_reduced_motion_shows_where_the_sound_stopped(look):
    page = look(reduced_motion="reduce")
    before = valves(page)
    page.get_by_role("button", name="Play", exact=True).click()
    wait_until_past(page, 2.5)
    assert valves(page) == before
    page.get_by_role("button", name="Pause").click()
    page.wait_for_url("**step=**")
    assert valves(page) != before
    durations = view_of(page).evaluate(
        "view => [...view.querySelectorAll('.jaw, .band')].map(e => "
        "getComputedStyle(e).transitionDuration)"
    )
    assert set(durations) == {"0s"}


def test_textbook_is_typed_and_drawn(look):
    page = look("Textbook")
    field = page.get_by_label("Forget gate f")
    field.fill("[0.5, 1, 0]")
    field.press("Enter")
    view_of(page).get_by_text("= [0.5, 2, 0]").first.wait_for()
    assert valves(page)[:3] == [0.5, 0, 1]
    field.fill("[0.5, <b>x</b>, 0]")
    field.press("Enter")
    page.get_by_text("which is not a number").wait_for()
    assert page.locator(".cell-view b").count() == 0


def test_gate_held_changes_state_and_verdict(look, starter, steps):
    page = look("Hold", "&layer=1")
    held = HeldGate(1, "input", 0.0)
    after = starter.network.predict_proba(steps, [held]).mean(axis=0)
    genre = starter.genres[after.argmax()]
    page.get_by_text("Input gate", exact=True).click()
    view_of(page).get_by_text("Held: input gate of all units of layer 1 at 0.00").wait_for()
    runs = view_of(page).locator(".run")

    runs.nth(1).get_by_text(f"Verdict: {genre} {after.max():.0%}").wait_for()
    assert runs.nth(0).get_by_text("Verdict: jazz").count() == 1
    assert runs.nth(1).get_by_text("The gate is at 0.00").count() == 1
    page.locator(".st-key-hold_open button").click()
    runs.nth(1).get_by_text("The gate is at 1.00").wait_for()


def test_both_verdicts_move_with_the_sound(look):
    page = look("Hold")
    runs = view_of(page).locator(".now")
    before = [run.text_content() for run in runs.all()]
    page.get_by_role("button", name="Play", exact=True).click()
    wait_until_past(page, 3.3)  # the prediction has begun again
    after = [run.text_content() for run in runs.all()]

    assert all(one != other for one, other in zip(before, after, strict=True))
    assert after[0] != after[1]


@pytest.mark.parametrize("part", PARTS)
def test_every_part_fits_one_screen_and_can_be_read(look, part):
    page = look(part, "&step=40&unit=5")
    for width, height, theme in ((1280, 720, "dark"), (1920, 1080, "light"), (1280, 960, "dark")):
        page.set_viewport_size({"width": width, "height": height})
        turn(page, theme)
        for box in (one.bounding_box() for one in page.locator(FIGURES).all()):
            assert box["y"] + box["height"] <= height and box["x"] + box["width"] <= width, width
        assert fits(page), width
        sizes = view_of(page).evaluate(TEXTS)
        assert len(sizes) > 8 and min(sizes)[0] >= 12, (width, min(sizes))
        assert view_of(page).evaluate(OVERLAPS) == [], width
        for control in view_of(page).locator(CONTROLS).all():
            assert control.get_attribute("aria-label") or control.text_content(), width


@pytest.mark.parametrize("part", PARTS)
def test_phone_moves_the_picture_and_not_the_page(look, part):
    page = look(part, width=390, height=844, theme="dark")
    assert fits(page)
    assert min(view_of(page).evaluate(TEXTS))[0] >= 12


def test_another_stretch_of_a_long_song_comes_when_it_is_reached(visit, tmp_path):
    path = tmp_path / "long.wav"
    noise = np.random.default_rng(1).standard_normal(66 * 22_050)
    sf.write(path, 0.1 * noise, 22_050)
    page = visit()
    page.locator("input[type=file]").first.set_input_files(path)
    page.get_by_role("heading", name="long.wav").or_(page.locator(".stage")).first.wait_for()
    page.wait_for_url("**song=**")
    song = page.url.split("song=")[1].split("&")[0]
    base = page.url.split("/?")[0]
    page.goto(f"{base}/inside?song={song}&model=course&scene=cell")
    page.get_by_text("Source:").wait_for()
    settle(page)
    view_of(page).get_by_text("segment 1 of 22, step 13 of 130").wait_for()
    shown = valves(page)
    page.get_by_role("slider", name="Unit", exact=True).focus()
    page.keyboard.press("End")
    view_of(page).get_by_text("segment 22 of 22, step 130 of 130").wait_for()
    page.wait_for_url("**step=2859**")
    settle(page)

    assert valves(page) != shown
    course = load_classifier("course")
    trace = course.network.trace(analyze_song(path, course).steps)
    forget = trace.layers[0][0].forget_gate[21, 129, 0]
    assert valves(page)[0] == pytest.approx(1 - forget, abs=1e-3)
