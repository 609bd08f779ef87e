"""Every chart is drawn from what the app would hand it, and its figures are read back."""

import itertools
import json
import subprocess
import sys

import numpy as np
import pytest

from genre.audio.song_facts import SongFacts
from genre.charts import song as song_charts
from genre.charts import training as training_charts
from genre.charts.colours import (
    DARK_BACKGROUND,
    GENRE_COLOURS,
    LIGHT_BACKGROUND,
    NEUTRAL,
    TRAINING,
    VALIDATION,
    genre_colour,
)
from genre.evaluation.evaluation import Evaluation
from genre.evaluation.intervals import wilson_interval
from genre.models.song_analysis import MAX_COLUMNS, average_columns
from genre.paths import ROOT
from tests.support.predictions import GENRES, make_prediction

HISTORY = [
    {"epoch": i, "loss": 2 / i, "accuracy": i / 9, "val_loss": 3 / i, "val_accuracy": i / 12}
    for i in range(1, 7)
]
MARKUP = ("<b>bold</b>", "R&B 'n' \"q\"", "a%{x}" + "z" * 90)


def make_timeline(prediction, n_frames=None, *, n_mfcc=13, **settings):
    rng = np.random.default_rng(440)
    edge = rng.uniform(0, 0.5, 3000).astype(np.float32)
    frames = rng.normal(0, 20, (n_frames or 130 * len(prediction.audible), n_mfcc))
    columns = average_columns(frames.astype(np.float32))
    envelope = np.stack([-edge, edge], axis=1)
    column_seconds = prediction.seconds / len(columns)
    return song_charts.song_timeline(prediction, envelope, columns, column_seconds, **settings)


def bars_of(figure):
    return [trace for trace in figure.data if trace.type == "bar"]


def trace_of(figure, kind):
    (trace,) = (trace for trace in figure.data if trace.type == kind)
    return trace


def n_bytes(figure):
    return len(figure.update_layout(template=None).to_json())


EVALUATION = Evaluation(
    genres=("<i>a</i>", "jazz", "rock"),
    track_accuracy=wilson_interval(6, 9),
    segment_accuracy=wilson_interval(60, 90),
    confusion_matrix=np.array([[4, 1, 0], [0, 2, 2], [0, 0, 0]]),
    about="not seen in training",
)
FACTS = SongFacts(
    seconds=200.0,
    analysed_seconds=120.0,
    chroma_over_time=tuple((round(i / 12, 3),) * 300 for i in range(12)),
)
# Timeline


def test_audible_segments_add_up_to_one_and_silent_ones_stay_empty():
    prediction = make_prediction(silent=(4, 7))
    *genres, silent = bars_of(make_timeline(prediction))
    heights = np.array([bars.y for bars in genres])

    assert [bars.name for bars in genres] == list(GENRES)
    np.testing.assert_allclose(heights[:, prediction.audible].sum(axis=0), 1, atol=1e-5)
    assert np.isnan(heights[:, [4, 7]]).all()
    assert silent.name == "(silent)" and silent.x.tolist() == [12, 21]
    assert [about[0] for about in silent.customdata] == [4, 7]


def test_song_without_silence_does_not_mention_it():
    assert len(bars_of(make_timeline(make_prediction()))) == 10


def test_bars_touch_each_other_and_know_their_segment():
    figure = make_timeline(make_prediction())

    assert figure.layout.barmode == "stack" and figure.layout.bargap == 0
    for bars in bars_of(figure):
        assert (bars.offset, bars.width) == (0, 3)
        assert bars.x.tolist() == [3 * i for i in range(10)]
        assert [about[0] for about in bars.customdata] == list(range(10))
        assert bars.customdata[2][1] == "0:06-0:09"
        assert bars.marker.color == GENRE_COLOURS[bars.name]


def test_short_recording_ends_where_it_ends():
    figure = make_timeline(make_prediction(1, seconds=1.7, is_short=True))

    assert all(bars.width == 1.7 for bars in bars_of(figure))
    assert bars_of(figure)[0].customdata[0][1] == "0:00-0:01.7"
    assert tuple(figure.layout.xaxis.range) == (0, 1.7)
    assert figure.layout.xaxis.ticktext == ("0:00", "0:00.5", "0:01", "0:01.5")


def test_timeline_rows_share_one_axis_in_seconds():
    prediction = make_prediction(400)
    figure = make_timeline(prediction)

    assert {trace.xaxis or "x" for trace in figure.data} == {"x"}
    assert {trace.yaxis or "y" for trace in figure.data} == {"y", "y2", "y3"}
    assert tuple(figure.layout.xaxis.range) == (0, prediction.seconds)
    assert figure.layout.xaxis.tickvals == (0, 300, 600, 900, 1200)
    assert figure.layout.xaxis.ticktext == ("0:00", "5:00", "10:00", "15:00", "20:00")
    wave, picture = trace_of(figure, "scatter"), trace_of(figure, "heatmap")
    assert wave.dx * len(wave.y) == pytest.approx(prediction.seconds)
    assert picture.x0 == picture.dx / 2
    assert picture.dx * picture.z.shape[1] == pytest.approx(prediction.seconds)


def test_waveform_swings_between_highest_and_lowest():
    envelope = np.array([[-0.1, 0.2], [-0.4, 0.1]], dtype=np.float32)
    prediction = make_prediction(2, seconds=8.0)
    figure = song_charts.song_timeline(prediction, envelope, np.zeros((4, 13)), 2.0)
    wave = trace_of(figure, "scatter")

    assert (wave.x0, wave.dx) == (1, 2)  # two points in each stretch of four seconds
    np.testing.assert_allclose(wave.y / 127 * 0.4, [0.2, -0.1, 0.1, -0.4], atol=2e-3)


def test_heat_map_scales_each_coefficient_by_itself():
    rng = np.random.default_rng(440)
    frames = rng.normal(0, 1, (500, 13)) * np.r_[100, np.ones(12)] - np.r_[300, np.zeros(12)]
    frames[:, 5] = 7  # and one that never moves
    with np.errstate(all="raise"):
        figure = song_charts.song_timeline(make_prediction(), np.zeros((0, 2)), frames, 0.06)
    z = trace_of(figure, "heatmap").z / 100

    np.testing.assert_allclose(z.mean(axis=1), 0, atol=0.01)
    np.testing.assert_allclose(np.delete(z, 5, axis=0).std(axis=1), 1, atol=0.01)
    assert not z[5].any()


def test_chosen_segment_is_framed_over_all_rows():
    figure = make_timeline(make_prediction(), selected=3)

    assert not make_timeline(make_prediction()).layout.shapes
    for shape in figure.layout.shapes:
        assert (shape.x0, shape.x1, shape.yref, shape.y0, shape.y1) == (9, 12, "paper", 0, 1)
    assert {shape.line.color for shape in figure.layout.shapes} == {"#ffffff", "#000000"}


def test_timeline_is_light_enough_to_send():
    short, long = make_prediction(10), make_prediction(400, silent=range(50))

    assert n_bytes(make_timeline(short, 1292, n_mfcc=20)) < 150_000
    assert n_bytes(make_timeline(long, n_mfcc=20)) < 400_000
    assert trace_of(make_timeline(long), "heatmap").z.shape == (13, MAX_COLUMNS)


# The other pictures


def test_chroma_starts_with_c_at_bottom():
    figure = song_charts.chroma_chart(FACTS)
    picture = trace_of(figure, "heatmap")

    assert figure.layout.yaxis.ticktext[0] == "C" and figure.layout.yaxis.autorange is None
    np.testing.assert_allclose(picture.z[:, 0], np.arange(12) / 12, atol=1e-3)
    assert picture.dx * 300 == pytest.approx(120)


def test_matrix_has_true_genre_down_and_given_across():
    figure = song_charts.confusion_matrix(EVALUATION.genres, EVALUATION.confusion_matrix)
    matrix = trace_of(figure, "heatmap")

    assert matrix.text == (["4", "1", "0"], ["0", "2", "2"], ["0", "0", "0"])
    np.testing.assert_allclose(matrix.z, [[0.8, 0.2, 0], [0, 0.5, 0.5], [0, 0, 0]])
    assert figure.layout.yaxis.title.text == "True genre"
    assert figure.layout.xaxis.title.text == "Predicted genre"
    assert figure.layout.yaxis.autorange == "reversed"
    assert matrix.hovertext[1][2] == "true jazz, given rock: 2 of 4 tracks"


def test_matrix_of_rounds_of_folds_has_mean_counts():
    figure = song_charts.confusion_matrix(("jazz", "rock"), np.array([[11 / 3, 1 / 3], [0, 5.0]]))
    matrix = trace_of(figure, "heatmap")

    assert matrix.text == (["3.7", "0.3"], ["0", "5"])
    assert matrix.hovertext[0][1] == "true jazz, given rock: 0.3 of 4 tracks"


# All of them


FIGURES = {
    "timeline": make_timeline(make_prediction(silent=(0,)), selected=1),
    "timeline of two": make_timeline(make_prediction(3, ("jazz", "rock"))),
    "timeline with markup": make_timeline(make_prediction(3, MARKUP, silent=(1,))),
    "chroma": song_charts.chroma_chart(FACTS),
    "history": training_charts.training_history(HISTORY),
    "no history": training_charts.training_history([]),
    "matrix": song_charts.confusion_matrix(EVALUATION.genres, EVALUATION.confusion_matrix),
}
every_figure = pytest.mark.parametrize("figure", FIGURES.values(), ids=list(FIGURES))


def strings_in(value):
    if isinstance(value, dict):
        return [s for key, v in value.items() for s in ([] if key == "bdata" else strings_in(v))]
    if isinstance(value, list):
        return [s for v in value for s in strings_in(v)]
    return [value] if isinstance(value, str) else []


@every_figure
def test_names_reach_no_figure_as_markup(figure):
    for text in strings_in(json.loads(figure.to_json())["data"]):
        assert "<" not in text.removesuffix("<extra></extra>")
    ticks = [*(figure.layout.xaxis.ticktext or ()), *(figure.layout.yaxis.ticktext or ())]
    assert not any("<" in tick or len(tick) > 60 for tick in ticks)


def test_escaped_name_is_shown_as_it_was_written():
    figure = make_timeline(make_prediction(3, MARKUP))

    names = [trace.name for trace in figure.data[:2]]
    assert names == ["&lt;b&gt;bold&lt;/b&gt;", "R&amp;B 'n' \"q\""]


@every_figure
def test_hover_texts_are_templates_of_ours_alone(figure):
    for trace in figure.data:
        if trace.hoverinfo != "skip":
            assert trace.hovertemplate.endswith("<extra></extra>")
            assert "zzz" not in trace.hovertemplate and "bold" not in trace.hovertemplate


@every_figure
def test_page_decides_background_and_font_colour(figure):
    layout = figure.to_plotly_json()["layout"]

    assert not {"paper_bgcolor", "plot_bgcolor", "title"} & set(layout)
    assert "color" not in layout["font"] and layout["font"]["size"] >= 12
    assert layout["uirevision"] and layout["height"]


def test_drawing_loads_nothing_heavy():
    program = (
        "import sys, genre.charts.song; "
        "heavy = {'streamlit', 'librosa', 'keras', 'scipy', 'sklearn'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


# Colours

XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
# Machado et al. 2009, severity 1, on linear RGB.
VISION = {
    "full colour": np.eye(3),
    "no green cones": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "no red cones": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}


def linear_rgb(colour):
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(colour, background):
    low, high = sorted(XYZ[1] @ linear_rgb(c) for c in (colour, background))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    t = XYZ @ rgb / XYZ.sum(axis=1)
    x, y, z = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def ciede2000(lab_1, lab_2):
    (l_1, a_1, b_1), (l_2, a_2, b_2) = lab_1, lab_2
    c = (np.hypot(a_1, b_1) + np.hypot(a_2, b_2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(c**7 / (c**7 + 25.0**7))
    c_1, c_2 = np.hypot(stretch * a_1, b_1), np.hypot(stretch * a_2, b_2)
    h_1 = np.degrees(np.arctan2(b_1, stretch * a_1)) % 360
    h_2 = np.degrees(np.arctan2(b_2, stretch * a_2)) % 360
    turn = (h_2 - h_1 + 180) % 360 - 180
    h, c, lightness = (h_1 + turn / 2) % 360, (c_1 + c_2) / 2, (l_1 + l_2) / 2
    t = (
        1
        - 0.17 * np.cos(np.radians(h - 30))
        + 0.24 * np.cos(np.radians(2 * h))
        + 0.32 * np.cos(np.radians(3 * h + 6))
        - 0.20 * np.cos(np.radians(4 * h - 63))
    )
    light = (l_2 - l_1) / (1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2))
    chroma = (c_2 - c_1) / (1 + 0.045 * c)
    hue = 2 * np.sqrt(c_1 * c_2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * c * t)
    spread = np.radians(60 * np.exp(-(((h - 275) / 25) ** 2)))
    rotation = -2 * np.sqrt(c**7 / (c**7 + 25.0**7)) * np.sin(spread)
    return np.sqrt(light**2 + chroma**2 + hue**2 + rotation * chroma * hue)


@pytest.mark.parametrize(
    ("lab_1", "lab_2", "expected"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
    ids=["blue", "far apart", "nearly black"],
)
def test_measure_agrees_with_published_pairs(lab_1, lab_2, expected):
    # Sharma, Wu and Dalal, Color Research and Application 30(1), 2005, table 1.
    assert ciede2000(lab_1, lab_2) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("background", [LIGHT_BACKGROUND, DARK_BACKGROUND])
@pytest.mark.parametrize("colour", [*GENRE_COLOURS.values(), NEUTRAL, TRAINING, VALIDATION])
def test_colour_stands_out_from_both_backgrounds(colour, background):
    assert contrast(colour, background) >= 3


@pytest.mark.parametrize(("vision", "least"), [*zip(VISION, (18, 12, 12), strict=True)])
def test_genre_colours_differ_enough(vision, least):
    seen = {g: lab(np.clip(VISION[vision] @ linear_rgb(c), 0, 1)) for g, c in GENRE_COLOURS.items()}
    pairs = itertools.combinations(seen, 2)
    distances = {pair: ciede2000(seen[pair[0]], seen[pair[1]]) for pair in pairs}
    closest = min(distances, key=distances.get)

    assert distances[closest] >= least, f"{closest}: {distances[closest]:.1f}"


def test_genre_among_any_others_keeps_its_colour():
    assert genre_colour("jazz", GENRES) == genre_colour("jazz", ("jazz", "zouk"))


def test_custom_genres_take_the_colours_left_then_repeat():
    company = ("zouk", "blues", "afrobeat")
    colours = [genre_colour(genre, company) for genre in company]
    many = [f"genre {i:02d}" for i in range(12)]

    assert colours == [GENRE_COLOURS[genre] for genre in ("country", "blues", "classical")]
    assert genre_colour(many[10], many) == genre_colour(many[0], many) == GENRE_COLOURS["blues"]
    assert len({genre_colour(genre, many[:10]) for genre in many[:10]}) == 10
