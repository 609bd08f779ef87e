"""The scene on forgetting in a real browser: it fits a screen, and a live run is drawn into it."""

import pytest

from genre.scenes.descriptions import SCENES

pytestmark = pytest.mark.browser
PARTS = SCENES["forgetting"].parts
ENDS = """() => {
    const main = document.querySelector('[data-testid="stMainBlockContainer"]');
    const boxes = [...main.querySelectorAll('[data-testid="stElementContainer"]')]
        .map(one => one.getBoundingClientRect()).filter(box => box.width > 1 && box.height > 1);
    return [Math.max(...boxes.map(box => box.right)), Math.max(...boxes.map(box => box.bottom))];
}"""
SMALLEST_FONT = """() => {
    const walker = document.createTreeWalker(
        document.querySelector('[data-testid="stMain"]'), NodeFilter.SHOW_TEXT);
    let smallest = [99, ''];
    while (walker.nextNode()) {
        const node = walker.currentNode, box = node.parentElement.getBoundingClientRect();
        const size = parseFloat(getComputedStyle(node.parentElement).fontSize);
        const isIcon = node.parentElement.closest('[data-testid="stIconMaterial"], style, script');
        if (node.data.trim() && box.width > 1 && !isIcon && size < smallest[0]) {
            smallest = [size, node.data];
        }
    }
    return smallest;
}"""


@pytest.fixture
def look(visit):
    """Open a part of the scene by its link, once its charts are there."""

    def open_part(part, **options):
        query = f"/inside?model=starter&scene=forgetting&part={part}"
        page = visit(query=query, until="Source:", **options)
        page.locator(".js-plotly-plot .xy").first.wait_for(state="attached")
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
        page.wait_for_timeout(500)
        return page

    return open_part


def test_live_run_is_drawn_into_the_recorded_chart(look):
    page = look("Memory test")
    place = page.locator(".st-key-learning .drawings")
    recorded = place.locator("polyline.recorded")
    n_recorded = recorded.count()
    assert n_recorded > 0 and place.locator("polyline.live").count() == 0
    place.evaluate("element => { element.mark = 'the same' }")
    box = place.bounding_box()
    page.get_by_role("button", name="Run now").click()
    page.get_by_role("button", name="Stop").wait_for()
    place.locator("polyline.live").wait_for(state="attached", timeout=150_000)

    assert place.evaluate("element => element.mark") == "the same"  # it was not made anew
    assert place.bounding_box() == box and recorded.count() == n_recorded  # nothing jumps
    assert "left, at most" in page.get_by_text("batches,").first.inner_text()
    page.get_by_role("button", name="Stop").wait_for(state="detached", timeout=150_000)
    assert place.evaluate("element => element.mark") == "the same"
    assert page.evaluate(ENDS)[1] <= 720
