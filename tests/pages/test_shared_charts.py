"""A chart that several visitors see is drawn once, and again where anything of it differs."""

from functools import partial

import pytest

from app_pages import caches
from genre.scenes import prediction_charts as inside_charts
from tests.pages.test_inside import go
from tests.support.app_page import PAGES, new_visit


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    monkeypatch.setenv("GENRE_LAB_WARM_WORKER", "0")
    caches.figure.clear()


@pytest.fixture
def drawn(monkeypatch):
    """The names of the charts that were drawn, in order."""
    names = []

    def counted(name, draw, *values, **settings):
        names.append(name)
        return draw(*values, **settings)

    name = "prefix_curves"
    monkeypatch.setattr(inside_charts, name, partial(counted, name, inside_charts.prefix_curves))
    return names


def spec_of(page, key):
    return next(c.proto.spec for c in page.get("plotly_chart") if key in c.proto.id)


def inside(genre="jazz", model="starter"):
    """A new visit to Inside with an example: the running prediction."""
    page = new_visit(model=model, scene="verdict", part="This segment").run()
    page.pills(key="first_example").select(genre).run()
    page.switch_page(PAGES["inside"]).run()
    go(page, "verdict", "This segment")
    assert not page.exception
    return page


def test_chart_of_two_visits_is_drawn_once_and_is_the_same(drawn):
    assert spec_of(inside(), "running") == spec_of(inside(), "running")
    assert drawn == ["prefix_curves"]


def test_chart_of_another_song_or_model_is_drawn_again(drawn):
    shown = {spec_of(inside(*of), "running") for of in (("jazz",), ("rock",), ("jazz", "ear"))}
    assert len(shown) == len(drawn) == 3


def test_chart_on_a_dark_page_is_drawn_in_its_colour(drawn, monkeypatch):
    light = spec_of(inside(), "running")
    monkeypatch.setattr("app_pages.theme.ink", lambda: "#e8edf2")
    assert "#e8edf2" in spec_of(inside(), "running")
    assert "#e8edf2" not in light


def test_chart_of_another_segment_is_drawn_again(drawn):
    page = inside()
    page.run()
    assert drawn == ["prefix_curves"]
    page.session_state["step"] += 26  # of the next segment
    page.run()
    assert drawn == ["prefix_curves"] * 2
