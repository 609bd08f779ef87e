"""A folder of real recordings is indexed: by real processes, stopped, killed, and changed."""

import hashlib
import os
import shutil
import signal
import time
from dataclasses import asdict

import numpy as np
import psutil
import pytest

from genre import paths
from genre.collection import hearing, search
from genre.collection.hearing import heard_by, heard_of
from genre.collection.index_job import (
    IndexStatus,
    read_index,
    run_index,
    start_index,
    stop_index,
)
from genre.collection.place import place_song
from genre.collection.song_map import bundled_map, bundled_tracks
from genre.collection.store import (
    DATABASE,
    collection_of,
    delete_collection,
    load_records,
    opened,
)
from genre.collection.writer import Writer
from genre.errors import CollectionError, ParameterError
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song
from genre.system.lock import FolderLock
from tests.support.damage import damaged_files, damaged_objects, put, written
from tests.support.recordings import recording

PATIENT_SECONDS = 120
GTZAN = paths.ROOT.parent / "shared" / "data" / "gtzan-subset"
SAMPLES = ("blues", "classical", "jazz", "rock")


@pytest.fixture
def folder(tmp_path):
    """Four of the project's examples and a file that is no recording."""
    (tmp_path / "songs" / "old").mkdir(parents=True)
    for name in SAMPLES:
        place = tmp_path / "songs" / ("old" if name == "blues" else "")
        shutil.copy(paths.SAMPLES / f"{name}.ogg", place / f"{name}.ogg")
    (tmp_path / "songs" / "bad.mp3").write_bytes(b"no recording")
    return tmp_path / "songs"


@pytest.fixture
def short(tmp_path):
    """Twenty recordings of two seconds, each another one."""
    (tmp_path / "short").mkdir()
    for i in range(20):
        sound = recording("flac", seconds=2 + i / 10, noise=0.1)
        (tmp_path / "short" / f"{i:02}.flac").write_bytes(sound)
    return tmp_path / "short"


def names(folder):
    return [song.name for song in search.find_songs(collection_of(folder), limit=-1)]


def wait_for(is_so):
    end = time.monotonic() + PATIENT_SECONDS
    while not (found := is_so()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return found


def wait_until_ended(folder):
    return wait_for(
        lambda: None if (status := read_index(collection_of(folder))).is_live else status
    )


def n_read(folder):
    """How many songs the collection holds, while it is being written."""
    try:
        return search.read_overview(collection_of(folder)).n_songs
    except CollectionError:
        return 0


def test_folder_is_indexed_in_a_process_of_its_own(folder):
    assert read_index(collection_of(folder)).state == "absent"
    start_index(folder)
    assert read_index(collection_of(folder)).is_live
    status = wait_until_ended(folder)
    assert (status.state, status.n_done, status.n_files) == ("ready", 5, 5), status.reason
    assert (status.n_heard, status.n_problems) == (4, 1)
    place = collection_of(folder)
    ((name, reason),) = search.list_problems(place)
    assert name == "bad.mp3" and "not audio this program knows" in reason

    songs = search.find_songs(place)
    assert [song.name for song in songs] == [
        "classical.ogg", "jazz.ogg", "old/blues.ogg", "rock.ogg"
    ]  # fmt: skip
    analysis = analyze_song(folder / "jazz.ogg", load_classifier("ear"))
    heard, jazz = heard_of(analysis), songs[1]
    assert jazz.path == folder / "jazz.ogg"
    assert (jazz.genre, jazz.certainty) == (heard.prediction.genre, heard.prediction.confidence)
    assert jazz.probability == pytest.approx(heard.prediction.probability, abs=1e-5)
    assert jazz.tags == heard.words == ("jazz",)
    assert search.find_songs(place, "JAZZ ogg")[0] == jazz
    np.testing.assert_allclose(search.song_vector(place, jazz.digest), heard.vector, atol=1e-4)
    record = load_records(place, 1)[jazz.row]
    audible = analysis.prediction.audible
    np.testing.assert_allclose(record[200:], analysis.view.tags[audible].mean(0), atol=1e-4)
    ((first, distance), *others) = search.nearest_songs(place, heard.vector)
    assert first == jazz and distance < 1e-4 and len(others) == 3


def test_only_what_changed_is_read_again(folder, monkeypatch):
    assert run_index(folder).n_heard == 4
    before = {song.name: song for song in search.find_songs(collection_of(folder))}
    read = []
    monkeypatch.setattr(
        hearing, "analyze_song", lambda path, c: read.append(path.name) or analyze_song(path, c)
    )
    with monkeypatch.context() as patch:  # nothing is even opened
        patch.setattr(hashlib, "file_digest", lambda *_: pytest.fail("a known file was opened"))
        assert (run_index(folder).n_heard, read) == (0, [])

    os.utime(folder / "rock.ogg", (1, 1))  # written again with the same content
    (folder / "jazz.ogg").rename(folder / "old" / "moved.ogg")
    shutil.copy(folder / "rock.ogg", folder / "copy.ogg")
    shutil.copy(paths.SAMPLES / "disco.ogg", folder / "classical.ogg")  # changed
    shutil.copy(paths.SAMPLES / "pop.ogg", folder / "new.ogg")
    (folder / "old" / "blues.ogg").unlink()
    (folder / "bad.mp3").unlink()
    status = run_index(folder)
    assert sorted(read) == ["classical.ogg", "new.ogg"]
    assert (status.n_heard, status.n_problems) == (2, 0)
    after = {song.name: song for song in search.find_songs(collection_of(folder))}
    assert sorted(after) == ["classical.ogg", "copy.ogg", "new.ogg", "old/moved.ogg", "rock.ogg"]
    assert after["old/moved.ogg"].digest == before["jazz.ogg"].digest
    assert after["classical.ogg"].digest != before["classical.ogg"].digest
    assert after["copy.ogg"].row == after["rock.ogg"].row == before["rock.ogg"].row
    read.clear()
    assert (run_index(folder).n_heard, read) == (0, [])


def test_stopped_and_started_again_it_goes_on(short):
    start_index(short)
    wait_for(lambda: n_read(short) >= 2)
    stop_index(collection_of(short))
    status = wait_until_ended(short)
    assert status.state == "stopped" and 2 <= status.n_heard < 20
    assert n_read(short) == status.n_heard
    start_index(short)
    again = wait_until_ended(short)
    assert (again.state, again.n_heard) == ("ready", 20 - status.n_heard), again.reason
    assert len(names(short)) == 20


def test_killed_in_the_middle_nothing_is_lost_and_the_rest_is_read(short):
    start_index(short)
    wait_for(lambda: n_read(short) >= 3)
    process = psutil.Process(read_index(collection_of(short)).pid)
    process.send_signal(signal.SIGKILL)
    process.wait(PATIENT_SECONDS)
    status = read_index(collection_of(short))
    assert status.state == "failed" and "Index again" in status.reason
    kept = search.find_songs(collection_of(short), limit=-1)
    assert len(kept) >= 3
    with (collection_of(short) / "heard-1.f32").open("ab") as file:
        file.write(bytes(700))  # a record that was half written
    start_index(short)
    again = wait_until_ended(short)
    assert (again.state, again.n_heard) == ("ready", 20 - len(kept)), again.reason
    place = collection_of(short)
    assert set(kept) <= set(search.find_songs(place, limit=-1))
    fresh = heard_of(analyze_song(short / "19.flac", load_classifier("ear")))
    last = search.find_songs(place, "19.flac")[0]
    np.testing.assert_allclose(search.song_vector(place, last.digest), fresh.vector, atol=1e-4)


def test_file_that_ends_the_process_again_and_again_is_passed_over(folder):
    """Until it changes: the others are read."""
    run_index(folder)
    place, path = collection_of(folder), b"rock.ogg"
    with opened(place) as database:
        digest = search.find_songs(place, "rock.ogg")[0].digest
        writer = Writer(database, place, folder, heard_by())
        writer.remove({path})
        assert writer.begin_attempt(path, digest)
    assert run_index(folder).n_heard == 1  # it may have been the machine that went down
    with opened(place) as database:
        writer = Writer(database, place, folder, heard_by())
        writer.remove({path})
        assert all(writer.begin_attempt(path, digest) for _ in range(3))
    status = run_index(folder)
    assert (status.n_heard, status.n_problems) == (0, 2)
    assert "passed over" in dict(search.list_problems(place))["rock.ogg"]
    shutil.copy(paths.SAMPLES / "pop.ogg", folder / "rock.ogg")
    assert run_index(folder).n_heard == 1


def test_disk_that_is_not_there_forgets_nothing(folder):
    run_index(folder)
    folder.rename(folder.with_name("away"))
    with pytest.raises(CollectionError, match="is no folder here"):
        run_index(folder)
    folder.mkdir()  # the empty place where the disk belongs
    status = run_index(folder)
    assert status.state == "failed" and "connect its disk" in status.reason
    assert len(names(folder)) == 4


def test_folder_that_cannot_be_opened_forgets_nothing_in_it(folder, monkeypatch):
    run_index(folder)
    scan = os.scandir

    def refuse(path):
        if os.fspath(path) == os.fspath(folder / "old"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    (folder / "rock.ogg").unlink()
    assert run_index(folder).state == "ready"
    assert names(folder) == ["classical.ogg", "jazz.ogg", "old/blues.ogg"]


def test_pipe_and_file_without_permission_are_problems_and_tried_again(folder, monkeypatch):
    os.mkfifo(folder / "pipe.wav")
    run_index(folder)
    place = collection_of(folder)
    assert "it is a pipe" in dict(search.list_problems(place))["pipe.wav"]
    (folder / "pipe.wav").unlink()
    shutil.copy(paths.SAMPLES / "pop.ogg", folder / "pipe.wav")
    assert run_index(folder).n_heard == 1
    assert [name for name, _ in search.list_problems(place)] == ["bad.mp3"]


def test_name_that_is_no_unicode_is_indexed_and_found_again(folder):
    odd = os.fsdecode(os.fsencode(folder) + b"/caf\xe9.ogg")
    try:
        shutil.copy(paths.SAMPLES / "pop.ogg", odd)
    except OSError:
        pytest.skip("this file system takes no such name")
    run_index(folder)
    (song,) = search.find_songs(collection_of(folder), "caf?.ogg")
    assert os.fspath(song.path) == odd
    assert run_index(folder).n_heard == 0


def test_two_processes_do_not_index_one_folder(folder):
    place = collection_of(folder)
    place.mkdir(parents=True)
    lock = FolderLock(place)
    assert lock.acquire()
    with pytest.raises(CollectionError, match="by another process"):
        run_index(folder)
    with pytest.raises(CollectionError, match="is being indexed"):
        delete_collection(place)
    lock.release()
    assert run_index(folder).state == "ready"


def test_damaged_database_fails_with_what_to_do(folder):
    run_index(folder)
    (collection_of(folder) / DATABASE).write_bytes(b"no database " * 1000)
    status = run_index(folder)
    assert status.state == "failed" and "delete the collection" in status.reason


def test_full_disk_fails_and_the_song_is_no_problem(folder, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "add_song", refuse)
        for _ in range(5):
            status = run_index(folder)
            assert (status.state, status.reason) == ("failed", "No space left on device")
    assert search.list_problems(collection_of(folder))[0][0] == "bad.mp3"
    assert not names(folder)
    assert run_index(folder).n_heard == 4


@pytest.mark.skipif(not GTZAN.is_dir(), reason="the GTZAN recordings are not beside the checkout")
@pytest.mark.parametrize("track_id", ["jazz.00000", "metal.00003", "reggae.00001"])
def test_recording_of_a_bundled_track_lies_where_the_track_does_and_is_not_its_own_neighbour(
    track_id,
):
    path = GTZAN / track_id.split(".")[0] / f"{track_id}.flac"
    placed = place_song(analyze_song(path, load_classifier("ear")), "a name of one's own.flac")
    row = [track.track_id for track in bundled_tracks()].index(track_id)
    assert placed.vector @ bundled_map().vectors[row] > 0.999
    assert np.linalg.norm(placed.position - bundled_map().positions[row]) < 0.3
    assert row not in [near.index for near in placed.nearest] and len(placed.nearest) == 5
    way = placed.segment_positions
    assert len(way) >= 1 and np.abs(way).max() <= 1


def test_model_of_other_values_hears_nothing():
    analysis = analyze_song(paths.SAMPLES / "jazz.ogg", load_classifier("starter"))
    with pytest.raises(ParameterError, match="model of musicnn's values"):
        heard_of(analysis)


def test_damaged_status_is_of_nothing_that_is_known(folder):
    file = collection_of(folder) / "index.json"
    file.parent.mkdir(parents=True)
    whole = {"version": 1} | asdict(IndexStatus("ready", folder="x"))
    file.write_bytes(written(whole))
    assert read_index(collection_of(folder)).state == "ready"
    for _, content in damaged_files(written(whole)):
        put(file, content)
        assert read_index(collection_of(folder)).state == "absent"
    for kind, document in damaged_objects(whole):
        file.write_bytes(written(document))
        assert read_index(collection_of(folder)).state in ("absent", "ready"), kind
