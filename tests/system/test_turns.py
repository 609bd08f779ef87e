"""Jobs take turns: some at a time, in order; who has left is passed over."""

import functools
import threading

import pytest

from genre.system import turns
from genre.system.owned_job import OwnedJob
from genre.system.turns import Turns
from tests.support.command import replace_command


@pytest.fixture
def start(monkeypatch):
    """Start a job that lasts until it is stopped; all are stopped in the end."""
    replace_command(monkeypatch, "import time; time.sleep(60)")
    started = []

    def start_one():
        started.append(OwnedJob(["anything"]))
        return started[-1]

    start_one.started = started
    yield start_one
    for job in started:
        job.stop()


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(turns.time, "monotonic", lambda: now[0])
    return now


def test_jobs_start_in_the_order_of_asking_so_many_at_once(start, clock):
    queue = Turns(n_at_once=2)
    jobs = [queue.ask(name, start) for name in "abcd"]
    assert [job is not None for job in jobs] == [True, True, False, False]
    assert [queue.n_before(name) for name in "cd"] == [1, 2]
    assert queue.ask("d", start) is None  # asking again is no way to the front

    jobs[0].stop()
    assert queue.ask("d", start) is None
    assert queue.ask("c", start) is not None
    assert queue.n_before("d") == 1


def test_who_has_left_is_passed_over_and_waits_anew_when_back(start, clock):
    queue = Turns(n_at_once=1)
    first = queue.ask("a", start)
    assert queue.ask("left", start) is None
    clock[0] += turns.PATIENCE_SECONDS / 2
    assert queue.ask("stayed", start) is None
    clock[0] += 0.6 * turns.PATIENCE_SECONDS
    assert queue.n_before("stayed") == 1
    first.stop()
    assert queue.ask("left", start) is None
    assert queue.ask("stayed", start) is not None


def test_job_that_cannot_start_or_is_forgotten_makes_way(start, clock):
    queue = Turns(n_at_once=1)

    def refuse():
        raise OSError("no memory")

    with pytest.raises(OSError, match="no memory"):
        queue.ask("a", refuse)
    queue.ask("b", start)
    start.started.clear()  # nobody refers to it: it is ended
    assert queue.ask("c", start) is not None


def test_jobs_asked_for_from_many_threads_start_once_each(start):
    queue, got = Turns(n_at_once=3), []
    ask = functools.partial(queue.ask, start=start)
    threads = [threading.Thread(target=lambda i=i: got.append(ask(i))) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(job is not None for job in got) == len(start.started) == 3
