"""The lock: held by one object of one process, even if another tries to take or release it."""

import pytest

from genre.system.lock import LOCK_FILE, FolderLock


@pytest.fixture
def winner(tmp_path):
    """Who has the turn in the folder of the test."""
    turn = FolderLock(tmp_path)
    assert turn.acquire()
    yield turn
    turn.release()


def test_lock_acquired_is_held_until_released(tmp_path, winner):
    other = FolderLock(tmp_path)
    assert (tmp_path / LOCK_FILE).exists()
    assert not other.acquire()

    winner.release()
    assert other.acquire()
    assert not winner.acquire()
    other.release()


def test_lock_released_by_another_object_stays_held(tmp_path, winner):
    loser = FolderLock(tmp_path)
    assert not loser.acquire()
    loser.release()

    assert not loser.acquire()
    assert not FolderLock(tmp_path).acquire()


def test_lock_held_is_not_acquired_again(tmp_path, winner):
    assert not winner.acquire()
    winner.release()
    winner.release()

    assert FolderLock(tmp_path).acquire()


def test_lock_of_a_deleted_object_is_free(tmp_path):
    turn = FolderLock(tmp_path)
    assert turn.acquire()
    assert not FolderLock(tmp_path).acquire()

    del turn
    assert FolderLock(tmp_path).acquire()


def test_lock_by_another_path_is_the_same(tmp_path, winner):
    (tmp_path / "below").mkdir()
    assert not FolderLock(tmp_path / "below" / "..").acquire()
