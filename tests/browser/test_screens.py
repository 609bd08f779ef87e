"""Every scene of Inside is one screen, in each language: nothing below it, nothing too small."""

import pytest

from genre import language
from genre.scenes.descriptions import SCENES
from tests.browser.test_presenter import SMALLEST
from tests.support.real_server import settle, turn

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SCREENS = ((1280, 720), (1920, 1080))
THEMES = ("light", "dark")
LEAST_PIXELS = 12
LEFT_OUT = {"Live"}
"""Parts that are as long as what is heard."""
PARTS = [
    (scene, part, number)
    for scene, one in SCENES.items()
    for part in one.parts
    if part not in LEFT_OUT
    for number in (("1", "4", "16", "All") if part == "Film" else ("",))
]
LOWEST_AND_SMALLEST = """() => {
    let [lowest, smallest, widest] = [[0, ''], [99, ''], 0];
    const look = root => {
        for (const element of root.querySelectorAll('*')) {
            if (element.shadowRoot) look(element.shadowRoot);
            if (element.closest('style, script, [aria-hidden=true], .away')) continue;
            const hasText = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
            if (!hasText && !element.matches('canvas, button, input')) continue;
            if (!element.getClientRects().length) continue;
            if (getComputedStyle(element).opacity === '0') continue;
            const box = element.getBoundingClientRect();
            const what = element.className + ': ' + element.textContent.slice(0, 40);
            if (box.bottom > lowest[0]) lowest = [box.bottom, what];
            if (box.width > 2) widest = Math.max(widest, box.right);
            const size = parseFloat(getComputedStyle(element).fontSize);
            if (hasText && box.width > 2 && size < smallest[0]) smallest = [size, what];
        }
    };
    look(document.querySelector('[data-testid=stMain]'));
    return {lowest, smallest, widest};
}"""


PICTURES = """() => [...document.querySelectorAll(
    '.st-key-scene_columns [data-testid=stColumn]:first-child *')]
  .flatMap(one => one.shadowRoot ? [...one.shadowRoot.querySelectorAll('*')] : [one])
  .filter(one => one.matches('.js-plotly-plot, .picture svg, .film, .room, .run, .recorded'))
  .filter(one => one.getClientRects().length)
  .map(one => one.getBoundingClientRect())
  .map(box => [Math.round(box.right), Math.round(box.bottom)])"""
SECOND_SCREEN = {"Silence a second", "Memory test"}
"""Parts whose second picture is the next screen."""


def test_picture_of_each_scene_fits_the_screen_of_a_presenter(visit):
    """Its text has 24 pixels, but for a drawn cell on a screen of 1024."""
    page = visit(query="/?present=1", until="Genre Lab")
    address = page.url.partition("?")[0]
    found = {}
    for scene, part, number in PARTS:
        if number not in ("", "1"):
            continue
        page.goto(f"{address}inside?song=jazz&model=starter&scene={scene}&part={part}&present=1")
        page.locator("[data-testid=stMain] h2").first.wait_for()
        for width, height in (*SCREENS, (1024, 768)):
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function(f"({PICTURES})().length > 0")
            settle(page)
            pictures = page.evaluate(PICTURES)
            if part in SECOND_SCREEN:
                pictures = pictures[:1]
            if any(right > width or bottom > height for right, bottom in pictures):
                found[part, width] = pictures
            too_small = [one for one in page.evaluate(SMALLEST) if one[0] < 23.5]
            if too_small and width > 1024:
                found[part, width, "text"] = too_small
    assert found == {}


@pytest.mark.parametrize("code", language.codes())
def test_scenes_fit_one_screen_in_letters_that_can_be_read(visit, code):
    found = {}
    page = visit(query=f"/?lang={code}", until="Genre Lab")
    address = page.url.partition("?")[0]
    for scene, part, number in PARTS:
        query = f"song=jazz&model=starter&scene={scene}&part={part}&lang={code}"
        page.goto(f"{address}inside?{query}")
        page.locator("[data-testid=stMain] h2").first.wait_for()
        settle(page)
        if number:
            numbers = page.locator(".st-key-film_units button")
            numbers.nth(("1", "4", "16", "All").index(number)).click()
        for (width, height), theme in zip(SCREENS, THEMES, strict=True):
            page.set_viewport_size({"width": width, "height": height})
            turn(page, theme)
            measured = page.evaluate(LOWEST_AND_SMALLEST)
            if measured["lowest"][0] > height + 1 or measured["widest"] > width + 1:
                found[part, number, width] = measured["lowest"], measured["widest"]
            elif measured["smallest"][0] < LEAST_PIXELS:
                found[part, number, width] = measured["smallest"]
    assert found == {}
