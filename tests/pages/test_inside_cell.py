"""The scene of the cell: what its pictures are handed, and what is chosen in them."""

import base64
import json
from dataclasses import replace

import numpy as np
import pytest

from app_pages import inside_caches, inside_parts, inside_pictures
from genre import paths
from genre.interpret.cell import cell_series
from genre.models.classifier import load_classifier
from genre.models.registry import read_card, save_model
from genre.models.song_analysis import analyze_song
from genre.network.forward import HeldGate
from genre.paths import ROOT
from tests.interpret.test_trace import make_network
from tests.pages.test_inside import cell_picture, go, songs, visit  # noqa: F401
from tests.support.app_page import texts


@pytest.fixture(scope="module")
def starter():
    return load_classifier("starter")


@pytest.fixture(scope="module")
def steps(starter):
    return analyze_song(ROOT / "samples" / "jazz.ogg", starter).steps


@pytest.fixture
def own_models(monkeypatch, tmp_path):
    """A folder of models with one that reads both ways, and without a simple RNN."""
    (tmp_path / "starter").symlink_to(ROOT / "models" / "starter")
    network = make_network(n_values=80, n_genres=10, bidirectional=True)
    card = replace(read_card("starter"), name="both", network=network.config)
    save_model(network, card, folder=tmp_path)
    monkeypatch.setattr(paths, "MODELS", tmp_path)
    return network


def floats(data, row=None):
    array = np.frombuffer(base64.b64decode(data["series"]), "<f4").reshape(-1, data["n"])
    return array if row is None else array[data["quantities"].index(row)]


def part(visit, name, **place):  # noqa: F811
    return go(visit(), "cell", name, **place)


def test_picture_has_the_networks_own_numbers_of_every_step(visit, starter, steps):  # noqa: F811
    drawn = cell_picture(part(visit, "Picture", layer=2, unit=5))
    trace = starter.network.trace(steps)
    series = cell_series(starter.network, trace, layer=2, unit=5)

    for name in ("forget_gate", "input_gate", "candidate", "output_gate", "cell", "hidden"):
        own = getattr(trace.layers[1][0], name)[:, :, 5].reshape(-1)
        np.testing.assert_array_equal(floats(drawn, name), own)
    for name, bias in series.bias.items():
        total = floats(drawn, f"{name}_x") + floats(drawn, f"{name}_h") + bias
        np.testing.assert_allclose(total, series.sums(name).reshape(-1), atol=1e-5)
        assert drawn["bias"][name] == bias
    assert (drawn["units"], drawn["nSteps"], drawn["allSegments"]) == (64, 26, len(steps))


def test_tabs_are_the_layers_and_their_directions(visit, own_models):  # noqa: F811
    page = visit(model="both")
    drawn = cell_picture(go(page, "cell", "Picture"))
    assert [tab["label"] for tab in drawn["tabs"]] == [
        "Layer 1", "Layer 1, read backwards", "Layer 2", "Layer 2, read backwards",
    ]  # fmt: skip
    page.session_state["direction"] = "backward"
    drawn = cell_picture(page.run())
    assert drawn["title"] == "Unit 0 of layer 1, read backwards" and drawn["before"] == "ₜ₊₁"
    song = analyze_song(ROOT / "samples" / "jazz.ogg", load_classifier("both", paths.MODELS))
    backward = own_models.trace(song.steps).layers[0][1]
    np.testing.assert_array_equal(floats(drawn, "cell"), backward.cell[:, :, 0].reshape(-1))


def test_direction_of_a_network_that_only_reads_forward_is_forward(visit):  # noqa: F811
    page = visit(scene="cell", direction="backward")
    assert cell_picture(page)["place"]["direction"] == "forward" and not page.exception


def test_long_song_is_shown_in_stretches(visit, songs):  # noqa: F811
    page = go(visit(songs["10 min"]), "cell", "Picture", step=26 * 120)
    drawn = cell_picture(page)

    assert (drawn["first"], drawn["segments"], drawn["allSegments"]) == (2600, 100, 200)
    assert drawn["n"] == 2600 == floats(drawn).shape[1]
    page = go(page, "cell", "Hold", step=26 * 120)
    assert "the part from 5:00 to 10:00 is run again" in texts(page)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"step": 50, "unit": 9, "layer": 2, "direction": "backward"}, (50, 9, 2, "backward")),
        ({"step": 10**30, "unit": -4, "layer": 0, "direction": "sideways"}, (12, 0, 1, "forward")),
        ({"step": "50", "unit": None, "layer": [2]}, (12, 0, 1, "forward")),
        ("<b>", (12, 0, 1, "forward")),
    ],
)
def test_what_a_browser_sends_is_kept_where_it_is_a_place(monkeypatch, sent, kept):
    state = {"step": 12, "unit": 0, "layer": 1, "direction": "forward"}
    monkeypatch.setattr(inside_parts, "state", State(state))
    inside_parts.keep_place(sent)

    assert tuple(state.values()) == kept


class State(dict):
    """The session state of one test."""

    def __init__(self, values):
        self.__dict__ = values

    def __getitem__(self, name):
        return self.__dict__[name]

    def __setitem__(self, name, value):
        self.__dict__[name] = value


# A gate held


def test_hold_runs_the_network_with_the_gate_held(visit, starter, steps):  # noqa: F811
    page = part(visit, "Hold", layer=2, unit=3)
    trained, held = cell_picture(page)["runs"]
    trace = starter.network.trace(steps, [HeldGate(2, "forget", 0.0)])

    assert held["label"] == "Held: forget gate of all units of layer 2 at 0.00"
    data = {"n": len(steps) * 26}
    cell, hidden, gate = floats(data | held)
    np.testing.assert_array_equal(cell, trace.layers[1][0].cell[:, :, 3].reshape(-1))
    np.testing.assert_array_equal(hidden, trace.layers[1][0].hidden[:, :, 3].reshape(-1))
    assert not gate.any()
    before = starter.network.trace(steps).layers[1][0].cell[:, :, 3]
    np.testing.assert_array_equal(floats(data | trained)[0], before.reshape(-1))
    shares = np.frombuffer(base64.b64decode(held["shares"]), np.uint8).reshape(len(steps), 26, 10)
    np.testing.assert_allclose(shares[:, -1] / 255, trace.probabilities, atol=0.003)


def test_held_value_gate_and_units_are_chosen_and_in_the_link(visit):  # noqa: F811
    page = part(visit, "Hold", unit=7)
    assert "The verdict" in texts(page) and "9 segments" in texts(page)
    page.button(key="hold_open").click().run()
    assert cell_picture(page)["runs"][1]["label"].endswith("of layer 1 at 1.00")
    for key, value in (("at_gate", "output"), ("at_held_units", "one")):
        next(b for b in page.get("button_group") if b.key == key).set_value(value).run()
    page.slider(key="at_held_percent").set_value(35).run()

    label = "Held: output gate of unit 7 of layer 1 at 0.35"
    assert cell_picture(page)["runs"][1]["label"] == label
    link = {"gate": "output", "held_units": "one", "held_at": "35"}
    assert link.items() <= dict(page.query_params).items()
    again = visit(scene="cell", part="Hold", unit="7", **link)
    assert cell_picture(again)["runs"][1]["label"] == label


def test_link_bad_hold_is_the_default(visit):  # noqa: F811
    page = visit(scene="cell", part="Hold", gate="<b>", held_units="?", held_at="101")
    assert not page.exception
    label = "Held: forget gate of all units of layer 1 at 0.00"
    assert cell_picture(page)["runs"][1]["label"] == label


def test_hold_of_one_song_is_computed_once(visit, monkeypatch):  # noqa: F811
    page = part(visit, "Hold", layer=2, unit=11)
    ran = []
    monkeypatch.setattr(inside_pictures, "run_layer", lambda *_, **__: ran.append(1))
    page.session_state["unit"] = 12
    page.run()
    assert not page.exception and not ran


# Simple RNN


def test_simple_cell_is_of_the_bundled_model_beside_an_lstm(visit, starter, steps):  # noqa: F811
    page = part(visit, "Simple RNN")
    drawn = cell_picture(page)

    assert drawn["kind"] == "simple_rnn" and drawn["gates"] == ""
    assert "The simple RNN that is shown is the model simple-rnn" in texts(page)
    own = load_classifier("simple-rnn")
    hidden = own.network.trace(analyze_song(ROOT / "samples" / "jazz.ogg", own).steps).outputs[0]
    np.testing.assert_array_equal(floats(drawn, "hidden"), hidden[:, :, 0].reshape(-1))

    beside = drawn["beside"]
    assert beside["title"] == "An LSTM on the same steps (starter): Unit 0 of layer 1"
    cells = starter.network.trace(steps).layers[0][0].cell[:, :, 0].reshape(-1)
    np.testing.assert_array_equal(floats(beside, "cell"), cells)


def test_simple_cell_stands_alone_without_an_lstm_on_its_steps(visit, monkeypatch):  # noqa: F811
    page = part(visit, "Simple RNN")
    assert "beside" in cell_picture(page)
    monkeypatch.setitem(inside_caches.BUNDLED, "lstm", "course")  # 130 steps a segment
    drawn = cell_picture(page.run())
    assert drawn["kind"] == "simple_rnn" and "beside" not in drawn


def test_simple_model_shows_its_own_cell_and_the_lstm_of_another(visit):  # noqa: F811
    page = visit(model="simple-rnn")
    assert cell_picture(go(page, "cell", "Simple RNN"))["kind"] == "simple_rnn"
    assert "that is shown" not in texts(page)
    for name in ("Picture", "Hold"):
        assert cell_picture(go(page, "cell", name))["kind"] == "lstm"
        assert "no gates. The cell that is shown is of the model starter." in texts(page)


def test_simple_cell_without_a_model_says_how_to_get_one(visit, own_models):  # noqa: F811
    page = go(visit(model="both"), "cell", "Simple RNN")
    assert "choose the cell Simple RNN" in texts(page) and not page.exception


# Textbook


def textbook(page):
    [found] = [c for c in page.get("bidi_component") if "-textbook_picture" in c.proto.id]
    return json.loads(found.proto.json)["strands"]


def test_textbook_typed_numbers_show_their_result(visit):  # noqa: F811
    page = part(visit, "Textbook")
    assert [s["cell"] for s in textbook(page)] == [1, 0, 4]
    page.text_input(key="textbook_C").set_value("2, −3").run()
    assert "f has 3 numbers, C has 2" in page.error[0].value
    page.text_input(key="textbook_f").set_value("[0.5 1]").run()

    assert not page.error and [s["cell"] for s in textbook(page)] == [1, -3]
    page.text_input(key="textbook_i").set_value("1 1").run()
    assert "Only one of i and C' was given" in page.error[0].value
    page.text_input(key="textbook_candidate").set_value("0.25, 1").run()
    page.text_input(key="textbook_o").set_value("1, 0").run()
    assert [s["cell"] for s in textbook(page)] == [1.25, -2]
    assert textbook(page)[0]["hidden"] == pytest.approx(np.tanh(1.25))


@pytest.mark.parametrize("typed", ["<img src=x onerror=alert(1)>", "1,,x", "9" * 300])
def test_textbook_nonsense_is_one_sentence(visit, typed):  # noqa: F811
    page = part(visit, "Textbook")
    page.text_input(key="textbook_C").set_value(typed).run()
    assert len(page.error) == 1 and not page.exception
