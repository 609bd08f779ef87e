"""Mapped data on a real cluster: in pieces to workers that have not the file, bounded in memory."""

import os
import threading
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from genre.cluster import kept_files, sent_files
from genre.cluster.address import VARIABLE
from genre.cluster.connection import connect
from genre.cluster.tasks import run_tasks
from genre.datasets.pack import read_pack, write_pack
from genre.errors import ClusterError
from genre.storage.mapped import ArrayWriter, MappedArray
from genre.training.crossval import cross_validate
from tests.support.clusters import dask_cluster
from tests.support.live_runs import RECIPE
from tests.support.small_disk import NoDisk, small_disk

pytestmark = pytest.mark.slow
HERE = os.getpid()


@pytest.fixture
def elsewhere(monkeypatch):
    """Call for workers to see none of the paths here, as on other machines; the files' digests."""
    real, digests = sent_files.shared_file, []

    def told(path):
        digests.append(real(path).sha256)
        return replace(real(path), path=f"/of/another/machine/{path.name}")

    monkeypatch.setattr(sent_files, "shared_file", told)
    return digests


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "own-cache"))


@pytest.fixture
def data(tmp_path, two_genres):
    """A mapped pack with an altered version and teacher values."""
    n = len(two_genres.frames)
    taught = np.random.default_rng(5).normal(0, 2, (n, 200)).astype(np.float32)
    full = replace(two_genres, altered=(two_genres.frames * 0.5,), teacher_values=taught)
    write_pack(tmp_path / "pack", full, is_mapped=True)
    return read_pack(tmp_path / "pack")


def digests_of(data, number, i, seconds=0.0):
    """Say what a task reads of a dataset, from which file, and in which process."""
    time.sleep(seconds)
    arrays = (data.frames, data.altered[0], data.teacher_values, data.track_index)
    found = [sha256(np.ascontiguousarray(array[:]).tobytes()).hexdigest() for array in arrays]
    return found, number, i, os.getpid()


def copies_in(cluster, cache="cache"):
    return sorted(path.name for path in (cluster.folder / cache / "sent").glob("*.npy"))


def test_worker_that_sees_the_file_reads_it_there(tmp_path, data, monkeypatch):
    here = digests_of(data, 7, 0)[:3]
    with dask_cluster(tmp_path / "cluster", 2) as cluster:
        monkeypatch.setenv(VARIABLE, cluster.address)
        results = list(run_tasks(digests_of, [(i,) for i in range(6)], shared=(data, 7)))
        assert not copies_in(cluster)

    assert [one[:3] for one in results] == [(here[0], 7, i) for i in range(6)]
    assert HERE not in {one[3] for one in results}


def test_file_travels_in_pieces_once_and_again_where_it_was_damaged(
    tmp_path, data, monkeypatch, elsewhere
):
    monkeypatch.setattr(sent_files, "PIECE_BYTES", 20_000)
    sent, real = [], sent_files.take_piece
    here = digests_of(data, 7, 0)[0]
    with dask_cluster(tmp_path / "cluster", 2) as cluster:
        monkeypatch.setenv(VARIABLE, cluster.address)
        client = connect(cluster.address)
        run = client.run

        def noted(function, *arguments, **options):
            if function is real:
                sent.append((arguments[0].sha256, arguments[2], options["workers"]))
            return run(function, *arguments, **options)

        monkeypatch.setattr(client, "run", noted)
        work = [(i, 0.2) for i in range(12)]
        results = run_tasks(digests_of, work, shared=(data, 7))
        done = [next(results)]
        assert copies_in(cluster) == sorted(f"{digest}.npy" for digest in {*elsewhere})
        assert len({*elsewhere}) == 3
        assert {offset for _digest, offset, _workers in sent} > {0, 20_000}
        assert all(len(workers) == 1 for *_rest, workers in sent)  # one for their common cache
        assert len(sent) == len({piece[:2] for piece in sent})
        n_sent = len(sent)
        for path in (cluster.folder / "cache" / "sent").glob("*.npy"):
            damaged = tmp_path / path.name  # another file in its place: a task may read this one
            damaged.write_bytes(path.read_bytes()[:-1] + b"x")
            os.replace(damaged, path)
        done += list(results)

    assert len(sent) == 2 * n_sent
    assert [one[0] for one in done] == [here] * 12
    assert HERE not in {one[3] for one in done}


def test_worker_that_comes_later_is_sent_the_files(tmp_path, data, monkeypatch, elsewhere):
    here = digests_of(data, 7, 0)[0]
    with dask_cluster(tmp_path / "cluster", 1) as cluster:
        monkeypatch.setenv(VARIABLE, cluster.address)
        results = run_tasks(digests_of, [(i, 0.3) for i in range(16)], shared=(data, 7))
        done = [next(results)]
        cluster.add_workers(1, cache="of-its-own")
        done += list(results)
        assert copies_in(cluster, "of-its-own") == copies_in(cluster)

    assert [one[0] for one in done] == [here] * 16
    assert {one[3] for one in done} == {worker.pid for worker in cluster.workers}


@pytest.mark.tensorflow
def test_folds_of_mapped_data_are_those_of_one_machine(tmp_path, data, monkeypatch, elsewhere):
    recipe = replace(RECIPE, split="track", epochs=1)
    here = cross_validate(data, recipe, n_folds=2)
    with dask_cluster(tmp_path / "cluster", 2) as cluster:
        monkeypatch.setenv(VARIABLE, cluster.address)
        there = cross_validate(data, recipe, n_folds=2)
        assert len(copies_in(cluster)) == 3

    np.testing.assert_array_equal(there.probabilities, here.probabilities)


def test_full_disk_of_a_worker_is_one_sentence(tmp_path, data, monkeypatch, elsewhere):
    monkeypatch.setattr(sent_files, "PIECE_BYTES", 20_000)
    (tmp_path / "cluster").mkdir()
    try:
        with (
            small_disk(tmp_path / "cluster" / "cache", 30) as disk,
            dask_cluster(tmp_path / "cluster", 1) as cluster,
        ):
            monkeypatch.setenv(VARIABLE, cluster.address)
            with pytest.raises(ClusterError) as refused:
                run_tasks(digests_of, [(1,)], shared=(data, 7))
            left = [path for path in disk.rglob("*") if path.is_file()]
    except NoDisk as why:
        pytest.skip(str(why))

    said = str(refused.value)
    assert said.startswith("the worker at tcp://127.0.0.1:")
    assert said.endswith(
        "cannot keep the data (No space left on device). Free some space for its cache, or name "
        "another folder in GENRE_LAB_CACHE there."
    )
    assert not left


def mean_of(array, i):
    """Read a few rows of an array."""
    return float(next(array.take(np.array([i]), np.array([1]), 1)).mean()), os.getpid()


def held_by(pid):
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) * 1024


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="the memory is read in /proc")
def test_neither_side_holds_the_file(tmp_path, monkeypatch, elsewhere):
    with ArrayWriter(tmp_path / "large.npy", (2**18,), np.float32) as file:  # 1 MiB a row
        for i in range(300):
            file.append(np.full((1, 2**18), i, np.float32))
    array, most, is_over = MappedArray(tmp_path / "large.npy"), {}, threading.Event()
    with dask_cluster(tmp_path / "cluster", 1) as cluster:
        monkeypatch.setenv(VARIABLE, cluster.address)
        pids = (HERE, cluster.scheduler.pid, cluster.workers[0].pid)
        connect(cluster.address)
        before = {pid: held_by(pid) for pid in pids}

        def watch():
            while not is_over.wait(0.002):
                for pid in pids:
                    most[pid] = max(most.get(pid, 0), held_by(pid))

        watching = threading.Thread(target=watch)
        watching.start()
        results = list(run_tasks(mean_of, [(i,) for i in range(0, 300, 50)], shared=(array,)))
        is_over.set()
        watching.join()
        assert len(copies_in(cluster)) == 1

    assert [mean for mean, _pid in results] == [0.0, 50.0, 100.0, 150.0, 200.0, 250.0]
    assert HERE not in {pid for _mean, pid in results}
    for pid in pids:
        assert most[pid] - before[pid] < 120e6, f"{(most[pid] - before[pid]) / 1e6:.0f} MB"


def test_copies_that_nobody_uses_go_when_another_comes(tmp_path, monkeypatch):
    folder = tmp_path / "own-cache" / "sent"
    folder.mkdir(parents=True)
    for name, age in (("old", 2 * kept_files.UNUSED_SECONDS), ("used", 10.0)):
        (folder / f"{name}.npy").write_bytes(b"x")
        os.utime(folder / f"{name}.npy", (time.time() - age, 1.0))
    (folder / f".begun.{2**22 + 5}.abcd.part").write_bytes(b"x")  # no process has such a number
    left = folder / f".left.{HERE}.abcd.part"  # of one who asked, and is gone
    left.write_bytes(b"x")
    os.utime(left, (1.0, 1.0))
    file = kept_files.SharedFile("/none", 3, sha256(b"abc").hexdigest())

    assert kept_files._take_piece(file, "1", 0, b"ab") == ""
    assert kept_files._take_piece(file, "1", 2, b"c") == ""
    kept_files._keep(file, "1")

    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["used.npy", f"{file.sha256}.npy"]
    )
    half, whole = replace(file, sha256="0" * 64), {path.name for path in folder.iterdir()}
    assert kept_files._take_piece(half, "2", 0, b"ab") == ""
    assert len(list(folder.glob(".*.part"))) == 1
    kept_files._keep(half, "2")
    assert {path.name for path in folder.iterdir()} == whole
    assert kept_files._place_of(file) == folder / f"{file.sha256}.npy"
