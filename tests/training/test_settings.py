"""Every setting can be trained with, at each end of what the page offers, and has an effect."""

from dataclasses import fields, replace

import keras
import numpy as np
import pytest

from app_pages import train_settings
from genre.audio.feature_config import MfccConfig
from genre.recipes.augmentation import draw_epoch
from genre.recipes.config import PRESETS, TrainConfig
from genre.recipes.prepare import prepare_datasets
from genre.recipes.schedule import learning_rate_at
from genre.training.trainer import Trainer, train

SETTINGS = {f.name: f for f in fields(TrainConfig) if f.name != "preset"}
STOPS = {setting.name: setting.stops for setting in train_settings.ALL}


def values_of(name):
    """What the page offers for a setting, in order."""
    choices = SETTINGS[name].metadata["choices"] or (False, True)
    # The fault-filtered partition is of GTZAN's tracks alone.
    return STOPS[name] or tuple(choice for choice in choices if choice != "fault-filtered")


def recipe_of(share, features):
    """A recipe with each setting at a place between its first value (0) and its last (1)."""
    chosen = {"features": features}
    for name, one in SETTINGS.items():
        if name != "features" and one.metadata["only"] in (None, features):
            chosen[name] = values_of(name)[int(share * (len(values_of(name)) - 1) + 0.5)]
    return TrainConfig(**chosen)


LOWEST, MIDDLE, HIGHEST = (recipe_of(share, "mfcc") for share in (0, 0.5, 1))


@pytest.fixture(scope="module")
def twenty_mfccs(two_genres):
    """`two_genres` with as many coefficients as the page offers, more loud tracks, one short."""
    tracks = [
        replace(track, genre="loud") if 12 <= i < 16 else track
        for i, track in enumerate(two_genres.tracks)
    ]
    return replace(
        two_genres,
        frames=two_genres.frames.repeat(2, axis=2)[:, :, :20],
        n_frames=np.where(two_genres.track_index == 3, 60, two_genres.n_frames),
        tracks=tuple(tracks),
        features=MfccConfig(n_mfcc=20),
        teacher_values=np.random.default_rng(5).normal(size=(len(two_genres.y), 200)),
    )


def test_lowest_and_highest_recipe_differ_in_every_setting():
    same = [name for name in SETTINGS if getattr(LOWEST, name) == getattr(HIGHEST, name)]
    assert same == ["features", "window_frames", "hop_frames", "altered"]


@pytest.mark.parametrize("config", [LOWEST, MIDDLE, HIGHEST], ids=["lowest", "middle", "highest"])
def test_training_with_every_setting_at_end_gives_network(twenty_mfccs, config):
    data, split = prepare_datasets(twenty_mfccs, config)
    n_epochs = []
    result = train(
        data,
        split,
        config,
        on_event=lambda event: n_epochs.append(1) if event["event"] == "epoch" else None,
        should_stop=lambda: len(n_epochs) >= 1,
    )

    assert result.network.predict_proba(data.X(config.feature_config)[:2]).shape == (2, 2)
    assert len(result.history) == 1
    assert np.isfinite(result.history[0]["loss"])


@pytest.mark.parametrize("share", [0, 0.5, 1], ids=["lowest", "middle", "highest"])
def test_training_on_musicnn_features_with_every_setting_at_end_gives_network(two_genres, share):
    config = replace(recipe_of(share, "musicnn"), epochs=1, warmup_epochs=0)
    features = config.feature_config
    rng = np.random.default_rng(11)
    shape = (len(two_genres.frames), features.n_steps, features.n_values)
    data = replace(
        two_genres,
        frames=rng.standard_normal(shape).astype("f4"),
        n_frames=np.full(shape[0], features.n_steps),
        features=features,
    )
    data, split = prepare_datasets(data, config)
    result = train(data, split, config)

    assert result.network.config.n_values == 200
    assert result.network.predict_proba(data.X(features)[:2]).shape == (2, 2)
    assert np.isfinite(result.history[0]["loss"])


SIDES = ("train", "validation", "test")
BASE = replace(
    PRESETS["quick"],
    preset="custom",
    texture_frames=26,
    units_1=4,
    units_2=4,
    dense_units=4,
    teacher=0.5,
    warmup_epochs=1,
    segments_per_track=1,
    epochs=4,
)
ELSEWHERE = {"patience", "batch_size", "temperature", "evaluation", "n_folds"}
"""Settings of the loop itself, and of the folds: `test_trainer` and `test_pooled` test them."""
CHANGED = [
    name
    for name, one in SETTINGS.items()
    if name not in {*ELSEWHERE, "features"} and one.metadata["only"] != "musicnn"
]


def effects_of(data, config):
    """What a recipe decides before the first batch, as something that can be compared."""
    keras.backend.clear_session()  # layers are numbered, and their numbers are compared
    data, split = prepare_datasets(data, config)
    trainer = Trainer.of(data, split, config)
    X, targets = (np.asarray(array) for array in draw_epoch(trainer.side, config, 0)[:2])
    return {
        "data": (data.y.tolist(), *(getattr(split, side).tolist() for side in SIDES)),
        "drawn": (X.shape, X.tobytes(), targets.tobytes()),
        "rates": [learning_rate_at(config, epoch) for epoch in range(config.epochs)],
        "layers": trainer.model.to_json(),
        "optimizer": str(trainer.optimizer.get_config()),
    }


@pytest.fixture(scope="module")
def base_effects(twenty_mfccs):
    return effects_of(twenty_mfccs, BASE)


def test_same_recipe_twice_has_same_effects(twenty_mfccs, base_effects):
    assert effects_of(twenty_mfccs, BASE) == base_effects


@pytest.mark.parametrize("name", CHANGED)
def test_setting_changed_alone_changes_what_is_trained(twenty_mfccs, base_effects, name):
    value = next(v for v in reversed(values_of(name)) if v != getattr(BASE, name))
    changed = effects_of(twenty_mfccs, replace(BASE, **{name: value}))

    assert {kind for kind in changed if changed[kind] != base_effects[kind]}
