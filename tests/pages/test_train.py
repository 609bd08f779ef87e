"""The Train page, run without a browser: settings, Start, and a run in every state."""

import json
import shutil
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app_pages.train_data import LOCAL
from app_pages.train_settings import ALL, MAIN, MORE
from app_pages.train_setup import only_for
from genre import paths
from genre.models.registry import list_models
from genre.paths import ROOT
from genre.recipes.config import PRESETS
from genre.runs import store
from genre.runs.files import (
    CONFIG_FILE,
    RunStatus,
    read_config,
    read_control,
    write_status,
)
from genre.runs.store import list_runs
from genre.system.files import write_json
from genre.text.format import duration
from tests.support.app_page import PAGES, new_visit, texts
from tests.support.live_runs import (
    batch,
    data,
    end_process,
    epoch,
    has_ended,
    phase,
    wait_for,
    write_run,
)

EVENTS = (data(9), phase("fitting", 10), epoch(1, 12), epoch(2, 14), batch(2, 15))


@pytest.fixture
def runs(home):
    """The folder of this visit's runs, with a model beside it."""
    folder = home / "runs"
    shutil.copytree(ROOT / "models" / "starter", home / "models" / "starter")
    yield folder
    for run in list_runs(folder):
        end_process(run)


@pytest.fixture
def visit(runs):
    """Open the page Train, by a link with some parameters."""

    def open_page(**query):
        return new_visit(**query).run().switch_page(PAGES["train"]).run()

    return open_page


@pytest.fixture
def finished(finished_run, runs):
    """A copy of a real run that has ended, among this visit's."""
    run = runs / finished_run.name
    shutil.copytree(finished_run, run)
    return run


def labels(page):
    return [button.label for button in page.button]


def widget_of(page, name):
    kinds = (page.select_slider, page.toggle, page.selectbox)
    return next(w for kind in kinds for w in kind if w.key == f"set_{name}")


def features_of(page):
    return recipe(page)[1].features


def values(page):
    """Every setting as its widget shows it, each group of them opened in its turn."""
    found = {setting.name: widget_of(page, setting.name).value for setting in MAIN}
    for title, group in MORE.items():
        page.pills(key="more").set_value(title).run()
        shown = [setting for setting in group if only_for(setting) in (None, features_of(page))]
        found |= {setting.name: widget_of(page, setting.name).value for setting in shown}
    return found


def recipe(page):
    return page.session_state["recipe"]


def resumed(events):
    return [event["epoch"] for event in events if event["event"] == "resumed"]


def test_first_visit_shows_recommended_recipe_and_start(visit):
    page = visit()

    assert not page.exception
    assert not page.error
    assert recipe(page) == ("recommended", PRESETS["recommended"])
    assert page.header[0].value == "Press Start to train"
    assert "Start" in labels(page)
    assert "About" in texts(page)
    assert page.query_params["preset"] == "recommended"


@pytest.mark.parametrize("preset", PRESETS)
def test_preset_chosen_sets_every_setting_and_link(visit, preset):
    page = visit(preset="quick", epochs="3", deltas="no")
    page.segmented_control(key="preset").set_value("course").run()
    page.segmented_control(key="preset").set_value(preset).run()

    shown = values(page)
    assert len(shown) >= len(ALL) - 9  # those of other features
    assert shown == {name: getattr(PRESETS[preset], name) for name in shown}
    assert recipe(page) == (preset, PRESETS[preset])
    assert page.query_params["preset"] == preset
    assert "epochs" not in page.query_params


def test_setting_changed_changes_recipe_link_and_duration(visit):
    page = visit(preset="course")
    before = next(c.value for c in page.caption if c.value.startswith("About"))
    assert page.button(key="reset").disabled  # there already: nothing moves when it is needed
    widget_of(page, "epochs").set_value(100).run()

    assert recipe(page)[1] == replace(PRESETS["course"], preset="custom", epochs=100)
    assert page.query_params["epochs"] == "100"
    assert next(c.value for c in page.caption if c.value.startswith("About")) != before
    page.button(key="reset").click().run()
    assert recipe(page) == ("course", PRESETS["course"])
    assert "epochs" not in page.query_params


def test_link_settings_are_used(visit):
    page = visit(preset="quick", learning_rate="0.0003", cell="simple_rnn", roll="no", seed="77")
    expected = {"learning_rate": 3e-4, "cell": "simple_rnn", "roll": False, "seed": 77}

    assert not page.exception
    assert not page.warning
    assert recipe(page) == ("quick", replace(PRESETS["quick"], preset="custom", **expected))
    assert {name: values(page)[name] for name in expected} == expected
    assert "Reset to preset (4 changed)" in labels(page)


def test_settings_hidden_group_keeps_values(visit):
    page = visit(preset="quick", mixup="0.8")
    shown = [widget.key for kind in (page.select_slider, page.toggle) for widget in kind]
    assert len(shown) == len(MAIN) < len(ALL)
    assert recipe(page)[1].mixup == 0.8

    more = page.pills(key="more")
    more.set_value("Data augmentation").run()
    assert widget_of(page, "mixup").value == 0.8
    widget_of(page, "mixup").set_value(0.2).run()
    page.pills(key="more").set_value("Optimisation").run()
    widget_of(page, "epochs").set_value(3).run()
    assert (recipe(page)[1].mixup, recipe(page)[1].epochs) == (0.2, 3)

    page.segmented_control(key="preset").set_value("course").run()
    page.pills(key="more").set_value("Data augmentation").run()
    assert not page.exception
    assert widget_of(page, "mixup").value == PRESETS["course"].mixup
    assert recipe(page) == ("course", PRESETS["course"])


def test_link_bad_values_show_warnings(visit):
    page = visit(preset="best", epochs="9" * 400, learning_rate="nan", deltas="perhaps")

    assert not page.exception
    assert len(page.warning) == 4
    assert "there is no preset 'best'" in texts(page)
    assert recipe(page) == ("recommended", PRESETS["recommended"])
    assert not page.run().warning


def test_link_unknown_run_shows_warning(visit, runs):
    page = visit(run="20200101-000000-quick-beef")

    assert not page.exception
    assert "there is no run by the name '20200101-000000-quick-beef'" in texts(page)
    assert page.header[0].value == "Press Start to train"
    assert page.query_params["run"] == "20200101-000000-quick-beef"  # it may be imported yet


def test_link_bad_run_name_shows_warning(visit):
    for name in ("../../etc", "..", "/", "<b>x</b>"):
        page = visit(run=name)
        assert not page.exception, name
        assert len(page.warning) == 1, name


def test_data_path_missing_shows_error_and_disables_start(visit, tmp_path, runs):
    page = visit(preset="quick")
    page.selectbox(key="data").set_value(LOCAL).run()
    page.text_input(key="data_path").set_value(str(tmp_path / "nowhere")).run()
    for _ in range(100):  # another process looks at it
        if page.error:
            break
        time.sleep(0.2)
        page.run()

    assert "nowhere" in texts(page)
    assert page.button(key="start").disabled
    assert not page.exception
    page.selectbox(key="data").set_value("gtzan-subset").run()
    assert not page.button(key="start").disabled


def test_start_trains_run_to_its_result(visit, runs):
    page = visit(preset="quick", epochs="1", units_1="4", units_2="4", dense_units="4")
    page.button(key="start").click().run()
    [run] = list_runs(runs)

    assert not page.exception
    assert page.session_state["run"] == run.name
    assert page.query_params["run"] == run.name
    assert read_config(run) == (recipe(page)[1], "gtzan-subset")
    assert read_config(run)[0].epochs == 1
    assert "Stop" in labels(page)
    status, _ = wait_for(has_ended, run)
    assert status.state == "finished"
    assert "Right for" in texts(page.run())


@pytest.mark.usefixtures("without_tensorflow")
def test_start_without_tensorflow_is_disabled_with_the_reason(visit):
    page = visit()
    assert page.button(key="start").disabled
    assert "This installation has no TensorFlow" in texts(page)
    assert not page.exception


def test_start_clicked_twice_starts_one_run(visit, runs):
    page = visit(preset="quick", epochs="1000")
    page.button(key="start").click().run()
    page.button(key="start").click().run()
    assert len(list_runs(runs)) == 1
    assert not page.exception


def test_start_cut_by_visitor_who_leaves_has_started_its_run(visit, runs, monkeypatch):
    """From the moment the folder is there, nothing asks whether the script is to end."""
    page = visit(preset="quick", epochs="1000")
    page.pills(key="track_example").select("jazz").run()
    make_folder, left = store.create_run, []

    def leave(*arguments):
        make_folder(*arguments)
        get_script_run_ctx().script_requests.request_stop()
        left.append(True)

    monkeypatch.setattr(store, "create_run", leave)
    page.button(key="start").click().run()
    [run] = list_runs(runs)

    assert left
    assert (run / "song.npz").exists()
    wait_for(lambda status, events: status.pid, run)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("x" * 3000, "run in the link has 3,000 characters, expected at most 100"),
        ("a\0b", "no run by the name"),
        ("..", "no run by the name"),
    ],
    ids=["long", "NUL", "parent"],
)
def test_link_to_run_that_no_folder_can_be_says_so(visit, name, said):
    page = visit(run=name)
    assert not page.exception
    assert [said in warning.value for warning in page.warning] == [True]
    assert not page.button(key="start").disabled


def test_start_with_tracked_example_adds_it_to_run(visit, runs):
    page = visit(preset="quick", epochs="1000")
    page.pills(key="track_example").select("jazz").run()
    page.button(key="start").click().run()
    [run] = list_runs(runs)
    assert (run / "song.npz").exists()
    assert not page.exception


def test_track_bad_file_shows_error(visit):
    page = visit()
    clip = ("holiday.mp3", b"this is a shopping list", "audio/mpeg")
    page.file_uploader(key="track_upload").set_value(clip).run()
    assert not page.exception
    assert len(page.error) == 1
    assert "not audio" in page.error[0].value
    assert page.session_state["tracked_song"] is None


def test_run_finished_shows_result_and_offers_model(visit, finished):
    page = visit(run=finished.name)

    assert not page.exception
    assert not page.error
    assert page.header[0].value.startswith("Right for")
    assert "Finished" not in [element.value for element in page.header]
    assert "Finished" in texts(page)
    assert "6 of 6 epochs, trained for" in texts(page)
    assert {"Save", "Save and classify a song", "Delete"} <= set(labels(page))
    assert not {"Pause", "Stop", "Resume this run"} & set(labels(page))
    assert page.text_input(key=f"name_{finished.name}").value.endswith("-1")


def test_validation_without_a_genre_is_said_at_the_curve(visit, runs):
    lacking = data(9) | {"absent_genres": {"validation": ["loud"]}}
    write_run(runs / "example", lacking, *EVENTS[1:], status=RunStatus("finished"))

    assert "Validation has no loud: its curve says nothing of them" in texts(visit(run="example"))


def test_run_stopped_in_its_first_epoch_offers_no_verdict(visit, runs):
    write_run(runs / "example", data(9), status=RunStatus("stopped", "asked to"))
    page = visit(run="example")

    assert "Stopped in the first epoch: there is nothing to test yet." in texts(page)
    assert "Right for" not in texts(page)
    assert "Resume this run" in labels(page)
    assert not page.exception


def test_downloads_recipe_without_script_offers_none(visit, finished):
    def offered():
        return [button.proto.label for button in visit(run=finished.name).get("download_button")]

    assert "Keras script (.py)" in offered()

    document = json.loads((finished / CONFIG_FILE).read_text(encoding="utf-8"))
    document["recipe"]["split"] = "fault-filtered"
    write_json(finished / CONFIG_FILE, document)

    assert "Report (.html)" in offered()
    assert "Keras script (.py)" not in offered()


@pytest.mark.parametrize(
    ("status", "headline", "said", "buttons"),
    [
        (RunStatus("stopped", "asked to"), "Stopped", "2 of 6 epochs", ["Resume this run"]),
        (
            RunStatus("fitting", "", 999_999_999, 1.0),
            "Failed",
            "Its background process was killed. Finished epochs are saved",
            ["Resume this run"],
        ),
        (
            RunStatus("failed", "there is no dataset at x. Try y."),
            "Failed",
            "There is no dataset at x. Try y.",
            ["Resume this run"],
        ),
        (
            RunStatus("failed", "diverged: the loss is no longer a number. Use a smaller one."),
            "Diverged",
            "The loss is no longer a number. Use a smaller one. Scaling the inputs helps",
            [],
        ),
    ],
    ids=["stopped", "killed", "failed", "diverged"],
)
def test_run_without_model_says_why_and_how_to_resume(visit, runs, status, headline, said, buttons):
    write_run(runs / "example", *EVENTS, status=status)
    page = visit(run="example")

    assert not page.exception
    assert headline in [element.value for element in page.header]
    assert said in texts(page)
    assert [label for label in labels(page) if label.startswith("Resume")] == buttons
    assert "Save" not in labels(page)
    assert "Stop" not in labels(page)


def test_run_waiting_shows_position_and_can_be_stopped(visit, runs):
    write_run(runs / "1-first", *EVENTS, status=RunStatus("fitting").stamped())
    second = write_run(runs / "2-second", status=RunStatus("queued").stamped())
    page = visit(run="2-second")

    assert page.header[0].value == "Waiting: 1 run before it"
    assert "Start after the current run" in labels(page)
    page.button(key="stop_2-second").click().run()
    assert read_control(second).stop
    write_status(second, RunStatus("stopped"))
    write_status(runs / "1-first", RunStatus("stopped"))


def test_run_training_can_be_paused_resumed_and_changed(visit, runs):
    run = write_run(runs / "example", *EVENTS, status=RunStatus("fitting").stamped())
    page = visit(run="example")
    assert page.header[0].value == "Training"
    page.button(key="pause_example").click().run()
    assert read_control(run).pause
    assert page.header[0].value == "Pausing"
    assert "Resume" in labels(page)
    page.button(key="pause_example").click().run()
    assert not read_control(run).pause

    page.select_slider(key="rate_example").set_value(5e-3).run()
    page.select_slider(key="epochs_example").set_value(10).run()
    control = read_control(run)
    assert (control.learning_rate, control.epochs) == (5e-3, 10)
    assert page.select_slider(key="rate_example").value == 5e-3
    assert "epoch 3 of 10" in texts(page)
    assert not page.exception
    write_status(run, RunStatus("stopped"))


def test_run_corrupt_shows_error_and_another_can_be_opened(visit, runs):
    run = write_run(runs / "example", *EVENTS)
    write_run(runs / "well", *EVENTS)
    (run / "events.jsonl").write_text("{}\n")
    page = visit(run="example")

    assert not page.exception
    assert "events.jsonl of the run example cannot be read" in texts(page)
    page.selectbox(key="open_run_example").select("well").run()
    assert not page.error
    assert page.query_params["run"] == "well"


def test_save_once(visit, finished):
    page = visit(run=finished.name)
    page.text_input(key=f"name_{finished.name}").set_value("my-first").run()
    page.button(key=f"save_{finished.name}").click().run()
    assert "Saved as my-first." in texts(page)
    assert list_models(paths.MODELS) == ["starter", "my-first"]
    assert page.session_state["model"] == "my-first"

    page.text_input(key=f"name_{finished.name}").set_value("my-second").run()
    page.button(key=f"save_{finished.name}").click().run()
    assert "This run is saved already, as my-first." in texts(page)
    assert list_models(paths.MODELS) == ["starter", "my-first"]
    assert not page.exception and not page.error


def test_save_and_classify_opens_classify_with_model(visit, finished):
    page = visit(run=finished.name)
    page.text_input(key=f"name_{finished.name}").set_value("my-first").run()
    page.button(key=f"save_{finished.name}").click().run()
    page.query_params["model"] = "my-first"  # as the browser has it from now on
    page.run()
    page.text_input(key=f"name_{finished.name}").set_value("my-second").run()
    page.button(key=f"try_{finished.name}").click().run()

    assert not page.exception
    assert page.session_state["model"] == "my-first"  # as which the run is saved already
    assert page.title[0].value.startswith("Drop in a song")  # this is Classify


def test_save_under_any_name_makes_it_fit_and_shows_it_as_typed(visit, finished):
    page = visit(run=finished.name)
    page.text_input(key=f"name_{finished.name}").set_value("내 모델 <b>1</b>").run()
    page.button(key=f"save_{finished.name}").click().run()

    assert not page.exception
    assert list_models(paths.MODELS) == ["starter", "nae-model-b-1-b"]
    assert "Saved as 내 모델" in texts(page) and "call it nae-model-b-1-b." in texts(page)
    assert page.session_state["model"] == "nae-model-b-1-b"
    chosen = page.selectbox(key="model")
    assert chosen.format_func("nae-model-b-1-b").startswith("내 모델 <b>1</b> ·")


def test_delete_run_removes_it_from_page_and_link(visit, finished, runs):
    page = visit(run=finished.name)
    page.button(key=f"delete_{finished.name}").click().run()

    assert not page.exception
    assert list_runs(runs) == []
    assert page.header[0].value == "Press Start to train"
    assert "run" not in page.query_params


def test_settings_after_another_page_are_kept(visit, finished):
    page = visit(preset="course", epochs="3", deltas="yes", run=finished.name)
    widget_of(page, "units_1").set_value(16).run()
    before = values(page)
    page.switch_page(PAGES["classify"]).run()
    assert not page.exception
    page.switch_page(PAGES["train"]).run()

    assert not page.exception
    assert values(page) == before
    assert recipe(page)[0] == "course"
    assert page.session_state["run"] == finished.name
    assert "Right for" in texts(page)


def test_duration_is_shown_in_words(visit):
    page = visit(preset="quick")
    [about] = [c.value for c in page.caption if c.value.startswith("About")]
    assert about.split(",")[0].removeprefix("About ") in {duration(s) for s in range(600)}


def test_resume_stopped_run_trains_on(visit, runs, finished_run):
    run = runs / finished_run.name
    shutil.copytree(finished_run, run)
    write_status(run, RunStatus("stopped", "asked to"))
    page = visit(run=run.name)
    page.button(key=f"resume_{run.name}").click().run()

    assert not page.exception and not page.toast
    _, events = wait_for(lambda status, events: resumed(events) and not status.is_live, run)
    assert resumed(events) == [6]


def test_start_loads_no_heavy_library(tmp_path, finished_run):
    program = f"""
import os, shutil, sys
from pathlib import Path
os.environ["GENRE_LAB_WARM_WORKER"] = "0"
os.environ["GENRE_LAB_HOME"] = {str(tmp_path)!r}
shutil.copytree({str(finished_run)!r}, Path({str(tmp_path)!r}, "runs", "20260101-calm"))
from genre.paths import RUNS
from tests.support.app_page import new_visit

page = new_visit(run="20260101-calm").run()
page.switch_page("app_pages/train.py").run()
shown = page.header[0].value
page.pills(key="track_example").select("jazz").run()
page.button(key="start").click().run()
print(shown[:9], len(page.exception), len(list(RUNS.iterdir())) >= 2)
print(sorted({{"tensorflow", "keras", "numba", "librosa", "sklearn"}} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for run in list_runs(tmp_path / "runs"):
        wait_for(lambda status, events: status.pid or not status.is_live, run)
        end_process(run)
    assert done.stdout.split("\n") == ["Right for 0 True", "[]", ""]
