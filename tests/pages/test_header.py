"""The header: the chosen model with its accuracy, and the link that names it."""

import json
import shutil

import pytest

from app_pages import caches
from genre.models.registry import read_card
from genre.paths import MODELS_BUNDLED, ROOT
from tests.support.app_page import PAGES, new_visit
from tests.support.musicnn_model import save_musicnn_model


@pytest.fixture
def models(home):
    """A measured model, one that was not measured, and one with damaged weights."""
    shutil.copytree(ROOT / "models" / "starter", home / "models" / "starter")
    shutil.copytree(ROOT / "models" / "starter", home / "models" / "broken")
    (home / "models" / "broken" / "weights.npz").write_bytes(b"no weights")
    save_musicnn_model(home / "models", name="new")
    return home / "models"


def labels(page):
    return page.selectbox(key="model").options


def in_link(page):
    return "".join(page.query_params.get("model", ""))  # a list once the page has written it


def measured(name):
    figure = read_card(name).leak_free_figure
    return f"{name} · {figure.value:.0%} of {figure.n} tracks"


def test_models_are_listed_with_their_accuracy(models):
    page = new_visit().run()

    assert not page.exception
    assert labels(page) == [
        measured("starter"),
        "broken · cannot be read",
        "new · not measured",
    ]


def test_bundled_models_are_all_listed_with_an_accuracy():
    bundled = sorted(path.parent.name for path in MODELS_BUNDLED.glob("*/card.json"))

    assert len(bundled) >= 4
    assert sorted(labels(new_visit().run())) == [measured(name) for name in bundled]


def test_model_measured_again_has_its_new_accuracy(models):
    page = new_visit().run()
    path = models / "starter" / "card.json"
    card = json.loads(path.read_text())
    card["figures"][0] |= {"low": 0.5, "value": 0.61, "high": 0.7}
    path.write_text(json.dumps(card))

    assert labels(page.run())[0] == "starter · 61% of 430 tracks"


def test_cards_are_not_read_again_at_a_rerun(models, monkeypatch):
    page = new_visit().run()
    read = []
    monkeypatch.setattr(caches, "read_card", lambda *_: read.append(1))

    assert labels(page.run())[0] == measured("starter")
    assert read == []


def test_link_names_model_without_its_accuracy(models):
    page = new_visit(model="new").run()

    assert page.selectbox(key="model").value == "new"
    assert in_link(page) == "new"
    page.selectbox(key="model").select("broken").run()
    assert in_link(page) == "broken"
    page.selectbox(key="model").select("starter").run()
    assert in_link(page) == ""  # the default


def test_model_chosen_stays_on_every_page_and_in_its_link(models):
    page = new_visit(model="new").run()
    for path in PAGES.values():
        page.switch_page(path)
        page.query_params.clear()  # as the browser does
        page.run()

        assert not page.exception
        assert page.selectbox(key="model").value == "new"
        assert in_link(page) == "new"


def test_model_deleted_by_another_visitor_is_replaced_with_a_warning(models):
    page = new_visit(model="new").run()
    assert not page.warning
    shutil.rmtree(models / "new")
    page.run()

    assert not page.exception
    assert "There is no model new here; starter is used instead." in page.warning[0].value
    assert page.selectbox(key="model").value == "starter"
    assert not page.run().warning
