"""Datasets of musicnn features: extraction, cache, packs, and data of the other kind."""

import shutil

import numpy as np
import pytest

from genre.audio import musicnn, musicnn_weights
from genre.audio.feature_config import MfccConfig, MusicnnConfig
from genre.audio.signal import Signal, encode_wav
from genre.datasets.extraction_cache import extraction_key
from genre.datasets.folder import extract_folder
from genre.datasets.json_file import write_json
from genre.datasets.load import load_dataset, stored_features
from genre.datasets.pack import read_pack, write_pack
from genre.errors import DatasetError, ModelError
from genre.evaluation.evaluation import evaluate
from genre.models.classifier import load_classifier
from genre.recipes.config import PRESETS
from genre.recipes.prepare import check_source, extraction_features, prepare_datasets
from tests.support.musicnn_model import NAME, save_musicnn_model

FEATURES = MusicnnConfig()


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    """Two genres of two recordings: of one and of several segments, one with a silent one."""
    folder = tmp_path_factory.mktemp("music")
    for seed, (name, seconds) in enumerate(
        {"rock/r1": 7, "rock/r2": 2, "jazz/j1": 6, "jazz/j2": 3}.items()
    ):
        samples = 0.1 * np.random.default_rng(seed).standard_normal(seconds * 16_000)
        if name == "jazz/j1":
            samples[48_000:] = 0
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / f"{name}.wav").write_bytes(encode_wav(Signal(samples, 16_000)))
    return folder


@pytest.fixture(scope="module")
def data(music):
    return extract_folder(music, FEATURES, n_jobs=1)


def test_folder_extracted_holds_windows_of_its_audible_segments(data):
    assert data.frames.shape == (5, 7, 200)
    assert data.frames.dtype == np.float32
    assert data.n_frames.tolist() == [7] * 5
    assert data.features == FEATURES
    np.testing.assert_array_equal(data.X(FEATURES), data.frames)


def test_folder_extracted_twice_is_taken_from_the_cache(data, music, monkeypatch):
    monkeypatch.setattr(musicnn, "compute_segments", None)

    again = extract_folder(music, FEATURES, n_jobs=1)

    np.testing.assert_array_equal(again.frames, data.frames)
    assert again.tracks == data.tracks


def test_key_in_the_cache_depends_on_windows_and_weights(music, monkeypatch, tmp_path):
    path = music / "rock" / "r1.wav"
    keys = [extraction_key(path, f) for f in (FEATURES, MusicnnConfig(80), MfccConfig())]
    other = tmp_path / "musicnn.npz"
    other.write_bytes(b"other weights")
    monkeypatch.setattr(musicnn_weights, "PATH", other)
    keys += [extraction_key(path, f) for f in (FEATURES, MfccConfig())]

    assert len(set(keys[:4])) == 4
    assert keys[4] == keys[2]


def test_pack_written_comes_back(data, tmp_path):
    write_pack(tmp_path / "pack", data)
    back = read_pack(tmp_path / "pack")

    assert back.features == FEATURES == stored_features(tmp_path / "pack")
    np.testing.assert_allclose(back.frames, data.frames, atol=1e-3)
    assert back.tracks == data.tracks


def test_whole_segments_only_leaves_out_what_was_shorter(data):
    whole = data.whole_segments()

    assert [track.track_id for track in whole.tracks] == ["j1", "j2", "r1"]
    assert len(whole.frames) == 4


def test_features_of_another_kind_are_refused_with_both_named(data, two_genres, tmp_path):
    message = "the dataset made up holds mfcc features, the network reads musicnn features"
    with pytest.raises(DatasetError, match=message):
        two_genres.X(FEATURES)
    with pytest.raises(DatasetError, match=r"holds musicnn features, the recipe quick reads mfcc"):
        prepare_datasets(data, PRESETS["quick"])
    with pytest.raises(DatasetError, match=r"holds musicnn features, a \.json file reads mfcc"):
        write_json(tmp_path / "data.json", data)


def test_windows_of_another_size_are_refused(data):
    with pytest.raises(DatasetError, match=r"window_frames=60, window_frames=80 was asked for"):
        data.X(MusicnnConfig(80))


def test_source_of_another_kind_is_refused_before_it_is_read(pack, music, tmp_path):
    with pytest.raises(DatasetError, match=r"gtzan-subset holds mfcc.* the recipe ear reads"):
        check_source("gtzan-subset", PRESETS["ear"])
    with pytest.raises(DatasetError, match=r"made-up holds mfcc features"):
        check_source(pack, PRESETS["ear"])
    with pytest.raises(DatasetError, match=r"holds musicnn features, the recipe quick reads mfcc"):
        check_source("gtzan-subset-musicnn", PRESETS["quick"])
    check_source("gtzan-subset-musicnn", PRESETS["ear"])
    check_source(str(music), PRESETS["ear"])
    check_source(str(tmp_path / "absent"), PRESETS["ear"])


def test_recipe_names_frames_to_extract_from_audio():
    assert extraction_features(PRESETS["ear"]) == FEATURES
    assert extraction_features(PRESETS["course"]) == MfccConfig(n_mfcc=20)


def test_evaluation_on_data_of_another_kind_is_refused(tmp_path, two_genres, data):
    save_musicnn_model(tmp_path)
    classifier = load_classifier(NAME, tmp_path)

    with pytest.raises(
        DatasetError, match=rf"made up holds mfcc .* the model {NAME} reads musicnn"
    ):
        evaluate(classifier, two_genres)
    assert evaluate(classifier, data).track_accuracy.n == 4


@pytest.mark.parametrize("damage", ["missing", "corrupt"])
def test_weights_missing_or_corrupt_are_one_sentence(music, monkeypatch, tmp_path, damage):
    path = tmp_path / "musicnn.npz"
    if damage == "corrupt":
        path.write_bytes(musicnn_weights.PATH.read_bytes()[:1000])
    save_musicnn_model(tmp_path)
    load = musicnn_weights.load_musicnn_weights
    monkeypatch.setattr(musicnn, "load_musicnn_weights", lambda: load(path))
    musicnn.bundled_network.cache_clear()
    try:
        with pytest.raises(ModelError, match=r"^the weights of musicnn cannot be read"):
            extract_folder(music, MusicnnConfig(50), n_jobs=1)
        with pytest.raises(ModelError, match=rf"^the model {NAME} reads musicnn features, but the"):
            load_classifier(NAME, tmp_path)
        assert load_classifier("starter").card.name == "starter"
        assert len(extract_folder(music, MfccConfig(), n_jobs=1).tracks) == 4
    finally:
        musicnn.bundled_network.cache_clear()


def test_bundled_pack_has_the_tracks_of_the_other_one():
    mfcc, values = load_dataset("gtzan-subset"), load_dataset("gtzan-subset-musicnn")

    assert values.features == FEATURES
    assert len(values.frames) == len(mfcc.frames) == 1220
    assert [(t.track_id, t.genre, t.artist) for t in values.tracks] == [
        (t.track_id, t.genre, t.artist) for t in mfcc.tracks
    ]
    np.testing.assert_array_equal(values.track_index, mfcc.track_index)


def test_copy_of_a_zip_is_read_the_same(data, music, tmp_path):
    shutil.make_archive(str(tmp_path / "music"), "zip", music)

    zipped = load_dataset(tmp_path / "music.zip", features=FEATURES)
    np.testing.assert_array_equal(zipped.frames, data.frames)
