"""The page Tour: what the browser is given at each stop, and what it sends back."""

import json
import shutil

import pytest

from app_pages import tour_player, tour_stops, train_setup
from genre.paths import ROOT
from genre.recipes.config import PRESETS
from genre.runs.files import RunStatus
from genre.scenes.descriptions import SCENES
from genre.tour.stops import STOPS
from tests.support.app_page import new_visit
from tests.support.live_runs import data, epoch, phase, write_run

TOUR = "app_pages/tour.py"


def visit(**query):
    page = new_visit(song="jazz", **query).run()
    return page.switch_page(TOUR).run()


def data_of(page):
    """What the component draws."""
    [one] = [e for e in page.get("bidi_component") if e.proto.component_name.endswith("tour")]
    return json.loads(one.proto.json)


@pytest.mark.parametrize("stop", range(1, len(STOPS) + 1))
def test_every_stop_has_what_holds_on_the_song(stop):
    page = visit(stop=str(stop))
    assert not page.exception and not page.error
    data = data_of(page)
    assert data["stop"] == stop
    reveal = data["reveal"]
    assert reveal["answer"] in range(len(STOPS[stop - 1].answers))
    assert len(reveal["sentence"]) > 40
    assert reveal["chart"]["kind"] in ("bars", "heat", "lines", "wave")
    assert len(data["sounds"]) == {1: 1, 3: 2}.get(stop, 0)
    assert bool(data["train"]) == (stop == tour_stops.TRAINING_STOP)


@pytest.mark.parametrize("bad", ["0", "11", "x", "-1", "9" * 30])
def test_stop_that_is_not_there_is_the_first(bad):
    page = visit(stop=bad, plan=bad, notes=bad)
    assert not page.exception
    data = data_of(page)
    assert (data["stop"], data["plan"], data["isNotes"]) == (1, "all", False)


@pytest.mark.parametrize(
    ("chosen", "used"), [("starter", "starter"), ("course", "course"), ("simple-rnn", "starter")]
)
def test_stops_of_the_sequence_are_on_a_forward_lstm(chosen, used):
    page = visit(stop="3", model=chosen)
    assert f"Model: {used}." in data_of(page)["onSong"]


def test_example_is_shown_without_a_song():
    page = new_visit().run().switch_page(TOUR).run()
    assert not page.exception
    assert "Jazz example" in data_of(page)["onSong"]


def test_missing_models_are_said_at_the_stop_alone(home):
    shutil.copytree(ROOT / "models" / "starter", home / "models" / "starter")
    assert "problem" in data_of(visit(stop="10"))["reveal"]
    assert "answer" in data_of(visit(stop="4"))["reveal"]


class Sent:
    """What the browser has sent."""

    def __init__(self, **values):
        self.__dict__.update(values)


class State(dict):
    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__


@pytest.mark.parametrize(
    ("sent", "kept"), [(7, 7), (10.0, 10), (0, 4), (11, 4), ("7", 4), (None, 4), (float("nan"), 4)]
)
def test_stop_of_the_browser_is_checked(monkeypatch, sent, kept):
    state = State(tour=Sent(stop=sent), tour_stop=4)
    monkeypatch.setattr(tour_player, "state", state)
    tour_player.keep_stop()
    assert state.tour_stop == kept


@pytest.mark.parametrize(("sent", "kept"), [("essentials", "essentials"), ("x", "all"), (1, "all")])
def test_plan_of_the_browser_is_checked(monkeypatch, sent, kept):
    state = State(tour=Sent(plan=sent), tour_plan="all")
    monkeypatch.setattr(tour_player, "state", state)
    tour_player.keep_plan()
    assert state.tour_plan == kept


def test_stop_opens_its_scene_or_the_first_where_it_has_another_name(monkeypatch):
    opened = []
    monkeypatch.setattr(tour_player.st, "switch_page", opened.append)
    for number, stop in enumerate(STOPS, 1):
        state = State(scene="", part="")
        monkeypatch.setattr(tour_player, "state", state)
        tour_player.open_place(number)
        assert opened[-1] == f"app_pages/{stop.page}.py"
        assert state.scene in SCENES or stop.page != "inside"


def test_other_pages_lead_back_to_the_stop():
    page = visit(stop="6")
    page.switch_page("app_pages/compare.py").run()
    links = [link.proto.label for link in page.get("page_link")]
    assert "Back to stop 6" in links
    fresh = new_visit().run()
    assert not any("Back to stop" in link.proto.label for link in fresh.get("page_link"))


def test_run_of_this_visit_is_drawn_while_it_trains(home):
    story = [data(9), phase("fitting", 10)]
    for number, accuracy in ((1, 0.25), (2, 0.75)):
        story.append(epoch(number, 10 + 2 * number) | {"val_accuracy": accuracy})
    status = RunStatus("fitting").stamped()
    run = write_run(home / "runs" / "shown", *story, status=status)
    shutil.copytree(ROOT / "models" / "starter", home / "models" / "starter")

    page = new_visit(song="jazz", stop="8").run()
    page.session_state.run = run.name
    found = data_of(page.switch_page(TOUR).run())

    assert not page.exception
    assert "25% of the validation segments" in found["reveal"]["sentence"]
    assert "Run shown." in found["reveal"]["about"] and not found["train"]


def test_button_starts_a_short_run_once(monkeypatch):
    started = []
    state = State(last_start=float("-inf"), messages={})
    for module in (tour_player, train_setup):
        monkeypatch.setattr(module, "state", state)
    monkeypatch.setattr(train_setup, "begin", lambda *run: started.append(run))
    monkeypatch.setattr(tour_player, "check_training", lambda: None)
    tour_player.train()
    tour_player.train()  # the second half of a double click
    assert started == [(PRESETS["quick"], "gtzan-subset")]
