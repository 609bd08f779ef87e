"""What is drawn of the inside, read back from the figures."""

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig
from genre.interpret.half_life import rank_memory
from genre.interpret.occlusion import Occlusion
from genre.interpret.running_prediction import predict_prefixes
from genre.interpret.sequence import shuffle_steps
from genre.interpret.trace import trace_song
from genre.scenes import forgetting_charts as forgetting_charts
from genre.scenes import prediction_charts as inside_charts
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


# Memory


def test_half_lives_are_drawn_longest_first():
    song = trace_song(make_network(), make_steps(3), MfccConfig())
    memory = rank_memory(song, song.layers[0])
    (bars,) = forgetting_charts.unit_memory(memory).data

    np.testing.assert_array_equal(bars.y, memory.half_life_seconds)
    np.testing.assert_array_equal(bars.customdata[:, 0], memory.units)
