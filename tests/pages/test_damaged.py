"""Pages beside damaged models and runs: they open, name what is damaged, and can delete it."""

import os
import shutil

import pytest

from app_pages import access
from genre import paths
from genre.models.registry import list_models
from genre.paths import ROOT
from genre.runs.store import list_runs
from tests.support.app_page import PAGES, keys, new_visit, texts
from tests.support.damage import DEEP, HUGE, put, written
from tests.support.leaderboard_runs import add_run, guesses

STARTER = ROOT / "models" / "starter"
RUN_DAMAGE = {
    "no settings": ("config.json", None),
    "half of the settings": ("config.json", b'{"version": 1, "da'),
    "a list": ("status.json", b"[]"),
    "a process by name": (
        "status.json",
        written(
            {
                "version": 1,
                "state": "fitting",
                "reason": "",
                "pid": "12",
                "process_started": 1.0,
                "heartbeat": 1.0,
            }
        ),
    ),
    "deep nesting": ("events.jsonl", DEEP.encode() + b"\n"),
    "a long number": ("events.jsonl", written({"event": "resumed", "epoch": HUGE, "time": 1})),
    "wrong types": ("control.json", b'{"version": 1, "stop": 1, "epochs": "many"}'),
}
CARD_DAMAGE = {
    "deep nesting": DEEP.encode(),
    "a list": b"[]",
    "a list of data": b'{"version": 1, "data": [1]}',
    "binary": bytes(range(256)),
}


@pytest.fixture
def folder(home, two_genres):
    """A model, a good run, and one that will be damaged."""
    shutil.copytree(STARTER, home / "models" / "starter")
    add_run(home / "runs", "1-good", guesses(two_genres), data="gtzan-subset")
    add_run(home / "runs", "2-bad", guesses(two_genres), data="gtzan-subset")
    return home


def visit(name, **query):
    page = new_visit(**query).run().switch_page(PAGES[name])
    page.query_params.update(query)
    return page.run()


def delete_key(page):
    """The key of the only button that deletes something damaged."""
    (key,) = [key for key in keys(page) if key.startswith("delete_damaged_")]
    return key


def names_on(page, name):
    """The runs a page lists beside the damaged ones."""
    if name == "compare":
        return set(page.dataframe[0].value["name"]) - {"starter"}
    return set(next(box for box in page.selectbox if box.key.startswith("open_run_")).options)


@pytest.mark.parametrize("name", ["compare", "train"])
@pytest.mark.parametrize("damage", RUN_DAMAGE)
def test_page_with_a_damaged_run_lists_the_others_and_deletes_it(folder, name, damage):
    file, content = RUN_DAMAGE[damage]
    put(folder / "runs" / "2-bad" / file, content)
    page = visit(name)

    assert not page.exception
    # What is compared is not steered any more.
    if (name, file) != ("compare", "control.json"):
        assert names_on(page, name) == {"1-good"}
        assert "**damaged** run 2-bad" in texts(page)
        page.button(key=delete_key(page)).click().run()

        assert not page.exception
        assert "2-bad was deleted." in texts(page)
        assert "damaged" not in texts(page)
        assert [run.name for run in list_runs(folder / "runs")] == ["1-good"]
        assert not (folder / "runs" / "2-bad").exists()


@pytest.mark.parametrize("name", ["compare", "train"])
def test_page_by_a_link_to_a_damaged_run_opens(folder, name):
    put(folder / "runs" / "2-bad" / "events.jsonl", b"{half\n")
    page = visit(name, run="2-bad", compare="runs/2-bad")

    assert not page.exception
    assert "it holds no event" in texts(page)
    assert delete_key(page)


@pytest.mark.parametrize("damage", CARD_DAMAGE)
def test_compare_with_a_damaged_model_lists_the_others_and_deletes_it(folder, damage):
    shutil.copytree(STARTER, folder / "models" / "mine")
    put(folder / "models" / "mine" / "card.json", CARD_DAMAGE[damage])
    page = visit("compare")

    assert not page.exception
    assert set(page.dataframe[0].value["name"]) == {"starter", "1-good", "2-bad"}
    assert "**damaged** model mine" in texts(page)
    page.button(key=delete_key(page)).click().run()

    assert not page.exception
    assert "mine was deleted." in texts(page)
    assert list_models(folder / "models") == ["starter"]


@pytest.mark.parametrize("folder_name", [b"My Model", b"caf\xe9"])
def test_compare_with_a_model_in_a_misnamed_folder_opens_and_deletes_it(folder, folder_name):
    try:
        shutil.copytree(STARTER, folder / "models" / os.fsdecode(folder_name))
    except OSError:
        pytest.skip("this file system has Unicode names only")
    page = visit("compare")

    assert not page.exception
    assert "is not a valid name for a model" in texts(page)
    page.button(key=delete_key(page)).click().run()
    assert not page.exception
    assert len(list((folder / "models").iterdir())) == 1


def test_compare_with_a_damaged_result_opens_and_deletes_it(folder, tmp_path, monkeypatch):
    shutil.copytree(paths.RESULTS, tmp_path / "results")
    monkeypatch.setattr(paths, "RESULTS", tmp_path / "results")
    bad = tmp_path / "results" / "crossval-mine.json"
    bad.write_bytes(DEEP.encode())
    n_others = len(list((tmp_path / "results").iterdir())) - 1
    page = visit("compare")

    assert not page.exception
    assert "**damaged** result crossval-mine.json" in texts(page)
    page.button(key=delete_key(page)).click().run()

    assert not page.exception
    assert "crossval-mine.json was deleted." in texts(page)
    assert "damaged" not in texts(page)
    assert not bad.exists()
    assert len(list((tmp_path / "results").iterdir())) == n_others


def test_damaged_model_of_the_program_and_rows_on_a_server_have_no_delete(folder, monkeypatch):
    put(folder / "models" / "starter" / "card.json", b"[]")
    shutil.copytree(STARTER, folder / "models" / "mine")
    page = visit("compare")
    assert "**damaged** model starter" in texts(page)
    assert not [key for key in keys(page) if key.startswith("delete_damaged_")]

    put(folder / "runs" / "2-bad" / "config.json", b"[]")
    monkeypatch.setattr(access, "is_local", lambda: False)
    page = visit("compare")
    assert "**damaged** run 2-bad" in texts(page)
    assert not [key for key in keys(page) if key.startswith("delete_damaged_")]


@pytest.mark.parametrize("name", ["compare", "train"])
def test_page_with_a_folder_named_in_other_bytes_opens(folder, name):
    try:
        (folder / "runs" / "2-bad").rename(folder / "runs" / os.fsdecode(b"caf\xe9"))
    except OSError:
        pytest.skip("this file system has Unicode names only")
    page = visit(name)

    assert not page.exception
    assert names_on(page, name) == {"1-good"}
    page.button(key=delete_key(page)).click().run()
    assert not page.exception
    assert [run.name for run in list_runs(folder / "runs")] == ["1-good"]


@pytest.mark.parametrize("name", ["compare", "train"])
def test_page_with_a_run_on_data_named_in_other_bytes_opens(folder, two_genres, name):
    add_run(folder / "runs", "3-odd", guesses(two_genres), data="music/caf\udce9")
    page = visit(name, run="3-odd", compare="runs/3-odd")

    assert not page.exception
    assert "damaged" not in texts(page)
