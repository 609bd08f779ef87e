"""The Compare page, run without a browser: the leaderboard, what differs, model life, honesty."""

import io
import json
import shutil
import zipfile

import numpy as np
import pytest
import soundfile as sf
import streamlit as st
from streamlit.testing.v1 import AppTest

from genre.datasets.pack import write_pack
from genre.models.archive import export_model, import_model
from genre.models.registry import list_models, read_card
from genre.paths import ROOT
from tests.support.contender_runs import add_run, guesses

STARTER = ROOT / "models" / "starter"


@pytest.fixture
def places(monkeypatch, tmp_path):
    """Empty folders for models and runs, and the page told of them."""
    from app_pages import resources

    for name in ("models", "runs"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(resources, name.upper(), tmp_path / name)
    monkeypatch.chdir(ROOT)
    return tmp_path


@pytest.fixture
def saved(places):
    """A saved model of one's own beside the starter."""
    shutil.copytree(STARTER, places / "models" / "starter")
    shutil.copytree(STARTER, places / "models" / "mine")
    return places


def visit(query="", **state):
    page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    page.switch_page("app_pages/compare.py")
    if query:
        page.query_params["compare"] = query
    for key, value in state.items():
        page.session_state[key] = value
    return page.run()


def texts(page):
    """All that is written on the page."""
    kinds = ("title", "subheader", "markdown", "text", "caption", "info", "error", "warning")
    values = (element.value for kind in kinds for element in getattr(page, kind))
    return "\n".join([*values, *(e.value for e in page.success)]).replace("\\", "")


def table(page):
    return page.dataframe[0].value.replace({np.nan: None})


def charts(page):
    """The keys of the pictures on the page."""
    return [chart.proto.id.rpartition("-")[2] for chart in page.get("plotly_chart")]


def key_exists(page, key):
    return any(button.key == key for button in page.button)


def test_without_models_and_runs_the_page_says_how_to_get_one(places):
    page = visit()

    assert not page.exception
    assert "no saved model and no finished run" in page.info[0].value
    assert "honesty_true" in charts(page)
    assert not page.dataframe


def test_the_leaderboard_ranks_honest_figures_and_shows_leaky_ones_as_such(saved, two_genres):
    add_run(saved / "runs", "leaky", guesses(two_genres), split="course")
    add_run(saved / "runs", "honest", guesses(two_genres))
    board = table(visit()).set_index("name")

    ranked = board["accuracy"].dropna()
    assert list(ranked) == sorted(ranked, reverse=True)
    assert board.index[-1] == "leaky"
    assert (
        board.loc["leaky", ["accuracy", "interval", "macro_f1", "calibration_error"]].isna().all()
    )
    assert "of 24 (" in board.loc["leaky", "leaky"]
    figure = read_card("starter").honest_figure
    assert board.loc["starter", "accuracy"] == 100 * figure.value
    assert board.loc["starter", "interval"] == f"{figure.low:.0%} to {figure.high:.0%}"
    assert board.loc["honest", "tracks"] == 24
    assert board.loc["honest", "seconds"] == pytest.approx(10.5)


def test_one_model_shows_what_it_is_worth_and_its_card(saved):
    page = visit("starter")
    assert not page.exception
    right = f"{read_card('starter').honest_figure.value:.0%}"
    assert f"starter is right for {right} of 430 tracks" in texts(page)

    page = visit("starter", aspect="Cards")
    assert "Trained on 430 tracks" in texts(page)
    assert "Data leakage: it says nothing about your music." in texts(page)


def test_two_runs_show_how_far_apart_they_are_and_by_which_settings(places, two_genres):
    add_run(places / "runs", "one", guesses(two_genres))
    add_run(places / "runs", "two", guesses(two_genres, seed=1), epochs=3)
    page = visit("runs/one,runs/two")

    assert not page.exception
    assert "on the same tracks" in texts(page)
    assert "intervals" in charts(page)
    settings = page.dataframe[1].value
    assert list(settings["setting"]) == ["epochs"]
    assert set(settings.iloc[0][["one", "two"]]) == {"15", "3"}


def test_two_runs_show_their_matrices_their_difference_and_the_tracks_behind_a_cell(
    places, two_genres
):
    evaluation = guesses(two_genres)
    write_pack(places / "music", two_genres)
    add_run(places / "runs", "one", evaluation, data=str(places / "music"))
    add_run(places / "runs", "two", guesses(two_genres, seed=1), data=str(places / "music"))
    page = visit("runs/one,runs/two", aspect="What they mix up")
    assert sum(key.startswith("matrix_") for key in charts(page)) == 3

    page.selectbox(key="cell_genre").select("loud").run()
    page.selectbox(key="cell_given").select("quiet").run()

    assert not page.exception
    behind = page.dataframe[1].value
    wrong = {a.track_id for a in evaluation.answers if (a.genre, a.given) == ("loud", "quiet")}
    assert wrong <= set(behind["track"])
    first = behind.iloc[0]
    assert f"**{first['track']}**" in texts(page)
    assert "of its 3 segments right. 3 other segments of this track in" in texts(page)
    assert {"answer", "track_mfccs"} <= set(charts(page))
    assert not page.get("audio")


@pytest.mark.parametrize("is_home", [True, False], ids=["at home", "deployed"])
def test_a_track_is_played_where_its_audio_is_at_hand_and_nobody_else_looks(
    places, two_genres, monkeypatch, is_home
):
    from app_pages import resources

    monkeypatch.setattr(resources, "is_home", lambda: is_home)
    for track in two_genres.tracks:
        path = places / "music" / track.genre / f"{track.track_id}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        sf.write(path, np.zeros(2205), 22_050)
    add_run(places / "runs", "one", guesses(two_genres), data=str(places / "music"))
    page = visit("runs/one", aspect="What they mix up", cell_genre="loud", cell_given="loud")

    assert not page.exception
    assert len(page.get("audio")) == int(is_home)
    assert ("Its audio is not at hand" in texts(page)) == (not is_home)


def test_how_sure_is_a_sentence_with_its_count_and_pictures(places, two_genres):
    add_run(places / "runs", "one", guesses(two_genres))
    page = visit("runs/one", aspect="How sure they are")

    assert not page.exception
    assert "With a confidence of 70% or more, one is right for " in texts(page)
    assert {"coverage", "reliability_0"} <= set(charts(page))


def test_curves_are_overlaid_and_who_has_none_says_so(saved, two_genres):
    add_run(saved / "runs", "one", guesses(two_genres), split="course")
    page = visit("starter,runs/one", aspect="Curves")

    assert not page.exception
    assert "curves" in charts(page)
    assert "The run that starter comes from is not here" in texts(page)
    assert "The split of one has data leakage" in texts(page)


@pytest.mark.parametrize("aspect", ["What they mix up", "How sure they are", "Curves", "Cards"])
def test_a_figure_without_its_tracks_breaks_no_aspect(saved, aspect):
    card = saved / "models" / "mine" / "card.json"
    values = json.loads(card.read_text())
    card.write_text(json.dumps(values | {"figures": [], "recipe": {}}))
    page = visit("starter,mine", aspect=aspect)

    assert not page.exception
    assert not page.error


def test_a_damaged_card_is_a_sentence_and_the_rest_works(saved):
    (saved / "models" / "mine" / "card.json").write_text("{")
    (saved / "runs" / "half").mkdir()
    (saved / "runs" / "half" / "config.json").write_text("{}")
    page = visit("starter")

    assert not page.exception
    assert "the card of mine cannot be read" in texts(page)
    assert "the run half cannot be read" in texts(page)
    assert list(table(page)["name"]) == ["starter"]
    assert "starter is right for" in texts(page)


def test_the_link_names_what_is_chosen_and_what_is_not_there_is_told(saved):
    page = visit("mine,runs/**gone**,starter")

    assert "The link names **gone**" in texts(page)
    assert "runs/\\*\\*" not in texts(page)
    assert "mine is right for" in texts(page)
    assert page.session_state["compared"] == "mine,runs/**gone**,starter"


def test_a_model_is_renamed_and_stays_chosen(saved):
    page = visit("mine,starter", aspect="Cards")
    page.query_params["model"] = "mine"
    page.selectbox(key="model").select("mine").run()
    page.text_input(key="rename_mine").set_value("ours").run()
    page.button(key="renaming_mine").click().run()

    assert not page.exception
    assert list_models(saved / "models") == ["starter", "ours"]
    assert "mine is now called ours." in texts(page)
    assert page.session_state["compared"] == "ours,starter"
    assert page.session_state["model"] == "ours"
    assert not page.warning


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("starter", "a model named starter exists"), ("../out", "not a valid name for a model")],
)
def test_a_name_that_is_none_is_refused_with_a_sentence(saved, name, sentence):
    page = visit("mine", aspect="Cards")
    page.text_input(key="rename_mine").set_value(name).run()
    page.button(key="renaming_mine").click().run()

    assert sentence in page.error[0].value
    assert list_models(saved / "models") == ["starter", "mine"]


def test_a_deleted_model_is_gone_and_another_one_listens(saved):
    page = visit("mine", aspect="Cards")
    page.query_params["model"] = "mine"
    page.selectbox(key="model").select("mine").run()
    page.button(key="delete_mine").click().run()

    assert not page.exception
    assert list_models(saved / "models") == ["starter"]
    assert "mine is deleted." in texts(page)
    assert list(table(page)["name"]) == ["starter"]
    assert page.session_state["model"] == "starter"
    assert not page.warning


def test_the_bundled_model_can_be_neither_renamed_nor_deleted(saved):
    page = visit("starter,mine", aspect="Cards")

    assert key_exists(page, "delete_mine")
    assert not key_exists(page, "delete_starter")
    assert not key_exists(page, "renaming_starter")


def test_an_exported_zip_is_the_model(saved, monkeypatch):
    offered = {}
    monkeypatch.setattr(
        st, "download_button", lambda label, data, name, *_, **__: offered.update({name: data})
    )
    visit("mine", aspect="Cards")
    content = offered["mine.zip"]()

    assert set(zipfile.ZipFile(io.BytesIO(content)).namelist()) >= {"card.json", "weights.npz"}
    shutil.rmtree(saved / "models" / "mine")
    assert import_model(content, folder=saved / "models") == "mine"


def test_a_zip_is_taken_in_and_chosen(saved):
    content = export_model("mine", saved / "models")
    page = visit()
    page.text_input(key="import_name").set_value("guest")
    page.file_uploader(key="import_0").set_value([("m.zip", content, "application/zip")]).run()
    page.button(key="take_in").click().run()

    assert not page.exception
    assert list_models(saved / "models") == ["starter", "guest", "mine"]
    assert "guest is here." in texts(page)
    assert page.session_state["compared"] == "guest"
    assert not page.file_uploader(key="import_1").value


@pytest.mark.parametrize("content", [b"no zip", None], ids=["no zip", "a zip of something else"])
def test_what_is_no_model_is_refused_with_a_sentence(saved, content):
    if content is None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("../card.json", "{}")
        content = buffer.getvalue()
    page = visit()
    page.file_uploader(key="import_0").set_value([("m.zip", content, "application/zip")]).run()
    page.button(key="take_in").click().run()

    assert not page.exception
    assert "Choose a zip that was exported here" in page.error[0].value
    assert list_models(saved / "models") == ["starter", "mine"]


def test_elsewhere_than_at_home_nothing_can_be_changed(saved, monkeypatch):
    from app_pages import resources

    monkeypatch.setattr(resources, "is_home", lambda: False)
    page = visit("mine", aspect="Cards")

    assert "Trained on 430 tracks" in texts(page)
    for key in ("take_in", "delete_mine", "renaming_mine"):
        assert not key_exists(page, key)
    assert not page.get("file_uploader")
    assert not [b for b in page.get("download_button") if "mine" in b.proto.id]


def test_the_honesty_picture_counts_in_four_ways(places):
    page = visit()

    assert [metric.label for metric in page.metric] == [
        "Segments at random",
        "Tracks whole",
        "Artists whole",
        "Genres permuted",
    ]
    assert page.subheader[-1].value == "The same network, the same data, four ways to count"
    values = [int(metric.value.rstrip("%")) for metric in page.metric]
    assert values[0] > values[1] > values[2]
    captions = [c.value for c in page.caption if c.value.startswith("of ")]
    assert len(captions) == 4
    assert all("tracks (95% interval" in caption for caption in captions)
    assert "sibling (another segment" in texts(page)


def test_a_missing_recording_is_a_sentence_and_the_leaderboard_stands(saved, monkeypatch, tmp_path):
    monkeypatch.setattr("genre.paths.RECORDED_LEAKAGE", tmp_path / "nothing")
    monkeypatch.setattr("genre.compare.leakage.read_honesty.__defaults__", (tmp_path / "nothing",))
    page = visit()

    assert not page.exception
    assert "cannot be read" in page.error[0].value
    assert list(table(page)["name"]) == ["mine", "starter"]


def test_the_four_runs_are_started_now_and_watched_on_train(places, monkeypatch):
    started = []
    monkeypatch.setattr("genre.runs.store.start_run", lambda run, **_: started.append(run))
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


def test_clicks_read_nothing_anew(saved, monkeypatch):
    page = visit("mine,starter")
    read = []
    monkeypatch.setattr("genre.compare.leaderboard.list_contenders", lambda *_: read.append("list"))
    monkeypatch.setattr("genre.compare.leakage.read_honesty", lambda *_: read.append("honesty"))
    for _ in range(3):
        page.run()

    assert not page.exception
    assert read == []
