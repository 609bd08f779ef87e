"""What a teacher reads of each segment: from audio, in packs and files, and to recipes."""

import json
import shutil
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

from genre.__main__ import main
from genre.audio.feature_config import MfccConfig, MusicnnConfig
from genre.audio.load import load_audio
from genre.audio.musicnn import extract_windows
from genre.audio.signal import Signal, encode_wav
from genre.datasets import folder
from genre.datasets.extraction_cache import extraction_key
from genre.datasets.folder import extract_folder, extract_track
from genre.datasets.json_file import read_json, write_json
from genre.datasets.load import load_dataset
from genre.datasets.pack import read_pack, write_pack
from genre.datasets.types import Track
from genre.errors import DatasetError
from genre.paths import DATASETS, SAMPLES
from genre.recipes.config import PRESETS
from genre.recipes.prepare import check_source, prepare_datasets

FEATURES = MfccConfig(n_mfcc=20)
DISTILLED = replace(PRESETS["course"], preset="custom", teacher=0.5, teacher_features="musicnn")


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    folder = tmp_path_factory.mktemp("music")
    for genre in ("jazz", "rock"):
        (folder / genre).mkdir()
        shutil.copy(SAMPLES / f"{genre}.ogg", folder / genre)
    return folder


@pytest.fixture
def data(music):
    return extract_folder(music, FEATURES, teacher_values=True, n_jobs=1)


def test_teacher_values_are_the_mean_of_musicnns_windows_over_the_same_segments(data):
    for i, track in enumerate(data.tracks):
        signal = load_audio(SAMPLES / f"{track.track_id}.ogg", sr=22_050)
        expected = extract_windows(signal, MusicnnConfig()).values.mean(axis=1)
        np.testing.assert_allclose(data.teacher_values[data.track_index == i], expected, atol=1e-4)
    assert data.teacher_values.shape == (len(data.frames), 200)


def test_silent_segments_have_no_teacher_values(tmp_path):
    sound = load_audio(SAMPLES / "jazz.ogg", sr=22_050).samples[: 3 * 22_050]
    samples = np.concatenate([sound, np.zeros_like(sound), sound[::-1]])
    (tmp_path / "song.wav").write_bytes(encode_wav(Signal(samples, 22_050)))

    found = extract_track(tmp_path / "song.wav", Track("song", "jazz"), FEATURES)
    taught = extract_track(
        tmp_path / "song.wav", Track("song", "jazz"), FEATURES, teacher_values=True
    )

    assert found.teacher_values is None
    assert taught.frames.shape[0] == 2
    whole = extract_windows(load_audio(tmp_path / "song.wav", sr=22_050), MusicnnConfig())
    np.testing.assert_allclose(taught.teacher_values, whole.values[[0, 2]].mean(axis=1), atol=1e-4)


def test_teacher_values_of_bundled_data_are_of_the_same_segments_as_the_other_pack():
    mfccs, windows = (read_pack(DATASETS / f"gtzan-subset{name}") for name in ("", "-musicnn"))

    np.testing.assert_array_equal(mfccs.track_index, windows.track_index)
    means = windows.frames.mean(axis=1)
    apart = np.abs(mfccs.teacher_values - means)
    assert np.median(apart) < 1e-3  # resampled once more, and rounded
    assert apart.max() < means.std() / 4


def test_teacher_values_are_extracted_once_and_do_not_stand_in_the_way_of_others(
    data, music, monkeypatch
):
    monkeypatch.setattr(folder, "load_audio", None)  # nothing is left to decode
    again = extract_folder(music, FEATURES, teacher_values=True, n_jobs=1)
    np.testing.assert_array_equal(again.teacher_values, data.teacher_values)
    monkeypatch.undo()

    plain = extract_folder(music, FEATURES, n_jobs=1)
    assert plain.teacher_values is None
    np.testing.assert_array_equal(plain.frames, data.frames)
    song = music / "jazz" / "jazz.ogg"
    keys = {
        extraction_key(song, features, teacher_values=asked)
        for features in (FEATURES, MusicnnConfig())
        for asked in (True, False)
    }
    assert len(keys) == 4


def test_pack_keeps_teacher_values_within_half_a_scale(data, tmp_path):
    write_pack(tmp_path / "pack", data)

    header = json.loads((tmp_path / "pack" / "pack.json").read_text())
    atol = max(header["teacher_values"]["scale"]) / 2 + 1e-6
    read = read_pack(tmp_path / "pack")
    np.testing.assert_allclose(read.teacher_values, data.teacher_values, atol=atol)
    assert atol < 1e-3


def test_pack_without_teacher_values_is_read_as_before(data, tmp_path):
    write_pack(tmp_path / "pack", replace(data, teacher_values=None))

    assert "teacher_values" not in json.loads((tmp_path / "pack" / "pack.json").read_text())
    assert read_pack(tmp_path / "pack").teacher_values is None


@pytest.mark.parametrize("damage", ["cut", "absent", "not named"])
def test_pack_whose_teacher_values_do_not_fit_is_refused(data, tmp_path, damage):
    write_pack(tmp_path, data)
    arrays, header = dict(np.load(tmp_path / "frames.npz")), tmp_path / "pack.json"
    values, written = arrays.pop("teacher_values"), json.loads(header.read_text())
    if damage == "cut":
        arrays["teacher_values"] = values[1:]
    if damage == "not named":
        arrays["teacher_values"] = values
        del written["teacher_values"]
    np.savez(tmp_path / "frames.npz", **arrays)
    written["sha256"]["frames.npz"] = sha256((tmp_path / "frames.npz").read_bytes()).hexdigest()
    header.write_text(json.dumps(written))

    with pytest.raises(DatasetError, match="do not fit each other"):
        read_pack(tmp_path)


def test_whole_segments_keeps_their_teacher_values(data):
    n_frames = data.n_frames.copy()
    n_frames[3] = 40
    whole = replace(data, n_frames=n_frames).whole_segments()
    np.testing.assert_array_equal(whole.teacher_values, np.delete(data.teacher_values, 3, axis=0))


def test_data_file_has_teacher_values_where_they_are_asked_for(data, tmp_path):
    for asked in (True, False):
        write_json(tmp_path / "data.json", data, with_teacher_values=asked)
        read = read_json(tmp_path / "data.json").teacher_values
        if asked:
            np.testing.assert_allclose(read, data.teacher_values, atol=1e-4)
        else:
            assert read is None


@pytest.mark.parametrize("values", [[[0.0] * 200, [0.0] * 199], [["a"] * 200] * 2, [[0.0]] * 2])
def test_data_file_with_teacher_values_that_are_no_table_is_refused(tmp_path, values):
    content = {"mapping": ["a", "b"], "labels": [0, 1], "mfcc": [[[0.0] * 13]] * 2}
    (tmp_path / "data.json").write_text(json.dumps(content | {"teacher_values": values}))
    with pytest.raises(DatasetError, match=r"teacher_values in data\.json is not a table of 200"):
        read_json(tmp_path / "data.json")


def test_extract_with_teacher_values_writes_them_into_pack_and_data_file(music, tmp_path):
    pack, file = tmp_path / "pack", tmp_path / "data.json"
    assert main(["extract", str(music), str(pack), "--teacher-values"]) == 0
    assert main(["extract", str(pack), str(file), "--n-mfcc", "20", "--teacher-values"]) == 0

    values = read_pack(pack).teacher_values
    assert values.shape == (18, 200)
    np.testing.assert_allclose(read_json(file).teacher_values, values, atol=1e-4)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["gtzan-subset-musicnn", "--features", "musicnn"], "given with --teacher-values, which"),
        (["{plain}"], "plain holds no teacher values, --teacher-values was given"),
    ],
)
def test_extract_with_teacher_values_where_there_can_be_none_is_refused(
    data, tmp_path, capsys, words, answer
):
    write_pack(tmp_path / "plain", replace(data, teacher_values=None, name="plain"))
    source, *others = (word.format(plain=tmp_path / "plain") for word in words)
    assert main(["extract", source, str(tmp_path / "out"), "--teacher-values", *others]) == 2
    assert answer in capsys.readouterr().err


def test_recipe_taught_by_musicnn_refuses_data_without_its_values(data, tmp_path):
    plain = replace(data, teacher_values=None, name="plain")
    write_pack(tmp_path / "plain", plain)
    write_pack(tmp_path / "full", data)
    said = r"recipe custom is taught by musicnn, whose values the dataset plain does not hold"
    for refuse in (
        lambda: prepare_datasets(plain, DISTILLED),
        lambda: check_source(str(tmp_path / "plain"), DISTILLED),
    ):
        with pytest.raises(DatasetError, match=said):
            refuse()
    check_source(str(tmp_path / "full"), DISTILLED)
    check_source("gtzan-subset", DISTILLED)
    check_source(str(tmp_path / "plain"), replace(DISTILLED, teacher=0.0))
    check_source(str(tmp_path / "plain"), replace(DISTILLED, teacher_features="own"))


def test_loading_extracts_teacher_values_of_folder_and_zip(music, data, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "music"), "zip", music)
    for source in (music, archive):
        loaded = load_dataset(source, features=FEATURES, teacher_values=True)
        np.testing.assert_array_equal(loaded.teacher_values, data.teacher_values)
