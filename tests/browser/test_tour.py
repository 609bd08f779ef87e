"""The tour in a real browser: one screen in every size, theme and language; keys lead."""

import json

import pytest

from genre import language
from genre.tour.stops import STOPS, stops_of
from tests.support.real_server import settle

pytestmark = pytest.mark.browser
LEAST_PIXELS = {"": 12, "1": 24}
"""Of any text, without and with presenter mode."""
WRONG = "1211112212"
"""A guess at each stop that does not hold for this song: what is said of it takes room as well."""
MEASURE = """() => {
  const find = (node) => {
    if (node.matches?.('.tour')) return node;
    for (const child of [...(node.shadowRoot?.children ?? []), ...node.children]) {
      const found = find(child);
      if (found) return found;
    }
    return null;
  };
  const root = find(document.querySelector('.st-key-tour'));
  const texts = [...root.querySelectorAll('*')].filter((one) => {
    const own = [...one.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    return own && one.checkVisibility();
  });
  const outside = texts.filter((one) => {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    return left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1;
  });
  const words = root.querySelector('.words').getBoundingClientRect();
  const chart = root.querySelector('.chart').getBoundingClientRect();
  const cut = [...root.querySelectorAll('.chart text')].filter((one) => {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    return left < chart.left - 2 || right > chart.right + 2 || top < chart.top - 2
      || bottom > chart.bottom + 2;
  });
  const html = texts.filter((one) => !one.ownerSVGElement);
  const wide = html.filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth);
  return {
    nTexts: texts.length,
    font: Math.min(...texts.map((one) => parseFloat(getComputedStyle(one).fontSize))),
    outside: outside.map((one) => one.textContent.slice(0, 60)),
    cut: cut.map((one) => one.textContent.slice(0, 60)),
    wide: wide.map((one) => one.textContent.slice(0, 60)),
    words: [Math.round(words.top), Math.round(words.bottom)],
    chart: [Math.round(chart.width), Math.round(chart.height)],
    page: document.documentElement.scrollWidth - innerWidth,
    scroll: (() => {
      const main = document.querySelector('[data-testid="stMain"]');
      return main.scrollHeight - main.clientHeight;
    })(),
  };
}"""


@pytest.fixture
def tour(visit):
    """Open a stop by its link, and wait until what holds there has come."""

    def open_stop(stop=1, *, present="", code="en", plan="all", notes="", **options):
        query = f"/tour?song=jazz&stop={stop}&plan={plan}"
        query += f"&present={present}" * bool(present) + f"&notes={notes}" * bool(notes)
        query += f"&lang={code}" * (code != language.SOURCE)
        page = visit(query=query, until="Genre Lab", **options)
        at(page, stop)
        settle(page)
        return page

    return open_stop


def at(page, stop):
    """Wait until the tour is at a stop, with what holds there."""
    page.locator(f'.tour[data-stop="{stop}"][data-ready="true"]').wait_for(state="attached")


def measured(page):
    page.wait_for_timeout(400)
    return page.evaluate(MEASURE)


@pytest.mark.parametrize(
    ("width", "height", "theme", "present", "code"),
    [  # the smallest screen in all ways, and each pair of the others once
        *(
            (1280, 720, "light", present, code)
            for present in ("", "1")
            for code in language.codes()
        ),
        (1920, 1080, "dark", "", "ko"),
        (1920, 1080, "light", "1", "en"),
        (1024, 768, "dark", "", "en"),
        (1024, 768, "light", "1", "ko"),
    ],
)
def test_every_stop_fits_one_screen(tour, width, height, theme, present, code):
    page = tour(present=present, code=code, width=width, height=height, theme=theme)
    wrong = {}
    for stop in range(1, len(STOPS) + 1):
        at(page, stop)
        asked = measured(page)
        page.keyboard.press(WRONG[stop - 1])
        page.locator(".tour.open .chart svg").wait_for()
        shown = measured(page)
        for state, found in (("asked", asked), ("shown", shown)):
            is_whole = not (found["outside"] or found["cut"] or found["wide"])
            is_whole &= found["page"] <= 0 and found["scroll"] <= 4
            is_whole &= found["words"][0] >= 0 and found["words"][1] <= height
            if not is_whole or found["font"] < LEAST_PIXELS[present] or found["nTexts"] < 6:
                wrong[stop, state] = found
        assert shown["chart"][1] >= 0.35 * height, (stop, shown)
        page.keyboard.press("PageDown")
    assert not wrong, json.dumps({str(key): found for key, found in wrong.items()})


def test_five_quick_presses_move_five_stops(tour):
    page = tour()
    for _ in range(5):
        page.keyboard.press("PageDown")
    at(page, 6)
    page.wait_for_url("**stop=6**")
    for key in ("ArrowLeft", "PageUp", "ArrowRight", "Space", "PageUp"):
        page.keyboard.press(key)
    at(page, 5)
    page.wait_for_url("**stop=5**")


def test_keys_of_the_short_tour_lead_over_the_essential_stops(tour):
    page = tour(stops_of("essentials")[0], plan="essentials")
    for _ in range(5):
        page.keyboard.press("PageDown")
    at(page, stops_of("essentials")[-1])


def test_guess_and_its_reveal_stay_after_a_reload(tour):
    page = tour(9)
    assert page.locator(".tour .sentence").count() == 0
    page.get_by_role("button", name="1 Nine tenths or more").click()
    page.get_by_text("The recorded figures do not match your guess.").wait_for()
    page.get_by_text("with whole artists").first.wait_for()
    assert "Less than half" in page.locator(".tour .answer.right").inner_text()

    page.reload()
    at(page, 9)
    page.get_by_text("The recorded figures do not match your guess.").wait_for()


def test_right_guess_is_called_right(tour):
    page = tour(2)
    page.keyboard.press("1")
    page.get_by_text("Right.", exact=True).wait_for()


def test_second_window_has_the_notes_and_both_go_together(tour):
    room = tour(2)
    notes = room.context.new_page()
    notes.goto(room.url + "&notes=1")
    notes.get_by_text(STOPS[1].notes[0]).wait_for()
    settle(notes)
    room.keyboard.press("PageDown")
    notes.get_by_text(STOPS[2].notes[0]).wait_for()
    notes.keyboard.press("PageDown")
    at(room, 4)
    notes.close()


def test_printed_notes_are_those_of_all_stops(tour):
    page = tour(3, notes="1")
    page.get_by_text(STOPS[2].notes[0]).wait_for()
    assert not page.get_by_text(STOPS[8].notes[0]).is_visible()
    page.emulate_media(media="print")
    for stop in STOPS:
        for note in stop.notes:
            assert page.get_by_text(note).is_visible()


def test_stop_leads_to_its_scene_and_back(tour):
    page = tour(7)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Open in Inside").click()
    page.wait_for_url("**scene=verdict**")
    page.get_by_role("link", name="Back to stop 7").click()
    at(page, 7)


def test_sound_of_the_shuffled_song_is_played(tour):
    page = tour(3)
    page.get_by_role("button", name="Hear it shuffled").click()
    page.get_by_role("button", name="■ Stop").wait_for()
