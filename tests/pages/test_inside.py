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
from streamlit.testing.v1 import AppTest

from app_pages import inside_state, inside_verdict, resources
from app_pages.resources import Song
from genre.audio.feature_config import FeatureConfig
from genre.errors import RunError
from genre.interpret.cell import lstm_step
from genre.interpret.trace import hear_song
from genre.models.prediction import load_classifier
from genre.models.registry import read_card, save_model
from genre.paths import ROOT
from genre.text.inside_scenes import SCENES
from tests.interpret.test_trace import make_network

INSIDE = "app_pages/inside.py"
JAZZ = (ROOT / "samples" / "jazz.ogg").read_bytes()
EVERYTHING = [(scene, part) for scene, one in SCENES.items() for part in one.parts]


def wav(samples):
    file = io.BytesIO()
    sf.write(file, samples, 22_050, format="WAV")
    return file.getvalue()


def noise(seconds):
    return 0.1 * np.random.default_rng(1).standard_normal(int(seconds * 22_050)).astype("f4")


@pytest.fixture(scope="module")
def songs():
    """What a visitor may have in hand; nothing, for the sample."""
    return {
        "sample": [],
        "1 s": [Song.of("short.wav", wav(noise(1)))],
        "silent": [Song.of("silent.wav", wav(np.zeros(5 * 22_050)))],
        "10 min": [Song.of("long.wav", wav(noise(600)))],
    }


@pytest.fixture
def visit(monkeypatch):
    """Open the page Inside with songs in hand, by a link with some parameters."""
    monkeypatch.setenv("GENRE_LAB_WARM_WORKER", "0")
    monkeypatch.chdir(ROOT)

    def open_page(held=(), model="", **query):
        page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
        page.query_params.update(query)
        page.run()
        if held:
            page.session_state["songs"], page.session_state["opened"] = list(held), 0
        page.switch_page(INSIDE).run()
        return page.selectbox(key="model").select(model).run() if model else page

    return open_page


def go(page, scene, part="", **place):
    page.session_state["place"] = inside_state.DEFAULTS | place | {"scene": scene, "part": part}
    return page.run()


def texts(page):
    kinds = (page.markdown, page.text, page.caption, page.info, page.warning, page.error)
    return "\n".join(e.value for kind in (*kinds, page.latex) for e in kind).replace("\\", "")


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


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("song", ["sample", "1 s", "silent", "10 min"])
def test_a_scene_shows_any_song(visit, songs, song, scene):
    page = visit(songs[song])
    for part in SCENES[scene].parts:
        go(page, scene, part)

        assert not page.exception, part
        assert shown(page) >= 1, part
        assert SCENES[scene].paragraph in texts(page)
        assert f"Source: {SCENES[scene].source}" in texts(page)
        assert len(page.error) == (song == "silent")
        if song == "silent":
            assert "silent" in page.error[0].value and "sketch" in page.error[0].value
        has_player = (scene, part) != ("cinema", "Film")
        assert len(page.get("audio")) == has_player


def test_the_song_in_hand_is_there_and_a_sample_otherwise(visit, songs):
    assert "until you choose a song above" in texts(visit())
    page = visit(songs["1 s"])

    assert "until you choose" not in texts(page)
    assert "Univariate: [22,050, 1], 22,050 numbers per second." in texts(page)
    assert "Multivariate: [44, 20]" in texts(page)


def test_another_song_is_chosen_without_leaving_the_scene(visit):
    page = visit(scene="cell", step="40")
    page.pills(key="header_sketch").select("rock").run()

    assert not page.exception
    assert [song.name for song in page.session_state["songs"]] == ["Rock sketch"]
    assert "until you choose" not in texts(page)
    place = page.session_state["place"]
    assert (place["scene"], place["step"]) == ("cell", 40)


def test_of_several_songs_none_of_them_open_the_first_is_shown(visit, songs):
    page = visit([*songs["1 s"], *songs["10 min"]])
    page.session_state["opened"] = None
    page.run()

    assert "[22,050, 1]" in texts(page) and "The first of your songs" in texts(page)
    page.session_state["opened"] = 1
    assert "[13,230,000, 1]" in texts(page.run()) and "The first of" not in texts(page)


# Getting about


def test_next_and_back_walk_through_the_scenes_and_the_link_follows(visit):
    page = visit()
    assert page.button(key="scene_back").disabled
    walked = [page.session_state["place"]["scene"]]
    while not page.button(key="scene_next").disabled:
        page.button(key="scene_next").click().run()
        walked.append(page.query_params["scene"])
    assert walked == list(SCENES)

    page.button(key="scene_back").click().run()
    assert page.query_params["scene"] == "cinema"
    next(b for b in page.get("button_group") if b.key == "at_scene").set_value("sequence").run()
    assert page.session_state["place"]["scene"] == "sequence"
    assert "scene" not in page.query_params and not page.exception


def test_a_link_leads_to_the_scene_the_step_and_the_unit(visit):
    page = visit(scene="cell", step="40", unit="3", layer="2")

    assert "0:04.6, segment 2 of 9, step 15 of 26" in texts(page)
    assert "Unit 3 of layer 2" in texts(page)
    link = {"scene": "cell", "step": "40", "unit": "3", "layer": "2"}
    assert link.items() <= dict(page.query_params).items()


def test_a_link_that_makes_no_sense_leads_to_something_that_does(visit):
    page = visit(scene="<b>", part="nonsense", step="-4", unit="99999999", layer="7", frame="1e9")
    assert page.session_state["place"] == inside_state.DEFAULTS | {
        "part": "Series", "unit": 99999999, "layer": 7,
    }  # fmt: skip
    go(page, "cell", step=10**7, unit=10**7, layer=9)

    assert not page.exception
    assert "Unit 63 of layer 1" in texts(page) and "segment 9 of 9, step 26 of 26" in texts(page)


def test_what_was_chosen_is_still_there_after_another_page(visit):
    page = visit(scene="cell", step="40")
    page.slider(key="at_unit").set_value(7).run()
    page.switch_page("app_pages/classify.py").run()
    page.switch_page(INSIDE).run()

    assert "Unit 7 of layer 1" in texts(page) and "segment 2 of 9, step 15" in texts(page)


# The scenes


def test_the_settings_redraw_the_picture_and_its_shapes(visit):
    page = visit()
    page.select_slider(key="mfcc_hop_length").set_value(1024).run()
    page.select_slider(key="mfcc_n_mfcc").set_value(13).run()

    signal = hear_song(JAZZ, load_classifier("starter"))
    config = FeatureConfig(hop_length=1024, n_mfcc=13)
    n = signal.n_samples // config.segment_samples * config.n_frames
    assert f"Multivariate: [{n}, 13], 21.5 vectors per second." in texts(page)
    assert chart(page, "series_")["data"][1]["z"].shape == (13, n)


def test_a_picked_frame_shows_its_vector(visit):
    page = visit()
    before = chart(page, "vector")["data"][0]["y"]
    page.slider(key="at_frame").set_value(700).run()

    after = chart(page, "vector")["data"][0]["y"]
    assert len(after) == 20 and not np.array_equal(before, after)
    assert page.query_params["frame"] == "700"
    page.select_slider(key="mfcc_hop_length").set_value(2048).run()  # there are fewer frames now
    assert not page.exception and page.session_state["place"]["frame"] < 700


def test_shuffling_again_is_another_order(visit):
    page = go(visit(), "sequence", "Shuffled")
    before = chart(page, "shuffled_picture")["data"]
    page.button(key="shuffle").click().run()
    after = chart(page, "shuffled_picture")["data"]

    np.testing.assert_array_equal(before[0]["z"], after[0]["z"])
    assert not np.array_equal(before[1]["z"], after[1]["z"])
    assert "All averages stay the same" in texts(page)


def test_return_sequences_changes_what_leaves_the_second_layer(visit):
    page = go(visit(), "network")
    assert ": as in this model." in texts(page)
    page.toggle[0].set_value(False).run()

    assert "not as in this model" in texts(page)
    words = [a["text"] for a in chart(page, "unrolled")["layout"]["annotations"]]
    assert "(9, 64)" in words and "to the dense layer" in words


def test_the_numbers_by_hand_are_the_networks_own_and_go_step_by_step(visit):
    starter = load_classifier("starter")
    trace = starter.network.trace(hear_song(JAZZ, starter).steps[:2])
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


def test_the_textbooks_example_can_be_set(visit):
    page = go(visit(), "cell", "Textbook")
    assert (
        page.latex[0].value.replace("$", "").strip().endswith("[1, 2, 4] * [1, 0, 1] = [1, 0, 4]")
    )
    page.number_input(key="textbook_cell_1").set_value(-3.0).run()
    page.slider(key="textbook_gate_1").set_value(0.5).run()

    assert "= [1, -1.5, 4]" in page.latex[0].value


def test_the_running_verdict_ends_at_the_segments_own_answer(visit):
    starter = load_classifier("starter")
    song = hear_song(JAZZ, starter)
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


def test_the_ribbon_fills_in_as_it_is_computed(visit, songs, monkeypatch):
    monkeypatch.setattr(inside_verdict, "ADVANCE_SECONDS", 0.0)
    inside_state._ribbon.clear()
    page = go(visit(songs["10 min"]), "verdict", "Silenced")
    half = chart(page, "ribbon_second")["data"][0]["y"].astype(float)
    assert 0 < np.isfinite(half).sum() < len(half) == 600
    assert "the largest change so far." in texts(page)

    monkeypatch.setattr(inside_verdict, "ADVANCE_SECONDS", 300.0)
    page.run()
    done = chart(page, "ribbon_second")["data"][0]["y"].astype(float)
    assert np.isfinite(done).all() and not page.exception
    np.testing.assert_array_equal(done[:40], half[:40])
    assert "so far" not in texts(page)


def test_the_film_goes_on_from_where_it_was_paused_in_the_other_scenes(visit):
    page = go(visit(), "cinema", step=40)
    data = json.loads(page.get("bidi_component")[0].proto.json)
    assert data["startSeconds"] == pytest.approx(3 + 14 * 5 * 512 / 22_050)
    assert len(data["film"]["pictures"]) == 10


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
    monkeypatch.setattr(resources, "MODELS", tmp_path)


def test_a_model_of_simple_cells_is_shown_honestly(visit, other_models):
    page = visit(model="simple-rnn")
    for scene, part in EVERYTHING:
        go(page, scene, part)
        assert not page.exception and not page.error, (scene, part)
    assert "has no gates. Choose an LSTM model" in texts(go(page, "cell"))
    assert "only has hidden states" in texts(go(page, "cinema"))
    film = json.loads(page.get("bidi_component")[0].proto.json)["film"]
    assert [p["title"] for p in film["pictures"]] == [
        "Hidden state, layer 1", "Hidden state, layer 2",
    ]  # fmt: skip
    assert "no forget gate" in texts(go(page, "cinema", "Half-lives"))
    go(page, "forgetting")
    names = [line["name"] for line in chart(page, "forgetting")["data"]]
    assert names == ["LSTM (starter)", "Simple RNN (simple-rnn)"]


def test_a_model_that_reads_both_ways_is_shown_honestly(visit, other_models):
    page = visit(model="both")
    for scene, part in EVERYTHING:
        go(page, scene, part)
        assert not page.exception and not page.error, (scene, part)
    assert "both: this network reads each segment both ways" in texts(go(page, "forgetting"))
    assert len(chart(page, "forgetting")["data"]) == 1
    assert "is bidirectional" in texts(go(page, "verdict"))
    go(page, "cinema")
    film = json.loads(page.get("bidi_component")[0].proto.json)["film"]
    assert len(film["pictures"]) == 20
    assert sum("read backwards" in p["title"] for p in film["pictures"]) == 10


# The memory test


class Desk:
    """A desk whose test has been running for a while."""

    is_busy, run = True, None

    def start(self, test):
        raise RunError("a memory test runs already.")

    def poll(self):
        return self.run

    def stop(self):
        self.is_busy = False


def test_recorded_runs_of_both_cells_are_shown_with_their_command(visit):
    page = go(visit(), "forgetting", "Memory test")

    assert {line["name"] for line in chart(page, "recorded")["data"]} == {"LSTM", "Simple RNN"}
    assert "python -m genre memory-test --cell lstm --gap 10" in texts(page)


def test_one_memory_test_runs_at_a_time_and_can_be_stopped(visit, monkeypatch):
    desk = Desk()
    monkeypatch.setattr(inside_state, "memory_desk", lambda: desk)
    page = go(visit(), "forgetting", "Memory test")
    assert "Starting TensorFlow in a process of its own" in texts(page)

    desk.run = next(iter(inside_state.recorded_runs()))
    page.button(key="run_test").click().run()
    assert "a memory test runs already" in page.warning[0].value
    assert len(chart(page, "memory_progress")["data"]) == 1
    page.button(key="stop_test").click().run()
    assert not desk.is_busy and not page.exception


@pytest.mark.slow
def test_a_memory_test_is_run_live_from_the_page(visit):
    page = go(visit(), "forgetting", "Memory test")
    page.button(key="run_test").click().run()
    desk = inside_state.memory_desk()
    try:
        while desk.is_busy:
            page.run()
            assert not page.exception and not page.error
        assert "of 1,000 recalled" in texts(page.run())
    finally:
        desk.stop()


def test_a_visit_to_every_scene_loads_nothing_heavy():
    program = """
import sys
from streamlit.testing.v1 import AppTest

page = AppTest.from_file("streamlit_app.py", default_timeout=120).run()
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
