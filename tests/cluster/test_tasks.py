"""Tasks on a real scheduler with real workers, some of which are killed."""

import logging
import os
import shutil
import time

import pytest

from genre.cluster import on_cluster
from genre.cluster.address import VARIABLE
from genre.cluster.connection import connect, list_workers
from genre.cluster.here import LocalFile
from genre.cluster.tasks import run_tasks
from genre.errors import ClusterError
from genre.paths import PACKAGE
from tests.support.clusters import dask_cluster, length_and_place, refuse, slow_square

pytestmark = pytest.mark.slow
HERE = os.getpid()


@pytest.fixture(scope="module")
def shared_cluster(tmp_path_factory):
    with dask_cluster(tmp_path_factory.mktemp("cluster"), 3) as running:
        yield running


@pytest.fixture
def use(monkeypatch):
    return lambda cluster: monkeypatch.setenv(VARIABLE, cluster.address)


def test_results_come_in_order_from_all_workers(shared_cluster, use):
    use(shared_cluster)

    results = list(run_tasks(slow_square, ((x, 0.02 * (x % 3)) for x in range(30))))

    assert [value for value, _pid in results] == [x * x for x in range(30)]
    assert {pid for _value, pid in results} == {worker.pid for worker in shared_cluster.workers}


def test_what_is_shared_and_files_travel_once_to_each_worker(shared_cluster, use, tmp_path):
    use(shared_cluster)
    paths = [tmp_path / "one.wav", tmp_path / "two.wav"]
    for path in paths:
        path.write_bytes(path.name.encode() * 1000)
    client = connect(shared_cluster.address)
    before = set(client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.tasks)))

    found = run_tasks(
        length_and_place, [(LocalFile(p),) for p in paths * 6], shared=([1, 2, 3],), n_jobs=1
    )
    first = next(found)
    on_way = set(client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.tasks)))
    results = [first, *found]

    assert [r[:3] for r in results] == [(3, p.name, p.read_bytes()) for p in paths * 6]
    assert len({place for *_rest, place in results}) <= 3  # one copy in each worker's memory
    sent = [key for key in on_way - before if key.startswith("file-")]
    assert len({key.split("-")[1] for key in sent}) == len(sent) == 2
    again = run_tasks(length_and_place, [(LocalFile(paths[0]),)] * 3, shared=([1, 2, 3],))
    assert {place for *_rest, place in again} <= {place for *_rest, place in results}


def test_what_a_task_raises_is_raised_here(shared_cluster, use, tmp_path):
    use(shared_cluster)
    (tmp_path / "a.wav").write_bytes(b"x")

    with pytest.raises(OSError, match="the disk is full"):
        list(run_tasks(refuse, [(LocalFile(tmp_path / "a.wav"),)]))
    with pytest.raises(FileNotFoundError):  # what cannot be sent is done here, which says why
        list(run_tasks(length_and_place, [(LocalFile(tmp_path / "none.wav"),)], shared=([],)))


def test_killed_worker_costs_only_the_tasks_it_had(use, tmp_path, caplog):
    with dask_cluster(tmp_path / "cluster", 3) as cluster:
        use(cluster)
        path = tmp_path / "song.wav"
        path.write_bytes(b"sound")
        work = [(x, 0.25, LocalFile(path)) for x in range(24)]
        results = run_tasks(square_beside, work)
        done = [next(results) for _ in range(3)]
        killed = cluster.workers[1].pid
        cluster.kill_worker(1)
        done += list(results)

    assert [value for value, _pid in done] == [x * x for x in range(24)]
    # On a busy machine one of the two that are left may have done them all.
    assert {pid for _value, pid in done[-9:]} <= {w.pid for w in cluster.workers} - {killed}
    assert HERE not in {pid for _value, pid in done}
    assert not caplog.records


def square_beside(x, seconds, path):
    assert path.read_bytes() == b"sound"
    return slow_square(x, seconds)


def test_lost_scheduler_leaves_the_rest_to_this_machine(use, tmp_path, caplog):
    with dask_cluster(tmp_path / "cluster", 2) as cluster:
        use(cluster)
        results = run_tasks(slow_square, ((x, 0.1) for x in range(20)), n_jobs=1)
        done = [next(results) for _ in range(4)]
        cluster.kill_scheduler()
        done += list(results)

    assert [value for value, _pid in done] == [x * x for x in range(20)]
    assert HERE not in {pid for _value, pid in done[:4]}
    assert {pid for _value, pid in done[-10:]} == {HERE}
    (said,) = [r.message for r in caplog.records if r.name == "genre.cluster"]
    assert said == (
        f"the scheduler at {cluster.address} is gone: the rest is computed here, and nothing is "
        "lost."
    )


def test_cluster_whose_workers_are_all_gone_leaves_the_rest_here(
    use, tmp_path, caplog, monkeypatch
):
    monkeypatch.setattr(on_cluster, "WORKERLESS_SECONDS", 1.0)
    with dask_cluster(tmp_path / "cluster", 1) as cluster:
        use(cluster)
        results = run_tasks(slow_square, ((x, 0.1) for x in range(8)), shared=(), n_jobs=1)
        done = [next(results)]
        cluster.kill_worker(0)
        done += list(results)

    assert [value for value, _pid in done] == [x * x for x in range(8)]
    assert done[-1][1] == HERE
    (said,) = [r.message for r in caplog.records if r.levelno == logging.WARNING]
    assert said.startswith(f"the workers of the cluster {cluster.address} are gone: the rest is ")


def test_tasks_that_nobody_waits_for_are_taken_back(shared_cluster, use):
    use(shared_cluster)
    results = run_tasks(slow_square, ((x, 0.5) for x in range(100)))
    next(results)
    results.close()

    until = time.monotonic() + 10
    while sum(w.n_tasks for w in list_workers(shared_cluster.address)):
        assert time.monotonic() < until
        time.sleep(0.2)


def test_scheduler_that_is_not_there_is_refused_in_one_sentence(monkeypatch):
    monkeypatch.setenv(VARIABLE, "tcp://127.0.0.1:9")

    with pytest.raises(ClusterError) as refused:
        run_tasks(slow_square, [(1,)])
    assert str(refused.value).startswith("no Dask scheduler of version ")
    assert "answers at tcp://127.0.0.1:9. Start one with dask scheduler" in str(refused.value)


def test_scheduler_without_workers_is_refused_in_one_sentence(use, tmp_path):
    with dask_cluster(tmp_path / "cluster", 0) as cluster:
        use(cluster)
        with pytest.raises(ClusterError, match=r"has no workers\. Start one with dask worker tcp"):
            run_tasks(slow_square, [(1,)])


def test_worker_of_another_version_is_refused_in_one_sentence(use, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(PACKAGE, other / "genre", ignore=shutil.ignore_patterns("__pycache__"))
    init = other / "genre" / "__init__.py"
    init.write_text(init.read_text().replace('__version__ = "', '__version__ = "0.'))
    with dask_cluster(tmp_path / "cluster", 1, program=other) as cluster:
        use(cluster)
        with pytest.raises(ClusterError) as refused:
            run_tasks(slow_square, [(1,)])

    said = str(refused.value)
    assert said.startswith(f"the worker at tcp://127.0.0.1:{said.split(':')[2].split(' ')[0]}")
    assert " has Genre Lab 0." in said and "results could differ" in said


def test_worker_of_another_version_that_comes_later_performs_nothing(use, tmp_path, monkeypatch):
    with dask_cluster(tmp_path / "cluster", 1) as cluster:
        use(cluster)
        results = run_tasks(slow_square, [(x, 0.0) for x in range(6)], n_jobs=1)
        monkeypatch.setattr(on_cluster, "program_facts", lambda: {"Genre Lab": "another"})

        assert {pid for _value, pid in results} == {HERE}
