"""Where musicnn has a part in a recipe, every accuracy of it says that it may know the artists."""

from dataclasses import replace

import numpy as np
import pytest

from genre.audio.feature_config import CAVEATS
from genre.datasets.load import load_dataset
from genre.evaluation.evaluation import evaluate
from genre.models import registry
from genre.models.classifier import load_classifier
from genre.recipes.config import PRESETS, TrainConfig
from genre.recipes.musicnn import caveat_of, needs_teacher_values, uses_musicnn
from genre.splits.split import fold_tracks
from genre.training import crossval

COURSE = replace(PRESETS["course"], preset="custom", split="artist")
TAUGHT = replace(COURSE, teacher=0.7, teacher_features="musicnn")
RECIPES = {
    "neither": (COURSE, False, False),
    "reads": (PRESETS["ear"], False, True),
    "taught": (TAUGHT, True, True),
    "no share": (replace(TAUGHT, teacher=0.0), False, False),
    "taught by its own": (replace(TAUGHT, teacher_features="own"), False, False),
    "both": (TrainConfig(features="musicnn", teacher=1.0, teacher_features="musicnn"), False, True),
}
OF_MUSICNN = "musicnn itself may have been trained on"


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_in_which_musicnn_has_a_part_says_so(name):
    config, needs, uses = RECIPES[name]
    assert (needs_teacher_values(config), uses_musicnn(config)) == (needs, uses)
    assert caveat_of(config) == (CAVEATS["musicnn"] if uses else "")


@pytest.mark.parametrize("name", RECIPES)
def test_card_says_of_its_recipe_what_the_recipe_says(name):
    config, needs, _ = RECIPES[name]
    model = "ear" if config.features == "musicnn" else "course"
    card = replace(registry.read_card(model), recipe=config.to_dict())
    assert (card.is_taught_by_musicnn, card.caveat) == (needs, caveat_of(config))


@pytest.mark.parametrize("config", [COURSE, TAUGHT], ids=["neither", "taught"])
def test_accuracies_of_taught_recipes_carry_the_caveat(config, monkeypatch):
    data = load_dataset("gtzan-subset")

    def untrained(data, config, ask, *, n_folds, fold_seed, **_):
        for split in fold_tracks(data, by=config.split, n_folds=n_folds, seed=fold_seed):
            yield split, np.full((len(split.test), 10), 0.1)

    monkeypatch.setattr(crossval, "train_folds", untrained)
    folded = crossval.cross_validate(data, config).evaluation.about
    classifier = load_classifier("course")
    card = replace(classifier.card, recipe=config.to_dict())
    tested = evaluate(replace(classifier, card=card), data, include_seen=True).about

    for about in (folded, tested):
        assert (OF_MUSICNN in about) == (config is TAUGHT)
    baseline = crossval.cross_validate_baseline(data, n_folds=2).evaluation.about
    assert OF_MUSICNN not in baseline
