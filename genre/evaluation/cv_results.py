"""Results of cross-validation on disk.

Conventions
-----------
``docs/formats.md`` lists the keys.  Files of the first version, without measures
and predictions per track, can be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from genre.errors import DatasetError, ModelError
from genre.evaluation.evaluation import Evaluation
from genre.language import _
from genre.models.confidence import Thresholds, current_levels
from genre.paths import RESULTS
from genre.recipes.config import TrainConfig
from genre.system.files import json_text, write_text
from genre.system.schema import (
    Damaged,
    anything,
    brief,
    cause,
    file_name,
    read_json,
    record,
    table,
    text,
    whole,
)

RESULT_VERSION = 2
RESULT_FILES = "crossval-*.json"
"""What results are called where they are looked for."""
_NEEDED = ("data", "split", "command", "certainty", "recipe", "about", "track_accuracy")
_RESULT = record(
    {"thresholds": table(anything)},
    data=file_name,
    split=text,
    command=file_name,
    certainty=table(record(n=whole(), n_right=whole())),
    recipe=table(anything),
)


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """A result of cross-validation.

    Parameters
    ----------
    evaluation : Evaluation
    recipe : TrainConfig
    data, split, command : str
    certainty : dict
        Per confidence level the number of tracks, and how many of them were right.
    thresholds : Thresholds
        Those of the levels.
    document : dict
        The content of the file.
    """

    evaluation: Evaluation
    recipe: TrainConfig
    data: str
    split: str
    command: str
    certainty: dict[str, dict[str, int]]
    thresholds: Thresholds
    document: dict[str, Any]

    @property
    def is_leak_free(self) -> bool:
        """Whether its figures are free of data leakage: measured on unseen artists."""
        return self.evaluation.is_leak_free(self.split) and not self.recipe.permute_genres


def read_result(path: str | Path) -> Result:
    """Read a file of ``crossval --out``.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    result : Result

    Raises
    ------
    DatasetError
        If it is not such a file, of a later version, or incomplete.
    """
    try:
        document = read_json(Path(path))
        record()(document, "it")
        missing = sorted(set(_NEEDED) - set(document))
        version = document.get("version", 1)
    except Damaged as error:
        raise DatasetError(
            _(
                "{path} is not a result of crossval ({error}). Write one with: python -m genre "
                "crossval --out FILE."
            ).format(path=path, error=error)
        ) from error
    if version not in (1, RESULT_VERSION):
        raise DatasetError(
            _(
                "{path} has version {version}, this program reads versions 1 and "
                "{result_version}. Run crossval again."
            ).format(path=path, version=version, result_version=RESULT_VERSION)
        )
    if missing:
        raise DatasetError(
            _("{path} has no {missing}. Run crossval again.").format(
                path=path, missing=", ".join(missing)
            )
        )
    try:
        _RESULT(document, "it")
    except Damaged as error:
        raise DatasetError(
            _("{path} cannot be read ({error}). Run crossval again.").format(path=path, error=error)
        ) from error
    try:
        recipe = TrainConfig.from_dict(document["recipe"])
        thresholds = Thresholds(**document.get("thresholds", {}))
    except (TypeError, ValueError, ModelError) as error:
        raise DatasetError(
            _("the recipe in {path} cannot be read ({error}). Run crossval again.").format(
                path=path, error=error
            )
        ) from error
    evaluation, certainty = Evaluation.from_dict(document), current_levels(document["certainty"])
    n_counted = sum(counts["n"] for counts in certainty.values())
    # Earlier versions counted a track once for each round of folds.
    n_rounds = max(1, round(n_counted / max(1, evaluation.track_accuracy.n)))
    certainty = {
        level: {name: round(n / n_rounds) for name, n in counts.items()}
        for level, counts in certainty.items()
    }
    return Result(
        evaluation=evaluation,
        recipe=recipe,
        data=document["data"],
        split=document["split"],
        command=document["command"],
        certainty=certainty,
        thresholds=thresholds,
        document=document,
    )


def delete_result(name: str, folder: Path = RESULTS) -> None:
    """Delete a result, also one that cannot be read.

    Parameters
    ----------
    name : str
        Of its file, as `genre.compare.leaderboard.list_entries` names it.
    folder : Path

    Raises
    ------
    DatasetError
        If there is no such file, or the system refuses.
    """
    path = folder / name
    if path.name != name or not fnmatch(name, RESULT_FILES):
        raise DatasetError(
            _("{name} is no result of crossval. Choose one that is listed.").format(
                name=brief(name)
            )
        )
    try:
        path.unlink()
    except OSError as error:
        raise DatasetError(
            _("{name} could not be deleted ({reason}). Check the folder's permissions.").format(
                name=name, reason=cause(error)
            )
        ) from error


def write_result(path: str | Path, document: dict[str, Any]) -> None:
    """Write a result atomically."""
    write_text(Path(path), json_text(document))
