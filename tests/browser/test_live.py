"""Listening live in a real browser: its own fake microphone plays a file."""

import shutil
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
import soundfile as sf

from genre.audio import kept_songs
from genre.audio.load import load_audio
from genre.paths import SAMPLES
from tests.support.real_server import FAKE_MICROPHONE

pytestmark = pytest.mark.browser

WATCH = """
    window.streams = [];
    const ask = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
    if (ask) navigator.mediaDevices.getUserMedia = async (wanted) => {
        window.streams.push(await ask(wanted));
        return window.streams.at(-1);
    };
"""
LIVE_STREAMS = (
    "window.streams.map((s) => s.getTracks().every((t) => t.readyState === 'live')).join()"
)


@pytest.fixture
def microphone(tmp_path):
    """Flags of a microphone that hears some samples, over and over."""

    def hear(samples, sr):
        path = tmp_path / "microphone.wav"
        sf.write(path, samples, sr, subtype="PCM_16")
        return *FAKE_MICROPHONE, f"--use-file-for-fake-audio-capture={path}"

    return hear


@pytest.fixture
def music(microphone):
    samples, sr = sf.read(SAMPLES / "jazz.ogg", frames=20 * 44_100)
    return microphone(samples.mean(axis=1), sr)


def open_live(browser, server, path="/", **options):
    """The live listener on Classify, or where a link leads."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, **options).new_page()
    page.set_default_timeout(60_000)
    page.complaints = []
    page.add_init_script(WATCH)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(server[0] + path)
    if path == "/":
        page.get_by_text("Listen live").first.click()
    page.get_by_role("button", name="Start listening").wait_for()
    return page


def start(page):
    page.get_by_role("button", name="Start listening").click()


def status(page, word):
    """Wait for what the listener says."""
    page.locator(f'.live .status[data-word="{word}"]').wait_for(state="attached")
    return page.locator(".live .status").inner_text()


def colours(page, lane):
    """How many different numbers the picture of a lane has."""
    return (
        page.locator(".lane canvas")
        .nth(lane)
        .evaluate(
            "c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
        )
    )


def test_microphone_is_drawn_and_classified_and_what_is_kept_is_a_song(chromium, server, music):
    page = open_live(chromium(*music), server)
    start(page)
    page.locator(".so-far").get_by_text("jazz").wait_for()  # a whole segment was heard

    shares = page.locator(".ranking .share").all_text_contents()
    assert len(shares) == 10 and sum(int(share[:-1]) for share in shares) in range(95, 106)
    assert shares == sorted(shares, key=lambda share: -int(share[:-1]))
    assert page.locator(".lane canvas").count() == 2
    assert colours(page, 0) > 3 and colours(page, 1) > 50
    assert int(page.locator(".meter").get_attribute("aria-valuenow")) > -40

    page.get_by_role("button", name="Keep the last 30 s").click()
    page.get_by_text("Live recording").first.wait_for()
    page.locator("h1").first.wait_for()
    page.locator(".live").wait_for(state="detached")
    [token] = parse_qs(urlparse(page.url).query)["song"]
    [kept], source = kept_songs_of(server, token)
    assert (kept["name"], source) == ("Live recording", "live")
    page.reload()
    page.get_by_text("Live recording").first.wait_for()  # as any song, by the page's link
    assert not page.complaints


def kept_songs_of(server, token):
    songs, source = kept_songs.read_list(token)
    signal = load_audio(songs[0].path, sr=22_050)
    assert 3 < signal.seconds <= 30
    assert np.abs(signal.samples).max() > 0.05
    return [{"name": song.name} for song in songs], source


def test_stop_and_another_page_end_listening_and_start_begins_anew(chromium, server, music):
    page = open_live(chromium(*music), server)
    start(page)
    page.locator(".so-far").get_by_text("jazz").wait_for()
    page.get_by_role("button", name="Stop").click()
    status(page, "ready")
    assert page.evaluate(LIVE_STREAMS) == "false"
    before = page.locator(".ranking").inner_text()
    page.wait_for_timeout(700)
    assert page.locator(".ranking").inner_text() == before

    start(page)
    status(page, "listening")
    page.emulate_media(color_scheme="dark")  # the component is given the other theme
    page.wait_for_timeout(700)
    assert page.get_by_role("button", name="Stop").is_visible()
    assert page.evaluate(LIVE_STREAMS) == "false,true"
    page.get_by_role("link", name="Compare").click()
    page.wait_for_function(f"{LIVE_STREAMS} === 'false,false'")
    assert not page.complaints


def test_inside_draws_gates_and_states_of_the_last_layer(chromium, server, music):
    page = open_live(chromium(*music), server, "/inside?scene=cinema&part=Live&model=course")
    start(page)
    page.locator(".so-far").get_by_text("%").first.wait_for()

    titles = page.locator(".lane .title span:first-child").all_inner_texts()
    assert titles[2:] == [
        f"{name}, layer 2"
        for name in ("Forget gate", "Input gate", "Output gate", "Cell", "Hidden state")
    ]
    for lane in range(1, 7):
        assert colours(page, lane) > 20
    rows = page.locator(".lane canvas").nth(2).evaluate("c => c.height")
    assert rows == 64
    page.get_by_role("button", name="Keep the last 30 s").click()
    page.get_by_role("button", name="Live recording").wait_for()  # the header's current song
    assert not page.complaints


def test_refused_microphone_is_said(chromium, server):
    page = open_live(chromium(FAKE_MICROPHONE[0]), server)
    start(page)

    assert status(page, "refused").startswith("The microphone was refused. Allow it")
    assert page.get_by_role("button", name="Start listening").is_enabled()


def test_missing_microphone_is_said_and_a_file_can_be_heard_instead(browser, server, tmp_path):
    samples, sr = sf.read(SAMPLES / "jazz.ogg", frames=8 * 44_100)
    sf.write(tmp_path / "jazz.wav", samples, sr)
    page = open_live(browser, server)
    start(page)
    assert status(page, "absent").startswith("No microphone was found.")

    page.get_by_label("Listen to").select_option("An audio file")
    start(page)
    assert status(page, "no_file").startswith("No audio file was chosen.")
    page.get_by_label("Audio file to play").set_input_files(tmp_path / "jazz.wav")
    start(page)
    page.locator(".so-far").get_by_text("jazz").wait_for()
    status(page, "ended")
    assert page.get_by_role("button", name="Keep the last 30 s").is_enabled()
    page.context.close()


def test_sound_of_another_tab_is_heard(chromium, server, tmp_path):
    shutil.copy(SAMPLES / "jazz.ogg", tmp_path)
    sounding = tmp_path / "tab.html"
    sounding.write_text("<title>Music</title><audio autoplay loop src='jazz.ogg'></audio>")
    flag = "--auto-select-tab-capture-source-by-title=Music"
    page = open_live(chromium(flag, ignore_default_args=["--mute-audio"]), server)
    page.context.new_page().goto(sounding.as_uri())
    page.bring_to_front()
    page.get_by_label("Listen to").select_option("A tab's sound")
    start(page)

    page.locator(".so-far").get_by_text("jazz").wait_for()


def test_silent_microphone_is_said(chromium, server, microphone):
    page = open_live(chromium(*microphone(np.zeros(4 * 44_100), 44_100)), server)
    start(page)

    assert status(page, "quiet").startswith("Hardly anything is heard.")
    assert page.locator(".ranking .share").first.inner_text() == ""


def test_page_that_is_not_on_localhost_or_https_says_so(chromium, server, music):
    other = chromium(*music, "--host-resolver-rules=MAP genre.test 127.0.0.1")
    address = server[0].replace("localhost", "genre.test")
    page = open_live(other, (address, None))
    start(page)

    assert "only pages on localhost or https" in status(page, "insecure")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_listener_on_a_phone_fits_and_has_the_colours_of_the_theme(chromium, server, music, theme):
    page = open_live(chromium(*music), server, color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": 390, "height": 844})
    start(page)
    page.locator(".so-far").get_by_text("%").first.wait_for()

    box = page.locator(".live").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert page.locator(".live").evaluate("e => e.scrollWidth <= e.clientWidth")
    colour = page.locator(".live").evaluate("e => getComputedStyle(e).color")
    light = sum(map(int, colour[colour.index("(") + 1 : -1].split(",")[:3]))
    assert light > 450 if theme == "dark" else light < 300
    assert (
        page.locator(".fill").first.evaluate("e => getComputedStyle(e).transitionDuration") == "0s"
    )
