"""Every page by axe-core: names for screen readers, order of headings, contrast of texts."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.real_server import settle, turn

pytestmark = pytest.mark.browser
OF_STREAMLIT = {"presentation-role-conflict"}
"""Of the uploader's drop zone, which is Streamlit's own element."""
PAGES = {
    "no song": ("/", "Upload songs"),
    "a song": ("/?song=jazz&model=starter", "The whole song"),
    "a song on the map": ("/?song=jazz", "Nearest of the bundled tracks"),
    "collection": ("/collection", "Your songs"),
    "data": ("/data", "Your datasets"),
    "train": ("/train", "Press Start"),
    "compare": ("/compare", "four splits"),
    "experiments": ("/experiments", "Runs"),
    "way": ("/inside?model=starter", "Source:"),
    "layer of the way": ("/inside?model=starter&zoom=recurrent_1", "Source:"),
    "unit of the way": ("/inside?model=starter&zoom=recurrent_1/unit_3", "Source:"),
    "softmax of the way": ("/inside?model=starter&zoom=softmax", "Source:"),
    "shuffled": ("/inside?model=starter&part=Shuffled", "Source:"),
    "forgetting": ("/inside?model=starter&scene=forgetting", "Source:"),
    "cell": ("/inside?model=starter&scene=cell", "Source:"),
    "film": ("/inside?model=starter&scene=cinema&part=Film", "Source:"),
    "live": ("/inside?model=starter&scene=cinema&part=Live", "Start listening"),
    "tour": ("/tour?song=jazz&stop=3", "Does order matter?"),
    "tour in presenter mode": ("/tour?song=jazz&stop=4&present=1", "What a simple RNN forgets"),
    "speaker notes": ("/tour?song=jazz&stop=3&notes=1", "Play both sounds"),
    "output": ("/inside?model=starter&scene=verdict", "Source:"),
}


@pytest.mark.parametrize("name", PAGES)
def test_page_has_no_violation_in_light_and_dark(visit, name):
    query, until = PAGES[name]
    page = visit(height=1000, query=query, until=until)
    for theme in ("light", "dark"):
        turn(page, theme)
        found = {
            violation["id"]: [node["html"][:200] for node in violation["nodes"]]
            for violation in Axe().run(page).response["violations"]
            if violation["id"] not in OF_STREAMLIT
        }
        assert found == {}, theme


def test_choice_made_by_key_keeps_the_focus(visit):
    page = visit(query="/inside?model=starter", until="Source:")
    page.get_by_role("radio", name="1 Way").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.get_by_text("Why it forgets").wait_for()
    settle(page)
    assert "2 Forgetting" in page.evaluate(
        "document.activeElement.closest('label, button').innerText"
    )


def test_narrow_window_shows_the_navigation(visit):
    page = visit(width=390, height=844)
    for name in (
        "Classify", "Train", "Data", "Compare", "Experiments", "Inside", "Tour", "Collection",
    ):  # fmt: skip
        link = page.locator(".st-key-phone_pages").get_by_role("link", name=name)
        box = link.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.locator(".st-key-phone_pages").get_by_role("link", name="Compare").click()
    page.get_by_text("Leaderboard").first.wait_for()
