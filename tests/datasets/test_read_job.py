"""A dataset read in a process of its own: progress, what is in it, and what goes wrong."""

import json
import os
import signal
import time

import numpy as np
import psutil
import pytest
import soundfile as sf

from genre.datasets import read_job
from genre.datasets.folder import extract_folder, extract_track
from genre.datasets.load import load_dataset
from genre.datasets.read_job import Reading, read_reading, run_reading, start_reading, stop_reading
from genre.errors import DatasetError
from genre.recipes.config import PRESETS
from genre.recipes.prepare import extraction_features
from genre.text.training_data import overview_line, overview_row
from tests.support.damage import damaged_files, damaged_objects, put, written

PATIENT_SECONDS = 90


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache, for this process and those it starts."""
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path):
    """Two genres of three recordings each, one of them no recording."""
    rng = np.random.default_rng(3)
    for genre in ("hum", "hiss"):
        (tmp_path / "music" / genre).mkdir(parents=True)
        for i in range(3):
            samples = 0.1 * rng.standard_normal(22_050 * 4)
            sf.write(tmp_path / "music" / genre / f"{i}.wav", samples, 22_050)
    (tmp_path / "music" / "hum" / "2.wav").write_bytes(b"no recording")
    return str(tmp_path / "music")


def wait_until_read(source, features="mfcc"):
    end = time.time() + PATIENT_SECONDS
    while (reading := read_reading(source, features)).state == "reading":
        assert time.time() < end, "waited in vain"
        time.sleep(0.05)
    return reading


def test_reading_not_started_is_absent(folder):
    assert read_reading(folder) == Reading("absent")


def test_reading_finished_has_overview_and_skipped_files(folder):
    start_reading(folder)
    assert read_reading(folder).state == "reading"
    reading = wait_until_read(folder)

    assert reading.state == "ready"
    assert (reading.n_done, reading.n_tracks) == (5, 5)
    assert [row["genre"] for row in reading.overview["genres"]] == ["hiss", "hum"]
    assert [row["n_tracks"] for row in reading.overview["genres"]] == [3, 2]
    ((name, why),) = reading.skipped
    assert name.endswith("2.wav") and why


def test_reading_as_other_features_is_another_reading(folder):
    assert run_reading(folder, "musicnn").state == "ready"
    assert read_reading(folder, "musicnn").n_done == 5
    assert read_reading(folder) == read_reading(folder, "mfcc") == Reading("absent")


@pytest.mark.parametrize("kind", ["mfcc", "musicnn"])
def test_reading_keeps_what_a_recipe_of_these_features_trains_on(folder, monkeypatch, kind):
    start_reading(folder, kind)
    assert wait_until_read(folder, kind).state == "ready"
    monkeypatch.setattr("genre.datasets.folder.extract_track", None)  # nothing is left to extract

    recipe = PRESETS["ear" if kind == "musicnn" else "recommended"]
    data = load_dataset(folder, features=extraction_features(recipe))

    assert data.features.kind == kind
    assert len(data.tracks) == 5


def test_reading_stopped_goes_on_where_it_was(folder, monkeypatch):
    extracted = []

    def until_the_second(path, track, features, **asked):
        if len(extracted) == 2:
            raise KeyboardInterrupt
        extracted.append(track.track_id)
        return extract_track(path, track, features, **asked)

    monkeypatch.setattr("genre.datasets.folder.extract_track", until_the_second)
    monkeypatch.setitem(extract_folder.__kwdefaults__, "n_jobs", 1)
    with pytest.raises(KeyboardInterrupt):
        run_reading(folder, "musicnn")
    extracted.clear()
    monkeypatch.setattr(
        "genre.datasets.folder.extract_track",
        lambda *given, **asked: (
            extracted.append(given[1].track_id),
            extract_track(*given, **asked),
        )[1],
    )

    assert run_reading(folder, "musicnn").n_done == 5
    assert len(extracted) == 4  # six recordings, two of them kept


def test_reading_progress_rises_while_it_runs(folder, monkeypatch):
    seen = []
    monkeypatch.setattr(
        read_job.Job, "progress", lambda job, status: seen.append(job.report(status))
    )
    run_reading(folder)

    reported = [status.n_done for status in seen]
    assert reported == sorted(reported) and max(reported) >= 5
    assert all((status.state, status.pid) == ("reading", os.getpid()) for status in seen)


def test_reading_of_no_dataset_fails_with_one_sentence(tmp_path):
    nowhere = str(tmp_path / "nowhere")

    assert run_reading(nowhere).state == "failed"
    assert "there is no dataset at" in read_reading(nowhere).reason


def test_reading_killed_is_failed(folder):
    start_reading(folder)
    os.killpg(read_reading(folder).pid, signal.SIGKILL)
    reading = wait_until_read(folder)

    assert (reading.state, reading.reason) == ("failed", "its process ended. Read it again.")


def test_reading_stopped_ends_its_process(folder):
    start_reading(folder)
    pid = read_reading(folder).pid
    stop_reading(folder)

    assert read_reading(folder).state == "absent"
    end = time.time() + PATIENT_SECONDS
    while psutil.pid_exists(pid):
        assert time.time() < end, "its process goes on"
        time.sleep(0.05)
    assert read_reading(folder).state == "absent"


def test_reading_with_an_unwritable_cache_is_refused(folder, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "file"))

    with pytest.raises(DatasetError, match=r"cannot be written to .*GENRE_LAB_CACHE"):
        start_reading(folder)


def test_status_of_a_reading_with_any_damage_is_read_or_taken_for_none(tmp_path, two_genres, pack):
    run_reading(pack)
    (file,) = (tmp_path / "cache" / "readings").glob("*.json")
    document = json.loads(file.read_bytes())
    assert document["state"] == "ready"
    overviews = [
        ("overview", document | {"overview": overview})
        for _, overview in damaged_objects(document["overview"], depth=2)
    ]
    changed = [*damaged_objects(document), *overviews]
    contents = [*damaged_files(file.read_bytes()), *((k, written(d)) for k, d in changed)]
    absent = 0
    for kind, content in contents:
        put(file, content)
        reading = read_reading(pack)
        absent += reading == Reading("absent")
        if reading.state == "ready":  # what the page Train shows of it
            assert overview_line(reading.overview), kind
            "".join(map(str, map(overview_row, reading.overview["genres"]))).encode()
            assert all(len(pair) == 2 for pair in reading.skipped)
    assert absent > 100
