"""What a run has come to, and which configuration is the best, from the files of runs."""

from dataclasses import replace

import pytest

from genre.runs.files import AS_FAR_AS_ASKED, RunStatus
from genre.sweeps.chosen import chosen_ones, figures_of_test
from genre.sweeps.files import SweepState, Trial
from genre.sweeps.scores import MAX_KILLED, outcome, work_seconds
from genre.sweeps.standings import standings
from genre.text.sweeps import chosen_line, split_line
from tests.support.live_runs import RECIPE, data, epoch, evaluation, phase, write_run

LIVING = [phase("queued", 5), phase("starting", 10), data(11), phase("fitting", 12)]


def row(number, accuracy, loss):
    return epoch(number, 12 + number, val_accuracy=accuracy) | {"val_loss": loss}


def outcome_of(run, status, *, epochs=3, config=RECIPE, trial=None, rows=None):
    rows = rows or [row(1, 0.5, 1.2), row(2, 0.7, 0.8), row(3, 0.6, 0.9)]
    write_run(run, *LIVING, *rows, phase(status.state, 20), config=config, status=status)
    return outcome(trial or Trial(0, 0, run.name), run, config, epochs)


def test_finished_run_is_scored_by_its_last_epoch(tmp_path):
    trial = outcome_of(tmp_path / "a", RunStatus("finished"))
    assert (trial.state, trial.score, trial.loss, trial.epochs) == ("done", 0.6, 0.9, 3)


def test_run_with_patience_is_scored_by_the_epoch_that_it_keeps(tmp_path):
    patient = replace(RECIPE, patience=1)
    trial = outcome_of(tmp_path / "a", RunStatus("finished"), config=patient)
    assert (trial.score, trial.loss, trial.epochs) == (0.7, 0.8, 3)


def test_run_beyond_its_rung_is_scored_where_the_others_are(tmp_path):
    trial = outcome_of(tmp_path / "a", RunStatus("finished"), epochs=1)
    assert (trial.score, trial.epochs) == (0.5, 1)


def test_run_stopped_where_it_was_asked_to_is_done_and_earlier_by_hand(tmp_path):
    far = outcome_of(tmp_path / "a", RunStatus("stopped", AS_FAR_AS_ASKED))
    near = outcome_of(tmp_path / "b", RunStatus("stopped", "asked to"), epochs=4)
    assert (far.state, near.state) == ("done", "stopped")


def test_killed_run_is_resumed_but_not_for_ever(tmp_path):
    gone = RunStatus("fitting", pid=2**30, process_started=1.0)
    first = outcome_of(tmp_path / "a", gone)
    last = outcome_of(tmp_path / "b", gone, trial=Trial(0, 0, "b", n_killed=MAX_KILLED))

    assert (first.state, first.n_killed) == ("waiting", 1)
    assert (last.state, last.reason) == ("failed", "killed")


def test_failed_run_and_one_without_validation_have_no_place(tmp_path):
    failed = outcome_of(tmp_path / "a", RunStatus("failed", "diverged: too fast"))
    plain = {"event": "epoch", "epoch": 1, "loss": 1.0, "accuracy": 0.5, "time": 13}
    blind = outcome_of(tmp_path / "b", RunStatus("finished"), rows=[plain])

    assert (failed.state, failed.reason) == ("failed", "diverged: too fast")
    assert (blind.state, blind.score) == ("failed", None)
    assert "nothing to validate on" in blind.reason


def test_work_is_counted_without_queue_pauses_and_the_gap_after_a_kill():
    events = [
        phase("queued", 0),
        phase("starting", 100),  # 100 s in the queue
        phase("fitting", 110),
        phase("paused", 130),
        phase("fitting", 500),  # a long pause
        epoch(1, 510),
        phase("queued", 9000),  # it was killed some time after the epoch
        phase("starting", 9001),
        phase("fitting", 9005),
        phase("finished", 9015),
    ]
    assert work_seconds(events) == (110 - 100) + (130 - 110) + (510 - 500) + (9015 - 9001)


def trials(*scores, state="done"):
    """Two configurations with two seeds each."""
    return tuple(
        Trial(i // 2, i % 2, f"run{i}", state if score is not None else "failed", 4, score, 1.0)
        for i, score in enumerate(scores)
    )


def test_configurations_are_ordered_by_the_mean_of_their_seeds(make_sweep):
    ranked = standings(make_sweep(), SweepState(trials(0.5, 0.6, 0.9, 0.3)))

    assert [one.configuration for one in ranked] == [1, 0]
    assert [one.score for one in ranked] == [pytest.approx(0.6), pytest.approx(0.55)]
    assert ranked[0].runs == ("run2", "run3")


def test_equal_means_are_ordered_by_the_loss(make_sweep):
    equal = trials(0.5, 0.6, 0.6, 0.5)
    better = tuple(replace(t, loss=0.5) if t.configuration == 1 else t for t in equal)
    sweep = make_sweep()

    assert [one.configuration for one in standings(sweep, SweepState(equal))] == [0, 1]
    assert [one.configuration for one in standings(sweep, SweepState(better))] == [1, 0]


def test_configuration_without_every_seed_stands_behind(make_sweep):
    ranked = standings(make_sweep(), SweepState(trials(0.9, None, 0.3, 0.4)))
    assert [(one.configuration, one.is_complete) for one in ranked] == [(1, True), (0, False)]


def test_test_is_told_of_the_chosen_one_alone_and_only_at_the_end(make_sweep, tmp_path):
    sweep, ended = make_sweep(), trials(0.5, 0.6, 0.9, 0.3)
    for number in range(4):
        config = replace(RECIPE, seed=number % 2)
        write_run(tmp_path / f"run{number}", *LIVING, evaluation(20), config=config)
    (chosen,) = chosen_ones(sweep, SweepState(ended))
    waiting = (*ended[:3], replace(ended[3], state="waiting"))

    assert chosen is not None
    assert chosen.configuration == 1
    assert [(seed, e["event"]) for seed, e, _ in figures_of_test(chosen, tmp_path)] == [
        (0, "evaluation"),
        (1, "evaluation"),
    ]
    assert chosen_ones(sweep, SweepState(waiting)) == []


def test_configurations_of_another_split_are_ranked_and_chosen_by_themselves(make_sweep):
    """Tracks of known artists are easier: the better one by artist must not come after them."""
    split = {"split": ("artist", "track"), "learning_rate": (1e-3, 1e-2)}
    sweep = make_sweep(settings=split, seeds=(0,))
    state = SweepState(
        tuple(
            Trial(i, 0, f"run-{i}", "done", 3, score, 1.0)
            for i, score in enumerate((0.4, 0.5, 0.9, 0.8))
        )
    )
    ranked = standings(sweep, state)
    assert [one.configuration for one in ranked] == [1, 0, 2, 3]
    assert [one.group for one in ranked] == [("artist",)] * 2 + [("track",)] * 2
    first, other = chosen_ones(sweep, state)
    assert (first.configuration, other.configuration) == (1, 2)
    assert chosen_line(sweep, first) == (
        "Best with split artist: learning_rate 0.01, 50.0% on its validation set."
    )
    assert "split are validated on different tracks" in split_line(sweep.spec)
    assert split_line(make_sweep().spec) == ""


def fold_of(number, *rows):
    event = {"event": "fold", "fold": number, "n_folds": 2, "epochs": 3, "time": 12}
    return [event, *rows]


def test_run_of_folds_is_scored_by_the_mean_of_its_folds_on_their_validation_sides(tmp_path):
    folds = replace(RECIPE, evaluation="pooled", n_folds=2)
    first = fold_of(1, row(1, 0.5, 1.2), row(2, 0.7, 0.8), row(3, 0.6, 0.9))
    second = fold_of(2, row(1, 0.2, 1.5), row(2, 0.3, 1.0))
    plain = {"event": "epoch", "epoch": 1, "loss": 1.0, "accuracy": 0.9, "time": 13}
    last = fold_of(0, plain)
    trial = outcome_of(
        tmp_path / "a", RunStatus("finished"), config=folds, rows=[*first, *second, *last]
    )
    assert (trial.state, trial.epochs) == ("done", 2)
    assert (trial.score, trial.loss) == pytest.approx((0.5, 0.9))

    stopped = RunStatus("stopped", "asked to")
    half = outcome_of(tmp_path / "b", stopped, config=folds, epochs=1, rows=first)
    assert (half.state, half.score) == ("stopped", None)


def test_run_that_an_earlier_rung_asked_for_less_waits_for_the_next(tmp_path):
    """Its sweep was killed before the next rung had begun with it."""
    trial = outcome_of(tmp_path / "a", RunStatus("stopped", AS_FAR_AS_ASKED), epochs=9)
    assert (trial.state, trial.epochs) == ("waiting", 3)
