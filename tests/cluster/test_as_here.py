"""What the program computes on a cluster is what it computes here, bit for bit."""

import json
import os
import shutil
import sqlite3
from dataclasses import replace

import numpy as np
import pytest
import soundfile as sf

from genre import paths
from genre.__main__ import main
from genre.audio.feature_config import MfccConfig
from genre.cli.leakage import record_recipes
from genre.cluster.address import VARIABLE
from genre.collection.index_job import run_index
from genre.collection.store import DATABASE, collection_of, load_records
from genre.datasets.altered import add_altered
from genre.datasets.folder import extract_folder
from genre.datasets.pack import read_pack
from genre.training.crossval import cross_validate
from tests.support.clusters import dask_cluster
from tests.support.live_runs import RECIPE

pytestmark = pytest.mark.slow
GENRES = ("blues", "jazz", "rock")
QUICK = replace(RECIPE, split="track", epochs=1)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with dask_cluster(tmp_path_factory.mktemp("cluster"), 3) as running:
        yield running


@pytest.fixture
def music(tmp_path):
    """Real recordings of three genres, one of them twice, and two that cannot be used."""
    for genre in GENRES:
        (tmp_path / "music" / genre).mkdir(parents=True)
        samples, sr = sf.read(paths.SAMPLES / f"{genre}.ogg", frames=300_000)
        sf.write(tmp_path / "music" / genre / f"{genre}.flac", samples, sr)
    jazz = tmp_path / "music" / "jazz"
    shutil.copy(jazz / "jazz.flac", jazz / "재즈 again.flac")
    (tmp_path / "music" / "rock" / "bad.mp3").write_bytes(b"no recording")
    os.mkfifo(tmp_path / "music" / "rock" / "pipe.wav")
    return tmp_path / "music"


@pytest.fixture
def apart(tmp_path, monkeypatch):
    """Call with a name and a cluster: an empty home of this name, and what computes."""

    def begin(name, address=""):
        monkeypatch.setenv(VARIABLE, address)
        monkeypatch.setattr(paths, "HOME", tmp_path / name)
        monkeypatch.setenv("GENRE_LAB_HOME", str(tmp_path / name))
        monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / name / "cache"))

    return begin


def test_extraction(cluster, apart, music):
    apart("here")
    here = extract_folder(music, MfccConfig(), teacher_values=True, n_jobs=1)
    altered = add_altered(here, music, 1, n_jobs=1).altered
    apart("there", cluster.address)
    said = []
    there = extract_folder(
        music, MfccConfig(), teacher_values=True, on_progress=lambda *one: said.append(one)
    )

    assert there.tracks == here.tracks and len(here.tracks) == 3
    assert there.skipped == here.skipped and len(here.skipped) == 3
    np.testing.assert_array_equal(there.frames, here.frames)
    np.testing.assert_array_equal(there.teacher_values, here.teacher_values)
    np.testing.assert_array_equal(add_altered(there, music, 1).altered, altered)
    assert [n for n, _n_tracks, _name in said] == list(range(1, len(said) + 1))


def test_command_says_where_it_computes_and_writes_the_same_pack(
    cluster, apart, music, tmp_path, capsys
):
    words = ["extract", str(music)]
    apart("here")
    assert main([*words, str(tmp_path / "a"), "--name", "music"]) == 1  # some were skipped
    apart("there")
    capsys.readouterr()
    again = [*words, str(tmp_path / "b"), "--name", "music", "--cluster", cluster.address]
    assert main(again) == 1

    assert f"computing on {cluster.address}: 3 workers\n" in capsys.readouterr().err
    np.testing.assert_array_equal(
        read_pack(tmp_path / "a").frames, read_pack(tmp_path / "b").frames
    )
    assert main(["cluster", cluster.address]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["w0", "w1", "w2"]


def test_index_of_a_folder(cluster, apart, music):
    found = []
    for name, address in (("here", ""), ("there", cluster.address)):
        apart(name, address)
        status = run_index(music)
        place = collection_of(music)
        with sqlite3.connect(place / DATABASE) as database:
            songs = database.execute("SELECT * FROM songs ORDER BY path").fetchall()
            problems = database.execute("SELECT path, reason FROM problems ORDER BY path")
            found.append(
                (status.n_heard, songs, problems.fetchall(), load_records(place, 1).tobytes())
            )
        database.close()
        again = run_index(music)
        assert (status.state, again.state, again.n_heard) == ("ready", "ready", 0)

    assert found[0] == found[1]
    assert (found[0][0], len(found[0][1]), len(found[0][2])) == (3, 4, 2)


@pytest.mark.tensorflow
def test_folds_while_a_worker_and_then_the_scheduler_are_killed(
    apart, two_genres, tmp_path, caplog
):
    apart("here")
    here = cross_validate(two_genres, QUICK, n_folds=3)
    with dask_cluster(tmp_path / "cluster", 2) as cluster:
        apart("there", cluster.address)
        killing = cross_validate(
            two_genres,
            QUICK,
            n_folds=3,
            on_fold=lambda n_done, n: cluster.kill_worker(1) if n_done == 1 else None,
        )
        assert not [r for r in caplog.records if r.name == "genre.cluster"]
        losing = cross_validate(
            two_genres,
            QUICK,
            n_folds=3,
            on_fold=lambda n_done, n: cluster.kill_scheduler() if n_done == 1 else None,
        )
    (said,) = [r.getMessage() for r in caplog.records if r.name == "genre.cluster"]

    assert said.startswith(f"the scheduler at {cluster.address} is gone: the rest is computed here")
    np.testing.assert_array_equal(killing.probabilities, here.probabilities)
    np.testing.assert_array_equal(losing.probabilities, here.probabilities)


@pytest.mark.tensorflow
def test_recording_of_runs(cluster, apart, pack, tmp_path):
    recipes = {"track": replace(QUICK, epochs=1)}
    apart("here")
    record_recipes(recipes, tmp_path / "a", pack)
    apart("there", cluster.address)
    record_recipes(recipes, tmp_path / "b", pack)

    for split in recipes:
        a, b = (tmp_path / one / split for one in "ab")
        assert sorted(f.name for f in a.iterdir()) == sorted(f.name for f in b.iterdir())
        assert untimed(a) == untimed(b)
    assert len(untimed(tmp_path / "a" / "track")) > 2


def untimed(run):
    """The events of a run without what a clock measured."""
    lines = (run / "events.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        {key: value for key, value in json.loads(line).items() if "time" not in key
         and "second" not in key}
        for line in lines
    ]  # fmt: skip
