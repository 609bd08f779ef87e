"""What the page says of a run, in every state that it can be in."""

from dataclasses import replace
from typing import get_args

import pytest

from genre.recipes.config import PRESETS
from genre.runs.files import LIVE, RunStatus, State
from genre.runs.reader import RunReader
from genre.text import training as wording
from genre.text import training_data as data_wording
from tests.support.leaderboard_runs import guesses
from tests.support.live_runs import batch, data, epoch, evaluation, phase, write_run

FITTING = (data(9), phase("fitting", 10), epoch(1, 12), epoch(2, 14), batch(1, 14), batch(2, 15))


@pytest.fixture
def view(tmp_path):
    """A run in the middle of its third epoch."""
    run = write_run(tmp_path / "example", *FITTING)
    return replace(
        RunReader(run).read(), status=RunStatus("fitting"), batches=(batch(2, 15),), n_before=0
    )


def in_state(view, state, reason="", **changes):
    return replace(view, status=RunStatus(state, reason), **changes)


@pytest.mark.parametrize(
    ("state", "changes", "headline"),
    [
        ("queued", {"n_before": 1}, "Waiting: 1 run before it"),
        ("queued", {"n_before": 3}, "Waiting: 3 runs before it"),
        ("queued", {"n_before": 1, "is_held_up": True}, "Waiting: 1 run before it, paused"),
        (
            "queued",
            {"n_before": 2, "is_held_up": True},
            "Waiting: 2 runs before it, one of them paused",
        ),
        ("queued", {}, "Starting"),
        ("starting", {}, "Starting TensorFlow"),
        ("extracting", {"extracted": (3, 24)}, "Reading track 3 of 24"),
        ("extracting", {}, "Reading the data"),
        ("fitting", {}, "Training"),
        ("fitting", {"is_pausing": True}, "Pausing"),
        ("paused", {"is_pausing": True}, "Paused"),
        ("evaluating", {}, "Testing"),
        ("finished", {}, "Finished"),
        ("stopped", {"is_pausing": True}, "Stopped"),
    ],
)
def test_headline_of_each_state_is_its_own(view, state, changes, headline):
    assert wording.state(in_state(view, state, **changes)) == headline


@pytest.mark.parametrize("state", get_args(State))
def test_headline_of_each_state_is_not_empty(view, state):
    assert wording.state(in_state(view, state))
    assert wording.progress(in_state(view, state))


@pytest.mark.parametrize(
    ("reason", "headline", "sentence"),
    [
        (
            "diverged: the loss is no longer a number in batch 3. Use a smaller rate.",
            "Diverged",
            "The loss is no longer a number in batch 3. Use a smaller rate. Scaling the inputs",
        ),
        ("killed", "Failed", "Its background process was killed. Finished epochs are saved"),
        ("its process never started", "Failed", "Its process never started."),
        ("there is no dataset at x. Try y.", "Failed", "There is no dataset at x. Try y."),
        ("GTZAN is missing", "Failed", "GTZAN is missing."),
        ("disk full: free some space.", "Failed", "Disk full: free some space."),
    ],
    ids=["diverged", "killed", "never started", "no data", "capitals stay", "disk full"],
)
def test_failure_line_says_the_reason(view, reason, headline, sentence):
    failed = in_state(view, "failed", reason)
    assert wording.state(failed) == headline
    assert wording.failure_message(failed).startswith(sentence)


def test_progress_of_a_live_run_names_epoch_batch_speed_and_time_left(view):
    live = replace(view, segments_per_second=1234.5, seconds_left=95)
    assert wording.progress(live) == (
        "epoch 3 of 6 · batch 2 of 4 · 1,234 segments per second · 1 min 35 s left"
    )
    assert wording.progress(replace(view, batches=())) == "epoch 3 of 6"


def test_progress_never_names_an_epoch_beyond_the_last(view):
    last = replace(view, config=replace(view.config, epochs=2), batches=())
    assert wording.progress(last) == "epoch 2 of 2"


def test_progress_of_an_ended_run_says_how_long_it_trained(view):
    assert wording.progress(in_state(view, "stopped")) == "2 of 6 epochs, trained for 5 s"
    assert wording.progress(in_state(view, "failed", "killed", history=())) == "0 of 6 epochs"


@pytest.mark.parametrize("state", [state for state in get_args(State) if state not in LIVE])
def test_progress_of_an_ended_run_has_no_time_left(view, state):
    assert "left" not in wording.progress(in_state(view, state, seconds_left=5.0))


@pytest.mark.parametrize(
    ("preset", "changes", "headline", "warning"),
    [
        ("quick", {}, "Right for 75% of 80 tracks by unseen artists", ""),
        ("quick", {"split": "track"}, "Right for 75% of 80 unseen tracks", "same artist"),
        (
            "course",
            {},
            "Right for 75% of 80 tracks, most with other segments in training",
            "says little about your music",
        ),
    ],
    ids=["artist", "track", "course"],
)
def test_run_headline_names_its_tracks_and_any_leakage(preset, changes, headline, warning):
    config = replace(PRESETS[preset], **changes)
    tested = evaluation(1)
    tested["track_accuracy"] |= {"n": 80}
    assert wording.run_headline(tested, config) == headline
    assert warning in wording.leak_warning(config, {})
    assert bool(warning) == bool(wording.leak_warning(config, {}))


@pytest.mark.parametrize(
    ("n", "value", "headline"),
    [
        (3, 1.0, "Right for 3 of 3 tracks by unseen artists: too few to say"),
        (1, 0.0, "Right for 0 of 1 track by unseen artists: too few to say"),
        (wording.LEAST_TRACKS, 0.5, "Right for 50% of 20 tracks by unseen artists"),
    ],
)
def test_headline_of_a_few_tracks_says_that_they_are_too_few(n, value, headline):
    tested = evaluation(1)
    tested["track_accuracy"] |= {"n": n, "value": value, "low": 0.0, "high": 1.0}
    assert wording.run_headline(tested, PRESETS["quick"]) == headline


def test_validation_without_a_genre_is_said_for_its_curve():
    facts = data(1) | {"absent_genres": {"validation": ["loud"], "test": []}}
    assert data_wording.validation_line(facts).startswith("Validation has no loud: its curve says")
    assert data_wording.missing_genres(facts) == []
    assert data_wording.validation_line(data(1)) == data_wording.validation_line({}) == ""


def test_run_stopped_in_the_first_epoch_has_no_result(view):
    stopped = in_state(view, "stopped", "asked to", evaluation={}, history=())
    assert "nothing to test yet" in wording.stopped_line(stopped)
    assert wording.stopped_line(in_state(view, "stopped", evaluation=evaluation(1))) == ""
    assert wording.stopped_line(in_state(view, "fitting", evaluation={})) == ""


def test_figures_have_count_interval_and_chance_level():
    said = wording.run_figures(evaluation(1))
    assert "8 tracks, 95% interval 41% to 93%" in said
    assert "Guessing is to always predict the most common genre: 50%." in said
    assert "75% of 24 (95% interval 41% to 93%, too narrow" in said


def test_data_line_names_the_three_sides():
    assert data_wording.dataset_line(data(1)) == (
        "24 tracks in 2 genres: 40 segments for training, 14 for validation, 18 for the test."
    )


def test_absent_genres_name_only_the_sides_that_lack_them():
    facts = data(1) | {"absent_genres": {"train": [], "test": ["loud", "quiet"]}}
    assert data_wording.missing_genres(facts) == [
        "The test set has no loud, quiet: too few artists in the data."
    ]
    assert data_wording.missing_genres(data(1)) == []


def test_run_headline_unknown_artists_does_not_claim_unseen_ones(two_genres):
    nameless = tuple(replace(track, artist=None) for track in two_genres.tracks)
    known = guesses(two_genres).to_dict()
    unknown = guesses(replace(two_genres, tracks=nameless)).to_dict()
    few = guesses(replace(two_genres, tracks=nameless[:20] + two_genres.tracks[20:])).to_dict()
    config = PRESETS["quick"]

    assert wording.run_headline(unknown, config).endswith("unseen tracks; no artist is known")
    assert wording.run_headline(few, config).endswith("tracks; the artists of only 4 are known")
    assert wording.run_headline(known, config).endswith("by unseen artists")
    assert wording.leak_warning(config, unknown).startswith(
        "No artist is known, so the same artist may"
    )
    assert wording.leak_warning(config, known) == wording.leak_warning(config, {}) == ""
