"""The command ``robustness``: what becomes of a recipe's predictions when songs are altered.

Conventions
-----------
As `genre.cli.songs`.
"""

from __future__ import annotations

import argparse
import shlex
from dataclasses import asdict
from pathlib import Path

from genre.cli.crossval import without_out
from genre.cli.outputs import check_file
from genre.cli.songs import print_json, progress_bar
from genre.cli.training import asked_recipe, load_training_data
from genre.evaluation.intervals import wilson_interval
from genre.recipes.musicnn import caveat_of
from genre.system.files import json_text, write_text


def robustness(arguments: argparse.Namespace) -> int:
    """Cross-validate a recipe on altered recordings."""
    from genre.training.robustness import LEAST_SECONDS, measure_robustness

    config = asked_recipe(arguments)
    check_file(arguments.out)
    data = load_training_data(arguments, config)
    seeds = tuple(arguments.fold_seed)
    with progress_bar() as on_track:
        stability = measure_robustness(
            data,
            config,
            Path(arguments.audio),
            n_folds=arguments.folds,
            fold_seeds=seeds,
            on_track=on_track,
        )
    n_tracks = next(iter(stability.values())).n // len(seeds)
    document = {
        "data": data.name,
        "n_tracks": n_tracks,
        "n_rounds": len(seeds),
        "alterations": {name: asdict(counts) for name, counts in stability.items()},
        "recipe": config.to_dict(),
        "command": "python -m genre " + shlex.join(without_out(arguments.line)),
    }
    if arguments.out:
        write_text(Path(arguments.out), json_text(document))
    if arguments.json:
        print_json(document)
        return 0
    rounds = f", mean of {len(seeds)} rounds of folds" if len(seeds) > 1 else ""
    print(
        f"{data.name}, {n_tracks} tracks of {LEAST_SECONDS:g} s and more, {arguments.folds}-fold, "
        f"artists whole{rounds}{caveat_of(config).replace('them', 'these artists')}"
    )
    for name, counts in stability.items():
        same, right = (
            wilson_interval(n_tracks * n / counts.n, n_tracks)
            for n in (counts.n_same, counts.n_right)
        )
        print(f"{name:<18} same prediction {same}, right {right}")
    return 0
