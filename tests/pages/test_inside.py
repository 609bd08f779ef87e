"""The page Inside, run without a browser: its scenes on any song and any model."""

import base64
import io
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import soundfile as sf

from app_pages import caches, session
from app_pages.songs import Song
from genre import paths
from genre.models.classifier import load_classifier
from genre.models.registry import read_card, save_model
from genre.models.song_analysis import analyze_song
from genre.paths import ROOT
from genre.scenes.descriptions import SCENES
from tests.interpret.test_trace import make_network
from tests.support.app_page import PAGES, new_visit, texts, told

JAZZ = (ROOT / "samples" / "jazz.ogg").read_bytes()
PLACE = ("scene", "part", "step", "layer", "unit", "zoom")
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


def drawing(page):
    """What the drawing of the way is handed."""
    [found] = [c for c in page.get("bidi_component") if c.proto.id.endswith("-way")]
    return json.loads(found.proto.json)


def shapes(page):
    """The shape that leaves each stage of the way."""
    return {stage["name"]: tuple(stage["shape"]) for stage in drawing(page)["way"]["stages"]}


def cell_picture(page):
    """What the picture of a cell is handed."""
    [found] = [c for c in page.get("bidi_component") if "-cell_" in c.proto.id]
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
        assert SCENES[scene].paragraph in told(page)
        assert f"Source: {SCENES[scene].source}" in texts(page)
        assert len(page.error) == (song == "silent")
        if song == "silent":
            assert "silent" in page.error[0].value and "An example is shown" in page.error[0].value
        is_film = (scene, part) in {("cinema", "Film"), ("verdict", "Silence a second")}
        assert player(page)["size"] == ("film" if is_film else "slim")
        assert all(lane["isOn"] for lane in player(page)["song"]["lanes"])  # none to switch on


def test_song_not_chosen_shows_example(visit, songs):
    assert "Choose a song above" in texts(visit())
    page = visit(songs["1 s"])

    assert "Choose a song above" not in texts(page)
    assert shapes(page)["waveform"] == (1, 22_050)


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

    assert shapes(page)["waveform"] == (1, 22_050) and "This is your first song" in texts(page)
    page.session_state["opened"] = 1
    assert shapes(page.run())["waveform"] == (200, 66_150)
    assert "This is your first song" not in texts(page)


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
    next(b for b in page.get("button_group") if b.key == "at_scene").set_value("way").run()
    assert page.session_state["scene"] == "way"
    assert "scene" not in page.query_params and not page.exception


def test_link_place_is_opened_and_kept(visit):
    page = visit(scene="cell", step="40", unit="3", layer="2")

    assert cell_picture(page)["place"] == {
        "step": 40, "unit": 3, "layer": 2, "direction": "forward",
    }  # fmt: skip
    assert cell_picture(page)["title"] == "Unit 3 of layer 2"
    link = {"scene": "cell", "step": "40", "unit": "3", "layer": "2"}
    assert link.items() <= dict(page.query_params).items()


def test_link_bad_values_open_defaults(visit):
    page = visit(
        scene="<b>", part="nonsense", step="-4", unit="99999999", layer="7", zoom="<b>" * 30
    )
    defaults = {name: session.default(name) for name in PLACE}
    assert place_of(page) == defaults | {"part": "Drawing", "unit": 99999999}
    go(page, "cell", step=10**7, unit=10**7)

    assert not page.exception
    assert cell_picture(page)["title"] == "Unit 63 of layer 1"
    assert cell_picture(page)["place"]["step"] == 9 * 26 - 1


def test_place_after_another_page_is_kept(visit):
    page = visit(scene="cell", step="40")
    page.session_state["unit"] = 7
    page.run().switch_page(PAGES["classify"]).run()
    page.switch_page(PAGES["inside"]).run()

    assert cell_picture(page)["title"] == "Unit 7 of layer 1"
    assert cell_picture(page)["place"]["step"] == 40


def test_song_classified_is_not_decoded_again_on_inside(monkeypatch):
    page = new_visit().run()
    page.pills(key="first_example").select("reggae").run()
    analysed = []
    monkeypatch.setattr(caches, "analyze_in_stages", lambda *_: analysed.append(1))
    page.switch_page(PAGES["inside"]).run()

    assert not page.exception and not analysed
    assert page.session_state["songs"][0].digest


# The scenes


OLD_LINKS = {
    ("sequence", "Series"): ("way", "Drawing"),
    ("sequence", "Shuffled"): ("way", "Shuffled"),
    ("network", "Unrolled"): ("way", "Drawing"),
    ("network", "One step"): ("cell", None),
    ("network", "Why tanh"): ("forgetting", None),
}


@pytest.mark.parametrize(("scene", "part"), OLD_LINKS)
def test_link_to_an_earlier_scene_leads_to_its_successor(visit, scene, part):
    page = visit(scene=scene, part=part, frame="700")
    new_scene, new_part = OLD_LINKS[scene, part]

    assert not page.exception and not page.error
    assert page.session_state["scene"] == new_scene
    assert new_part in (None, page.session_state["part"])


def test_drawing_settings_of_frames_change_their_shapes_alone(visit):
    page = visit(zoom="frames")
    before = shapes(page)
    page.selectbox(key="mfcc_hop_length_starter").select(1024).run()
    page.selectbox(key="mfcc_n_mfcc_starter").select(13).run()

    changed = {name: shape for name, shape in shapes(page).items() if shape != before[name]}
    assert changed == {"frames": (9, 65, 2048), "mfcc": (9, 65, 13)}
    page.session_state["zoom"] = ""
    assert shapes(page.run()) == before and not page.exception
    assert not [one.key for one in page.selectbox if one.key.startswith("mfcc_")]


def test_drawing_return_sequences_off_changes_what_leaves_the_last_layer(visit):
    page = visit()
    assert not page.toggle and shapes(page)["recurrent_2"] == (9, 26, 64)
    page.session_state["zoom"] = "recurrent_2/unit_3"
    page.run().toggle[0].set_value(False).run()

    assert shapes(page)["recurrent_2"] == (9, 64)
    last = next(s for s in drawing(page)["way"]["stages"] if s["name"] == "recurrent_2")
    assert not last["isAsTrained"] and shapes(page)["pooling"] == (9, 64)


def test_drawing_is_sent_once_for_all_moments_of_a_window(visit):
    page = visit(step="40")
    versions = set()
    for step in (40, 41, 200):
        page.session_state["step"] = step
        page.session_state["zoom"] = f"recurrent_1/unit_{step}"
        versions.add(drawing(page.run())["version"])
    assert len(versions) == 1 and drawing(page)["startStep"] == 40
    go(page, "cell", step=60)
    assert drawing(go(page, "way", step=60))["startStep"] == 60


def test_drawing_of_a_long_song_is_bounded_and_follows_the_chosen_step(visit, songs):
    page = visit(songs["10 min"], step="4000")
    way = drawing(page)["way"]

    assert (way["first"], way["nWindow"], way["nSegments"]) == (150, 10, 200)
    assert way["sound"] is None
    assert len(json.dumps(way)) < 1_500_000


def test_shuffle_again_changes_order(visit):
    page = go(visit(), "way", "Shuffled")
    before = chart(page, "shuffled_picture")["data"]
    page.button(key="shuffle").click().run()
    after = chart(page, "shuffled_picture")["data"]

    np.testing.assert_array_equal(before[0]["z"], after[0]["z"])
    assert not np.array_equal(before[1]["z"], after[1]["z"])
    assert "All averages stay the same" in texts(page)
    assert len(page.get("audio")) == 1


def test_running_prediction_last_step_is_prediction_of_segment(visit):
    starter = load_classifier("starter")
    song = analyze_song(JAZZ, starter)
    page = go(visit(), "verdict", "This segment", step=30)

    lines = chart(page, "running")["data"]
    assert [line["name"] for line in lines] == list(starter.genres)
    np.testing.assert_allclose(
        [line["y"][-1] for line in lines], song.prediction.segment_probabilities[1], atol=1e-6
    )
    assert "Segment 2 of 9, from 0:03" in texts(page)


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
    assert "The cell that is shown is of the model starter." in texts(go(page, "cell"))
    assert "only has hidden states" in texts(go(page, "cinema"))
    assert gates(page) == ["Hidden state"]
    assert "only has hidden states" in texts(go(page, "cinema", "Live"))
    assert "no forget gate" in texts(go(page, "cinema", "Half-lives"))
    go(page, "forgetting")
    names = [line["name"] for line in chart(page, "paths")["data"]]
    assert [name for name in names if "(" in name] == ["LSTM (starter)", "Simple RNN (simple-rnn)"]


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
    assert shapes(go(page, "way"))[f"recurrent_{n_layers}"][-1] == settings["units"][-1]
    assert f"recurrent_{n_layers + 1}" not in shapes(page)
    go(page, "cinema")
    chooses = [group for group in page.get("button_group") if group.key == f"film_layer_{n_layers}"]
    assert [len(group.options) for group in chooses] == ([n_layers] if n_layers > 1 else [])
    if n_layers == 3:
        assert cell_picture(go(page, "cell", layer=3))["title"] == "Unit 0 of layer 3"


def test_scenes_bidirectional_model_say_what_is_missing(visit, other_models):
    page = visit(model="both")
    for scene, part in EVERYTHING:
        go(page, scene, part)
        assert not page.exception and not page.error, (scene, part)
    assert "both: this network reads each segment both ways" in texts(go(page, "forgetting"))
    assert len(chart(page, "paths")["data"]) == 1
    assert "is bidirectional" in texts(go(page, "verdict"))
    go(page, "cinema")
    [layers] = [group for group in page.get("button_group") if group.key == "film_layer_4"]
    assert list(layers.options) == ["1", "1 backwards", "2", "2 backwards"]
    before = player(page)["song"]["lanes"]
    layers.set_value(2).run()
    assert player(page)["song"]["lanes"] != before and not page.exception


def test_scenes_load_no_heavy_library():
    program = """
import sys
from tests.support.app_page import new_visit, told

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
