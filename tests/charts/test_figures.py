"""Every figure is drawn from what the app would hand it, and what it says is read back."""

import json
import subprocess
import sys

import numpy as np
import pytest

from genre.charts import training as training_charts
from genre.charts.confusion_matrix import confusion_matrix
from genre.evaluation.evaluation import Evaluation
from genre.evaluation.intervals import wilson_interval
from genre.paths import ROOT

HISTORY = [
    {"epoch": i, "loss": 2 / i, "accuracy": i / 9, "val_loss": 3 / i, "val_accuracy": i / 12}
    for i in range(1, 7)
]


def trace_of(figure, kind):
    (trace,) = (trace for trace in figure.data if trace.type == kind)
    return trace


EVALUATION = Evaluation(
    genres=("<i>a</i>", "jazz", "rock"),
    track_accuracy=wilson_interval(6, 9),
    segment_accuracy=wilson_interval(60, 90),
    confusion_matrix=np.array([[4, 1, 0], [0, 2, 2], [0, 0, 0]]),
    about="not seen in training",
)


def test_matrix_has_true_genre_down_and_given_across():
    figure = confusion_matrix(EVALUATION.genres, EVALUATION.confusion_matrix)
    matrix = trace_of(figure, "heatmap")

    assert matrix.text == (["4", "1", "0"], ["0", "2", "2"], ["0", "0", "0"])
    np.testing.assert_allclose(matrix.z, [[0.8, 0.2, 0], [0, 0.5, 0.5], [0, 0, 0]])
    assert figure.layout.yaxis.title.text == "True genre"
    assert figure.layout.xaxis.title.text == "Predicted genre"
    assert figure.layout.yaxis.autorange == "reversed"
    assert matrix.hovertext[1][2] == "true jazz, given rock: 2 of 4 tracks"


def test_matrix_of_rounds_of_folds_has_mean_counts():
    figure = confusion_matrix(("jazz", "rock"), np.array([[11 / 3, 1 / 3], [0, 5.0]]))
    matrix = trace_of(figure, "heatmap")

    assert matrix.text == (["3.7", "0.3"], ["0", "5"])
    assert matrix.hovertext[0][1] == "true jazz, given rock: 0.3 of 4 tracks"


# All of them


FIGURES = {
    "history": training_charts.training_history(HISTORY),
    "no history": training_charts.training_history([]),
    "matrix": confusion_matrix(EVALUATION.genres, EVALUATION.confusion_matrix),
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
        "import sys, genre.charts.lanes, genre.charts.confusion_matrix; "
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
