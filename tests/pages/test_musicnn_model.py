"""The pages with a model that reads musicnn features, and without musicnn's weights."""

import shutil

import pytest
import streamlit as st

from app_pages import caches
from genre.audio import musicnn
from genre.audio.feature_config import MusicnnConfig
from genre.audio.musicnn_weights import load_musicnn_weights
from genre.paths import ROOT
from genre.recipes.config import PRESETS
from genre.scenes.descriptions import SCENES, scene_of
from tests.pages.test_inside import drawing, go
from tests.support.app_page import PAGES, new_visit, texts, told
from tests.support.musicnn_model import NAME, save_musicnn_model

WITH_STEP = ("Paths", "Picture")
SCENES_AND_PARTS = [(scene, part) for scene, one in SCENES.items() for part in one.parts]


@pytest.fixture
def models(home):
    """A folder with the starter and a model that reads musicnn features."""
    shutil.copytree(ROOT / "models" / "starter", home / "models" / "starter")
    save_musicnn_model(home / "models")
    return home / "models"


@pytest.fixture
def no_weights(monkeypatch, tmp_path):
    """Musicnn's weights are missing."""
    st.cache_resource.clear()
    musicnn.bundled_network.cache_clear()
    absent = tmp_path / "musicnn.npz"
    monkeypatch.setattr(musicnn, "load_musicnn_weights", lambda: load_musicnn_weights(absent))
    yield
    musicnn.bundled_network.cache_clear()


def classified(model):
    page = new_visit().run()
    page.pills(key="first_example").select("jazz").run()
    return page.selectbox(key="model").select(model).run()


def player(page):
    """What the song player is handed, as text."""
    components = page.get("bidi_component")
    return next(c.proto.json for c in components if c.proto.id.endswith("-song_player"))


def inside(model):
    page = new_visit().run().switch_page(PAGES["inside"]).run()
    return page.selectbox(key="model").select(model).run()


def test_song_classified_with_musicnn_model_shows_its_rows(models):
    page = classified(NAME)

    assert not page.exception and not page.error
    assert "musicnn values" in player(page)


@pytest.mark.parametrize(("scene", "part"), SCENES_AND_PARTS)
def test_inside_with_musicnn_model_shows_every_scene(models, scene, part):
    page = inside(NAME)
    go(page, scene, part)

    assert not page.exception and not page.error
    said = texts(page)
    one = scene_of(scene, "musicnn")
    assert one.paragraph in told(page) and f"Source: {one.source}" in said
    assert one.parts[part] in said
    if part == "Live":  # another model listens, and its step is shown
        assert "starter listens: " in said and "A step of this model: mean and standard" in said
    elif scene in ("way", "verdict", "cinema") or part in WITH_STEP:
        assert (
            "A step of this model: the 200 values of musicnn's penultimate layer over 0.96 s, "
            "every 0.32 s, so that steps overlap."
        ) in said
        assert "MFCC" not in said
    if part == "Drawing":
        kinds = [stage["kind"] for stage in drawing(page)["way"]["stages"]]
        assert kinds[:3] == ["waveform", "mel", "musicnn"]
        assert not [s.key for s in page.selectbox if s.key.startswith("mfcc_")]
    if part == "Silenced":
        assert "Each musicnn value silenced in the whole song" in said


@pytest.mark.parametrize(("scene", "part"), SCENES_AND_PARTS)
def test_inside_with_mfcc_model_speaks_of_mfccs_alone(models, scene, part):
    page = inside("starter")
    go(page, scene, part)

    said = texts(page)
    one = scene_of(scene, "mfcc")
    assert one is SCENES[scene]
    assert one.paragraph in told(page) and f"Source: {one.source}" in said
    assert one.parts[part] in said
    assert "musicnn" not in said
    has_step = part not in ("Memory test", "Textbook", "Simple RNN", "Hold", "Why tanh")
    assert has_step == (
        "A step of this model: mean and standard deviation of 20 MFCCs and their deltas over "
        "5 frames, 80 values, every 116 ms."
    in said)  # fmt: skip


@pytest.mark.parametrize("cell", ["lstm", "simple_rnn"])
@pytest.mark.parametrize(("scene", "part"), SCENES_AND_PARTS)
def test_inside_with_one_step_shows_every_scene(models, scene, part, cell):
    save_musicnn_model(models, name="one", features=MusicnnConfig(window_frames=187), cell=cell)
    page = inside("one")
    go(page, scene, part)

    assert not page.exception and not page.error


def test_missing_weights_are_one_sentence_and_other_models_work(models, no_weights):
    page = classified(NAME)

    assert len(page.error) == 1
    assert f"the model {NAME} reads musicnn features, but the weights" in texts(page)
    assert not page.exception
    page.selectbox(key="model").select("starter").run()
    assert not page.exception and not page.error
    assert "MFCCs" in player(page)


def test_missing_weights_on_inside_are_one_sentence(models, no_weights):
    page = inside(NAME)

    assert not page.exception
    assert "reads musicnn features, but the weights of musicnn" in texts(page)


def test_train_features_changed_shows_their_settings_and_back(models):
    page = new_visit().run().switch_page(PAGES["train"]).run()
    page.pills(key="more").set_value("Input").run()
    page.selectbox(key="set_features").select("musicnn").run()

    config = page.session_state["recipe"][1]
    assert config.feature_config == MusicnnConfig()
    assert (config.texture_frames, config.warp) == (0, 0)
    assert "set_window_frames" in {s.key for s in page.select_slider}
    assert "set_n_mfcc" not in {s.key for s in page.select_slider}
    page.select_slider(key="set_window_frames").set_value(100).run()
    assert page.session_state["recipe"][1].feature_config.window_frames == 100
    page.selectbox(key="set_features").select("mfcc").run()

    assert page.session_state["recipe"] == ("recommended", PRESETS["recommended"])
    assert not page.exception


def test_overview_of_bundled_musicnn_data_counts_the_same_tracks():
    one, other = (caches.overview(n) for n in ("gtzan-subset", "gtzan-subset-musicnn"))
    assert one["total"]["n_tracks"] == other["total"]["n_tracks"] == 430
