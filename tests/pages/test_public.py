"""The app where strangers reach it: what GENRE_LAB_PUBLIC takes away, and a login before it."""

import shutil

import pytest
import streamlit as st

from app_pages import access, train_runs
from genre.paths import ROOT
from genre.recipes.config import BUNDLED_DATA
from genre.runs.files import RunStatus, write_status
from tests.support.app_page import PAGES, keys, new_visit, texts
from tests.support.leaderboard_runs import add_run, guesses

STARTER = ROOT / "models" / "starter"
NAME = "20260101-120000000-quick-ab12"
SECRETS = {
    "redirect_uri": "http://localhost:8501/oauth2callback",
    "cookie_secret": "made up for this test",
    "client_id": "x",
    "client_secret": "x",
    "server_metadata_url": "https://example.org/.well-known/openid-configuration",
}


@pytest.fixture
def folder(home, two_genres):
    """A model of one's own, and a run that has ended."""
    for name in ("mine", "starter"):
        shutil.copytree(STARTER, home / "models" / name)
    run = add_run(home / "runs", NAME, guesses(two_genres), data="gtzan-subset")
    shutil.copytree(STARTER, run / "model")
    return home


@pytest.fixture(params=["0", "1"], ids=["at home", "public"])
def is_public(request, monkeypatch):
    """Whether the switch is on."""
    monkeypatch.setenv(access.PUBLIC_VARIABLE, request.param)
    return request.param == "1"


def visit(name, aspect=None, **query):
    page = new_visit(**query).run().switch_page(PAGES[name])
    if aspect:
        page.session_state["aspect"] = aspect
    page.query_params.update(query)
    page.run()
    assert not page.exception
    return page


@pytest.mark.parametrize(
    ("value", "expected"), [("", False), ("0", False), ("1", True), ("yes", True)]
)
def test_switch_makes_no_page_local(monkeypatch, value, expected):
    monkeypatch.setenv(access.PUBLIC_VARIABLE, value)
    assert access.is_public() is expected
    assert access.is_local() is not expected
    assert access.max_upload_megabytes() == (50 if expected else None)


def test_train_offers_strangers_no_path_no_download_and_no_run_of_others(folder, is_public):
    page = visit("train")
    options = page.selectbox(key="data").options

    assert (set(options) == set(BUNDLED_DATA.values())) is is_public
    assert ("open_run_" in keys(page, "selectbox")) is not is_public
    offered = [box.options for box in page.selectbox]
    assert ("quick-ab12" in f"{texts(page)} {offered}") is not is_public


def test_run_is_opened_for_strangers_by_its_whole_link_alone(folder, is_public):
    assert f"use_{NAME}" in keys(visit("train", run=NAME))
    guessed = visit("train", run="ab12")
    assert ("There is no such run here" in texts(guessed)) is is_public
    unknown = texts(visit("train", run="nothing"))
    assert (NAME in unknown) is not is_public


def test_strangers_save_delete_import_and_rename_nothing(folder, is_public):
    run = folder / "runs" / NAME
    (run / "model" / "model.keras").write_bytes(b"x")
    train = visit("train", run=NAME)
    compare = visit("compare", compare="mine,starter", aspect="Details")
    offered = keys(train) | keys(compare)

    for key in (f"save_{NAME}", f"try_{NAME}", f"delete_{NAME}", "delete_mine", "renaming_mine",
                "import_model"):  # fmt: skip
        assert (key in offered) is not is_public, key
    assert f"use_{NAME}" in offered  # one's own run can be read all the same
    assert f"html_{NAME}" in keys(train, "download_button")


def test_strangers_wait_for_no_more_runs_than_may_wait(folder, is_public, two_genres):
    for i in range(train_runs.MAX_LIVE):
        run = add_run(folder / "runs", f"2-{i}", guesses(two_genres), data="gtzan-subset")
        write_status(run, RunStatus("queued").stamped())
    page = visit("train")

    assert page.button(key="start").disabled is is_public
    assert ("The queue of runs is full" in texts(page)) is is_public


def test_uploaders_take_less_from_strangers(folder, is_public):
    sizes = [
        uploader.proto.max_upload_size_mb
        for name in ("classify", "train")
        for uploader in visit(name).get("file_uploader")
        if uploader.key in ("uploads", "track_upload")
    ]
    assert sizes == ([50, 50] if is_public else [st.get_option("server.maxUploadSize")] * 2)


def test_pages_wait_for_a_login_where_one_is_set_up(home):
    page = new_visit()
    page.secrets["auth"] = SECRETS
    page.run()

    assert not page.exception
    assert keys(page) == {"login"}
    assert "asks you to log in" in texts(page)
    assert "login" not in keys(new_visit().run())
