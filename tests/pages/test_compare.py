"""The Compare page, run without a browser: the leaderboard, what differs, models, data leakage."""

import hashlib
import io
import json
import shutil
import zipfile

import numpy as np
import pytest
import soundfile as sf
import streamlit as st

from app_pages import access, compare_caches
from genre import paths
from genre.compare import leakage
from genre.datasets.pack import write_pack
from genre.models.archive import export_model, import_model
from genre.models.keras_import import GTZAN_GENRES
from genre.models.registry import list_models, read_card
from genre.paths import ROOT
from genre.runs import store
from tests.support.app_page import PAGES, charts, keys, new_visit, texts
from tests.support.keras_models import FILES
from tests.support.leaderboard_runs import add_run, guesses

STARTER = ROOT / "models" / "starter"


@pytest.fixture
def saved(home):
    """A model of one's own beside the bundled one."""
    shutil.copytree(STARTER, home / "models" / "starter")
    shutil.copytree(STARTER, home / "models" / "mine")
    return home


def visit(query="", **state):
    page = new_visit()
    page.switch_page(PAGES["compare"])
    if query:
        page.query_params["compare"] = query
    for key, value in state.items():
        page.session_state[key] = value
    return page.run()


def table(page):
    return page.dataframe[0].value.replace({np.nan: None})


def test_leaderboard_empty_says_how_to_get_a_model(home):
    page = visit()

    assert not page.exception
    assert "no saved model and no finished run" in page.info[0].value
    assert "leakage_true" in charts(page)
    assert not page.dataframe


def test_leaderboard_leaky_run_is_shown_and_not_ranked(saved, two_genres):
    add_run(saved / "runs", "leaky", guesses(two_genres), split="course")
    add_run(saved / "runs", "clean", guesses(two_genres))
    board = table(visit()).set_index("name")

    ranked = board["accuracy"].dropna()
    assert list(ranked) == sorted(ranked, reverse=True)
    assert board.index[-1] == "leaky"
    assert (
        board.loc["leaky", ["accuracy", "interval", "macro_f1", "calibration_error"]].isna().all()
    )
    assert "of 24 (" in board.loc["leaky", "leaky"]
    figure = read_card("starter").leak_free_figure
    assert board.loc["starter", "accuracy"] == 100 * figure.value
    assert board.loc["starter", "interval"] == f"{figure.low:.0%} to {figure.high:.0%}"
    assert board.loc["clean", "tracks"] == 24
    assert board.loc["clean", "seconds"] == pytest.approx(10.5)


def test_selection_one_model_shows_accuracy_and_details(saved):
    page = visit("starter")
    assert not page.exception
    right = f"{read_card('starter').leak_free_figure.value:.0%}"
    assert f"starter is right for {right} of 430 tracks" in texts(page)

    page = visit("starter", aspect="Details")
    assert "Trained on 430 tracks" in texts(page)
    assert "Data leakage: it says nothing about your music." in texts(page)


def test_differences_two_runs_show_interval_and_settings(home, two_genres):
    add_run(home / "runs", "one", guesses(two_genres))
    add_run(home / "runs", "two", guesses(two_genres, seed=1), epochs=3)
    page = visit("runs/one,runs/two")

    assert not page.exception
    assert "on the same tracks" in texts(page)
    assert "intervals" in charts(page)
    settings = page.dataframe[1].value
    assert list(settings["setting"]) == ["epochs"]
    assert set(settings.iloc[0][["one", "two"]]) == {"15", "3"}


def test_matrices_cell_chosen_shows_its_tracks(home, two_genres):
    evaluation = guesses(two_genres)
    write_pack(home / "music", two_genres)
    add_run(home / "runs", "one", evaluation, data=str(home / "music"))
    add_run(home / "runs", "two", guesses(two_genres, seed=1), data=str(home / "music"))
    page = visit("runs/one,runs/two", aspect="Confusion matrices")
    assert sum(key.startswith("matrix_") for key in charts(page)) == 3

    page.selectbox(key="cell_genre").select("loud").run()
    page.selectbox(key="cell_given").select("quiet").run()

    assert not page.exception
    behind = page.dataframe[1].value
    wrong = {a.track_id for a in evaluation.predictions if (a.genre, a.given) == ("loud", "quiet")}
    assert wrong <= set(behind["track"])
    first = behind.iloc[0]
    assert f"**{first['track']}**" in texts(page)
    assert "of its 3 segments right. 3 other segments of this track in" in texts(page)
    assert {"answer", "track_mfccs"} <= set(charts(page))
    assert not page.get("audio")


@pytest.mark.parametrize("is_local", [True, False], ids=["at home", "deployed"])
def test_track_recording_is_played_on_this_computer_only(home, two_genres, monkeypatch, is_local):
    monkeypatch.setattr(access, "is_local", lambda: is_local)
    for track in two_genres.tracks:
        path = home / "music" / track.genre / f"{track.track_id}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        sf.write(path, np.zeros(2205), 22_050)
    add_run(home / "runs", "one", guesses(two_genres), data=str(home / "music"))
    page = visit("runs/one", aspect="Confusion matrices", cell_genre="loud", cell_given="loud")

    assert not page.exception
    players = [c for c in page.get("bidi_component") if c.proto.id.endswith("-song_player")]
    assert len(players) == int(is_local)
    assert ("The recording is not here" in texts(page)) == (not is_local)


def test_confidence_one_run_shows_sentence_and_charts(home, two_genres):
    add_run(home / "runs", "one", guesses(two_genres))
    page = visit("runs/one", aspect="Confidence")

    assert not page.exception
    assert "With a confidence of 70% or more, one is right for " in texts(page)
    assert {"coverage", "reliability_0"} <= set(charts(page))


def test_curves_model_without_run_is_reported(saved, two_genres):
    add_run(saved / "runs", "one", guesses(two_genres), split="course")
    page = visit("starter,runs/one", aspect="Learning curves")

    assert not page.exception
    assert "curves" in charts(page)
    assert "No learning curves for starter" in texts(page)
    assert "The split of one has data leakage" in texts(page)


@pytest.mark.parametrize(
    "aspect", ["Confusion matrices", "Confidence", "Learning curves", "Details"]
)
def test_aspect_card_without_figures_shows_no_error(saved, aspect):
    card = saved / "models" / "mine" / "card.json"
    values = json.loads(card.read_text())
    card.write_text(json.dumps(values | {"figures": [], "recipe": {}}))
    page = visit("starter,mine", aspect=aspect)

    assert not page.exception
    assert not page.error


def test_leaderboard_corrupt_card_shows_warning_and_the_rest(saved):
    (saved / "models" / "mine" / "card.json").write_text("{")
    (saved / "runs" / "half").mkdir()
    (saved / "runs" / "half" / "config.json").write_text("{}")
    page = visit("starter")

    assert not page.exception
    assert "the card of mine cannot be read" in texts(page)
    assert "the run half cannot be read" in texts(page)
    assert list(table(page)["name"]) == ["starter"]
    assert "starter is right for" in texts(page)


def test_link_unknown_run_shows_warning_and_the_rest(saved):
    page = visit("mine,runs/**gone**,starter")

    assert "The link names **gone**" in texts(page)
    assert "runs/\\*\\*" not in texts(page)
    assert "mine is right for" in texts(page)
    assert page.session_state["compared"] == "mine,runs/**gone**,starter"


def test_rename_chosen_model_keeps_it_chosen(saved):
    page = visit("mine,starter", aspect="Details")
    page.query_params["model"] = "mine"
    page.selectbox(key="model").select("mine").run()
    page.text_input(key="rename_mine").set_value("ours").run()
    page.button(key="renaming_mine").click().run()

    assert not page.exception
    assert list_models(saved / "models") == ["starter", "ours"]
    assert "mine was renamed to ours." in texts(page)
    assert page.session_state["compared"] == "ours,starter"
    assert page.session_state["model"] == "ours"
    assert not page.warning


@pytest.mark.parametrize(
    ("typed", "name", "shown"),
    [
        ("starter", "starter-2", "starter (starter-2)"),
        ("../Out there", "out-there", "../Out there"),
        ("Mine", "mine", "Mine"),
    ],
)
def test_rename_makes_any_name_fit_and_shows_it_as_typed(saved, typed, name, shown):
    page = visit("mine", aspect="Details")
    page.text_input(key="rename_mine").set_value(typed).run()
    page.button(key="renaming_mine").click().run()

    assert not page.exception and not page.error
    assert list_models(saved / "models") == ["starter", name]
    assert set(table(page)["name"]) == {"starter", shown}
    assert page.text_input(key=f"rename_{name}").value == typed


def test_delete_chosen_model_chooses_another(saved):
    page = visit("mine", aspect="Details")
    page.query_params["model"] = "mine"
    page.selectbox(key="model").select("mine").run()
    page.button(key="delete_mine").click().run()

    assert not page.exception
    assert list_models(saved / "models") == ["starter"]
    assert "mine was deleted." in texts(page)
    assert list(table(page)["name"]) == ["starter"]
    assert page.session_state["model"] == "starter"
    assert not page.warning


def test_actions_bundled_model_has_no_rename_and_delete(saved):
    page = visit("starter,mine", aspect="Details")

    assert "delete_mine" in keys(page)
    assert "delete_starter" not in keys(page)
    assert "renaming_starter" not in keys(page)


def test_export_zip_can_be_imported(saved, monkeypatch):
    offered = {}
    monkeypatch.setattr(
        st, "download_button", lambda label, data, name, *_, **__: offered.update({name: data})
    )
    visit("mine", aspect="Details")
    content = offered["mine.zip"]()

    assert set(zipfile.ZipFile(io.BytesIO(content)).namelist()) >= {"card.json", "weights.npz"}
    shutil.rmtree(saved / "models" / "mine")
    assert import_model(content, folder=saved / "models") == "mine"


def test_import_zip_saves_and_chooses_model(saved):
    content = export_model("mine", saved / "models")
    page = visit()
    page.text_input(key="import_name").set_value("guest")
    page.file_uploader(key="import_zip_0").set_value([("m.zip", content, "application/zip")]).run()
    page.button(key="import_model").click().run()

    assert not page.exception
    assert list_models(saved / "models") == ["starter", "guest", "mine"]
    assert "guest was imported." in texts(page)
    assert page.session_state["compared"] == "guest"
    assert not page.file_uploader(key="import_zip_1").value


@pytest.mark.parametrize("content", [b"no zip", None], ids=["no zip", "a zip of something else"])
def test_import_bad_zip_shows_error(saved, content):
    if content is None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("../card.json", "{}")
        content = buffer.getvalue()
    page = visit()
    page.file_uploader(key="import_zip_0").set_value([("m.zip", content, "application/zip")]).run()
    page.button(key="import_model").click().run()

    assert not page.exception
    assert "Choose a zip that was exported here" in page.error[0].value
    assert list_models(saved / "models") == ["starter", "mine"]


def test_import_keras_model_asks_for_genres_and_features(saved):
    content = (FILES / "course.keras").read_bytes()
    key = hashlib.sha256(content).hexdigest()
    page = visit()
    page.file_uploader(key="import_zip_0").set_value([("My LSTM.keras", content, "")]).run()
    assert "LSTM(6), LSTM(5), Dense(7), Dense(10). It reads 130 steps" in texts(page)
    assert page.text_area(key=f"import_genres_{key}").value.split() == [*GTZAN_GENRES]

    page.number_input(key=f"import_n_mfcc_{key}").set_value(20)
    page.button(key="import_model").click().run()
    assert "give segments of shape (130, 20)" in page.error[0].value.replace("\\", "")
    assert list_models(saved / "models") == ["starter", "mine"]

    page.number_input(key=f"import_n_mfcc_{key}").set_value(13)
    page.button(key="import_model").click().run()
    assert not page.exception
    assert "my-lstm was imported. It was not tested here." in texts(page).replace("\\", "")
    assert page.session_state["compared"] == "my-lstm"
    assert read_card("my-lstm", saved / "models").genres == GTZAN_GENRES


def test_import_keras_model_of_another_kind_is_refused_as_it_is_chosen(saved):
    content = (FILES / "course.keras").read_bytes()[:20_000]
    page = visit()
    page.file_uploader(key="import_zip_0").set_value([("a.keras", content, "")]).run()

    assert "a.keras cannot be imported" in page.error[0].value.replace("\\", "")
    assert page.button(key="import_model").disabled


def test_actions_on_a_server_are_not_offered(saved, monkeypatch):
    monkeypatch.setattr(access, "is_local", lambda: False)
    page = visit("mine", aspect="Details")

    assert "Trained on 430 tracks" in texts(page)
    for key in ("import_model", "delete_mine", "renaming_mine"):
        assert key not in keys(page)
    assert not page.get("file_uploader")
    assert not [b for b in page.get("download_button") if "mine" in b.proto.id]


def test_leakage_shows_four_splits(home):
    page = visit()

    assert [metric.label for metric in page.metric] == [
        "Segments at random",
        "Tracks whole",
        "Artists whole",
        "Genres permuted",
    ]
    assert page.header[-1].value == "Data leakage: the same network and data, four splits"
    values = [int(metric.value.rstrip("%")) for metric in page.metric]
    assert values[0] > values[1] > values[2]
    captions = [c.value for c in page.caption if c.value.startswith("of ")]
    assert len(captions) == 4
    assert all("tracks (95% interval" in caption for caption in captions)
    assert "another segment of the same track" in texts(page)


def test_leakage_recorded_runs_missing_shows_error_and_leaderboard(saved, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "RECORDED_LEAKAGE", tmp_path / "nothing")
    page = visit()

    assert not page.exception
    assert "cannot be read" in page.error[0].value
    assert list(table(page)["name"]) == ["mine", "starter"]


def test_leakage_start_begins_four_runs_and_opens_train(home, monkeypatch):
    started = []
    monkeypatch.setattr(store, "start_run", lambda run, **_: started.append(run))
    page = visit()
    page.button(key="start_four").click().run()

    assert not page.exception
    recipes = [json.loads((run / "config.json").read_text())["recipe"] for run in started]
    assert [(r["split"], r["permute_genres"]) for r in recipes] == [
        ("course", False),
        ("track", False),
        ("artist", False),
        ("course", True),
    ]
    assert len({json.dumps(r | {"split": 0, "permute_genres": 0}) for r in recipes}) == 1
    assert page.session_state["run"] == started[0].name
    assert any(button.key == "start" for button in page.button)  # the page Train


def test_page_rerun_reads_nothing_again(saved, monkeypatch):
    page = visit("mine,starter")
    read = []
    monkeypatch.setattr(compare_caches, "list_entries", lambda *_: read.append("list"))
    monkeypatch.setattr(leakage, "read_leakage_study", lambda *_: read.append("honesty"))
    for _ in range(3):
        page.run()

    assert not page.exception
    assert read == []
