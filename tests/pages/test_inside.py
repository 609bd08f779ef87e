"""The page Inside, run without a browser: six scenes on any song and any model."""

import base64
import io
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import soundfile as sf

from app_pages import caches, inside_caches, inside_prediction, session
from app_pages.songs import Song
from genre import paths
from genre.audio.feature_config import MfccConfig
from genre.errors import RunError
from genre.interpret.cell import lstm_step
from genre.models.classifier import load_classifier
from genre.models.registry import read_card, save_model
from genre.models.song_analysis import analyze_song
from genre.paths import ROOT
from genre.text.inside_scenes import SCENES
from tests.interpret.test_trace import make_network
from tests.support.app_page import PAGES, new_visit, texts

JAZZ = (ROOT / "samples" / "jazz.ogg").read_bytes()
PLACE = ("scene", "part", "step", "frame", "layer", "unit")
EVERYTHING = [(scene, part) for scene, one in SCENES.items() for part in one.parts]


def wav(samples):
    file = io.BytesIO()
    sf.write(file, samples, 22_050, format="WAV")
    return file.getvalue()


def noise(seconds):
    return 0.1 * np.random.default_rng(1).standard_normal(int(seconds * 22_050)).astype("f4")


@pytest.fixture(scope="module")
def songs():
    """What a visitor may have uploaded; nothing, for the example."""
    return {
        "example": [],
        "1 s": [Song.of("short.wav", wav(noise(1)))],
        "silent": [Song.of("silent.wav", wav(np.zeros(5 * 22_050)))],
        "10 min": [Song.of("long.wav", wav(noise(600)))],
    }


@pytest.fixture
def visit():
    """Open the page Inside with uploaded songs, by a link with some parameters."""

    def open_page(held=(), model="", **query):
        page = new_visit(**{"model": "starter"} | query).run()
        if held:
            page.session_state["songs"], page.session_state["opened"] = list(held), 0
        page.switch_page(PAGES["inside"]).run()
        return page.selectbox(key="model").select(model).run() if model else page

    return open_page


def go(page, scene, part="", **place):
    """Go to a scene as a link would; what it does not name is as at first."""
    for name in PLACE:
        page.session_state[name] = session.default(name)
    for name, value in (place | {"scene": scene, "part": part}).items():
        page.session_state[name] = value
    return page.run()


def place_of(page):
    return {name: page.session_state[name] for name in PLACE}


def chart(page, key):
    """A chart's specification, with its arrays decoded."""

    def decode(value):
        if isinstance(value, dict) and "bdata" in value:
            array = np.frombuffer(base64.b64decode(value["bdata"]), np.dtype(value["dtype"]))
            return array.reshape([int(n) for n in value.get("shape", "-1").split(",")])
        if isinstance(value, dict):
            return {name: decode(one) for name, one in value.items()}
        return [decode(one) for one in value] if isinstance(value, list) else value

    found = [e for e in page.get("plotly_chart") if f"-{key}" in e.proto.id or e.key == key]
    assert len(found) == 1, [e.proto.id for e in page.get("plotly_chart")]
    return decode(json.loads(found[0].proto.spec))


def shown(page):
    """How many pictures there are, of any kind."""
    kinds = ("plotly_chart", "bidi_component", "latex")
    return sum(len(page.get(kind)) for kind in kinds) + sum("$" in m.value for m in page.markdown)


def player(page):
    """What the song player is handed."""
    [found] = [c for c in page.get("bidi_component") if c.proto.id.endswith("-song_player")]
    return json.loads(found.proto.json)


def gates(page):
    """The titles of the lanes that the film is about."""
    return [lane["title"] for lane in player(page)["song"]["lanes"] if lane["isOn"]]


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("song", ["example", "1 s", "silent", "10 min"])
def test_scene_any_song_shows_chart_and_source(visit, songs, song, scene):
    page = visit(songs[song])
    for part in SCENES[scene].parts:
        go(page, scene, part)

        assert not page.exception, part
        assert shown(page) >= 1, part
        assert SCENES[scene].paragraph in texts(page)
        assert f"Source: {SCENES[scene].source}" in texts(page)
        assert len(page.error) == (song == "silent")
        if song == "silent":
            assert "silent" in page.error[0].value and "An example is shown" in page.error[0].value
        assert player(page)["size"] == ("film" if (scene, part) == ("cinema", "Film") else "slim")
        assert all(lane["isOn"] for lane in player(page)["song"]["lanes"])  # none to switch on


def test_song_not_chosen_shows_example(visit, songs):
    assert "Choose a song above" in texts(visit())
    page = visit(songs["1 s"])

    assert "Choose a song above" not in texts(page)
    assert "Univariate: [22,050, 1], 22,050 numbers per second." in texts(page)
    assert "Multivariate: [44, 20]" in texts(page)


def test_song_no_music_says_so_beside_the_scene(visit, songs):
    sentence = "This is not a song I can judge: it sounds like noise."

    assert sentence in texts(visit(songs["1 s"]))
    assert sentence not in texts(visit())


def test_song_chosen_in_header_keeps_scene(visit):
    page = visit(scene="cell", step="40")
    page.pills(key="header_example").select("rock").run()

    assert not page.exception
    assert [song.name for song in page.session_state["songs"]] == ["Rock example"]
    assert "Choose a song above" not in texts(page)
    assert (page.session_state["scene"], page.session_state["step"]) == ("cell", 40)


def test_song_none_of_several_open_shows_the_first(visit, songs):
    page = visit([*songs["1 s"], *songs["10 min"]])
    page.session_state["opened"] = None
    page.run()

    assert "[22,050, 1]" in texts(page) and "This is your first song" in texts(page)
    page.session_state["opened"] = 1
    assert "[13,230,000, 1]" in texts(page.run()) and "This is your first song" not in texts(page)


# Getting about


def test_scene_next_and_back_write_link(visit):
    page = visit()
    assert page.button(key="scene_back").disabled
    walked = [page.session_state["scene"]]
    while not page.button(key="scene_next").disabled:
        page.button(key="scene_next").click().run()
        walked.append(page.query_params["scene"])
    assert walked == list(SCENES)

    page.button(key="scene_back").click().run()
    assert page.query_params["scene"] == "cinema"
    next(b for b in page.get("button_group") if b.key == "at_scene").set_value("sequence").run()
    assert page.session_state["scene"] == "sequence"
    assert "scene" not in page.query_params and not page.exception


def test_link_place_is_opened_and_kept(visit):
    page = visit(scene="cell", step="40", unit="3", layer="2")

    assert "0:04.6, segment 2 of 9, step 15 of 26" in texts(page)
    assert "Unit 3 of layer 2" in texts(page)
    link = {"scene": "cell", "step": "40", "unit": "3", "layer": "2"}
    assert link.items() <= dict(page.query_params).items()


def test_link_bad_values_open_defaults(visit):
    page = visit(scene="<b>", part="nonsense", step="-4", unit="99999999", layer="7", frame="1e9")
    defaults = {name: session.default(name) for name in PLACE}
    assert place_of(page) == defaults | {"part": "Series", "unit": 99999999}
    go(page, "cell", step=10**7, unit=10**7)

    assert not page.exception
    assert "Unit 63 of layer 1" in texts(page) and "segment 9 of 9, step 26 of 26" in texts(page)


def test_place_after_another_page_is_kept(visit):
    page = visit(scene="cell", step="40")
    page.slider(key="at_unit").set_value(7).run()
    page.switch_page(PAGES["classify"]).run()
    page.switch_page(PAGES["inside"]).run()

    assert "Unit 7 of layer 1" in texts(page) and "segment 2 of 9, step 15" in texts(page)


def test_song_classified_is_not_decoded_again_on_inside(monkeypatch):
    page = new_visit().run()
    page.pills(key="first_example").select("reggae").run()
    analysed = []
    monkeypatch.setattr(caches, "analyze_in_stages", lambda *_: analysed.append(1))
    page.switch_page(PAGES["inside"]).run()

    assert not page.exception and not analysed
    assert page.session_state["songs"][0].digest


# The scenes


def test_series_settings_changed_redraw_chart_and_shapes(visit):
    page = visit()
    page.select_slider(key="mfcc_hop_length").set_value(1024).run()
    page.select_slider(key="mfcc_n_mfcc").set_value(13).run()

    signal = analyze_song(JAZZ, load_classifier("starter"))
    config = MfccConfig(hop_length=1024, n_mfcc=13)
    n = signal.n_samples // config.segment_samples * config.n_frames
    assert f"Multivariate: [{n}, 13], 21.5 vectors per second." in texts(page)
    assert chart(page, "series_")["data"][1]["z"].shape == (13, n)


def test_series_frame_chosen_shows_its_vector(visit):
    page = visit()
    before = chart(page, "vector")["data"][0]["y"]
    page.slider(key="at_frame").set_value(700).run()

    after = chart(page, "vector")["data"][0]["y"]
    assert len(after) == 20 and not np.array_equal(before, after)
    assert page.query_params["frame"] == "700"
    page.select_slider(key="mfcc_hop_length").set_value(2048).run()  # there are fewer frames now
    assert not page.exception and page.session_state["frame"] < 700


def test_shuffle_again_changes_order(visit):
    page = go(visit(), "sequence", "Shuffled")
    before = chart(page, "shuffled_picture")["data"]
    page.button(key="shuffle").click().run()
    after = chart(page, "shuffled_picture")["data"]

    np.testing.assert_array_equal(before[0]["z"], after[0]["z"])
    assert not np.array_equal(before[1]["z"], after[1]["z"])
    assert "All averages stay the same" in texts(page)


def test_unrolled_return_sequences_off_changes_output(visit):
    page = go(visit(), "network")
    assert ": as in this model." in texts(page)
    page.toggle[0].set_value(False).run()

    assert "not as in this model" in texts(page)
    words = [a["text"] for a in chart(page, "unrolled")["layout"]["annotations"]]
    assert "(9, 64)" in words and "to the dense layer" in words


def test_cell_each_step_shows_numbers_of_network(visit):
    starter = load_classifier("starter")
    trace = starter.network.trace(analyze_song(JAZZ, starter).steps[:2])
    page = go(visit(), "cell", step=24, unit=5)

    for step in (24, 25, 26, 27):
        segment, within = divmod(step, 26)
        numbers = lstm_step(starter.network, trace, layer=1, segment=segment, step=within)
        table = next(m.value for m in page.markdown if m.value.startswith("| Part"))
        for name in ("forget_gate", "kept", "added", "cell", "hidden"):
            assert f"= **{getattr(numbers, name)[5]:.3f}**".replace("-", "−") in table
        page.button(key="step_later").click().run()
    page.button(key="step_earlier").click().run()
    assert "segment 2 of 9, step 2 of 26" in texts(page)


def test_textbook_values_changed_show_new_result(visit):
    page = go(visit(), "cell", "Textbook")
    assert (
        page.latex[0].value.replace("$", "").strip().endswith("[1, 2, 4] * [1, 0, 1] = [1, 0, 4]")
    )
    page.number_input(key="textbook_cell_1").set_value(-3.0).run()
    page.slider(key="textbook_gate_1").set_value(0.5).run()

    assert "= [1, -1.5, 4]" in page.latex[0].value


def test_running_prediction_last_step_is_prediction_of_segment(visit):
    starter = load_classifier("starter")
    song = analyze_song(JAZZ, starter)
    page = go(visit(), "verdict", "This segment", step=30)

    lines = chart(page, "running")["data"]
    assert [line["name"] for line in lines] == list(starter.genres)
    np.testing.assert_allclose(
        [line["y"][-1] for line in lines], song.prediction.segment_probabilities[1], atol=1e-6
    )
    page.button(key="step_later").click().run()
    lines = chart(page, "running")["data"]
    np.testing.assert_allclose(
        [line["y"][-1] for line in lines], song.prediction.segment_probabilities[2], atol=1e-6
    )


def test_occlusion_is_shown_as_computed(visit, songs, monkeypatch):
    monkeypatch.setattr(inside_prediction, "ADVANCE_SECONDS", 0.0)
    inside_caches._occlusion.clear()
    page = go(visit(songs["10 min"]), "verdict", "Silenced")
    half = chart(page, "occlusion_second")["data"][0]["y"].astype(float)
    assert 0 < np.isfinite(half).sum() < len(half) == 600
    assert "the largest change so far." in texts(page)

    monkeypatch.setattr(inside_prediction, "ADVANCE_SECONDS", 300.0)
    page.run()
    done = chart(page, "occlusion_second")["data"][0]["y"].astype(float)
    assert np.isfinite(done).all() and not page.exception
    np.testing.assert_array_equal(done[:40], half[:40])
    assert "so far" not in texts(page)


def test_film_starts_at_chosen_step(visit):
    page = go(visit(), "cinema", step=40)
    assert player(page)["startSeconds"] == pytest.approx(3 + 14 * 5 * 512 / 22_050)
    assert len(gates(page)) == 10


# Other models


@pytest.fixture
def other_models(monkeypatch, tmp_path):
    """The bundled models beside one that reads both ways."""
    for name in ("starter", "simple-rnn"):
        (tmp_path / name).symlink_to(ROOT / "models" / name)
    card = read_card("starter")
    settings = {"n_values": 80, "n_genres": 10, "bidirectional": True}
    network = make_network(**settings)
    save_model(network, replace(card, name="both", network=network.config), folder=tmp_path)
    monkeypatch.setattr(paths, "MODELS", tmp_path)


def test_scenes_simple_rnn_model_say_what_is_missing(visit, other_models):
    page = visit(model="simple-rnn")
    for scene, part in EVERYTHING:
        go(page, scene, part)
        assert not page.exception and not page.error, (scene, part)
    assert "has no gates. Choose an LSTM model" in texts(go(page, "cell"))
    assert "only has hidden states" in texts(go(page, "cinema"))
    assert gates(page) == ["Hidden state, layer 1", "Hidden state, layer 2"]
    assert "only has hidden states" in texts(go(page, "cinema", "Live"))
    assert "no forget gate" in texts(go(page, "cinema", "Half-lives"))
    go(page, "forgetting")
    names = [line["name"] for line in chart(page, "forgetting")["data"]]
    assert names == ["LSTM (starter)", "Simple RNN (simple-rnn)"]


@pytest.mark.parametrize(
    "settings",
    [
        {"units": (7,), "dense_units": (), "cell": "simple_rnn"},
        {"units": (5, 6, 7), "dense_units": (8, 4), "pooling": "mean"},
    ],
    ids=["one layer", "three layers"],
)
def test_scenes_show_as_many_layers_as_the_model_has(visit, other_models, settings):
    card, n_layers = read_card("starter"), len(settings["units"])
    network = make_network(n_values=80, n_genres=10, **settings)
    card = replace(card, name="other", network=network.config)
    save_model(network, card, folder=paths.MODELS)
    page = visit(model="other")
    for scene, part in EVERYTHING:
        go(page, scene, part, layer=4)
        assert not page.exception and not page.error, (scene, part)
    drawn = str(chart(go(page, "network"), "unrolled")["layout"]["annotations"])
    assert f"{settings['units'][-1]})" in drawn
    go(page, "cinema")
    layers = {title.partition("layer ")[2] for title in gates(page)}
    assert layers == {str(i) for i in range(1, n_layers + 1)}
    if n_layers == 3:
        assert "Unit 0 of layer 3" in texts(go(page, "cell", layer=3))


def test_scenes_bidirectional_model_say_what_is_missing(visit, other_models):
    page = visit(model="both")
    for scene, part in EVERYTHING:
        go(page, scene, part)
        assert not page.exception and not page.error, (scene, part)
    assert "both: this network reads each segment both ways" in texts(go(page, "forgetting"))
    assert len(chart(page, "forgetting")["data"]) == 1
    assert "is bidirectional" in texts(go(page, "verdict"))
    go(page, "cinema")
    assert len(gates(page)) == 20
    assert sum("read backwards" in title for title in gates(page)) == 10


# The memory test


class BusyTests:
    """Recall tests of which one has been running for a while."""

    is_busy, run = True, None

    def start(self, test):
        raise RunError("a memory test runs already.")

    def poll(self):
        return self.run

    def stop(self):
        self.is_busy = False


def test_recall_recorded_runs_show_command(visit):
    page = go(visit(), "forgetting", "Memory test")

    assert {line["name"] for line in chart(page, "recorded")["data"]} == {"LSTM", "Simple RNN"}
    assert "python -m genre memory-test --cell lstm --gap 10" in texts(page)


def test_recall_second_start_shows_error_and_stop_ends_first(visit, monkeypatch):
    tests = BusyTests()
    monkeypatch.setattr(inside_caches, "recall_tests", lambda: tests)
    page = go(visit(), "forgetting", "Memory test")
    assert "Starting TensorFlow in a background process" in texts(page)

    tests.run = next(iter(inside_caches.recorded_runs()))
    page.button(key="run_test").click().run()
    assert "a memory test runs already" in page.error[0].value
    assert len(chart(page, "test_progress")["data"]) == 1
    page.button(key="stop_test").click().run()
    assert not tests.is_busy and not page.exception


@pytest.mark.slow
def test_recall_started_runs_to_its_end(visit):
    page = go(visit(), "forgetting", "Memory test")
    page.button(key="run_test").click().run()
    tests = inside_caches.recall_tests()
    try:
        while tests.is_busy:
            page.run()
            assert not page.exception and not page.error
        assert "of 1,000 recalled" in texts(page.run())
    finally:
        tests.stop()


def test_scenes_load_no_heavy_library():
    program = """
import sys
from tests.support.app_page import new_visit

page = new_visit().run()
page.switch_page("app_pages/inside.py").run()
while not page.button(key="scene_next").disabled:
    page.button(key="scene_next").click().run()
print(len(page.exception), page.query_params["scene"])
print(sorted({"tensorflow", "keras", "numba", "librosa", "sklearn"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[-3:] == ["0 verdict", "[]", ""]
