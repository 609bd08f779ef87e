"""What seeds Python's own random numbers is called beside a worker, not among its threads."""

import os

import pytest

from genre.cluster.address import VARIABLE
from genre.cluster.tasks import run_tasks
from tests.support.clusters import dask_cluster, slow_square

pytestmark = pytest.mark.slow


def test_function_is_called_in_a_process_beside_the_worker(tmp_path, monkeypatch):
    with dask_cluster(tmp_path / "cluster", 1) as cluster:
        monkeypatch.setenv(VARIABLE, cluster.address)
        beside = list(run_tasks(slow_square, [(x, 0.0) for x in range(3)], in_own_process=True))
        within = list(run_tasks(slow_square, [(x, 0.0) for x in range(3)]))

    assert [value for value, _pid in beside] == [0, 1, 4]
    assert {pid for _value, pid in within} == {cluster.workers[0].pid}
    (apart,) = {pid for _value, pid in beside}
    assert apart not in (cluster.workers[0].pid, os.getpid())
