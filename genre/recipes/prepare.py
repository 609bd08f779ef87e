"""The data of a training run: segments chosen and split by its recipe."""

from __future__ import annotations

from pathlib import Path

from genre.audio.feature_config import FeatureConfig
from genre.datasets.load import DEFAULT_FEATURES, lacks_teacher_values, stored_features
from genre.datasets.split import Split, split_tracks, whole_side
from genre.datasets.types import SegmentSet, check_kind, permute_genres
from genre.errors import DatasetError
from genre.recipes.config import TrainConfig
from genre.recipes.musicnn import needs_teacher_values


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
            Path(source).name, held, config.feature_config, reader=f"the recipe {config.preset}"
        )
    if needs_teacher_values(config) and lacks_teacher_values(source):
        raise _no_teacher_values(Path(source).name, config)


def prepare_tracks(data: SegmentSet, config: TrainConfig) -> SegmentSet:
    """Choose the segments of a dataset, and permute its genres, as a recipe says.

    Raises
    ------
    DatasetError
        If it holds other features than the recipe, or its teacher, reads, or nothing is left.
    """
    check_kind(
        data.name, data.features, config.feature_config, reader=f"the recipe {config.preset}"
    )
    if needs_teacher_values(config) and data.teacher_values is None:
        raise _no_teacher_values(data.name, config)
    if config.whole_segments_only:
        data = data.whole_segments()
    return permute_genres(data, config.seed) if config.permute_genres else data


def _no_teacher_values(name: str, config: TrainConfig) -> DatasetError:
    return DatasetError(
        f"the recipe {config.preset} is taught by musicnn, whose values the dataset {name} does "
        "not hold. Train without it (teacher=0), or make the dataset from audio with 'python -m "
        "genre extract --teacher-values'."
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
        As `genre.datasets.split.split_tracks`.
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
    return data, split
