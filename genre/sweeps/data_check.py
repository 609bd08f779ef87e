"""Whether every run of a sweep can be trained on its data, before one is started."""

from __future__ import annotations

from collections.abc import Sequence

from genre.datasets.load import load_dataset, path_of
from genre.recipes.config import TrainConfig
from genre.recipes.prepare import check_source, check_source_split, require_split, split_recipe
from genre.sweeps.plan import Configuration
from genre.sweeps.spec import SweepSpec


def recipes_to_split(spec: SweepSpec, configurations: Sequence[Configuration]) -> list[TrainConfig]:
    """Return a recipe of each split that the runs of a sweep ask for."""
    found: dict[TrainConfig, TrainConfig] = {}
    for configuration in configurations:
        for seed in spec.seeds:
            config = spec.config_of(configuration, seed)
            found.setdefault(split_recipe(config), config)
    return list(found.values())


def check_data(spec: SweepSpec, configurations: Sequence[Configuration]) -> None:
    """Raise unless the data can be read and split by every recipe of a sweep.

    Raises
    ------
    DatasetError
    """
    if not path_of(spec.source).exists():
        load_dataset(spec.source)  # which says what was expected
    for configuration in configurations:
        check_source(spec.source, spec.config_of(configuration, spec.seeds[0]))
    for config in recipes_to_split(spec, configurations):
        require_split(check_source_split(spec.source, config))
