"""What is drawn of the inside, read back from the figures."""

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig
from genre.charts import cell as cell_charts
from genre.charts import forgetting as forgetting_charts
from genre.charts import inside as inside_charts
from genre.evaluation.intervals import wilson_interval
from genre.interpret.cell import lstm_step, rnn_step
from genre.interpret.gradients import MemoryCurve
from genre.interpret.half_life import rank_memory
from genre.interpret.occlusion import Occlusion
from genre.interpret.recall_task import RecallRun, RecallTask
from genre.interpret.running_prediction import predict_prefixes
from genre.interpret.sequence import describe_sequence, shuffle_steps
from genre.interpret.trace import trace_song
from genre.interpret.unrolled import multiply_slopes, tanh_curve, unroll
from tests.interpret.test_trace import make_network, make_steps

GENRES = ("<b>blues</b>", "jazz", "pop", "rock")


@pytest.fixture(scope="module")
def running():
    return predict_prefixes(make_network(), make_steps(3), MfccConfig())


def n_bytes(figure):
    return len(figure.update_layout(template=None).to_json())


def test_segment_prediction_starts_after_one_step_and_ends_with_its_own(running):
    figure = inside_charts.prefix_curves(running, 1, GENRES)

    assert [line.name for line in figure.data] == ["&lt;b&gt;blues&lt;/b&gt;", *GENRES[1:]]
    heights = np.array([line.y for line in figure.data])
    np.testing.assert_array_equal(heights, running.probabilities[1].T)
    assert figure.data[0].x[0] == pytest.approx(3 / 26) and figure.data[0].x[-1] == 3
    widths = [line.line.width for line in figure.data]
    assert widths.index(max(widths)) == running.top[1, -1]
    assert figure.layout.shapes[0].x0 == running.decided_seconds[1]


def test_song_prediction_ends_each_segment_with_its_own():
    network, steps = make_network(), make_steps(300)
    running = predict_prefixes(network, steps, MfccConfig())
    figure = inside_charts.prefix_heatmap(running, GENRES, selected=4)
    (picture,) = figure.data

    assert picture.z.shape == (4, 300 * 6)  # six columns a segment keep within 2000
    last = np.rint(100 * network.predict_proba(steps)).T
    np.testing.assert_allclose(picture.z[:, 5::6], last, atol=1)
    assert picture.dx == 0.5 and picture.x0 == 0.25
    assert {(s.x0, s.x1) for s in figure.layout.shapes} == {(12, 15)}
    assert n_bytes(figure) < 100_000


def test_occlusion_chart_keeps_its_axis_while_it_fills_in():
    change = np.array([0.1, -0.2, np.nan, np.nan])
    half = Occlusion("second", change, 2, "the mean of the training data")
    done = Occlusion("second", np.array([0.1, -0.2, 0.3, 0]), 4, half.replaced_by)
    one, other = (inside_charts.occlusion_bars(o) for o in (half, done))

    assert one.layout.xaxis.range == other.layout.xaxis.range == (0, 4)
    np.testing.assert_allclose(one.data[0].y[:2], [10, -20])
    assert np.isnan(one.data[0].y[2:]).all()
    assert one.data[0].x.tolist() == [0.5, 1.5, 2.5, 3.5]
    mfcc = inside_charts.occlusion_bars(Occlusion("mfcc", change, 2, half.replaced_by))
    assert mfcc.data[0].x.tolist() == [0, 1, 2, 3]


def test_sequence_marks_frame_that_vector_shows(hiss):
    sequence = describe_sequence(hiss)
    figure = inside_charts.sequence_chart(sequence, 130)

    for mark in figure.layout.shapes:
        assert mark.x0 == mark.x1 == pytest.approx(130.5 * 6 / 260)
        assert (mark.yref, mark.y0, mark.y1) == ("paper", 0, 1)
    assert figure.data[1].z.shape == (13, 260)
    vector = cell_charts.frame_vector(sequence, 130).data[0]
    np.testing.assert_array_equal(vector.y, sequence.frames[130])


@pytest.mark.parametrize("hop_length", [256, 4096])
def test_click_anywhere_on_sequence_finds_frame(hiss, hop_length):
    sequence = describe_sequence(hiss, hop_length=hop_length)
    *_, targets = inside_charts.sequence_chart(sequence, 0).data

    n = min(len(sequence.frames), inside_charts.MAX_TARGETS)
    assert len(targets.customdata) == n and targets.dx == targets.width == pytest.approx(6 / n)
    # The frame that lies under the middle of each invisible bar.
    middles = targets.x0 + targets.dx * np.arange(n)
    np.testing.assert_array_equal(targets.customdata, middles // sequence.frame_seconds)


def test_shuffled_steps_are_drawn_below_those_in_order():
    steps = make_steps(3)
    shuffled = shuffle_steps(make_network(), steps, audible=np.ones(3, bool))
    upper, lower = inside_charts.shuffled_heatmaps(steps, shuffled, 2).data

    assert upper.z.shape == lower.z.shape == (6, 26)
    assert not np.array_equal(upper.z, lower.z)
    np.testing.assert_allclose(np.sort(upper.z), np.sort(lower.z), atol=1)
    assert (upper.yaxis, lower.yaxis) == ("y2", "y3")


def test_shuffled_prediction_stands_beside_one_in_order():
    shuffled = shuffle_steps(make_network(), make_steps(3), audible=np.ones(3, bool))
    before, after = inside_charts.shuffled_prediction(shuffled, GENRES).data

    np.testing.assert_array_equal(before.x, shuffled.before)
    np.testing.assert_array_equal(after.x, shuffled.after)
    assert (before.name, after.name) == ("in order", "shuffled")


# The network and its cell


@pytest.mark.parametrize("sequences", [True, False])
def test_unrolled_network_has_shape_on_every_arrow(sequences):
    unrolled = unroll(make_network().config, batch_size=9, returns_sequences=sequences)
    figure = cell_charts.unrolled_network(unrolled, "#123456")
    words = [a.text for a in figure.layout.annotations if a.text]

    assert {arrow.label for arrow in unrolled.arrows} <= set(words)
    assert words.count("LSTM") == 2 * 4 and "step 26" in words
    assert ("to the pooling" in words) == sequences
    outward = [a for a in figure.layout.annotations if not a.text and a.ay == 2.24]
    assert len(outward) == (4 if sequences else 1)
    assert {a.font.color for a in figure.layout.annotations if a.text} == {"#123456"}


def test_step_shows_every_quantity_of_every_unit_and_frames_one():
    network = make_network()
    numbers = lstm_step(network, network.trace(make_steps(1)), layer=2, segment=0, step=3)
    figure = cell_charts.cell_step(numbers, 4)
    (picture,) = figure.data

    assert picture.z.shape == (9, 5)
    np.testing.assert_array_equal(picture.z[0], numbers.previous_cell)
    np.testing.assert_array_equal(picture.z[6], numbers.cell)
    np.testing.assert_array_equal(picture.z[8], numbers.hidden)
    assert {(s.x0, s.x1) for s in figure.layout.shapes} == {(3.5, 4.5)}
    np.testing.assert_array_equal(cell_charts.input_vector(numbers).data[0].y, numbers.inputs)


def test_simple_cell_and_slopes_of_its_tanh_are_drawn():
    network = make_network(cell="simple_rnn")
    trace = network.trace(make_steps(2))
    numbers = rnn_step(network, trace, layer=1, segment=0, step=3)
    curve, slope, units = cell_charts.tanh_chart(tanh_curve(), numbers.sums).data
    product = multiply_slopes(trace, layer=2)
    *_, median = cell_charts.slope_product(product).data

    assert cell_charts.cell_step(numbers, 0).data[0].z.shape == (3, 7)
    np.testing.assert_allclose(units.y, np.tanh(np.clip(numbers.sums, -4, 4)))
    assert max(slope.y) == 1 and max(curve.y) < 1
    np.testing.assert_allclose(median.y, np.maximum(product.median, 1e-12))


# Memory


def test_forgetting_is_drawn_as_share_of_last_step_on_logarithmic_axis():
    curve = MemoryCurve(np.arange(3), np.array([4.0, 2.0, 0.0]), 1, 0.1)
    figure = forgetting_charts.forgetting(
        {"a": curve, "b": curve}, {"a": "lstm", "b": "simple_rnn"}
    )

    assert [line.name for line in figure.data] == ["LSTM (a)", "Simple RNN (b)"]
    assert figure.data[0].y.tolist() == [1, 0.5, 1e-12]
    assert figure.layout.yaxis.type == "log"
    assert figure.data[0].line.color != figure.data[1].line.color


def make_run(cell, gap, n_right=900, n=1000):
    outcome = None if n_right is None else wilson_interval(n_right, n)
    return RecallRun(RecallTask(cell, gap), "python", (10, 20), (0.2, 0.97), (10, 10), outcome, 1.0)


def test_memory_test_shows_each_run_with_its_interval():
    runs = [make_run("lstm", 10), make_run("simple_rnn", 10, 500), make_run("lstm", 50, None)]
    lstm, effort, rnn, _ = forgetting_charts.recall_task_results(runs).data

    assert lstm.y == (0.9,) and rnn.y == (0.5,)  # the one that still runs has no result
    assert rnn.error_y.array[0] == pytest.approx(0.031, abs=1e-3)
    assert lstm.x[0] < 0 < rnn.x[0] and lstm.customdata == (10,)
    assert effort.y == (20,) and effort.yaxis == "y2"
    figure = forgetting_charts.recall_task_progress(runs[2:])
    assert figure.data[0].name == "LSTM, gap 50" and figure.data[0].y == (0.2, 0.97)
    assert figure.layout.xaxis.range == (0, 400)


def test_half_lives_are_drawn_longest_first():
    song = trace_song(make_network(), make_steps(3), MfccConfig())
    memory = rank_memory(song, song.layers[0])
    (bars,) = forgetting_charts.unit_memory(memory).data

    np.testing.assert_array_equal(bars.y, memory.half_life_seconds)
    np.testing.assert_array_equal(bars.customdata[:, 0], memory.units)
