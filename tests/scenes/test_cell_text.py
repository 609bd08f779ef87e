"""What the pictures of a cell say."""

import numpy as np

from genre.network.forward import HeldGate
from genre.scenes import cell_text as wording

GENRES = ("blues", "jazz")


def test_held_line_says_whether_the_verdict_changes():
    one, other = np.array([0.7, 0.3]), np.array([0.2, 0.8])
    counts = {"n_changed": 1, "n_segments": 9}

    assert wording.held_line(one, one, GENRES, **counts) == (
        "The verdict stays blues, from 70% to 70%. 1 of 9 segments changes its prediction."
    )
    assert wording.held_line(one, other, GENRES, **counts | {"n_changed": 0}) == (
        "The verdict changes from blues (70%) to jazz (80%). "
        "0 of 9 segments change their prediction."
    )
    assert wording.verdict_line(other, GENRES) == "Verdict: jazz 80%"


def test_held_label_names_gate_units_and_value():
    assert wording.held_label(HeldGate(1, "input", 1.0)) == (
        "Held: input gate of all units of layer 1 at 1.00"
    )
    assert wording.held_label(HeldGate(2, "output", 0.25, unit=0)) == (
        "Held: output gate of unit 0 of layer 2 at 0.25"
    )


def test_stretch_is_said_of_a_long_song_alone():
    assert wording.stretch_line(range(0, 9), 9, 3.0) == ""
    assert "from 5:00 to 10:00" in wording.stretch_line(range(100, 200), 400, 3.0)


def test_words_differ_by_what_the_cell_has():
    lstm, simple = wording.picture_words("lstm"), wording.picture_words("simple_rnn")

    assert lstm.keys() == simple.keys() and all(lstm.values())
    assert "gate" in lstm["unitsCaption"] and "gate" not in simple["unitsCaption"]
    assert wording.layer_label(2, "backward") == "Layer 2, read backwards"
    assert wording.unit_label(3, 1, "forward") == "Unit 3 of layer 1"
    assert "no gates" in wording.other_model_line("starter", "lstm")
    assert "no gates" in wording.no_model_line("lstm")
    assert wording.textbook_line("C", [-0.5, 1e-9]) == "C = [−0.5, 1e−09]"
