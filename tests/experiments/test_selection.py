"""What choosing the best of several runs costs, against what new tracks really show."""

import numpy as np
import pytest

from genre.experiments.index import RunIndex
from genre.experiments.predictions import predictions_of
from genre.experiments.selection import comparable, selection_cost, selection_cost_of
from tests.support.many_runs import answers, write_run


def test_cost_of_equal_runs_is_what_new_tracks_show():
    """Each run is right for 60% of any tracks: what the best shows above that is luck."""
    rng = np.random.default_rng(0)
    expected, true = [], []
    for _ in range(30):
        runs = [answers(rng, share=0.6) for _ in range(12)]
        shares = [np.mean([one.is_right for one in run]) for run in runs]
        true.append(100 * (max(shares) - 0.6))
        expected.append(selection_cost(runs).points)

    assert np.mean(true) == pytest.approx(8.5, abs=1.5)
    assert np.mean(expected) == pytest.approx(np.mean(true), abs=1.0)


def test_cost_is_small_where_one_run_is_far_better():
    rng = np.random.default_rng(0)
    runs = [answers(rng, share=share) for share in (0.9, 0.3, 0.3, 0.3)]

    found = selection_cost(runs)

    assert found.points < 2
    assert (found.best, found.n_runs, found.n_tracks, found.n_artists) == (0, 4, 90, 30)


def test_runs_on_other_tracks_each_count_with_their_own():
    """Another seed is another test side: the rule needs no shared tracks."""
    rng = np.random.default_rng(0)
    runs = [answers(rng, tracks=range(start, start + 60)) for start in (0, 60, 120, 180)]

    found = selection_cost(runs)

    assert found.n_tracks == 240
    assert 2 < found.points < 12


def test_nothing_is_said_of_too_few_runs_or_artists():
    rng = np.random.default_rng(0)
    assert selection_cost([answers(rng)] * 2) is None
    assert selection_cost([]) is None
    assert selection_cost([answers(rng, n_artists=9)] * 3) is None
    assert selection_cost([answers(rng)] * 3).points == pytest.approx(0, abs=0.5)  # all the same


def test_same_seed_gives_the_same_cost():
    rng = np.random.default_rng(0)
    runs = [answers(rng) for _ in range(5)]

    assert selection_cost(runs) == selection_cost(runs)
    assert selection_cost(runs).points != selection_cost(runs, seed=1).points


def test_best_is_chosen_among_runs_on_its_data_without_leakage(tmp_path):
    rng = np.random.default_rng(0)
    for name, share, settings in (
        ("a", 0.5, {}), ("b", 0.6, {"state": "stopped"}), ("c", 0.7, {}),
        ("d", 0.4, {"data": "other"}), ("e", 0.9, {"split": "course"}),
    ):  # fmt: skip
        write_run(tmp_path, name, predictions=answers(rng, share=share), **settings)
    write_run(tmp_path, "f", state="failed")
    records = RunIndex(tmp_path).read()[0]

    among = comparable(records)

    assert sorted(record.name for record in among) == ["a", "b", "c"]
    assert selection_cost_of(among) == selection_cost([predictions_of(r.run) for r in among])
    assert comparable([r for r in records if r.name == "f"]) == []
