"""The linear teacher: what it says of segments, and what a network learns of it."""

import shutil
from argparse import Namespace
from dataclasses import replace

import numpy as np
import pytest

from genre.cli.training import load_training_data
from genre.paths import SAMPLES
from genre.recipes.augmentation import draw_epoch
from genre.recipes.config import PRESETS
from genre.recipes.prepare import prepare_datasets
from genre.runs.store import create_run
from genre.splits.split import whole_side
from genre.training import run
from genre.training.teacher import teach
from genre.training.trainer import Trainer

RECIPE = replace(PRESETS["course"], split="artist", epochs=1, teacher=1.0)


@pytest.fixture
def shifted():
    """Forty tracks of one to four segments in two genres that differ in one value."""
    rng = np.random.default_rng(3)
    track_index = np.repeat(np.arange(40), rng.integers(1, 5, 40))
    y = (track_index % 2).astype(int) * 2  # the genre 1 of 3 is absent
    X = rng.normal(0, 1, (len(y), 6, 5)).astype("f4")
    X[..., 2] += y[:, None] * 2
    return X, y, track_index


def test_teacher_tells_genres_apart_and_gives_absent_ones_nothing(shifted):
    X, y, track_index = shifted
    probabilities = teach(X, y, track_index, 3)

    assert probabilities.shape == (len(y), 3) and probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert (probabilities[:, 1] == 0).all()
    assert (probabilities.argmax(axis=1) == y).mean() > 0.95


def test_teacher_weighs_a_track_once_however_many_segments_it_has(shifted):
    X, y, track_index = shifted
    first = np.flatnonzero(track_index == 0)
    repeated = np.concatenate([np.arange(len(y)), np.repeat(first, 9)])

    twice = teach(X[repeated], y[repeated], track_index[repeated], 3)[: len(y)]
    np.testing.assert_allclose(twice, teach(X, y, track_index, 3), atol=1e-6)


def test_teacher_of_one_genre_gives_it_all(shifted):
    X, _, track_index = shifted
    assert teach(X, np.full(len(X), 1), track_index, 3)[:, 1].tolist() == [1.0] * len(X)


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_targets_are_the_teachers_in_the_share_of_the_recipe(two_genres, share):
    config = replace(RECIPE, teacher=share, n_mfcc=two_genres.features.n_mfcc)
    side = Trainer.of(two_genres, whole_side(two_genres), config).side
    alone = replace(side, taught=None)

    (X, targets), (same, plain) = (draw_epoch(one, config, 0) for one in (side, alone))
    np.testing.assert_array_equal(X, same)
    said = {x.tobytes(): p for x, p in zip(side.X, side.taught, strict=True)}
    taught = np.stack([said[x.tobytes()] for x in X])
    np.testing.assert_allclose(targets, (1 - share) * plain + share * taught, atol=1e-6)


def test_network_without_a_teacher_fits_none(two_genres):
    config = replace(RECIPE, teacher=0.0, n_mfcc=two_genres.features.n_mfcc)
    assert Trainer.of(two_genres, whole_side(two_genres), config).side.taught is None


def test_teacher_of_musicnns_values_reads_them_on_the_training_side_alone(two_genres):
    """What it says depends on neither the MFCCs nor any other segment."""
    config = replace(
        RECIPE, split="track", n_mfcc=two_genres.features.n_mfcc, teacher_features="musicnn"
    )
    rng = np.random.default_rng(4)
    values = rng.normal(size=(len(two_genres.y), 200)).astype("f4")
    data, split = prepare_datasets(replace(two_genres, teacher_values=values), config)
    taught = Trainer.of(data, split, config).side.taught

    own = (values[split.train][:, None], data.y[split.train], data.track_index[split.train], 2)
    np.testing.assert_array_equal(taught, teach(*own))
    elsewhere = values.copy()
    elsewhere[np.setdiff1d(np.arange(len(values)), split.train)] += 9
    other = replace(data, teacher_values=elsewhere, frames=data.frames[:, ::-1] * 2)
    np.testing.assert_array_equal(Trainer.of(other, split, config).side.taught, taught)
    of_mfccs = Trainer.of(data, split, replace(config, teacher_features="own")).side.taught
    assert np.abs(of_mfccs - taught).max() > 0.01


def test_command_and_run_extract_what_the_teacher_reads(tmp_path):
    for genre in ("jazz", "rock"):
        (tmp_path / "music" / genre).mkdir(parents=True)
        shutil.copy(SAMPLES / f"{genre}.ogg", tmp_path / "music" / genre)
    music, config = str(tmp_path / "music"), replace(PRESETS["course"], teacher=0.5)

    for features in ("musicnn", "own"):
        asked = replace(config, teacher_features=features)
        create_run(tmp_path / features, asked, music)
        of_run = run._load(run.Run(tmp_path / features))
        of_command = load_training_data(Namespace(data=music), asked)
        for data in (of_run, of_command):
            assert (data.teacher_values is not None) == (features == "musicnn")


def test_trainer_reads_altered_versions_where_the_recipe_asks_for_them(two_genres):
    data = replace(two_genres, altered=np.stack([two_genres.frames + 1, two_genres.frames + 2]))
    config = replace(RECIPE, teacher=0.0, n_mfcc=data.features.n_mfcc, warp=0.1, speed=0.1)
    split = whole_side(data)

    plain = Trainer.of(data, split, config).side
    varied = Trainer.of(data, split, replace(config, altered=0.5, teacher=1.0)).side

    assert len(plain.X) == len(plain.frames) == len(data.y)
    assert len(varied.X) == len(varied.frames) == 3 * len(data.y)
    np.testing.assert_array_equal(varied.taught, teach(plain.X, data.y, data.track_index, 2))
    np.testing.assert_allclose(varied.X[len(data.y) :][: len(data.y)], plain.X + 1, atol=1e-4)
    np.testing.assert_array_equal(varied.mean, plain.mean)
