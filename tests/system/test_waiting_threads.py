"""Threads wait in line: in order, so many at once; who leaves gives up the place."""

import threading

import pytest

from genre.system.turns import Turns

LONG = 30.0


class Visitor(threading.Thread):
    """A thread that wants its turn, and keeps it until it is let go."""

    def __init__(self, line, log, name):
        super().__init__(daemon=True)
        self.line, self.log, self.name = line, log, name
        self.told, self.go, self.is_leaving = [], threading.Event(), False
        self.was_told, self.has_turn, self.has_left = (threading.Event() for _ in range(3))

    def tell(self, position):
        self.told.append(position)
        self.was_told.set()
        if self.is_leaving:
            raise EOFError("the page was closed")

    def run(self):
        try:
            with self.line.turn(self.tell):
                self.log.append(self.name)
                self.has_turn.set()
                self.go.wait(LONG)
        except EOFError:
            self.has_left.set()


@pytest.fixture
def visit():
    """Let visitors come one after the other; each has its turn or was told its position."""
    visitors, log = [], []

    def come(line, name):
        visitor = Visitor(line, log, name)
        visitors.append(visitor)
        visitor.start()
        while not (visitor.has_turn.is_set() or visitor.was_told.wait(0.05)):
            assert visitor.is_alive()
        return visitor

    come.log = log
    yield come
    for visitor in visitors:
        visitor.go.set()
        visitor.join(LONG)
        assert not visitor.is_alive()


def test_turns_are_in_the_order_of_coming_so_many_at_once(visit):
    line = Turns(n_at_once=2)
    first, second, third, fourth = (visit(line, name) for name in "abcd")
    assert visit.log == ["a", "b"]
    assert (first.told, second.told, third.told[0], fourth.told[0]) == ([], [], 1, 2)

    second.go.set()
    assert third.has_turn.wait(LONG)
    assert not fourth.has_turn.wait(0.2)
    first.go.set()
    assert fourth.has_turn.wait(LONG)
    assert visit.log == ["a", "b", "c", "d"]


def test_who_leaves_while_waiting_gives_up_the_place(visit):
    line = Turns(n_at_once=1)
    first, leaving, last = (visit(line, name) for name in "abc")
    leaving.is_leaving = True
    assert leaving.has_left.wait(LONG)
    last.was_told.clear()
    assert last.was_told.wait(LONG)
    assert last.told[-1] == 1
    first.go.set()
    assert last.has_turn.wait(LONG)
    assert visit.log == ["a", "c"]


def test_turn_that_ends_in_an_error_is_passed_on(visit):
    line = Turns(n_at_once=1)
    with pytest.raises(ZeroDivisionError), line.turn(lambda position: None):
        1 / 0  # noqa: B018
    assert visit(line, "next").has_turn.wait(LONG)
