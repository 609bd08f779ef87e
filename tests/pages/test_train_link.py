"""Train by a link from elsewhere: its run and its data are not here; and experiments imported."""

import pytest

from genre import paths
from genre.datasets.identity import identify, note_place
from genre.export.experiment import export_experiment
from genre.runs.imported import is_imported
from genre.runs.labels import RunLabel, write_label
from genre.runs.store import list_runs
from tests.support.app_page import PAGES, keys, new_visit, texts
from tests.support.leaderboard_runs import guesses
from tests.support.live_runs import write_run
from tests.support.made_up import two_genre_data
from tests.support.readers import EVENTS

NAME = "20260101-120000000-custom-calm"


@pytest.fixture
def experiment(tmp_path):
    measured = {**EVENTS[-1], **guesses(two_genre_data(6)).to_dict()}
    run = write_run(tmp_path / "elsewhere" / NAME, *EVENTS[:-1], measured, data="/srv/me/music")
    write_label(run, RunLabel("내 *실험*"))
    return export_experiment(run)


@pytest.fixture
def visit(home, monkeypatch, tmp_path):
    """Open the page Train by a link with some parameters; the cache is empty."""
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "cache"))

    def open_page(**query):
        return new_visit(**query).run().switch_page(PAGES["train"]).run()

    return open_page


def give(page, content):
    """Choose a file in the page's uploader of experiments, and import it."""
    [uploader] = [key for key in keys(page, "file_uploader") if key.startswith("import_run_")]
    page.file_uploader(key=uploader).set_value(("calm.zip", content, "application/zip")).run()
    return page.button(key="import_experiment").click().run()


def test_link_to_a_run_elsewhere_opens_once_its_experiment_is_imported(visit, experiment):
    page = visit(run=NAME, epochs="3", data="music~0a1b2c3d")

    assert f"there is no run by the name '{NAME}'" in texts(page)
    assert "import its experiment below" in texts(page)
    assert page.query_params["run"] == NAME
    assert page.query_params["epochs"] == "3"
    give(page, experiment)

    assert not page.exception and not page.warning
    assert "내 *실험* was imported." in texts(page)
    assert "it was trained elsewhere, on music." in texts(page)
    [run] = list_runs(paths.RUNS)
    assert is_imported(run)
    assert page.query_params["run"] == NAME
    assert f"resume_{NAME}" not in keys(page)
    assert f"zip_{NAME}" in keys(page, "download_button")
    opened = visit(run=NAME)  # as after a reload
    assert "it was trained elsewhere" in texts(opened)


def test_experiment_that_is_here_or_damaged_is_said_in_one_sentence(visit, experiment):
    page = give(visit(), b"PK\3\4 no zip")
    assert "is no experiment that can be read" in texts(page)
    assert not list_runs(paths.RUNS)

    page = give(visit(), experiment)
    page = give(page, experiment)
    assert "This experiment is here already, as 내 *실험*." in texts(page)
    assert len(list_runs(paths.RUNS)) == 1
    assert not page.exception


def test_strangers_import_nothing(visit, monkeypatch):
    monkeypatch.setattr("app_pages.access.is_local", lambda: False)
    page = visit(run=NAME)

    assert "import_experiment" not in keys(page)
    assert "import its experiment" not in texts(page)
    assert not page.exception


def folder_of_songs(path, n=2):
    for genre in ("jazz", "rock"):
        for i in range(n):
            (path / genre).mkdir(parents=True, exist_ok=True)
            (path / genre / f"{i}.wav").write_bytes(genre.encode() * (i + 1))
    return path


def test_closest_data_are_offered_by_one_click(visit, tmp_path):
    identity = identify(folder_of_songs(tmp_path / "music"))
    page = visit(data=identity)
    assert "is not here. Choose where it is" in texts(page)
    assert page.button(key="use_changed").label == r"Use gtzan\-subset"  # nothing else is known

    note_place(str(folder_of_songs(tmp_path / "elsewhere" / "music", 3)))
    page.run()
    assert "The data music was changed since" in texts(page)

    (tmp_path / "music").rename(tmp_path / "my *songs*")
    note_place(str(tmp_path / "my *songs*"))
    page.run()
    assert "my *songs* has the same recordings, by their names and sizes." in texts(page)
    page.button(key="use_changed").click().run()
    assert page.text_input(key="data_path").value == str(tmp_path / "my *songs*")
    assert page.query_params["data"].rpartition("~")[2] == identity.rpartition("~")[2]
    assert not page.exception


def test_bundled_data_are_used_where_there_is_nothing_closer(visit):
    page = visit(preset="ear", data="music~0a1b2c3d")
    page.button(key="use_changed").click().run()

    assert page.selectbox(key="data").value == "gtzan-subset-musicnn"
    assert "data" not in page.query_params
    assert not page.error and not page.exception


def test_settings_and_data_of_an_imported_run_are_used(visit, experiment, tmp_path):
    page = give(visit(), experiment)
    page.button(key=f"use_{NAME}").click().run()

    assert page.session_state["recipe"][1].units_1 == 12
    assert not page.exception
