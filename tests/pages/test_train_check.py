"""Before Start, the page Train says how each genre falls, and offers what can be tested."""

import time

import pytest

from app_pages.train_data import LOCAL
from genre.datasets.pack import write_pack
from genre.datasets.read_job import read_reading
from tests.support.app_page import PAGES, new_visit, texts
from tests.support.made_up import two_genre_data

PATIENT_SECONDS = 120
BUNDLED = "gtzan-subset"


@pytest.fixture
def visit(home, monkeypatch, tmp_path):
    """Open the page Train by a link with some parameters; the cache is empty."""
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "cache"))

    def open_page(**query):
        return new_visit(preset="quick", **query).run().switch_page(PAGES["train"]).run()

    return open_page


@pytest.fixture
def few(tmp_path):
    """A pack of 24 tracks of two genres, each by another artist."""
    write_pack(tmp_path / "few", two_genre_data())
    return str(tmp_path / "few")


def choose_own(page, path):
    page.selectbox(key="data").set_value(LOCAL).run()
    return wait_until_read(page.text_input(key="data_path").set_value(path).run(), path)


def wait_until_read(page, path):
    end = time.time() + PATIENT_SECONDS
    while read_reading(path, "mfcc").state == "reading":
        assert time.time() < end, "waited in vain"
        time.sleep(0.2)
    return page.run()


def recipe(page):
    return page.session_state["recipe"][1]


def split_table(page):
    """The rows of the table of how each genre falls."""
    tables = [table.value for table in page.dataframe]
    return next(table for table in tables if "note" in table).to_dict("records")


def test_bundled_data_has_a_test_side_and_its_table(visit):
    page = visit()

    rows = split_table(page)
    assert len(rows) == 10
    assert list(rows[0]) == ["genre", "train", "validation", "test", "note"]
    assert recipe(page).evaluation == "held-out"
    assert "use_evaluation" not in {button.key for button in page.button}
    assert not page.exception


def test_few_tracks_are_tested_by_folds_unless_the_visitor_says_otherwise(visit, few):
    page = choose_own(visit(), few)

    assert recipe(page).evaluation == "pooled"
    assert page.query_params["evaluation"] == "pooled"
    assert "24 tracks are few for a test side: 5 folds are trained" in texts(page)
    assert [row["test"] for row in split_table(page)] == ["12 (12)", "12 (12)"]
    assert not page.button(key="start").disabled
    page.button(key="use_evaluation").click().run()

    assert recipe(page).evaluation == "held-out"
    assert "A test side of about 6 tracks is too small to say much." in texts(page)
    again = visit(**{name: page.query_params[name] for name in ("data", "held_out")})
    again = wait_until_read(again, few)
    assert recipe(again).evaluation == "held-out"
    again.button(key="use_evaluation").click().run()
    assert recipe(again).evaluation == "pooled"
    assert "held_out" not in again.query_params

    again.selectbox(key="data").set_value(BUNDLED).run()
    assert recipe(again).evaluation == "held-out"
    assert not again.exception


def test_data_too_small_for_any_split_are_refused_with_what_to_add(visit, tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr("app_pages.train_data.start_reading", lambda *job: started.append(job))
    for genre, n in (("blues", 2), ("jazz", 4), ("rock", 0)):
        (tmp_path / "songs" / genre).mkdir(parents=True)
        for i in range(n):
            (tmp_path / "songs" / genre / f"{genre}{i}.wav").write_bytes(b"no sound")
    page = visit()
    page.selectbox(key="data").set_value(LOCAL).run()
    page.text_input(key="data_path").set_value(str(tmp_path / "songs")).run()

    said = texts(page)
    assert not started
    assert "blues has 2 tracks: add 1, so that one is learnt" in said
    assert "rock has no track: add 3, or remove it." in said
    assert page.button(key="start").disabled
    assert not {"use_split", "use_evaluation"} & {button.key for button in page.button}
    assert not page.exception
