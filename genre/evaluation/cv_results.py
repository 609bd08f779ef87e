"""Results of cross-validation on disk: written whole, read with their evaluation.

Conventions
-----------
``docs/formats.md`` lists the keys.  Files of the first version, which had neither
measures nor answers per track, are read; what is no such file is refused by name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genre.errors import DatasetError
from genre.evaluation.evaluation import Evaluation
from genre.recipes.config import TrainConfig
from genre.system.files import json_text, write_text

RESULT_VERSION = 2


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a cross-validation found.

    Parameters
    ----------
    evaluation : Evaluation
    recipe : TrainConfig
    data, split, command : str
    certainty : dict
        Per wording of the verdict how many tracks got it, and how many of them were right.
    document : dict
        All the file holds.
    """

    evaluation: Evaluation
    recipe: TrainConfig
    data: str
    split: str
    command: str
    certainty: dict[str, dict[str, int]]
    document: dict[str, Any]

    @property
    def is_honest(self) -> bool:
        """Whether its figures hold for artists unheard."""
        return self.evaluation.is_honest(self.split) and not self.recipe.permute_genres


def read_result(path: str | Path) -> Result:
    """Read what ``crossval --out`` wrote.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    result : Result

    Raises
    ------
    DatasetError
        If it is no such file, of a later version, or lacks something.
    """
    try:
        document = dict(json.loads(Path(path).read_text(encoding="utf-8")))
        needed = ("data", "split", "command", "certainty", "recipe", "about", "track_accuracy")
        missing = sorted(set(needed) - set(document))
        version = document.get("version", 1)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise DatasetError(
            f"{path} is not a result of crossval ({type(error).__name__}). "
            "Write one with: python -m genre crossval --out FILE."
        ) from error
    if version not in (1, RESULT_VERSION):
        raise DatasetError(
            f"{path} has version {version}, this program reads versions 1 and {RESULT_VERSION}. "
            "Run crossval again."
        )
    if missing:
        raise DatasetError(f"{path} lacks {', '.join(missing)}. Run crossval again.")
    try:
        recipe = TrainConfig.from_dict(document["recipe"])
    except (TypeError, ValueError) as error:
        raise DatasetError(
            f"the recipe in {path} cannot be read ({error}). Run crossval again."
        ) from error
    return Result(
        evaluation=Evaluation.from_dict(document),
        recipe=recipe,
        data=str(document["data"]),
        split=str(document["split"]),
        command=str(document["command"]),
        certainty=document["certainty"],
        document=document,
    )


def write_result(path: str | Path, document: dict[str, Any]) -> None:
    """Write a result so that it is there whole or not at all."""
    write_text(Path(path), json_text(document))
