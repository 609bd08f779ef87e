"""A chart that several visitors see is drawn once, and again where anything of it differs."""

from functools import partial

import pytest

from app_pages import caches
from genre.charts import inside as inside_charts
from genre.charts import song as song_charts
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

    for module, name in ((song_charts, "song_timeline"), (inside_charts, "sequence_chart")):
        monkeypatch.setattr(module, name, partial(counted, name, getattr(module, name)))
    return names


def spec_of(page, key):
    return next(c.proto.spec for c in page.get("plotly_chart") if key in c.proto.id)


def example(genre="jazz"):
    page = new_visit(model="starter").run()
    page.pills(key="first_example").select(genre).run()
    assert not page.exception
    return page


def test_timeline_of_two_visits_is_drawn_once_and_is_the_same(drawn):
    assert spec_of(example(), "timeline") == spec_of(example(), "timeline")
    assert drawn == ["song_timeline"]


def test_timeline_of_another_song_segment_or_model_is_drawn_again(drawn):
    page = example()
    shown = {spec_of(page, "timeline"), spec_of(example("rock"), "timeline")}
    page.session_state["moment"] = 4
    shown.add(spec_of(page.run(), "timeline"))
    page.selectbox(key="model").set_value("course").run()
    shown.add(spec_of(page, "timeline"))
    assert len(shown) == len(drawn) == 4


def test_timeline_on_a_dark_page_is_drawn_in_its_colour(drawn, monkeypatch):
    light = spec_of(example(), "timeline")
    monkeypatch.setattr("app_pages.interface.ink", lambda: "#e8edf2")
    assert "#e8edf2" in spec_of(example(), "timeline")
    assert "#e8edf2" not in light


def test_frame_chosen_on_inside_is_marked_in_a_chart_of_its_own(drawn):
    page = new_visit(model="starter").run()
    page.switch_page(PAGES["inside"]).run()
    page.run()
    assert drawn == ["sequence_chart"]
    page.slider(key="at_frame").set_value(7).run()
    assert drawn == ["sequence_chart"] * 2
