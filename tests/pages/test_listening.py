"""While other visitors' songs are read, a page says how many come first, and then goes on."""

import threading

import pytest

from app_pages import caches, listening
from genre.system.turns import Turns
from tests.support.app_page import PAGES, new_visit, texts


@pytest.fixture
def busy(monkeypatch):
    """A line in which another visitor has the only turn; ends once the page was told to wait."""
    monkeypatch.setenv("GENRE_LAB_WARM_WORKER", "0")
    caches._view.clear()
    caches._analysis.clear()
    line, told, end, begun = Turns(n_at_once=1), [], threading.Event(), threading.Event()

    def read_long_song():
        with line.turn(told.append):
            begun.set()
            end.wait(60)

    def tell(position):
        told.append(position)
        end.set()
        return f"Position {position}"

    other = threading.Thread(target=read_long_song)
    other.start()
    assert begun.wait(10)
    monkeypatch.setattr(listening, "LINE", line)
    monkeypatch.setattr(listening, "queue_position", tell)
    yield told
    end.set()
    other.join()


def test_example_waits_for_another_song_and_is_then_classified(busy):
    page = new_visit(model="starter").run()
    page.pills(key="first_example").select("jazz").run()
    assert busy[0] == 1
    assert not page.exception
    assert "jazz" in page.title[0].value
    assert "Position" not in texts(page)


def test_inside_waits_for_another_song_as_well(busy):
    page = new_visit(model="starter").run()
    page.switch_page(PAGES["inside"]).run()
    assert busy[0] == 1
    assert not page.exception
    assert "From sound to verdict" in texts(page)


def test_what_is_known_does_not_wait(busy):
    new_visit(model="starter").run().pills(key="first_example").select("jazz").run()
    del busy[:]
    line = listening.LINE
    with line.turn(busy.append):
        page = new_visit(model="starter").run()
        page.pills(key="first_example").select("jazz").run()
        page.switch_page(PAGES["inside"]).run()
    assert busy == []
    assert "From sound to verdict" in texts(page)
