"""The scene on forgetting, run without a browser: paths, memory tests, tanh."""

import json
from dataclasses import replace

import numpy as np
import pytest

from app_pages import inside_caches
from genre import paths
from genre.errors import RunError
from genre.interpret.gradient_paths import measure_paths
from genre.interpret.memory_test import MemoryTask
from genre.interpret.slopes import multiply_slopes
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song
from genre.paths import ROOT
from genre.scenes.forgetting_text import path_lines, slope_line
from tests.interpret.test_memory_test import make_run
from tests.pages.test_inside import chart, go, visit  # noqa: F401  # a fixture
from tests.support.app_page import texts


def n_live(page):
    """How many curves of a run that runs now are in the chart of the recorded ones."""
    [found] = [c for c in page.get("bidi_component") if c.proto.id.endswith("-learning")]
    return json.loads(found.proto.json).count('<polyline class="curve live"')


@pytest.fixture
def recorded(monkeypatch):
    runs = tuple(
        make_run("recall", cell, length, seed=seed, right=0.97)
        for cell in ("simple_rnn", "lstm", "open_lstm")
        for length in (10, 100)
        for seed in range(2)
    )
    monkeypatch.setattr(inside_caches, "recorded_runs", lambda: runs)
    return runs


class BusyTests:
    """Memory tests of which one has been running for a while."""

    is_busy, run, seconds = True, None, 12.0
    task = MemoryTask("recall", "lstm", 100, 5)

    def start(self, test):
        raise RunError("a memory test runs already.")

    def poll(self):
        return self.run

    def stop(self):
        self.is_busy = False


@pytest.fixture
def busy(monkeypatch):
    tests = BusyTests()
    monkeypatch.setattr(inside_caches, "memory_tests", lambda: tests)
    return tests


@pytest.mark.parametrize("source", ["input", "cell", "hidden"])
def test_paths_are_those_of_the_song(visit, source):  # noqa: F811
    page = go(visit(), "forgetting")
    page.selectbox(key="path_source").select(source).run()

    classifier = load_classifier("starter")
    steps = analyze_song(ROOT / "samples" / "jazz.ogg", classifier).steps
    seconds = classifier.features.step_seconds
    paths_of = measure_paths(classifier.network, steps, step_seconds=seconds, source=source)
    whole, cell, *_ = chart(page, "paths")["data"]
    np.testing.assert_allclose(whole["y"], paths_of.relative(), rtol=1e-5)
    np.testing.assert_allclose(cell["y"], paths_of.relative("cell"), rtol=1e-5)
    for line in path_lines(paths_of, "starter"):
        assert line in texts(page)
    names = [line["name"] for line in chart(page, "paths")["data"]]
    assert ("Simple RNN (simple-rnn)" in names) == (source != "cell")


def test_paths_of_the_other_layer_are_others(visit):  # noqa: F811
    page = go(visit(), "forgetting", layer=2)
    page.selectbox(key="path_source").select("cell").run()
    second = chart(page, "paths")["data"][0]["y"]
    layers = next(b for b in page.get("button_group") if b.key == "at_layer")
    layers.set_value(1).run()

    assert not np.allclose(chart(page, "paths")["data"][0]["y"], second)


def test_old_link_to_gradients_opens_the_paths(visit):  # noqa: F811
    page = visit(scene="forgetting", part="Gradients")
    assert page.session_state["part"] == "Paths" and not page.exception


def test_memory_tests_answer_the_question_from_what_is_recorded(visit, recorded):  # noqa: F811
    page = go(visit(), "forgetting", "Memory test")

    said = texts(page)
    assert "Does it learn patterns of 100 steps? Of 1,000?" in said
    assert "Simple RNN: 100 steps in 2 of 2 runs." in said
    assert "Recorded runs took 3 to 3 s of a processor" in said
    drawn = [line for line in chart(page, "recorded")["data"] if line["mode"] == "markers"]
    assert sum(len(line["y"]) for line in drawn) == len(recorded)
    page.selectbox(key="test_task").select("order").run()
    assert "in 2 of 2 runs" not in texts(page) and not page.exception


def test_second_start_shows_error_and_stop_ends_first(visit, busy, recorded):  # noqa: F811
    page = go(visit(), "forgetting", "Memory test")
    assert "Starting TensorFlow in a background process" in texts(page)
    assert "At most 108 s left." in texts(page)

    busy.run = replace(make_run(batches=(20, 40), seed=5), outcome=None)
    page.button(key="run_test").click().run()
    assert "a memory test runs already" in page.error[0].value
    assert "LSTM, One symbol, 100 steps: 40 batches, 50% right. About" in texts(page)
    assert n_live(page) == 1
    page.button(key="stop_test").click().run()
    assert not busy.is_busy and not page.exception


def test_run_that_is_stopped_for_its_time_says_so(visit, busy, recorded):  # noqa: F811
    page = go(visit(), "forgetting", "Memory test")

    def end():
        if busy.is_busy:
            busy.is_busy = False
            raise RunError("the memory test took over 120 s and was stopped.")

    busy.poll = end
    page.run()
    assert "took over 120 s and was stopped" in page.error[0].value
    assert not [button for button in page.button if button.key == "stop_test"]


def test_run_stays_in_the_chart_of_its_task_only(visit, busy, recorded):  # noqa: F811
    busy.is_busy, busy.run = False, make_run(length=10, seed=5)
    page = go(visit(), "forgetting", "Memory test")
    page.selectbox(key="test_length").select(10).run()
    assert n_live(page) == 1
    page.selectbox(key="test_length").select(100).run()
    assert n_live(page) == 0
    assert "How the recorded runs learnt it: One symbol, 100 steps." in texts(page)


def test_started_run_has_a_seed_that_is_not_recorded(visit, busy, recorded):  # noqa: F811
    asked = []
    busy.is_busy, busy.start, busy.task = False, asked.append, None
    page = go(visit(), "forgetting", "Memory test")
    page.button(key="run_test").click().run()
    busy.task = asked[0]
    page.button(key="run_test").click().run()

    assert [task.seed for task in asked] == [5, 6]


@pytest.mark.slow
@pytest.mark.tensorflow
def test_run_started_is_drawn_to_its_end(visit):  # noqa: F811
    page = go(visit(), "forgetting", "Memory test")
    page.selectbox(key="test_length").select(10).run()
    page.button(key="run_test").click().run()
    tests = inside_caches.memory_tests()
    try:
        while tests.is_busy:
            page.run()
            assert not page.exception and not page.error
        assert "of 1,000 new sequences are right" in texts(page.run())
        assert n_live(page) == 1
    finally:
        tests.stop()


def test_tanh_is_that_of_the_simple_rnn_on_this_song(visit):  # noqa: F811
    page = go(visit(), "forgetting", "Why tanh", step=30)

    classifier = load_classifier("simple-rnn")
    steps = analyze_song(ROOT / "samples" / "jazz.ogg", classifier).steps
    product = multiply_slopes(classifier.network.trace(steps), layer=1)
    *_, median = chart(page, "slopes")["data"]
    np.testing.assert_allclose(median["y"], product.median, rtol=1e-4)
    assert slope_line(product) in texts(page)
    assert "With the model simple-rnn." in texts(page)
    assert "segment 2 of 9, step 5 of 26" in texts(page)


def test_without_a_simple_rnn_tanh_says_how_to_make_one(visit, monkeypatch, tmp_path):  # noqa: F811
    (tmp_path / "starter").symlink_to(ROOT / "models" / "starter")
    monkeypatch.setattr(paths, "MODELS", tmp_path)
    page = go(visit(), "forgetting", "Why tanh")

    assert "There is no model with simple RNN cells here" in page.info[0].value
    assert len(chart(go(page, "forgetting"), "paths")["data"]) == 4
