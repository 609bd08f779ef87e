"""The player of the film in a real browser: its playhead moves with the sound."""

import pytest

from genre.paths import ROOT
from tests.support.real_server import running_server

pytestmark = pytest.mark.browser

APP = """
from pathlib import Path
import streamlit as st
from app_pages.film_player import show_player
from genre.interpret.trace import trace_song
from genre.charts.gate_animation import animate_gates
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song

st.set_page_config(layout="wide")
content = Path("samples/jazz.ogg").read_bytes()
order = st.segmented_control("Order", ["memory", "activity"], default="memory")
classifier = load_classifier("starter")
song = analyze_song(content, classifier)
trace = trace_song(classifier.network, song.steps, classifier.features)
film = animate_gates(trace, song.view.envelope, song.prediction.seconds, order=order, n_units=24)
seconds = show_player(film, (content, "audio/ogg"), identity=order, start_seconds=2.0)
st.text(f"last at {seconds}")
st.button("Run the page again")
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A page with nothing but the player."""
    script = tmp_path_factory.mktemp("film") / "page.py"
    script.write_text(APP, encoding="utf-8")
    with running_server(ROOT, script=script) as (address, _):
        yield address


@pytest.fixture
def visit(browser, address):
    """Open the page in a window of some size, in light or dark."""
    contexts = []

    def open_page(width=1280, height=720, theme="light"):
        contexts.append(
            browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        )
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(address)
        page.locator(".playhead").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()


def place(page):
    """Where the playhead stands, as a share of the stage, and what the clock says."""
    stage, head = (page.locator(name).bounding_box() for name in (".stage", ".playhead"))
    share = (head["x"] + head["width"] / 2 - stage["x"]) / stage["width"]
    return share, page.locator(".time").inner_text()


def seconds_of(page):
    minutes, rest = place(page)[1].split(" of ")[0].split(":")
    return 60 * int(minutes) + float(rest)


def length(page):
    return float(page.locator(".stage").get_attribute("aria-valuemax"))


def wait_until_past(page, seconds):
    page.wait_for_function(
        "seconds => [...document.querySelectorAll('*')].flatMap(e => e.shadowRoot ? [e.shadowRoot] "
        ": []).concat(document).map(r => r.querySelector('.stage')).filter(Boolean)"
        ".some(s => Number(s.getAttribute('aria-valuenow')) > seconds)",
        arg=seconds,
    )


def test_playhead_moves_with_sound_over_all_pictures(visit):
    page = visit()
    assert page.locator(".picture").count() == 11  # the waveform, and five of each layer
    before, said = place(page)
    assert said.startswith("0:02.0 of ") and before == pytest.approx(2 / length(page), abs=0.01)

    page.get_by_role("button", name="Play", exact=True).click()
    wait_until_past(page, 3.2)
    page.get_by_role("button", name="Pause").click()
    page.get_by_text("last at 3").or_(page.get_by_text("last at 4")).wait_for()

    after, _ = place(page)
    stopped = seconds_of(page)
    assert stopped > 3 and after == pytest.approx(stopped / length(page), abs=0.01)
    audio = page.locator("audio").evaluate("a => [a.currentTime, a.played.length, a.paused]")
    assert audio[0] == pytest.approx(stopped, abs=0.11) and audio[1] > 0 and audio[2]
    stage, head = (page.locator(name).bounding_box() for name in (".stage", ".playhead"))
    assert head["height"] == pytest.approx(stage["height"], abs=2)
    assert not page.complaints


def test_click_seeks_and_keys_do_too(visit):
    page = visit()
    box = page.locator(".stage").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)

    half = length(page) / 2
    assert place(page)[0] == pytest.approx(0.5, abs=0.01)
    assert page.locator("audio").evaluate("a => a.currentTime") == pytest.approx(half, abs=0.05)
    page.get_by_text(f"last at {half:.0f}"[:10]).wait_for()

    page.locator(".stage").focus()
    for key, expected in (("ArrowRight", half + 1), ("ArrowLeft", half), ("Home", 0)):
        page.keyboard.press(key)
        assert seconds_of(page) == pytest.approx(expected, abs=0.15)
    page.keyboard.press("ArrowLeft")
    assert seconds_of(page) == 0
    page.keyboard.press("Space")
    wait_until_past(page, 0.5)
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    assert page.locator("audio").evaluate("a => a.paused")


def test_sound_goes_on_when_page_runs_again_and_ends_with_another_film(visit):
    page = visit()
    page.get_by_role("button", name="Play", exact=True).click()
    wait_until_past(page, 2.3)
    page.get_by_role("button", name="Run the page again").click()
    wait_until_past(page, seconds_of(page) + 1)
    assert not page.locator("audio").evaluate("a => a.paused")

    page.get_by_text("activity").click()
    page.get_by_role("button", name="Play", exact=True).wait_for()
    assert seconds_of(page) == 2.0
    assert page.locator("audio").evaluate("a => a.paused")
    assert page.locator(".picture").count() == 11 and not page.complaints


def test_pointer_reads_number(visit):
    page = visit()
    page.locator(".picture canvas").nth(1).hover(position={"x": 40, "y": 3})

    said = page.locator(".what").inner_text()
    assert said.startswith("Forget gate, layer 1, unit ") and " at 0:0" in said


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_player_on_a_phone_fits_and_has_the_colours_of_the_theme(visit, theme):
    page = visit(width=390, height=844, theme=theme)

    stage = page.locator(".stage").bounding_box()
    assert stage["x"] >= 0 and stage["x"] + stage["width"] <= 390
    text, ground = page.locator(".film").evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(document.querySelector("
        "'[data-testid=stApp]')).backgroundColor]"
    )
    light = [sum(map(int, c[c.index("(") + 1 : -1].split(",")[:3])) for c in (text, ground)]
    assert (light[0] > 450 > light[1]) if theme == "dark" else (light[0] < 300 < light[1])
    colours = (
        page.locator(".picture canvas")
        .nth(1)
        .evaluate(
            "c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
        )
    )
    assert colours > 20
