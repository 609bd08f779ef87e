"""The turn: of one object in one process, whoever else asks or gives back."""

import pytest

from genre.system.lock import LOCK_FILE, FolderLock


@pytest.fixture
def winner(tmp_path):
    """Who has the turn in the folder of the test."""
    turn = FolderLock(tmp_path)
    assert turn.acquire()
    yield turn
    turn.release()


def test_a_turn_is_one_objects_until_it_gives_it_back(tmp_path, winner):
    other = FolderLock(tmp_path)
    assert (tmp_path / LOCK_FILE).exists()
    assert not other.acquire()

    winner.release()
    assert other.acquire()
    assert not winner.acquire()
    other.release()


def test_a_losers_giving_back_does_not_free_the_winners_turn(tmp_path, winner):
    loser = FolderLock(tmp_path)
    assert not loser.acquire()
    loser.release()

    assert not loser.acquire()
    assert not FolderLock(tmp_path).acquire()


def test_who_has_the_turn_does_not_take_it_twice(tmp_path, winner):
    assert not winner.acquire()
    winner.release()
    winner.release()

    assert FolderLock(tmp_path).acquire()


def test_a_turn_ends_with_the_object_that_took_it(tmp_path):
    turn = FolderLock(tmp_path)
    assert turn.acquire()
    assert not FolderLock(tmp_path).acquire()

    del turn
    assert FolderLock(tmp_path).acquire()


def test_the_way_to_a_folder_does_not_matter(tmp_path, winner):
    (tmp_path / "below").mkdir()
    assert not FolderLock(tmp_path / "below" / "..").acquire()
