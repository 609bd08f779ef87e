"""How a recipe differs from a preset, and the command that trains it."""

from __future__ import annotations

import shlex
from dataclasses import fields
from typing import Any

from genre.recipes.config import PRESETS, TrainConfig


def nearest_preset(config: TrainConfig) -> tuple[TrainConfig, tuple[str, ...]]:
    """Return the preset that a recipe differs least from, and the settings that differ.

    Parameters
    ----------
    config : TrainConfig

    Returns
    -------
    preset : TrainConfig
        The preset with the recipe's name, if there is one.
    changed : tuple of str
        In the order of the settings.
    """
    named = [PRESETS[config.preset]] if config.preset in PRESETS else PRESETS.values()
    nearest = min(named, key=lambda preset: len(changes_of(config, preset)))
    return nearest, tuple(changes_of(config, nearest))


def changes_of(config: TrainConfig, preset: TrainConfig) -> dict[str, Any]:
    """Return the settings in which a recipe differs from a preset, with the recipe's values."""
    names = (f.name for f in fields(config) if f.name != "preset")
    return {n: getattr(config, n) for n in names if getattr(config, n) != getattr(preset, n)}


def training_command(config: TrainConfig, data_name: str) -> str:
    """Return the command that trains a recipe, with only the settings that differ from a preset.

    Parameters
    ----------
    config : TrainConfig
    data_name : str

    Returns
    -------
    command : str

    Examples
    --------
    >>> from dataclasses import replace
    >>> training_command(replace(PRESETS["quick"], preset="custom", roll=False), "my songs")
    "python -m genre train --preset quick --data 'my songs' --no-roll"
    """
    nearest, changed = nearest_preset(config)
    words = ["--preset", nearest.preset, "--data", data_name]
    for name in changed:
        value, flag = getattr(config, name), name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            words += [f"--{flag}", str(value)]
    return f"python -m genre train {shlex.join(words)}"
