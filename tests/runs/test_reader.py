"""A run as a watcher sees it: read bit by bit, paused, resumed, damaged, deleted."""

import shutil
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre.errors import RunError
from genre.runs.files import EVENTS_FILE, RunStatus, write_status
from genre.runs.reader import MAX_BATCHES, RunReader
from genre.runs.store import steer_run
from tests.support.live_runs import (
    RECIPE,
    as_lines,
    batch,
    data,
    epoch,
    evaluation,
    phase,
    tell,
    write_run,
)

# Two epochs, a pause in the third, a new rate, death in the fourth; resumed a day later.
STORY = (
    phase("queued", 0),
    phase("starting", 1),
    phase("extracting", 8),
    {"event": "extract", "n_done": 24, "n_tracks": 24, "time": 8.5},
    data(9),
    phase("fitting", 10),
    *(batch(n, 10 + n / 4) for n in (1, 2, 3, 4)),
    epoch(1, 12),
    {"event": "song", "epoch": 1, "probabilities": [0.5, 0.5], "time": 12},
    {"event": "confusion", "epoch": 1, "counts": [[3, 1], [2, 4]], "time": 12},
    batch(2, 13),
    epoch(2, 14),
    {"event": "song", "epoch": 2, "probabilities": [0.6, 0.4], "time": 14},
    batch(2, 15),
    phase("paused", 15),
    phase("fitting", 115),
    {"event": "changed", "setting": "learning_rate", "value": 5e-3, "time": 115},
    epoch(3, 116),
    {"event": "song", "epoch": 3, "probabilities": [0.7, 0.3], "time": 116},
    batch(3, 117),
    phase("queued", 86_400),
    phase("starting", 86_401),
    phase("extracting", 86_402),
    data(86_403),
    {"event": "resumed", "epoch": 2, "time": 86_404},
    phase("fitting", 86_404),
    epoch(3, 86_406, accuracy=0.6),
    epoch(4, 86_408),
    phase("evaluating", 86_408),
    evaluation(86_410),
    phase("finished", 86_411),
)
FITTING = RunStatus("fitting").stamped()


@pytest.fixture
def run(tmp_path):
    """A run that has written no event yet, and trains."""
    return write_run(tmp_path / "runs" / "example", status=FITTING)


def view_after(run, *events):
    tell(run, *events)
    return RunReader(run).read()


@given(st.lists(st.integers(0, len(as_lines(*STORY))), max_size=12), st.booleans())
@settings(max_examples=30, deadline=None)
def test_view_read_in_any_pieces_is_the_same(cuts, is_live):
    whole = as_lines(*STORY)
    with TemporaryDirectory() as folder:
        status = FITTING if is_live else RunStatus("finished")
        run = write_run(Path(folder) / "example", status=status)
        reader, done = RunReader(run), 0
        for cut in [*sorted(cuts), len(whole)]:
            with (run / EVENTS_FILE).open("ab") as file:
                file.write(whole[done:cut])
            done = cut
            bit_by_bit = reader.read()
        assert bit_by_bit == RunReader(run).read()
        assert len(bit_by_bit.history) == 4


def test_event_line_half_written_is_read_when_complete(run):
    line = as_lines(epoch(1, 12))
    reader = RunReader(run)
    with (run / EVENTS_FILE).open("ab") as file:
        file.write(line[:20])
    assert reader.read().history == ()

    with (run / EVENTS_FILE).open("ab") as file:
        file.write(line[20:])
    assert [row["epoch"] for row in reader.read().history] == [1]


def test_pause_is_not_counted_as_training(run):
    tell(run, phase("fitting", 10), epoch(1, 12), epoch(2, 14), batch(2, 15))
    without = RunReader(run).read()
    assert without.seconds_left == pytest.approx(3.5 * 2)

    with_pause = view_after(run, phase("paused", 15), phase("fitting", 1015), epoch(3, 1016))
    assert with_pause.seconds_left == pytest.approx(3 * 2)
    assert with_pause.trained_seconds == pytest.approx(5 + 1)


def test_time_between_kill_and_resume_is_not_counted(run):
    view = view_after(run, *STORY)
    assert view.trained_seconds == pytest.approx(5 + 2 + 4)


def test_run_killed_has_trained_until_its_last_event(run):
    assert view_after(run, phase("fitting", 10), epoch(1, 12), batch(2, 13)).trained_seconds == 3


def test_marks_are_where_settings_were_changed(run):
    marks = [(mark.epoch, mark.text) for mark in view_after(run, *STORY).marks]
    assert marks == [(2.5, "paused"), (2.5, "learning rate 0.005"), (2, "resumed")]


def test_run_resumed_drops_the_epochs_it_repeats(run):
    before_resuming = STORY[: STORY.index({"event": "resumed", "epoch": 2, "time": 86_404}) + 1]
    view = view_after(run, *before_resuming)

    assert [row["epoch"] for row in view.history] == [1, 2]
    assert view.batches == ()
    assert view.place == 2
    assert [number for number, _ in view.song] == [1, 2]


def test_epoch_repeated_shows_its_last_values(run):
    view = view_after(run, *STORY)
    assert [row["epoch"] for row in view.history] == [1, 2, 3, 4]
    assert view.history[2]["accuracy"] == 0.6
    assert view.progress == pytest.approx(4 / 6)


def test_speed_is_of_the_last_seconds_and_none_before_two_moments(run):
    assert view_after(run, phase("fitting", 10), batch(1, 10)).segments_per_second is None
    # A quarter of an epoch of 4 batches of 4 segments in half a second.
    assert view_after(run, batch(2, 10.5)).segments_per_second == pytest.approx(8)


def test_speed_of_a_run_not_training_is_none(run):
    tell(run, phase("fitting", 10), batch(1, 10), batch(2, 10.5))
    write_status(run, RunStatus("stopped"))
    view = RunReader(run).read()
    assert (view.segments_per_second, view.seconds_left, view.batches) == (None, None, ())


def test_view_includes_changed_control_settings_at_once(run):
    steer_run(run, pause=True, epochs=9, learning_rate=2e-3)
    view = RunReader(run).read()
    assert view.is_pausing
    assert (view.config.epochs, view.config.learning_rate) == (9, 2e-3)


def test_run_deleted_raises_one_sentence(run):
    reader = RunReader(run)
    reader.read()
    shutil.rmtree(run)
    with pytest.raises(RunError, match=r"the run example cannot be read.*Choose another run"):
        reader.read()
    with pytest.raises(RunError, match=r"config.json of the run example cannot be read"):
        RunReader(run)


BAD_LINES = {
    "text": b"not json\n",
    "bytes": b"\xff\xfe\n",
    "empty": b"{}\n",
    "list": b"[]\n",
    "number": b"7\n",
    "torn": b'{"event": "epoch", "epo{"event": "epoch", "epoch": 1, "time": 1}\n',
}


@pytest.mark.parametrize("line", BAD_LINES.values(), ids=BAD_LINES)
def test_events_file_without_an_event_raises_one_sentence(run, line):
    (run / EVENTS_FILE).write_bytes(line)
    with pytest.raises(RunError, match=r"events.jsonl of the run example cannot be read"):
        RunReader(run).read()


INCOMPLETE = {"without its number": b'{"event": "epoch", "time": 1}\n'}


@pytest.mark.parametrize("line", (BAD_LINES | INCOMPLETE).values(), ids=BAD_LINES | INCOMPLETE)
def test_bad_line_among_events_is_stepped_over(run, line):
    (run / EVENTS_FILE).write_bytes(as_lines(epoch(1, 12)) + line + as_lines(epoch(2, 14)))
    assert [row["epoch"] for row in RunReader(run).read().history] == [1, 2]

    reader = RunReader(write_run(run.parent / "watched", epoch(1, 12), status=FITTING))
    reader.read()
    for more in (line, as_lines(epoch(2, 14))):
        with (reader.run / EVENTS_FILE).open("ab") as file:
            file.write(more)
        view = reader.read()
    assert [row["epoch"] for row in view.history] == [1, 2]


def test_epoch_of_many_batches_is_thinned_and_keeps_its_newest(run):
    tell(run, phase("fitting", 10))
    reader = RunReader(run)
    for start in range(0, 5000, 500):
        tell(run, *(batch(n + 1, 10 + n, 5000) for n in range(start, start + 500)))
        view = reader.read()
        assert len(view.batches) <= MAX_BATCHES
        assert view.batches[-1]["batch"] == start + 500
    numbers = [row["batch"] for row in view.batches]
    assert numbers == sorted(numbers)
    assert len(numbers) > MAX_BATCHES / 3


def test_reader_of_many_batches_uses_bounded_memory(run):
    tell(run, phase("fitting", 10))
    reader = RunReader(run)

    def watch(first):
        tell(run, *(batch(n + 1, 10 + n, 100_000) for n in range(first, first + 5000)))
        reader.read()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    held = [watch(first) for first in range(0, 25_000, 5000)]
    tracemalloc.stop()
    assert held[-1] - held[0] < 500_000, sys.version  # 20,000 rows would be ten times as much


def test_view_recipe_is_that_of_the_config(run):
    assert RunReader(run).read().config == RECIPE


def test_newest_batch_of_a_long_epoch_is_kept(tmp_path):
    live = RunStatus("fitting").stamped()
    run, n_written = write_run(tmp_path / "run", phase("fitting", 0.0), status=live), 0
    reader = RunReader(run)
    for newest in (1, 199, 200, 201, 202, 300, 301, 302, 450):
        tell(run, *(batch(n, float(n), n_batches=500) for n in range(n_written + 1, newest + 1)))
        n_written, view = newest, reader.read()

        assert view.batches[-1]["batch"] == newest
        assert len(view.batches) <= MAX_BATCHES


def test_time_left_after_the_pace_changed_follows_the_last_five_epochs(tmp_path):
    slow = [epoch(n, 100.0 * n) for n in range(1, 8)]
    quick = [epoch(n, 700.0 + 2 * (n - 7)) for n in range(8, 13)]
    events = (phase("fitting", 0.0), *slow, *quick)
    wanted = {"config": replace(RECIPE, epochs=22), "status": RunStatus("fitting").stamped()}
    run = write_run(tmp_path / "run", *events, **wanted)

    assert RunReader(run).read().seconds_left == pytest.approx(10 * 2)


def test_confusion_is_the_latest_that_has_a_row_for_each_genre(tmp_path):
    first = {"event": "confusion", "epoch": 1, "counts": [[3, 1], [2, 4]], "time": 12}
    second = first | {"epoch": 2, "counts": [[4, 0], [1, 5]]}
    damaged = first | {"epoch": 3, "counts": [[4, 0, 1], [1, 5]]}
    story = (data(9), phase("fitting", 10), epoch(1, 12), first, epoch(2, 14))
    run = write_run(tmp_path / "a", *story)
    assert RunReader(run).read().confusion == ((3, 1), (2, 4))
    run = write_run(tmp_path / "b", *story, second, damaged)
    assert RunReader(run).read().confusion == ((4, 0), (1, 5))
