"""The page Experiments, run without a browser: table, filters, views, labels, what is stopped."""

import json

import numpy as np
import pytest

from app_pages import access
from genre import paths
from genre.paths import MODELS_BUNDLED
from genre.runs.files import RunStatus, write_status
from genre.runs.labels import RunLabel, read_label, write_label
from tests.support.app_page import PAGES, charts, keys, new_visit, texts, told
from tests.support.many_runs import answers, epoch_rows, write_run, write_sweep

NAMES = ["20261201-120001001-quick-0101", "20261201-120001000-quick-0100"]


@pytest.fixture
def runs(home, monkeypatch):
    monkeypatch.setattr(paths, "SWEEPS", home / "sweeps")
    return home / "runs"


def visit(picked=(), **state):
    page = new_visit()
    page.switch_page(PAGES["experiments"])
    if picked:
        page.query_params["runs"] = ",".join(picked)
    for key, value in state.items():
        page.session_state[key] = value
    page.run()
    assert not page.exception
    return page


def table(page, place=0):
    return page.dataframe[place].value


def test_empty_page_says_what_to_do_first_and_draws_recorded_runs(runs):
    page = visit()

    assert "Start one on the page Train" in page.info[0].value
    assert charts(page) == ["run_curves"]
    assert not page.dataframe


def test_table_has_every_run_stopped_and_failed_ones_marked(runs):
    write_sweep(runs)
    write_run(runs, "a", state="stopped", n_epochs=2, epochs=9,
              predictions=answers(np.random.default_rng(0)))  # fmt: skip
    write_run(runs, "b", state="failed", n_epochs=1, epochs=9)

    page = visit()

    shown = table(page).set_index("run")
    assert dict(shown["state"].value_counts()) == {"Finished": 4, "Stopped": 1, "Failed": 1}
    assert (shown.loc["a", "epochs"], shown.loc["a", "state"]) == (2, "Stopped")
    assert shown.loc["a", "test"] > 0
    assert {"set_learning_rate", "set_seed", "best_validation"} <= set(shown.columns)
    assert "set_dropout" not in shown.columns
    assert "A cross ends the curve" in texts(page)


def test_filters_leave_the_runs_that_have_what_is_chosen(runs):
    made = write_sweep(runs)
    write_run(runs, "a", state="stopped")
    for run, tags in ((made[0], ("slow",)), (made[1], ("slow", "느림"))):
        write_label(run, RunLabel(tags=tags))
    page = visit()

    page.multiselect(key="runs_tags").set_value(["느림"]).run()
    assert list(table(page)["run"]) == ["quick-0001"]
    page.multiselect(key="runs_tags").set_value([]).run()
    page.multiselect(key="runs_states").set_value(["stopped"]).run()
    assert list(table(page)["run"]) == ["a"]
    page.multiselect(key="runs_tags").set_value(["slow"]).run()
    assert "No run has all that is chosen" in page.info[0].value


def test_runs_of_a_link_are_chosen_and_stay_in_it(runs):
    write_sweep(runs)

    page = visit([*NAMES, "gone"])

    assert "4 runs shown, 2 chosen. Chosen, but not in the table: gone." in texts(page)
    assert all(name in str(page.query_params["runs"]) for name in NAMES)


def test_caution_is_measured_on_demand(runs):
    write_sweep(runs)
    page = visit()
    assert "The best of 4 by test accuracy is partly so by luck" in texts(page)
    assert "Cawley" in told(page)

    page.button(key="measure_choice").click().run()

    assert "Best of 4 on these 90 tracks of 30 artists: expect" in texts(page)
    assert "measure_choice" not in keys(page)


def test_no_caution_for_two_runs(runs):
    write_sweep(runs, rates=(1e-3,))

    page = visit()

    assert "luck" not in texts(page)
    assert "measure_choice" not in keys(page)


@pytest.mark.parametrize(("view", "chart"), [("Settings", "run_settings"), ("Seeds", "run_seeds")])
def test_views_draw_the_runs_in_the_table(runs, view, chart):
    write_sweep(runs)

    page = visit(runs_view=view)

    assert charts(page) == [chart]


def test_seeds_have_a_row_for_each_configuration(runs):
    write_sweep(runs, seeds=(0, 1, 2))

    rows = table(visit(runs_view="Seeds"), 1)

    assert list(rows["configuration"]) == ["learning rate 0.01", "learning rate 0.001"]
    assert list(rows["runs"]) == [3, 3]
    assert (rows["lowest"] <= rows["mean"]).all()


def test_difference_of_chosen_runs_and_a_model(runs, monkeypatch):
    monkeypatch.setattr(paths, "MODELS", MODELS_BUNDLED)
    write_sweep(runs)
    assert "Choose a run in the table" in visit(runs_view="Difference").info[0].value

    page = visit(NAMES, runs_view="Difference")
    assert "quick-0101 minus quick-0100, on the same tracks: " in texts(page)
    assert "Shared: 90 tracks, of 90 of the first and 90 of the other." in texts(page)

    page.selectbox(key="other_model").select("starter").run()
    assert "quick-0101 and starter were tested on different tracks" in texts(page)


def test_label_notes_and_tags_are_kept_in_any_script(runs):
    made = write_sweep(runs)
    page = visit(NAMES[:1])
    label = next(field for field in page.text_input if "label_of" in field.key)
    digest = label.key.removeprefix("label_of_")

    label.set_value("빠른 실행")
    page.text_area(key=f"notes_of_{digest}").set_value("rate too high?")
    page.button(key=f"save_label_{digest}").click().run()

    assert read_label(made[-1]) == RunLabel("빠른 실행", "rate too high?", ())
    assert "빠른 실행" in list(table(page)["run"])
    assert "Saved." in texts(page)


def test_run_is_opened_on_train(runs):
    write_sweep(runs)
    page = visit(NAMES[:1])

    page.button(key=next(key for key in keys(page) if "open_record" in key)).click().run()

    assert page.session_state["run"] == NAMES[0]


def test_live_run_is_drawn_as_far_as_it_has_come_and_marked(runs):
    run = write_run(runs, "a", n_epochs=2, epochs=9)
    write_status(run, RunStatus("fitting").stamped())
    page = visit()
    assert list(table(page)["state"]) == ["Training or waiting"]

    with (run / "events.jsonl").open("a") as file:
        file.writelines(json.dumps(row) + "\n" for row in epoch_rows(2, 0.001, start=3))
    page.run()

    drawn = json.loads(page.get("plotly_chart")[0].proto.spec)
    assert drawn["data"][0]["x"] == [1, 2, 3, 4]


def test_damaged_run_is_named_and_the_others_are_shown(runs):
    write_sweep(runs)
    (runs / NAMES[0] / "config.json").write_text("{")

    page = visit()

    assert len(table(page)) == 3
    assert NAMES[0] in page.warning[0].value.replace("\\", "")


def test_page_is_not_offered_where_strangers_come(runs, monkeypatch):
    monkeypatch.setenv(access.PUBLIC_VARIABLE, "1")

    page = new_visit().run()

    assert not page.exception
    assert "Experiments" not in json.dumps([str(link.proto) for link in page.get("page_link")])


def test_zoom_stays_until_all_is_shown_and_is_of_one_figure(runs):
    write_sweep(runs)
    part = ("val_accuracy", "epoch", ((1.5, 2.5), (0.2, 0.3)))
    page = visit(curve_part=part)

    def shown():
        return json.loads(page.get("plotly_chart")[0].proto.spec)["layout"]["xaxis"].get("range")

    assert shown() == [1.5, 2.5]
    page.selectbox(key="curve_metric").select("loss").run()
    assert shown() is None
    page.selectbox(key="curve_metric").select("val_accuracy").run()
    page.button(key="show_all").click().run()
    assert shown() is None
