"""The part of musicnn in a recipe: a network reads its values, or is taught by them."""

from __future__ import annotations

from genre.audio.feature_config import CAVEATS
from genre.recipes.config import TrainConfig


def needs_teacher_values(config: TrainConfig) -> bool:
    """Tell whether data must hold musicnn's values beside what the network reads."""
    has_teacher = config.teacher > 0 and config.teacher_features == "musicnn"
    return has_teacher and config.features != "musicnn"  # those it reads are the teacher's, too


def uses_musicnn(config: TrainConfig) -> bool:
    """Tell whether musicnn, which was trained on other music, has a part in a recipe."""
    return config.features == "musicnn" or needs_teacher_values(config)


def caveat_of(config: TrainConfig) -> str:
    """Return what to add wherever an accuracy of a recipe is quoted; or empty.

    Examples
    --------
    >>> caveat_of(TrainConfig(teacher=0.5)), caveat_of(TrainConfig(features="musicnn"))
    ('', '; musicnn itself may have been trained on them')
    """
    return CAVEATS["musicnn"] if uses_musicnn(config) else ""
