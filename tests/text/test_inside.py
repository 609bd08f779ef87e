"""What the page Inside says: its scenes, and the numbers of a song in sentences."""

from dataclasses import replace

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig, MusicnnConfig
from genre.evaluation.intervals import wilson_interval
from genre.interpret.cell import forget_example, rnn_step
from genre.interpret.gradients import MemoryCurve
from genre.interpret.half_life import UnitMemory
from genre.interpret.occlusion import Occlusion
from genre.interpret.position import find_index, find_position
from genre.interpret.recall_task import RecallRun, RecallTask
from genre.interpret.running_prediction import RunningPrediction
from genre.interpret.sequence import Shuffled, describe_sequence
from genre.interpret.unrolled import multiply_slopes, unroll
from genre.text import inside as wording
from genre.text.inside_scenes import SCENES, scene_of
from tests.interpret.test_trace import make_network, make_steps

GENRES = ("blues", "jazz")
TEXTURES = MfccConfig(texture_frames=5)


def test_scenes_are_six_with_a_source_and_a_short_paragraph():
    assert list(SCENES) == ["sequence", "network", "forgetting", "cell", "cinema", "verdict"]
    for scene in SCENES.values():
        assert 20 < len(scene.paragraph.split()) <= 60
        assert any(year in scene.source for year in ("1980", "1990", "1994", "1997", "2000"))
        assert scene.parts and all(words.endswith(".") for words in scene.parts.values())
    sources = " ".join(scene.source for scene in SCENES.values())
    for who in ("Hochreiter and Schmidhuber, 1997", "Bengio, Simard and Frasconi, 1994", "Gers"):
        assert who in sources


# Moments


def test_position_found_by_time_is_the_same_step():
    for features, n_steps in ((MfccConfig(), 130), (TEXTURES, 26)):
        for index in range(4 * n_steps):
            moment = find_position(index, (4, n_steps, 13), features)
            assert (moment.segment, moment.step) == divmod(index, n_steps)
            assert 3 * moment.segment <= moment.seconds < 3 * (moment.segment + 1) + 0.03
            assert find_index(moment.seconds, (4, n_steps, 13), features) == index


def test_position_outside_the_song_is_its_nearest_step():
    shape = (2, 26, 80)
    assert find_position(-5, shape, TEXTURES).index == 0
    assert (
        find_position(10**9, shape, TEXTURES).index == find_position(0, shape, TEXTURES).last == 51
    )
    assert find_index(100.0, shape, TEXTURES) == 51


def test_position_label_counts_from_one():
    moment = find_position(26 + 3, (9, 26, 80), TEXTURES)

    assert wording.position_line(moment) == "0:03.3, segment 2 of 9, step 4 of 26"
    assert wording.segment_line(moment) == "Segment 2 of 9, from 0:03"


# Numbers in sentences


def test_shape_lines_have_their_rates(hiss):
    sequence = describe_sequence(hiss, n_mfcc=20, hop_length=1024)

    assert wording.shape_lines(sequence, 22_050) == (
        "Univariate: [154,350, 1], 22,050 numbers per second.",
        "Multivariate: [130, 20], 21.5 vectors per second.",
    )
    assert wording.drawn_line(replace(sequence, seconds=6.1)) == ""
    long = replace(sequence, seconds=272.0)
    assert wording.drawn_line(long) == "Drawn: the first 6 s of 4:32."


def test_shuffle_line_says_whether_the_prediction_changed():
    shuffled = Shuffled(np.array([0.7, 0.3]), np.array([0.6, 0.4]), 2, 9, 0.0, np.zeros((9, 1, 1)))
    stays = wording.shuffled_line(shuffled, GENRES)
    assert stays.startswith("The prediction stays blues (70%, then 60%); 2 of 9 segments change")
    moved = replace(shuffled, after=np.array([0.4, 0.6]))
    assert wording.shuffled_line(moved, GENRES).startswith(
        "The prediction changes from blues to jazz;"
    )


@pytest.mark.parametrize("pooling", ["mean", "last"])
def test_return_sequences_says_whether_it_is_as_trained(pooling):
    config = make_network(pooling=pooling).config
    for sequences in (True, False):
        line = wording.unrolled_line(unroll(config, batch_size=1, returns_sequences=sequences))
        assert f"return_sequences={sequences}" in line
        assert line.endswith(f"{': as' if sequences == (pooling == 'mean') else ': not as'} in "
                             "this model.")  # fmt: skip


def test_state_line_follows_its_numbers():
    network = make_network(cell="simple_rnn")
    trace = network.trace(make_steps(1))
    numbers = rnn_step(network, trace, layer=1, segment=0, step=3)
    line = wording.state_line(numbers, 2).replace("−", "-")

    assert f"was {trace.layers[0][0].hidden[0, 2, 2]:.3f}, now" in line
    assert line.endswith(f"= {np.tanh(numbers.sums[2]):.3f}.")
    product = multiply_slopes(trace, layer=1)
    line = wording.slope_line(product)
    assert "After 25 steps back" in line and "-" not in line
    assert f"{product.median[-1]:.0e}".replace("-", "−") in line


def test_forgetting_is_a_sentence_for_each_network():
    slow, fast = np.full(26, 0.5), 0.5 ** np.arange(26)
    curves = {"a": MemoryCurve(np.arange(26), slow, 3, 0.1)}
    curves["b"] = MemoryCurve(np.arange(26), fast, 3, 0.1)
    lstm, simple = wording.forgetting_lines(curves, {"a": "lstm", "b": "simple_rnn"})

    assert lstm == (
        "LSTM (a): never below 10%; the gradient of the first step is 100.0% of that of the last."
    )
    assert simple.startswith("Simple RNN (b): below 10% from 4 steps back (0.4 s); the gradient")
    assert "under 0.05%" in simple


def test_recall_line_running_and_finished_says_progress_and_result():
    test = RecallTask("simple_rnn", 50)
    run = RecallRun(test, "", (10, 20), (0.2, 0.97), (20, 50), None, 3.0)

    assert wording.recall_run_line(run) == (
        "Simple RNN, gap 50: 20 batches, 97% recalled recently, gaps up to 50."
    )
    begun = replace(run, batches=(), accuracies=(), longest_gaps=())
    assert wording.recall_run_line(begun) == "Simple RNN, gap 50: starting."
    done = wording.recall_run_line(replace(run, outcome=wilson_interval(910, 1000)))
    assert "91% of 1,000 recalled" in done and "guessing gets 6%" in done
    assert "learnt after 20 batches" in done
    never = replace(run, accuracies=(0.2, 0.5), outcome=wilson_interval(91, 1000))
    assert "not learnt in 400 batches" in wording.recall_run_line(never)


def test_textbook_example_is_written_as_in_the_textbook():
    assert wording.forget_formula(forget_example()) == (
        r"C^f_t = C_{t-1} * f_t = [1, 2, 4] * [1, 0, 1] = [1, 0, 4]"
    )


def test_half_lives_name_the_unit_that_remembers_longest():
    values = np.array([30.0, 2.0, 1.0])
    memory = UnitMemory(1, np.array([5, 0, 2]), np.ones(3), values, values / 10, 1)

    line = wording.half_life_line(memory)
    assert line.startswith("Unit 5 has the longest half-life: 3.0 s (30 steps).")
    assert "Median: 0.20 s." in line and line.endswith("1 of 3 are longer than a segment.")


def test_final_prediction_line_names_the_genre_before():
    rows = np.array([[[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]], [[0.9, 0.1]] * 3], np.float32)
    running = RunningPrediction(np.array([1, 2, 3]), rows, False, np.array([1.0, 2, 3]), 3.0)

    assert wording.final_prediction_line(running, 0, GENRES) == (
        "The prediction is final after 3.0 s (step 3 of 3): jazz instead of blues."
    )
    assert wording.final_prediction_line(running, 1, GENRES).startswith(
        "The prediction is blues from the"
    )
    assert wording.final_predictions_line(running).startswith("For half of the 2 segments")


def test_occlusion_line_unfinished_names_largest_change_so_far():
    change = np.array([0.1, -0.3, np.nan])
    occlusion = Occlusion("second", change, 2, "the mean of the training data")

    line = wording.occlusion_line(occlusion, "jazz")
    assert line == (
        "Without the second at 0:01 (replaced by the mean of the training data) the probability of "
        "jazz in its segment is 30 points lower: the largest change so far."
    )
    done = Occlusion("mfcc", np.array([0.4, -0.3]), 2, "the song's own mean")
    assert wording.occlusion_line(done, "jazz").startswith("Without MFCC 0 (replaced by the song's")
    assert wording.occlusion_line(done, "jazz").endswith("40 points higher: the largest change.")
    unknown = Occlusion("mfcc", np.full(2, np.nan), 0, "the song's own mean")
    assert wording.occlusion_line(unknown, "jazz") == ""


def test_limitation_of_a_scene_for_a_model_is_said():
    lacks = {
        (cell, both): {s for s in SCENES if wording.limitation(make_network(cell=cell,
                       bidirectional=both).config, s)}
        for cell in ("lstm", "simple_rnn")
        for both in (False, True)
    }  # fmt: skip
    assert lacks[("lstm", False)] == set()
    assert lacks[("simple_rnn", False)] == {"cell", "cinema"}
    assert lacks[("lstm", True)] == {"network", "cell", "cinema", "verdict"}


def test_step_line_says_what_each_kind_of_model_reads():
    assert wording.step_line(MusicnnConfig()) == (
        "A step of this model: the 200 values of musicnn's penultimate layer over 0.96 s, "
        "every 0.32 s, so that steps overlap."
    )
    assert wording.step_line(MusicnnConfig(50, 50)).endswith("over 0.80 s, every 0.80 s.")
    assert wording.step_line(MfccConfig(n_mfcc=20, texture_frames=5)) == (
        "A step of this model: mean and standard deviation of 20 MFCCs over 5 frames, 40 values, "
        "every 116 ms."
    )
    assert wording.step_line(MfccConfig()) == (
        "A step of this model: 13 MFCCs of a frame of 93 ms, every 23 ms."
    )


def test_forgetting_lines_of_steps_of_two_lengths_say_both():
    fast, slow = (
        MemoryCurve(np.arange(3), np.array([1, 0.5, 0.01]), 9, seconds) for seconds in (0.116, 0.32)
    )
    cells = {"a": "lstm", "b": "simple_rnn"}

    assert wording.forgetting_lines({"a": fast, "b": fast}, cells)[0].startswith("LSTM (a): below")
    lines = wording.forgetting_lines({"a": slow, "b": fast}, cells)
    assert lines[0].startswith("LSTM (a, steps of 0.32 s): below 10% from 2 steps back (0.6 s)")
    assert lines[1].startswith("Simple RNN (b, steps of 0.12 s): ")


def test_pooling_line_names_the_mean_of_the_steps():
    assert "mean of the steps" in wording.pooling_line(make_network(pooling="mean_shortcut").config)
    assert wording.pooling_line(make_network(pooling="mean").config) == ""


def test_occlusion_line_of_a_small_change_gives_no_zero():
    occlusion = Occlusion("musicnn", np.array([0.001, -0.004]), 2, "the song's own mean")
    line = wording.occlusion_line(occlusion, "jazz")
    assert line.startswith("Without musicnn value 1 ")
    assert "is less than 1 point lower: the largest change." in line


def test_scenes_of_musicnn_differ_where_they_speak_of_mfccs():
    for name, scene in SCENES.items():
        other = scene_of(name, "musicnn")
        assert scene_of(name, "mfcc") is scene
        assert list(other.parts) == list(scene.parts)
        assert "MFCC" not in other.paragraph and len(other.paragraph.split()) <= 75
