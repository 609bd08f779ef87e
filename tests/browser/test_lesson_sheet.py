"""The sheet for the classroom, printed."""

import re

import pytest

from genre.paths import ROOT

A4_POINTS = (595, 842)
SMALLEST_FONT = """() => Math.min(...[...document.querySelectorAll('body *')]
    .filter(e => e.textContent.trim())
    .map(e => parseFloat(getComputedStyle(e).fontSize)))"""


@pytest.fixture
def sheet(browser):
    page = browser.new_page()
    page.goto((ROOT / "docs" / "lesson-sheet.html").as_uri())
    yield page
    page.close()


def test_sheet_prints_on_two_pages_and_one_of_answers(sheet):
    pdf = sheet.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)

    assert len(re.findall(rb"/Type /Page\b", pdf)) == 3
    assert boxes
    for box in boxes:
        assert [round(float(side)) for side in box] == pytest.approx(A4_POINTS, abs=1)


@pytest.mark.parametrize("width", [390, 1280])
def test_sheet_fits_the_screen_and_can_be_read(sheet, width):
    sheet.set_viewport_size({"width": width, "height": 720})
    sheet.emulate_media(media="screen")

    assert sheet.evaluate("() => document.documentElement.scrollWidth") <= width
    assert sheet.evaluate(SMALLEST_FONT) > 8  # of subscripts
