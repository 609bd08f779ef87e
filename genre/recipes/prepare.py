"""The data of a training run: segments chosen and split by its recipe."""

from __future__ import annotations

from genre.datasets.split import Split, split_tracks, whole_side
from genre.datasets.types import SegmentSet, permute_genres
from genre.recipes.config import TrainConfig


def prepare_tracks(data: SegmentSet, config: TrainConfig) -> SegmentSet:
    """Choose the segments of a dataset, and permute its genres, as a recipe says."""
    if config.whole_segments_only:
        data = data.whole_segments()
    return permute_genres(data, config.seed) if config.permute_genres else data


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
