"""Presenter mode on the server's side: the link, what the browser says, and how charts grow."""

import json

import pytest

from app_pages import presenter
from genre.charts.parts import PROJECTOR_PIXELS, empty_figure, enlarge, legible
from genre.runs.files import RunStatus
from tests.pages.test_tour import Sent, State
from tests.support.app_page import PAGES, new_visit
from tests.support.live_runs import data, epoch, phase, write_run


def heights(page):
    charts = [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]
    return [chart["layout"]["height"] for chart in charts]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_runs_in_presenter_mode_and_keeps_it(name):
    page = new_visit(song="jazz", model="starter", present="1").run()
    page.switch_page(PAGES[name]).run()
    assert not page.exception
    assert page.session_state.present == "1"
    assert "".join(page.query_params["present"]) == "1"


@pytest.mark.parametrize("bad", ["2", "true", "<script>"])
def test_other_values_of_the_link_leave_it_off(bad):
    page = new_visit(present=bad).run()
    assert page.session_state.present == ""


def test_charts_grow_with_the_screen():
    page = new_visit(song="jazz", model="starter").run()
    page.switch_page("app_pages/inside.py").run()
    page.session_state.scene, page.session_state.part = "verdict", ""
    [usual] = heights(page.run())
    page.session_state.present = "1"
    [small] = heights(page.run())
    page.session_state.screen_height = 1080
    [large] = heights(page.run())
    assert usual < small <= 0.72 * 720 < large <= 0.72 * 1080 + 1


def test_figure_for_a_projector_has_no_small_text():
    figure = legible(empty_figure({"type": "bar", "x": [1], "y": [2]}, height=300), "#000000")
    figure.add_annotation(text="x")
    enlarge(figure, 1080)
    sizes = [
        figure.layout.font.size,
        figure.layout.legend.font.size,
        figure.layout.xaxis.tickfont.size,
        figure.layout.yaxis.title.font.size,
        figure.layout.annotations[0].font.size,
        figure.data[0].textfont.size,
    ]
    assert sizes == [PROJECTOR_PIXELS] * 6
    assert figure.layout.height == 720
    assert enlarge(empty_figure(height=900), 720).layout.height == 518


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"isOn": True, "height": 1080}, ("1", 1080)),
        ({"isOn": False, "height": 800.4}, ("", 800)),
        ({"isOn": True, "height": 10**9}, ("1", presenter.MAX_HEIGHT)),
        ({"isOn": True, "height": float("nan")}, ("1", 720)),
        ({"isOn": "yes", "height": "tall"}, ("", 720)),
        ("nonsense", ("1", 720)),
    ],
)
def test_what_the_browser_says_is_checked(monkeypatch, said, kept):
    state = State(presenter=Sent(screen=said), present="1", screen_height=720)
    monkeypatch.setattr(presenter, "state", state)
    presenter.keep_screen()
    assert (state.present, state.screen_height) == kept


def test_train_folds_its_settings_away():
    page = new_visit(present="1").run()
    page.switch_page("app_pages/train.py").run()
    assert not page.exception
    folded = [one for one in page.expander if one.label == "Settings"]
    assert len(folded) == 1 and not folded[0].proto.expanded
    usual = new_visit().run().switch_page("app_pages/train.py").run()
    assert not [one for one in usual.expander if one.label == "Settings"]


@pytest.mark.parametrize("state", ["finished", "fitting"])
def test_train_has_curves_song_and_confusion_in_one_drawing(home, state):
    confusion = {"event": "confusion", "epoch": 1, "counts": [[3, 1], [2, 41]], "time": 12}
    song = {"event": "song", "epoch": 1, "probabilities": [0.25, 0.75], "time": 12}
    story = (data(9), phase("fitting", 10), confusion, epoch(1, 12), song)
    status = RunStatus(state).stamped()
    run = write_run(home / "runs" / "shown", *story, status=status)

    def drawn(**query):
        page = new_visit(**query).run()
        page.query_params["run"] = run.name
        page.switch_page("app_pages/train.py").run()
        assert not page.exception
        found = [e.proto.json for e in page.get("bidi_component") if "drawing" in str(e.proto)]
        return [text for text in map(json.loads, found) if "<figure>" in text]

    [stage] = drawn(present="1")
    assert 'class="stage"' in stage and stage.count("<figure>") == 4
    assert ">41</i>" in stage and "--share:0.750" in stage
    assert 'class="stage"' not in "".join(drawn())
