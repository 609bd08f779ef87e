"""Altered versions of a folder of recordings."""

import shutil

import numpy as np
import pytest

from genre.__main__ import main
from genre.audio.feature_config import MfccConfig, MusicnnConfig
from genre.datasets.altered import add_altered
from genre.datasets.folder import extract_folder
from genre.datasets.pack import read_pack
from genre.errors import DatasetError
from genre.paths import SAMPLES


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    folder = tmp_path_factory.mktemp("music")
    for genre in ("jazz", "rock"):
        (folder / genre).mkdir()
        shutil.copy(SAMPLES / f"{genre}.ogg", folder / genre)
    return folder


@pytest.mark.parametrize("features", [MfccConfig(n_mfcc=13), MusicnnConfig()])
def test_altered_versions_are_of_the_same_segments_and_the_same_again(music, features):
    data = extract_folder(music, features, n_jobs=1)

    altered = add_altered(data, music, 2, n_jobs=1).altered

    assert altered.shape == (2, *data.frames.shape)
    assert np.isfinite(altered).all()
    assert all(np.abs(version - data.frames).max() > 0.1 for version in altered)
    assert not np.array_equal(*altered)
    np.testing.assert_array_equal(add_altered(data, music, 2, n_jobs=1).altered, altered)


def test_altered_versions_of_a_folder_without_the_tracks_are_refused(music, tmp_path):
    data = extract_folder(music, MfccConfig(), n_jobs=1)
    with pytest.raises(DatasetError, match=r"2 tracks of .* are not in .*\(first jazz\)"):
        add_altered(data, tmp_path, 1)


def test_extract_with_altered_writes_them_into_the_pack(music, tmp_path):
    assert main(["extract", str(music), str(tmp_path / "pack"), "--altered", "1"]) == 0
    assert read_pack(tmp_path / "pack").altered.shape[:2] == (1, 18)


@pytest.mark.parametrize(("source", "out"), [("gtzan-subset", "pack"), (None, "data.json")])
def test_extract_with_altered_of_what_is_no_audio_or_no_pack_is_refused(
    music, tmp_path, capsys, source, out
):
    words = ["extract", source or str(music), str(tmp_path / out), "--altered", "1"]
    assert main(words) in (1, 2)
    assert "--altered was given" in capsys.readouterr().err
