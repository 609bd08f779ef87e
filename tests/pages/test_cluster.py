"""The part of Collection and Train on a Dask cluster, with a real scheduler and worker."""

import os

import pytest

from genre import paths
from genre.cluster.address import VARIABLE
from tests.support.app_page import PAGES, keys, new_visit, texts
from tests.support.clusters import dask_cluster


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "HOME", tmp_path / "home")
    monkeypatch.setenv("GENRE_LAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(VARIABLE, "")


def open_page():
    return new_visit().run().switch_page(PAGES["collection"]).run()


@pytest.mark.slow
def test_address_is_used_and_its_workers_are_shown(tmp_path):
    with dask_cluster(tmp_path / "cluster", 1) as cluster:
        page = open_page()
        page.text_input(key="cluster").set_value(f" {cluster.address} ").run()
        assert "Computed from now on by 1 worker." in texts(page)
        assert os.environ[VARIABLE] == cluster.address
        page.toggle(key="cluster_watched").set_value(True).run()
        (workers,) = [one.value for one in page.dataframe if "threads" in one.value]
        assert workers[["name", "host", "threads"]].to_numpy().tolist() == [
            ["w0", "127.0.0.1", "1 thread"]
        ]
    page.text_input(key="cluster").set_value("").run()
    assert os.environ.get(VARIABLE, "") == ""
    assert "cluster_watched" not in keys(page)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("192.168.0.5", "'192.168.0.5' was given as the address of a cluster"),
        ("tcp://127.0.0.1:9", "answers at tcp://127.0.0.1:9. Start one with dask scheduler"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence_and_not_used(typed, said):
    page = open_page()
    page.text_input(key="cluster").set_value(typed).run()

    (shown,) = [one.value for one in page.error]
    assert said in shown.replace("\\", "")
    assert os.environ.get(VARIABLE, "") == ""


def test_bad_address_of_the_environment_is_said(monkeypatch):
    monkeypatch.setenv(VARIABLE, "nowhere")

    (shown,) = [one.value for one in open_page().error]
    assert "'nowhere' was given as the address of a cluster" in shown


def test_sweeps_have_the_field_too():
    page = new_visit().run().switch_page(PAGES["experiments"])
    page.query_params["section"] = "sweeps"
    page.run()
    page.text_input(key="cluster").set_value("192.168.0.5").run()

    assert "'192.168.0.5' was given as the address of a cluster" in page.error[0].value.replace(
        "\\", ""
    )
