"""What the pictures of a cell are drawn from."""

import base64
import json

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig
from genre.interpret.cell import cell_series
from genre.interpret.held import run_layer
from genre.interpret.textbook import textbook_cell
from genre.network.forward import HeldGate
from genre.scenes.cell_picture import hold_data, picture_data, textbook_data
from tests.interpret.test_trace import make_network, make_steps

GENRES = ("blues", "jazz", "pop", "rock")


def decode(text, dtype=np.uint8):
    return np.frombuffer(base64.b64decode(text), dtype)


@pytest.mark.parametrize("cell", ["lstm", "simple_rnn"])
def test_picture_has_exact_numbers_of_a_unit_and_colours_of_all(cell):
    network = make_network(cell=cell)
    series = cell_series(network, network.trace(make_steps(3)), layer=1, unit=4)
    data = json.loads(json.dumps(picture_data(series)))

    rows = decode(data["series"], "<f4").reshape(len(data["quantities"]), data["n"])
    for name, values in series.values.items():
        np.testing.assert_array_equal(rows[data["quantities"].index(name)], values.reshape(-1))
    for name, bias in data["bias"].items():
        x, h = (rows[data["quantities"].index(f"{name}_{part}")] for part in "xh")
        np.testing.assert_allclose(x + h + bias, series.sums(name).reshape(-1), atol=1e-5)
    states = decode(data["states"]).reshape(-1, 7).astype(float)
    order = np.corrcoef(states.reshape(-1), series.states.reshape(-1))[0, 1]
    assert order > 0.99 and (data["units"], data["n"]) == (7, 3 * 26)
    assert data["reach"] == np.abs(series.states[:, :, 4]).max()
    assert (data["gates"] == "") == (cell == "simple_rnn")
    if cell == "lstm":
        gates = decode(data["gates"]).reshape(3, 26, 7)
        np.testing.assert_allclose(gates / 255, series.gates, atol=0.003)


def test_hold_has_both_runs_on_one_scale():
    network, steps = make_network(), make_steps(3)
    features = MfccConfig(texture_frames=5)
    runs = {
        "as trained": run_layer(network, steps, features, layer=2),
        "held": run_layer(network, steps, features, layer=2, held=[HeldGate(2, "output", 1.0)]),
    }
    audible = np.array([True, False, True])
    data = json.loads(
        json.dumps(hold_data(runs, unit=1, gate="output", genres=GENRES, audible=audible))
    )

    assert [run["label"] for run in data["runs"]] == list(runs)
    for drawn, run in zip(data["runs"], runs.values(), strict=True):
        cell, hidden, gate = decode(drawn["series"], "<f4").reshape(3, -1)
        np.testing.assert_array_equal(cell, run.states[:, :, 1].reshape(-1))
        np.testing.assert_array_equal(hidden, run.hidden[:, :, 1].reshape(-1))
        np.testing.assert_array_equal(gate, run.gates["output"][:, :, 1].reshape(-1))
        shares = decode(drawn["shares"]).reshape(3, 26, 4)
        np.testing.assert_allclose(shares / 255, run.running.probabilities, atol=0.003)
        assert np.abs(cell).max() <= data["reach"]
    assert (decode(data["runs"][1]["gates"]) == 255).all()
    assert decode(data["audible"]).tolist() == [1, 0, 1]
    assert data["prefixes"] == list(range(1, 27)) and len(data["genreColours"]) == 4


def test_textbook_has_a_strand_for_each_unit():
    data = textbook_data(textbook_cell([1, -2, 4], [1, 0.5, 0]))

    assert [s["kept"] for s in data["strands"]] == [1, -1, 0] and data["reach"] == 4
    assert {s["input_gate"] for s in data["strands"]} == {None}
    assert textbook_data(textbook_cell([0], [0]))["reach"] > 0
