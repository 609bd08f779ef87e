"""The film on Inside in a real browser: one unit at first, and a second that is silenced."""

import pytest

from tests.browser.test_song_player import SOUND, seconds_of, sound, wait_until_past
from tests.support.real_server import settle

pytestmark = pytest.mark.browser

RUNNING = """() => [...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(Boolean)
    .flatMap(root => [...root.querySelectorAll('.band')]).map(band =>
        [...band.querySelectorAll('.cell')].map(cell => [
            cell.querySelector('.name').textContent,
            parseInt(cell.querySelector('.share').textContent),
            parseInt(cell.style.transform.slice('translateX('.length)) / 100,
        ]))"""


@pytest.fixture
def look(visit):
    """Open one of the two scenes by its link."""

    def open_scene(scene="cinema", part="", more="", **options):
        query = f"/inside?model=starter&scene={scene}&part={part}{more}"
        page = visit(query=query, until="Source:", **options)
        page.wait_for_function(f"{SOUND}?.audio.readyState > 2")
        return page

    return open_scene


def choose(page, number):
    page.locator(".st-key-film_units").get_by_text(number, exact=True).click()


def ranking(page, band=0):
    """Genre and share of a band, as they stand from left to right."""
    return [
        (name, share) for name, share, _ in sorted(page.evaluate(RUNNING)[band], key=lambda c: c[2])
    ]


def test_film_starts_with_one_unit_and_its_values_move(look):
    page = look()
    assert page.locator(".strip").count() == 5
    assert page.locator(".head .label").all_inner_texts() == [
        "Forget gate", "Input gate", "Output gate", "Cell state", "Hidden state",
    ]  # fmt: skip
    assert page.locator(".group .unit").all_inner_texts()[0].startswith("unit ")
    values, before = page.locator(".value").all_inner_texts(), ranking(page)
    page.get_by_role("button", name="Play", exact=True).click()
    wait_until_past(page, 2.5)

    after = ranking(page)
    assert page.locator(".value").all_inner_texts() != values and after != before
    assert [share for _, share in after] == sorted((share for _, share in after), reverse=True)
    for canvas in page.locator(".strip canvas").all():
        drawn = "c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
        assert canvas.evaluate(drawn) > 20


def test_number_and_order_change_while_it_plays(look):
    page = look()
    page.get_by_role("button", name="Play", exact=True).click()
    wait_until_past(page, 1.5)
    page.evaluate(f"window.jumps = 0; {SOUND}.audio.addEventListener('seeking', () => jumps++)")
    for number, n_strips in (("4", 20), ("16", 1), ("All", 5), ("1", 5)):
        before = sound(page, "seconds")
        choose(page, number)
        page.wait_for_function(
            "n => [...document.querySelectorAll('*')].some(e => e.shadowRoot && "
            "e.shadowRoot.querySelectorAll('.strip').length === n)",
            arg=n_strips,
        )
        assert sound(page, "isPlaying") and sound(page, "seconds") > before
    page.get_by_role("combobox", name="Order of the units").click()
    page.get_by_role("option", name="Number").click()
    page.locator(".group .unit", has_text="unit 0").wait_for()
    now = seconds_of(page)
    assert sound(page, "isPlaying") and sound(page, "seconds") == pytest.approx(now, abs=1.5)
    assert page.evaluate("window.jumps") == 0


def test_rows_can_be_read(look):
    page = look()
    for number, least in (("1", 40), ("4", 14), ("16", 14)):
        choose(page, number)
        settle(page)
        for strip in page.locator(".strip").all():
            n_rows = strip.locator(".value").count()
            assert strip.bounding_box()["height"] / n_rows >= least - 0.1, number
    choose(page, "All")
    settle(page)
    picture = page.locator(".strip canvas[role=img]").first
    picture.hover(position={"x": 40, "y": 30})
    assert page.locator(".what").inner_text().startswith("Forget gate, unit ")
    chosen = page.locator(".values .unit").first.inner_text()
    page.locator(".stage").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator(".values .unit").first.inner_text() != chosen


def test_five_quick_presses_are_five_seconds(look):
    page = look()
    settle(page)
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(f"Math.abs({SOUND}.seconds - 5) < 0.1")
    settle(page)
    assert sound(page, "seconds") == pytest.approx(5, abs=0.1)


def test_five_quick_presses_are_five_segments(look):
    page = look("verdict", "This segment")
    page.get_by_text("Segment 1 of 9").wait_for()
    settle(page)
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.get_by_text("Segment 6 of 9").wait_for()
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    page.get_by_text("Segment 4 of 9").wait_for()


def test_silenced_second_is_heard_and_seen(look):
    page = look("verdict", "Silence a second", "&second=6")
    page.get_by_text("Without the second at 0:06:").wait_for()
    without = page.get_by_role("button", name="Play without it")
    without.click()
    page.wait_for_function(f"{SOUND}.isPlaying && {SOUND}.seconds > 6.1")
    assert sound(page, "audio.muted") and without.get_attribute("aria-pressed") == "true"
    wait_until_past(page, 7.3)
    assert not sound(page, "audio.muted")
    wait_until_past(page, 8.2)
    with_it, without_it = (dict(ranking(page, band)) for band in (0, 1))
    assert abs(with_it["jazz"] - without_it["jazz"]) > 5
    values = page.locator(".value").all_inner_texts()
    assert len(values) == 2 and values[0] != values[1]

    page.get_by_role("button", name="Play with it").click()
    page.wait_for_function(f"{SOUND}.isPlaying && {SOUND}.seconds > 6.2 && {SOUND}.seconds < 7")
    assert not sound(page, "audio.muted")


def test_second_is_chosen_in_the_waveform_and_by_key(look):
    page = look("verdict", "Silence a second", "&second=6")
    page.get_by_text("Without the second at 0:06:").wait_for()
    settle(page)
    box = page.locator(".wave").bounding_box()
    length = float(page.locator(".stage").get_attribute("aria-valuemax"))
    page.mouse.click(box["x"] + box["width"] * 13.5 / length, box["y"] + 20)
    page.get_by_text("Without the second at 0:13:").wait_for()
    page.wait_for_url("**second=13**")
    assert sound(page, "isPlaying") and sound(page, "gap") == [13, 14]
    settle(page)
    page.keyboard.press("Space")
    page.keyboard.press("Home")
    page.get_by_role("button", name="Silence the second here").press("Enter")
    page.get_by_text("Without the second at 0:00:").wait_for()
    # Elsewhere it sounds again.
    page.get_by_text("Whole song", exact=True).click()
    page.get_by_text("Look for segments").wait_for()
    page.wait_for_function(f"{SOUND}.gap === null && !{SOUND}.audio.muted")


def test_film_grows_with_the_letters_of_the_page(look):
    page, of_value = look(), "e => getComputedStyle(e).fontSize"
    before = page.locator(".value").first.evaluate(of_value)
    page.evaluate("document.documentElement.style.fontSize = '32px'")
    page.wait_for_timeout(1000)  # the strips are drawn again
    after = page.locator(".value").first.evaluate(of_value)
    assert (before, after) == ("14.4px", "28.8px")


def test_genres_change_places_at_once_where_less_motion_is_asked_for(look):
    page = look(reduced_motion="reduce")
    assert (
        page.locator(".cell").first.evaluate("e => getComputedStyle(e).transitionDuration") == "0s"
    )
