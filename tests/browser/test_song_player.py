"""The song player in a real browser: what it shows moves with the sound."""

import pytest
import soundfile as sf

from genre.paths import ROOT
from tests.support.real_server import running_server
from tests.support.recordings import recording

pytestmark = pytest.mark.browser

APP = """
import numpy as np
import streamlit as st
from app_pages import session
from app_pages.songs import Song, play_from
from app_pages.song_player import show_player
from genre.scenes.gate_lanes import gate_lanes
from genre.charts.lanes import song_data, waveform_data
from genre.interpret.trace import trace_song
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song
from pathlib import Path

st.set_page_config(layout="wide")
session.start()
which = st.segmented_control("Song", ["jazz", "rock", "long"], default="jazz")
path = st.query_params["long"] if which == "long" else f"samples/{which}.ogg"
song = Song.of(which, Path(path))
if which == "long":
    rng = np.random.default_rng(1)
    edge = rng.uniform(0, 1, 3000).astype(np.float32)
    data, lanes = waveform_data(np.stack([-edge, edge], axis=1), 1200.0), ()
    data |= {
        "segmentSeconds": 3.0, "genres": ["jazz", "rock"], "colours": ["#3694ff", "#eb245a"],
        "tags": [""] * 400, "audible": "AQEB" * 133 + "AQ==", "shares": "gH6A" * 266 + "gH4=",
    }
else:
    classifier = load_classifier("starter")
    read = analyze_song(song.content, classifier)
    data = song_data(read.prediction, read.view.envelope)
    trace = trace_song(classifier.network, read.steps, classifier.features)
    seconds = read.prediction.seconds
    lanes = [one for of in trace.layers for one in gate_lanes(trace, of, range(24), seconds)]
seconds = show_player(song, data, lanes, start_seconds=2.0, on_seconds_change=lambda: None)
st.text(f"last at {seconds}")
st.button("Run the page again")
st.button("Play the third second", on_click=play_from, args=(3.0,))
"""
SOUND = "window.genreLabSound"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A page with nothing but the player."""
    script = tmp_path_factory.mktemp("player") / "page.py"
    script.write_text(APP, encoding="utf-8")
    with running_server(ROOT, script=script) as (address, _):
        yield address


@pytest.fixture
def visit(browser, address):
    """Open the page in a window of some size, in light or dark."""
    contexts = []

    def open_page(width=1280, height=720, theme="light", query=""):
        contexts.append(
            browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        )
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("requestfailed", lambda request: page.complaints.append(request.url))
        page.goto(address + query)
        page.locator(".playhead").wait_for()
        page.wait_for_function(f"{SOUND}?.audio.readyState > 2")
        return page

    yield open_page
    for context in contexts:
        context.close()


def sound(page, what):
    return page.evaluate(f"{SOUND}.{what}")


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
    page.wait_for_function(f"seconds => {SOUND}.seconds > seconds", arg=seconds)


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_playhead_and_probabilities_move_with_sound(visit):
    page = visit()
    assert page.locator(".picture").count() == 10  # five of each layer
    before, said = place(page)
    assert said.startswith("0:02.0 of ") and before == pytest.approx(2 / length(page), abs=0.01)
    shares = page.locator(".large .share").all_inner_texts()

    button(page, "Play").click()
    wait_until_past(page, 3.2)
    assert page.locator(".large .share").all_inner_texts() != shares
    button(page, "Pause").click()
    page.get_by_text("last at 3").or_(page.get_by_text("last at 4")).wait_for()

    after, _ = place(page)
    stopped = seconds_of(page)
    assert stopped > 3 and after == pytest.approx(stopped / length(page), abs=0.01)
    assert sound(page, "seconds") == pytest.approx(stopped, abs=0.11) and not sound(
        page, "isPlaying"
    )
    stage, head = (page.locator(name).bounding_box() for name in (".stage", ".playhead"))
    assert head["height"] == pytest.approx(stage["height"], abs=2)
    assert not page.complaints


def test_probabilities_are_sorted_and_all_of_them_can_be_unfolded(visit):
    page = visit()
    assert page.locator(".genre:visible").count() == 3
    page.get_by_text("All genres").click()

    shares = [int(text.rstrip("%")) for text in page.locator(".genre .share").all_inner_texts()]
    assert len(shares) == 10 and shares == sorted(shares, reverse=True)


def test_click_is_heard_at_once_and_keys_seek(visit):
    page = visit()
    box = page.locator(".wave").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    half = length(page) / 2
    page.wait_for_function(f"{SOUND}.isPlaying && {SOUND}.seconds >= {half - 0.05}")
    lane = page.locator(".picture").last.bounding_box()
    page.mouse.click(lane["x"] + 0.75 * lane["width"], lane["y"] + lane["height"] / 2)
    page.wait_for_function(f"{SOUND}.isPlaying && {SOUND}.seconds >= {1.5 * half - 0.05}")
    button(page, "Pause").click()

    page.locator(".stage").focus()
    page.keyboard.press("Home")
    for key, expected in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("ArrowLeft", 0)):
        page.keyboard.press(key)
        assert seconds_of(page) == pytest.approx(expected, abs=0.15)
    page.keyboard.press("ArrowLeft")
    assert seconds_of(page) == 0
    page.keyboard.press("Space")
    wait_until_past(page, 0.5)
    page.keyboard.press("Space")
    button(page, "Play").wait_for()
    page.keyboard.press("End")
    assert seconds_of(page) == pytest.approx(length(page), abs=0.1)


def test_stretch_is_repeated_and_its_ends_move_by_key(visit):
    page = visit()
    button(page, "Repeat the stretch at the playhead").click()
    assert sound(page, "loop") == [0, 3]
    page.get_by_role("slider", name="End of the repeated stretch").focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    assert sound(page, "loop") == [0, 1]

    page.evaluate(
        f"window.jumps = 0; {SOUND}.audio.addEventListener('seeking', () => window.jumps++)"
    )
    button(page, "Play").click()
    page.wait_for_function("window.jumps >= 2")
    assert sound(page, "seconds") < 1.5
    button(page, "Repeat the stretch at the playhead").click()
    wait_until_past(page, 1.5)


def test_speed_and_volume_are_those_of_the_sound(visit):
    page = visit()
    page.get_by_role("combobox", name="Speed").select_option("2")
    page.get_by_role("slider", name="Volume").fill("0.25")

    assert sound(page, "audio.playbackRate") == 2
    assert sound(page, "audio.volume") == 0.25


def test_lane_switched_on_is_drawn_and_stays_when_page_runs_again(visit):
    page = visit()
    page.get_by_role("button", name="Genres over time").click()
    assert page.locator(".picture").count() == 11
    drawn = page.locator(".timeline canvas").evaluate(
        "c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
    )
    assert drawn > 20
    button(page, "Run the page again").click()
    page.get_by_role("radio", name="rock").locator("..").click()
    page.wait_for_function(f"{SOUND}.audio.readyState > 2")
    assert page.locator(".picture").count() == 11


def test_sound_goes_on_when_page_runs_again_and_ends_with_another_song(visit):
    page = visit()
    button(page, "Play").click()
    wait_until_past(page, 2.3)
    button(page, "Run the page again").click()
    wait_until_past(page, seconds_of(page) + 1)
    assert sound(page, "isPlaying")

    page.get_by_role("radio", name="rock").locator("..").click()
    button(page, "Play").wait_for()
    assert seconds_of(page) == 2.0
    assert not sound(page, "isPlaying")
    assert not page.complaints  # and no request was given up


def test_moment_that_python_asks_for_is_played_each_time(visit):
    page = visit()
    for _ in range(2):
        button(page, "Play the third second").click()
        page.wait_for_function(
            f"{SOUND}.isPlaying && {SOUND}.seconds >= 3 && {SOUND}.seconds < 4.5"
        )
        wait_until_past(page, 5)
    button(page, "Run the page again").click()
    wait_until_past(page, 6.5)


def test_pointer_reads_number(visit):
    page = visit()
    page.locator(".picture canvas").first.hover(position={"x": 40, "y": 3})

    said = page.locator(".what").inner_text()
    assert said.startswith("Forget gate, unit ") and " at 0:0" in said


def test_twenty_minutes_are_drawn_sixty_times_a_second(visit, tmp_path):
    sf.write(tmp_path / "long.wav", [0.0] * 8000 * 1200, 8000)
    page = visit(query=f"?long={tmp_path / 'long.wav'}")
    page.get_by_text("long").click()
    page.wait_for_function(f"{SOUND}.audio.duration > 1199")
    button(page, "Play").click()
    own, beside = page.evaluate(
        """async () => {
            const median = async () => {
                const times = [];
                await new Promise(done => {
                    const look = now => times.push(now) < 91 ? requestAnimationFrame(look) : done();
                    requestAnimationFrame(look);
                });
                const gaps = times.slice(1).map((t, i) => t - times[i]).sort((a, b) => a - b);
                return gaps[45];
            };
            const own = await median();
            window.genreLabSound.pause();
            return [own, await median()];
        }"""
    )
    assert own <= 1.5 * beside  # as many frames as this browser draws of a page that stands still
    assert page.locator(".wave canvas").evaluate("c => c.width") <= 3000


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_player_on_a_phone_fits_and_has_the_colours_of_the_theme(visit, theme):
    page = visit(width=390, height=844, theme=theme)

    stage = page.locator(".stage").bounding_box()
    assert stage["x"] >= 0 and stage["x"] + stage["width"] <= 390
    text, ground = page.locator(".player").evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(document.querySelector("
        "'[data-testid=stApp]')).backgroundColor]"
    )
    light = [sum(map(int, c[c.index("(") + 1 : -1].split(",")[:3])) for c in (text, ground)]
    assert (light[0] > 450 > light[1]) if theme == "dark" else (light[0] < 300 < light[1])
    for canvas in (".wave canvas", ".picture canvas"):
        colours = page.locator(canvas).first.evaluate(
            "c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
        )
        assert colours > 10


def test_file_that_the_browser_cannot_play_is_played_from_what_was_decoded(visit, tmp_path):
    (tmp_path / "a.m4a").write_bytes(recording("alac", seconds=4.0))  # browsers play AAC
    page = visit(query=f"?long={tmp_path / 'a.m4a'}")
    page.get_by_text("long").click()

    page.wait_for_function(f"(a => a.readyState > 2 && a.duration < 5)({SOUND}.audio)")
    assert page.evaluate("window.genreLabSound.audio.duration") == pytest.approx(4, abs=0.2)
    assert not page.complaints


def test_view_that_leaves_without_having_come_does_not_end_the_sound_later(browser):
    page = browser.new_page()
    page.clock.install()
    page.add_script_tag(path=ROOT / "app_pages" / "song_sound.js")
    page.evaluate(
        f"""() => {{
            const [view, stranger] = [{{ draw() {{}} }}, {{ draw() {{}} }}];
            {SOUND}.open("song", "data:,", 0, 0);
            {SOUND}.attach(view);
            {SOUND}.detach(view);
            {SOUND}.detach(stranger);
            {SOUND}.attach(view);
        }}"""
    )
    page.clock.run_for(10_000)
    is_open = page.evaluate(f"{SOUND}.isOpen")
    page.close()
    assert is_open
