"""The data of a training run: segments chosen and split by its recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from genre.audio.feature_config import FeatureConfig
from genre.datasets.load import (
    DEFAULT_FEATURES,
    lacks_teacher_values,
    list_tracks,
    stored_features,
)
from genre.datasets.types import SegmentSet, Tracks, check_kind
from genre.errors import DatasetError
from genre.language import _
from genre.recipes.command import nearest_preset
from genre.recipes.config import EvaluationKind, TrainConfig
from genre.recipes.musicnn import needs_teacher_values
from genre.splits.permute import permute_genres
from genre.splits.split import Split, split_tracks, whole_side
from genre.splits.split_check import SplitCheck, check_split
from genre.splits.split_plan import SplitPlan

OF_THE_SPLIT = (
    "split",
    "test_share",
    "validation_share",
    "evaluation",
    "n_folds",
    "permute_genres",
    "whole_segments_only",
)
"""Settings that, with the seed, decide which tracks are trained, validated and tested on."""
FEW_TRACKS = 200
"""With fewer tracks a run is tested by folds, unless the visitor says otherwise."""


def extraction_features(config: TrainConfig) -> FeatureConfig:
    """Return the frames to extract from audio for a recipe.

    Of MFCCs at least as many as usual, so that recipes share what was extracted.
    """
    frames = config.feature_config.frames
    has_enough = frames.kind == "mfcc" and frames.frame_values <= DEFAULT_FEATURES.frame_values
    return DEFAULT_FEATURES if has_enough else frames


def check_source(source: str, config: TrainConfig) -> None:
    """Raise if a dataset that holds features holds others than a recipe, or its teacher, reads.

    Raises
    ------
    DatasetError
    """
    if held := stored_features(source):
        check_kind(
            Path(source).name,
            held,
            config.feature_config,
            reader=_("the recipe {name}").format(name=nearest_preset(config)[0].preset),
        )
    if needs_teacher_values(config) and lacks_teacher_values(source):
        raise _no_teacher_values(Path(source).name, config)


def source_settings(source: str, config: TrainConfig) -> dict[str, Any]:
    """Return the settings to change for `check_source` to take a dataset; may be empty.

    Raises
    ------
    DatasetError
    """
    settings: dict[str, Any] = {"teacher": 0.0}
    try:
        check_source(source, replace(config, **settings))
    except DatasetError:
        return {}
    return settings


def check_source_split(
    source: str, config: TrainConfig, *, n_folds: int = 0, fold_seed: int = 0
) -> SplitCheck:
    """Tell how the split of a recipe will fall, from names and artists alone.

    Parameters
    ----------
    source : str
        As `genre.datasets.load.load_dataset` takes it.
    config : TrainConfig
    n_folds, fold_seed : int
        Of a cross-validation; 0 folds for a split with three sides.

    Returns
    -------
    check : SplitCheck
        Without a problem also where nothing is known yet: `prepare_datasets` looks again.

    Raises
    ------
    DatasetError
        If the dataset cannot be read.
    """
    plan = split_plan(config, n_folds=n_folds, fold_seed=fold_seed)
    tracks = list_tracks(source, whole_only=config.whole_segments_only)
    if tracks is None or not tracks.tracks:
        return SplitCheck(plan)
    return check_split(permuted(tracks, config), plan)


def split_plan(config: TrainConfig, *, n_folds: int = 0, fold_seed: int = 0) -> SplitPlan:
    """Return what a recipe asks of a split, or of folds: its own, or of a cross-validation."""
    seed = fold_seed if n_folds else config.seed
    if config.evaluation == "pooled":
        n_folds = n_folds or config.n_folds
    return SplitPlan(config.split, config.test_share, config.validation_share, seed, n_folds)


def usual_evaluation(config: TrainConfig, n_tracks: int) -> EvaluationKind:
    """Return how a recipe is tested on so many tracks unless the visitor says otherwise.

    A test side of `FEW_TRACKS` tracks has about 50: an interval of 27 points at an accuracy of
    60%.  The course split is left as it is taught, and the published partition cannot be folded.
    """
    can_fold = config.split in ("artist", "track")
    return "pooled" if can_fold and n_tracks < FEW_TRACKS else "held-out"


def split_recipe(config: TrainConfig) -> TrainConfig:
    """Return the usual recipe with a recipe's settings that decide a split."""
    return TrainConfig(**{name: getattr(config, name) for name in (*OF_THE_SPLIT, "seed")})


def option_settings(check: SplitCheck) -> dict[str, Any]:
    """Return the settings of a recipe to change for a split that can be; empty if there are none.

    Examples
    --------
    >>> option_settings(SplitCheck(SplitPlan("artist"), option={"by": "track", "seed": 1}))
    {'split': 'track', 'seed': 1}
    """
    return {"split" if name == "by" else name: value for name, value in check.option.items()}


def require_split(check: SplitCheck, *, names: Mapping[str, str] | None = None) -> None:
    """Raise unless a split can be; the message names the options of the command that would work.

    Parameters
    ----------
    check : SplitCheck
    names : mapping, optional
        What the command calls a setting, where that is another name.

    Raises
    ------
    DatasetError
    """
    settings = {(names or {}).get(k, k): value for k, value in option_settings(check).items()}
    words = " ".join(f"--{name.replace('_', '-')} {value}" for name, value in settings.items())
    check.require(remedy=_remedy(check, settings).format(options=words))


def _remedy(check: SplitCheck, settings: Mapping[str, Any]) -> str:
    """Return what to do where a split cannot be; ``{options}`` are those that would work."""
    if check.plan.by == "track":
        return _("Use {options}, or add recordings.") if settings else _("Add recordings.")
    if not settings:
        return _("Add recordings by other artists.")
    if settings.get("split") == "track":
        return _(
            "Use {options}, which also measures who plays, or add recordings by other artists."
        )
    return _("Use {options}, or add recordings by other artists.")


def permuted(data: Tracks, config: TrainConfig) -> Tracks:
    """Return a dataset with its genres permuted, where a recipe says so."""
    return permute_genres(data, config.seed) if config.permute_genres else data


def prepare_tracks(data: SegmentSet, config: TrainConfig) -> SegmentSet:
    """Choose the segments of a dataset, and permute its genres, as a recipe says.

    Raises
    ------
    DatasetError
        If it holds other features than the recipe, or its teacher, reads, or nothing is left.
    """
    check_kind(
        data.name,
        data.features,
        config.feature_config,
        reader=_("the recipe {name}").format(name=nearest_preset(config)[0].preset),
    )
    if needs_teacher_values(config) and data.teacher_values is None:
        raise _no_teacher_values(data.name, config)
    if config.whole_segments_only:
        data = data.whole_segments()
    return permuted(data, config)


def prepare_folds(data: SegmentSet, config: TrainConfig) -> SegmentSet:
    """Choose the segments of a dataset for a run of folds.

    Raises
    ------
    DatasetError
        As `prepare_tracks`; or if a fold tests a genre that it cannot learn.
    """
    data = prepare_tracks(data, config)
    require_split(check_split(data, split_plan(config)))
    return data


def _no_teacher_values(name: str, config: TrainConfig) -> DatasetError:
    return DatasetError(
        _(
            "the recipe {recipe} is taught by musicnn, whose values the dataset {name} does not "
            "hold. Train without it (teacher=0), or make the dataset from audio with 'python -m "
            "genre extract --teacher-values'."
        ).format(recipe=config.preset, name=name)
    )


def prepare_datasets(
    data: SegmentSet, config: TrainConfig, *, hold_back: bool = True
) -> tuple[SegmentSet, Split]:
    """Choose and split the segments of a dataset as a recipe says.

    Parameters
    ----------
    data : SegmentSet
    config : TrainConfig
    hold_back : bool
        False puts everything on the training side.

    Returns
    -------
    data : SegmentSet
        Without short segments, where the recipe takes whole ones only; with other genres,
        where it permutes them.
    split : Split

    Raises
    ------
    DatasetError
        As `genre.splits.split.split_tracks`; or if a genre is missing from training or test.
    """
    data = prepare_tracks(data, config)
    if not hold_back:
        return data, whole_side(data)
    split = split_tracks(
        data,
        by=config.split,
        test_share=config.test_share,
        validation_share=config.validation_share,
        seed=config.seed,
    )
    absent = split.absent_genres(data)
    if lacking := {side: absent[side] for side in ("train", "test") if side in absent}:
        require_split(check_split(data, split_plan(config)))
        side, genres = next(iter(lacking.items()))  # of the course split, which is not foreseen
        raise DatasetError(
            (
                _("the training set of the {split} split has nothing of {genres}. Add recordings.")
                if side == "train"
                else _("the test set of the {split} split has nothing of {genres}. Add recordings.")
            ).format(split=config.split, genres=", ".join(genres))
        )
    return data, split
