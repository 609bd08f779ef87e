"""How the learning rate of a recipe changes over the epochs."""

from __future__ import annotations

import math

from genre.recipes.config import TrainConfig


def learning_rate_at(config: TrainConfig, epoch: float) -> float:
    """Return the learning rate at a time of the training.

    Parameters
    ----------
    config : TrainConfig
    epoch : float
        Epochs since the start, with fractions.

    Returns
    -------
    learning_rate : float
        Rises over the warm-up, then stays or falls along a cosine to zero.
    """
    if epoch < config.warmup_epochs:
        return config.learning_rate * (epoch + 0.1) / (config.warmup_epochs + 0.1)
    if config.schedule == "constant":
        return config.learning_rate
    share = (epoch - config.warmup_epochs) / max(1e-9, config.epochs - config.warmup_epochs)
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))
