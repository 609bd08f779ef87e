"""Uploaded songs on disk: kept for an hour for who has the link, within bounds, whole or not."""

import contextlib
import hashlib
import json
import multiprocessing
import os
import re
import stat
import threading
import time
from types import SimpleNamespace

import pytest

from genre.audio import kept_songs
from genre.audio.kept_songs import (
    KeptSong,
    NotKeptError,
    check_room,
    keep_content,
    keep_list,
    read_content,
    read_list,
    sweep,
    touch_list,
)
from genre.errors import AudioError
from genre.system import files


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    """Where the songs are kept, for this test alone."""
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path))
    return tmp_path / "songs"


def keep(content, name="song.mp3", upload="id"):
    digest = hashlib.sha256(content).hexdigest()
    keep_content(content, digest)
    return KeptSong(name, digest, len(content), upload)


def make_old(path, seconds=kept_songs.KEPT_SECONDS + 1):
    os.utime(path, (time.time() - seconds,) * 2)


def list_file(token):
    return kept_songs._list_path(token)


def kept_files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_songs_kept_are_read_by_their_token():
    songs = [keep(b"one", "one.mp3", "a"), keep(b"two", "zwei ♫.mp3", "b")]
    token = keep_list(songs, "uploads")

    assert read_list(token) == (songs, "uploads")
    assert [read_content(song.path) for song in songs] == [b"one", b"two"]
    assert all(song.is_kept() for song in songs)


def test_token_is_random_and_nowhere_on_disk(folder):
    song = keep(b"one")
    tokens = {keep_list([song], "uploads") for _ in range(50)}

    assert len(tokens) == 50
    assert all(re.fullmatch(r"[\w-]{32}", token) for token in tokens)
    on_disk = "".join(path.name for path in folder.iterdir()).encode()
    on_disk += b"".join(path.read_bytes() for path in folder.iterdir())
    assert not [token for token in tokens if token.encode() in on_disk]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_folder_is_the_users_own(folder):
    keep(b"one")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_list_is_not_found_by_what_stands_on_disk_or_by_the_song(folder):
    song = keep(b"one")
    token = keep_list([song], "uploads")
    guesses = {song.digest, list_file(token).stem, song.name, *kept_files(folder)}
    for guess in {*guesses, *(guess[:32] for guess in guesses)}:
        with pytest.raises(NotKeptError):
            read_list(guess)


@pytest.mark.parametrize(
    "token", ["", "x", "../../etc/passwd", "a" * 31 + "\n", "\x00" * 32, "٣" * 32, "a" * 32]
)
def test_token_garbage_is_one_sentence(token):
    with pytest.raises(NotKeptError, match="kept for an hour"):
        read_list(token)


def test_same_content_is_on_disk_once_and_names_stay_with_their_lists(folder):
    first = keep_list([keep(b"one", "demo of my band.mp3")], "uploads")
    second = keep_list([keep(b"one", "track.mp3")], "uploads")

    assert len(list(folder.glob("*.song"))) == 1
    assert read_list(first)[0][0].name == "demo of my band.mp3"
    assert read_list(second)[0][0].name == "track.mp3"


def test_sweep_removes_after_an_hour_what_was_not_used(folder):
    old, used = keep(b"old"), keep(b"used")
    old_list, used_list = keep_list([old], "uploads"), keep_list([used], "uploads")
    part = folder / ".x.song.1.abc.part"  # what a killed process has left
    part.write_bytes(b"half")
    for path in folder.iterdir():
        make_old(path)
    assert used.is_kept()
    touch_list(used_list)
    sweep()

    assert kept_files(folder) == sorted([used.path.name, list_file(used_list).name])
    assert not old.is_kept()
    with pytest.raises(NotKeptError, match="Upload it again"):
        read_content(old.path)
    with pytest.raises(NotKeptError):
        read_list(old_list)


def test_sweep_within_the_hour_removes_nothing(folder):
    keep_list([keep(b"one")], "uploads")
    for path in folder.iterdir():
        make_old(path, kept_songs.KEPT_SECONDS - 60)
    before = kept_files(folder)
    sweep()
    assert kept_files(folder) == before


def test_sweep_comes_by_itself_and_stops_once_nothing_is_kept(monkeypatch):
    for timer in timers():  # that of an earlier test
        timer.cancel()
        timer.join()
    monkeypatch.setattr(kept_songs, "SWEEP_SECONDS", 0.05)
    songs = [keep(b"one"), keep(b"two")]
    assert len(timers()) == 1
    for song in songs:
        make_old(song.path)
        while song.path.exists():
            time.sleep(0.01)
    while timers():
        time.sleep(0.01)


def timers():
    return [thread for thread in threading.enumerate() if thread.name == "sweep-songs"]


def test_sweep_without_folder_does_nothing(folder):
    sweep()
    assert not folder.exists()


@pytest.mark.parametrize(("limit", "value"), [("MAX_BYTES", 250), ("MAX_FILES", 2)])
def test_bounds_in_all_remove_the_oldest(monkeypatch, limit, value):
    monkeypatch.setattr(kept_songs, limit, value)
    songs = []
    for age, letter in ((30, b"a"), (20, b"b"), (10, b"c")):
        songs.append(keep(letter * 100))
        make_old(songs[-1].path, age)
    sweep()

    assert [song.is_kept() for song in songs] == [False, True, True]


def test_bound_of_bytes_makes_room_before_a_song_is_written(monkeypatch):
    monkeypatch.setattr(kept_songs, "MAX_BYTES", 250)
    first = keep(b"a" * 100)
    make_old(first.path, 30)
    second = keep(b"b" * 100)
    make_old(second.path, 20)
    third = keep(b"c" * 100)

    assert [song.is_kept() for song in (first, second, third)] == [False, True, True]


def test_small_disk_leaves_half_of_it_free(monkeypatch):
    songs = [keep(b"a" * 100), keep(b"b" * 90)]
    make_old(songs[0].path, 30)
    usage = SimpleNamespace(free=100)  # and 190 for the songs: half of it is 145
    monkeypatch.setattr(kept_songs.shutil, "disk_usage", lambda path: usage)
    sweep()

    assert [song.is_kept() for song in songs] == [False, True]


def test_sweep_that_may_not_remove_a_file_goes_on(monkeypatch, folder):
    for content in (b"one", b"two"):
        make_old(keep(content).path)
    removed = []

    def refuse(path):
        removed.append(path.name)
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(kept_songs.Path, "unlink", refuse)
    sweep()
    assert sorted(removed) == kept_files(folder)


def test_bounds_of_one_visitor_are_said():
    check_room(kept_songs.MAX_SONGS, kept_songs.MAX_LIST_BYTES)
    for n_songs, n_bytes in ((kept_songs.MAX_SONGS + 1, 1), (1, kept_songs.MAX_LIST_BYTES + 1)):
        with pytest.raises(AudioError, match="At most 100 songs of together 1,000 MB"):
            check_room(n_songs, n_bytes)


def test_torn_content_is_not_kept_and_mended_by_the_next_upload():
    song = keep(b"whole song")
    song.path.write_bytes(b"whole")

    assert not song.is_kept()
    assert keep(b"whole song").is_kept()
    assert read_content(song.path) == b"whole song"


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: b"",
        lambda text: text[: len(text) // 2],
        lambda text: b"[]",
        lambda text: b"[" * 5000,
        lambda text: text.replace(b'"version": 1', b'"version": 2'),
        lambda text: text.replace(b'"uploads"', b'"elsewhere"'),
        lambda text: re.sub(rb'"[0-9a-f]{64}"', b'"../../../etc/passwd"', text),
        lambda text: text.replace(b'"n_bytes": 3', b'"n_bytes": -3'),
        lambda text: json.dumps(
            json.loads(text) | {"songs": json.loads(text)["songs"] * 101}
        ).encode(),
        lambda text: text + b" " * 400_000,
    ],
)
def test_damaged_list_is_one_sentence(damage):
    token = keep_list([keep(b"one")], "uploads")
    list_file(token).write_bytes(damage(list_file(token).read_bytes()))
    with pytest.raises(NotKeptError, match="Upload them again"):
        read_list(token)


def test_list_with_other_keys_is_read():
    token = keep_list([keep(b"one")], "uploads")
    document = json.loads(list_file(token).read_text())
    document["songs"][0]["more"] = document["more"] = 1
    list_file(token).write_text(json.dumps(document))

    assert read_list(token)[0][0].name == "song.mp3"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_full_disk_raises_and_leaves_nothing(monkeypatch, folder, step):
    kept = keep(b"before")

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, step, full)
    with pytest.raises(OSError, match="No space left"):
        keep(b"after")
    with pytest.raises(OSError, match="No space left"):
        keep_list([kept], "uploads")

    assert kept_files(folder) == [kept.path.name]


def hammer(seed, failures):
    """Keep, read and sweep in one process of several, all songs out of date at every moment."""
    try:
        for i in range(60):
            song = keep(bytes([i % 3]) * 1000, f"{seed}-{i}.mp3")
            token = keep_list([song], "uploads")
            assert read_list(token)[0] == [song]
            with contextlib.suppress(NotKeptError):  # swept by another process
                assert read_content(song.path) == bytes([i % 3]) * 1000
            with contextlib.suppress(FileNotFoundError):
                make_old(song.path)
            sweep()
    except BaseException as error:
        failures.put(repr(error))
        raise


def test_processes_that_share_a_folder_do_not_harm_each_other():
    context = multiprocessing.get_context("fork" if os.name == "posix" else "spawn")
    failures = context.Queue()
    workers = [context.Process(target=hammer, args=(seed, failures)) for seed in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [worker.exitcode for worker in workers] == [0, 0, 0], failures.get()
