"""The section Sweeps of the page Experiments: what a sweep will be, and the sweeps there are."""

from dataclasses import replace

import pytest

from genre import paths
from genre.runs.files import RunStatus
from genre.sweeps.files import SweepStatus, job_of, read_state, read_sweep, write_state
from genre.sweeps.spec import SweepSpec
from genre.sweeps.store import create_sweep, list_sweeps
from tests.support.app_page import new_visit
from tests.support.live_runs import data, epoch, evaluation, phase, write_run


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """No runs and no sweeps yet."""
    for name in ("RUNS", "SWEEPS", "MODELS"):
        monkeypatch.setattr(paths, name, tmp_path / name.lower())
    monkeypatch.setenv("GENRE_LAB_WARM_WORKER", "0")
    return tmp_path


def open_sweeps():
    page = new_visit().run()
    page.switch_page("app_pages/experiments.py")
    page.query_params["section"] = "sweeps"
    return page.run()


def said(page):
    return [element.value for element in (*page.markdown, *page.caption)]


def errors(page):
    return [element.value.replace("\\", "") for element in page.error]


def test_number_of_runs_and_minutes_are_said_before_start(at_home):
    page = open_sweeps()
    page.text_input(key="sweep_values_learning_rate").set_value("0.001, 0.002, 0.005").run()

    assert not page.exception
    assert "**6 runs: 3 combinations with 2 seeds each**" in said(page)
    assert any(line.startswith("About ") and "in all" in line for line in said(page))
    assert any("never by the test set" in line for line in said(page))
    assert page.button(key="start_sweep").label == "Start 6 runs"
    assert not page.button(key="start_sweep").disabled
    assert list_sweeps(paths.SWEEPS) == []


def test_bad_value_is_one_sentence_and_nothing_typed_is_lost(at_home):
    page = open_sweeps()
    page.multiselect(key="sweep_settings").set_value(["learning_rate", "dropout"]).run()
    page.text_input(key="sweep_values_learning_rate").set_value("0.001, 7").run()

    assert len(errors(page)) == 1
    assert errors(page)[0].startswith("learning_rate=7 was given, expected 1e-06 to 1.")
    assert page.text_input(key="sweep_values_dropout").value
    assert page.text_input(key="sweep_values_learning_rate").value == "0.001, 7"
    assert not [button for button in page.button if button.key == "start_sweep"]


def test_budget_and_rungs_are_said(at_home):
    page = open_sweeps()
    page.text_input(key="sweep_values_learning_rate").set_value("0.001..0.01 log")
    page.segmented_control(key="sweep_method").set_value("halving")
    page.number_input(key="sweep_minutes").set_value(1).run()

    assert not page.exception
    assert "9 up to 2 epochs → 3 up to 5 epochs → 1 up to 15 epochs" in said(page)
    assert any("The budget of 1 minute is shorter" in line for line in said(page))
    assert any("a run that has begun is not cut off" in line for line in said(page))


def test_split_can_be_swept_and_what_that_means_for_the_comparison_is_said(at_home):
    page = open_sweeps()
    assert not any("cannot be compared" in line for line in said(page))
    page.multiselect(key="sweep_settings").set_value(["split", "test_share"]).run()
    page.text_input(key="sweep_values_test_share").set_value("0.2, 0.3").run()

    assert not page.exception
    (shown,) = errors(page)
    assert shown.startswith("With Split artist, Test share 0.2, seed 1: blues has 4 artists, none")
    assert page.button(key="start_sweep").disabled
    page.pills(key="sweep_values_split").set_value(["artist", "track"])
    page.text_input(key="sweep_seeds").set_value("0").run()
    assert errors(page) == []
    split = "Runs that differ in Split, Test share are validated on different tracks or labels"
    assert [line for line in said(page) if line.startswith(split)]
    assert page.button(key="start_sweep").label == "Start 4 runs"
    assert not page.button(key="start_sweep").disabled


def spent_sweep(home):
    """A sweep of two rates and one seed whose first run has ended."""
    spec = SweepSpec(
        label="Rates *one*", preset="quick", settings={"learning_rate": (1e-3, 1e-2)}, minutes=5
    )
    sweep = read_sweep(create_sweep(spec, paths.SWEEPS))
    state = read_state(sweep)
    write_run(
        paths.RUNS / "first",
        *(phase("starting", 1), data(2), phase("fitting", 3), epoch(1, 4), evaluation(5)),
        config=spec.config_of(sweep.configurations[0], 0),
        status=RunStatus("finished"),
    )
    done = replace(
        state.trials[0], run="first", state="done", epochs=1, score=0.4, loss=2.0, seconds=4.0
    )
    write_state(sweep, replace(state, trials=(done, state.trials[1])))
    job_of(sweep.folder).write(SweepStatus("spent", "the 5 minutes are spent.", n_ended=1))
    return sweep


def test_sweep_whose_budget_is_spent_offers_to_go_on_and_names_no_test_yet(at_home):
    sweep = spent_sweep(at_home)
    page = open_sweeps()

    assert not page.exception
    assert [element.value.replace("\\", "") for element in page.info] == [
        "Budget spent: the 5 minutes are spent."
    ]
    assert page.button(key=f"go_on_{sweep.name}")
    assert page.number_input(key=f"sweep_budget_{sweep.name}").value == 5
    assert not any("Test, seed" in line for line in said(page))


def test_test_of_the_chosen_one_is_shown_at_the_end(at_home):
    sweep = spent_sweep(at_home)
    state = read_state(sweep)
    worse = replace(state.trials[1], state="done", run="second", score=0.3, epochs=1, loss=2.0)
    write_state(sweep, replace(state, trials=(state.trials[0], worse)))
    page = open_sweeps()
    tests = [line.replace("\\", "") for line in said(page) if "Test, seed" in line]

    assert tests == ["Test, seed 0: Right for 6 of 8 tracks by unseen artists: too few to say."]
    assert not [button for button in page.button if button.key == f"go_on_{sweep.name}"]


def test_damaged_sweep_is_listed_and_deleted_and_its_runs_stay(at_home):
    sweep = spent_sweep(at_home)
    (sweep.folder / "state.json").write_text("{")
    page = open_sweeps()

    assert not page.exception
    assert "damaged** sweep" in page.warning[0].value
    delete = next(b for b in page.button if (b.key or "").startswith("delete_damaged_sweep"))
    delete.click().run()
    assert list_sweeps(paths.SWEEPS) == []
    assert (paths.RUNS / "first").exists()
