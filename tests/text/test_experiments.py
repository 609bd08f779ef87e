"""The rows and sentences of the page Experiments."""

import numpy as np
import pytest

from genre.experiments.configurations import configurations
from genre.experiments.index import RunIndex
from genre.experiments.predictions import model_entries
from genre.experiments.selection import SelectionCost
from genre.runs.labels import RunLabel, write_label
from genre.text import experiments as text
from tests.support.many_runs import answers, write_run, write_sweep


def records_of(runs):
    return RunIndex(runs).read()[0][::-1]


def test_titles_are_labels_or_short_names_and_never_twice_the_same(tmp_path):
    for name in ("20261201-120000000-quick-ab12", "one", "two"):
        write_run(tmp_path, name, n_epochs=1)
    write_label(tmp_path / "one", RunLabel("slower"))
    assert text.titles(records_of(tmp_path)) == ["quick-ab12", "slower", "two"]

    write_label(tmp_path / "two", RunLabel("slower"))
    assert text.titles(records_of(tmp_path)) == ["quick-ab12", "slower (one)", "slower (two)"]


def test_row_has_figures_that_sort_and_the_settings_that_differ(tmp_path):
    write_sweep(tmp_path)
    write_run(tmp_path, "stopped", state="stopped", n_epochs=2, epochs=4)
    records = records_of(tmp_path)
    settings = text.settings_columns(records)

    assert set(settings) == {"learning_rate", "seed"}
    row = text.run_row(records[0], "one", "rates", {k: v[0] for k, v in settings.items()})
    assert row["test"] == pytest.approx(100 * records[0].test.value)
    assert row["interval"].endswith("%")
    assert (row["set_learning_rate"], row["set_seed"]) == (0.001, 0)
    assert (row["epochs"], row["sweep"], row["state"]) == (4, "rates", "Finished")
    last = text.run_row(records[-1], "x", "", {})
    assert (last["state"], last["test"], last["interval"], last["tracks"]) == (
        "Stopped",
        *[None] * 3,
    )


def test_accuracy_with_leakage_stands_in_a_column_of_its_own(tmp_path):
    write_run(tmp_path, "a", predictions=answers(np.random.default_rng(0)), split="course")

    row = text.run_row(records_of(tmp_path)[0], "a", "", {})

    assert row["test"] is None
    assert row["leaky"] > 0


def test_configurations_are_called_by_what_tells_them_apart(tmp_path):
    write_sweep(tmp_path)
    shown = configurations(records_of(tmp_path), "test")
    assert text.configuration_titles(shown) == ["learning rate 0.01", "learning rate 0.001"]
    assert text.configuration_titles(shown[:1]) == ["all settings alike"]

    write_run(tmp_path, "z", data="/data/mine/my songs")
    titles = text.configuration_titles(configurations(records_of(tmp_path), "test"))
    assert "/data" not in "".join(titles)
    assert [title.rpartition(", ")[2] for title in titles] == ["gtzan-subset"] * 2 + ["my songs"]


def test_spread_row_is_in_points(tmp_path):
    write_sweep(tmp_path)
    one = configurations(records_of(tmp_path), "test")[0]

    row = text.spread_row(1, one, "a", "test")

    assert row["mean"] == pytest.approx(100 * one.spread("test").mean)
    assert row["std"] == pytest.approx(100 * one.spread("test").std)
    assert (row["runs"], row["ended_early"]) == (2, 0)


def test_caution_is_said_from_three_runs_on_and_has_its_figure_once_measured(tmp_path):
    write_sweep(tmp_path)
    records = records_of(tmp_path)

    assert text.choice_line(records[:2]) == ""
    assert text.choice_line(records).startswith("The best of 4 by test accuracy")
    said = text.choice_line(records, SelectionCost(3.2, 0, 24, 110, 60))
    assert said == "Best of 24 on these 110 tracks of 60 artists: expect 3 points less on new ones."
    assert "1 point less" in text.choice_line(records, SelectionCost(0.9, 0, 24, 110, 60))


def test_difference_is_on_the_tracks_that_both_have(tmp_path):
    rng = np.random.default_rng(0)
    write_run(tmp_path, "a", predictions=answers(rng, share=0.9, tracks=range(60)))
    write_run(tmp_path, "b", predictions=answers(rng, share=0.2, tracks=range(20, 100)))
    write_run(tmp_path, "c", state="failed", n_epochs=0, epochs=4)
    write_run(tmp_path, "d", predictions=answers(rng), permute_genres=True)
    first, second, failed, control = records_of(tmp_path)

    difference, shared = text.shared_lines(first, second)

    assert difference.startswith("a minus b, on the tracks that both have: +")
    assert difference.endswith("significant.")
    assert shared == "Shared: 40 tracks, of 60 of the first and 80 of the other."
    assert text.shared_lines(first, failed) == ["c was not tested: it ended before that."]
    assert "control" in text.shared_lines(first, control)[0]


def test_difference_of_a_run_and_a_model_is_on_their_shared_tracks(tmp_path):
    model = next(one for one in model_entries() if one.name == "starter")
    found = model.evaluation.predictions[:40]
    genres = model.evaluation.genres
    write_run(tmp_path, "a", predictions=[one for one in found if one.genre in genres],
              genres=genres)  # fmt: skip

    lines = text.shared_lines(records_of(tmp_path)[0], model)

    n_shared = len({one.key for one in found})
    assert lines[0].startswith("a minus starter, on the tracks that both have: ")
    assert lines[1].startswith(f"Shared: {n_shared} tracks, of {n_shared} of the first")
