"""The turn: of one object in one process, whoever else asks or gives back."""

import pytest

from genre.system.lock import LOCK_FILE, TurnLock


@pytest.fixture
def winner(tmp_path):
    """Who has the turn in the folder of the test."""
    turn = TurnLock(tmp_path)
    assert turn.take()
    yield turn
    turn.give_back()


def test_a_turn_is_one_objects_until_it_gives_it_back(tmp_path, winner):
    other = TurnLock(tmp_path)
    assert (tmp_path / LOCK_FILE).exists()
    assert not other.take()

    winner.give_back()
    assert other.take()
    assert not winner.take()
    other.give_back()


def test_a_losers_giving_back_does_not_free_the_winners_turn(tmp_path, winner):
    loser = TurnLock(tmp_path)
    assert not loser.take()
    loser.give_back()

    assert not loser.take()
    assert not TurnLock(tmp_path).take()


def test_who_has_the_turn_does_not_take_it_twice(tmp_path, winner):
    assert not winner.take()
    winner.give_back()
    winner.give_back()

    assert TurnLock(tmp_path).take()


def test_a_turn_ends_with_the_object_that_took_it(tmp_path):
    turn = TurnLock(tmp_path)
    assert turn.take()
    assert not TurnLock(tmp_path).take()

    del turn
    assert TurnLock(tmp_path).take()


def test_the_way_to_a_folder_does_not_matter(tmp_path, winner):
    (tmp_path / "below").mkdir()
    assert not TurnLock(tmp_path / "below" / "..").take()
