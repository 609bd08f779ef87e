"""Checks of what was measured, as cards, events of runs and results of crossval hold it."""

from __future__ import annotations

from math import isnan
from reprlib import repr as shown
from typing import Any

from genre.language import _
from genre.system.schema import (
    MAX_WHOLE,
    Damaged,
    file_name,
    items,
    maybe,
    number,
    record,
    table,
    text,
    whole,
)

share = number(0, 1)
_INTERVAL = record(low=share, high=share, n=whole())


def accuracy(value: Any, where: str) -> None:
    """Check an accuracy with its interval; of nothing it is not a number."""
    _INTERVAL(value, where)
    if "value" not in value:
        raise Damaged(_("{where} has no value").format(where=where))
    is_of_nothing = value["n"] == 0 and isinstance(value["value"], float) and isnan(value["value"])
    if not is_of_nothing:
        share(value["value"], f"value of {where}")


_part = maybe(share)


def _ends(value: Any, where: str) -> None:
    """Check the two ends of an interval."""
    items(number(0))(value, where)
    if len(value) != 2 or value[0] > value[1]:
        raise Damaged(
            _("{where} is {value}, expected its lower and its upper end").format(
                where=where, value=shown(value)
            )
        )


_INTERVALS = table(_ends)
_GENRE = record(
    {"intervals": _INTERVALS}, genre=text, precision=_part, recall=_part, f1=_part, n=whole()
)
_MEASURES = record(
    {"intervals": _INTERVALS},
    top_2=accuracy,
    macro_f1=share,
    log_loss=number(),
    expected_calibration_error=share,
    per_genre=items(_GENRE),
)
_PREDICTIONS = record(
    track_id=items(file_name),
    artist=items(maybe(file_name)),
    genre=items(whole()),
    given=items(whole()),
    probabilities=items(items(whole(0, 1000))),
    n_segments=items(whole()),
    n_right=items(whole()),
    n_siblings=items(maybe(whole())),
)
_EVALUATION = record(
    {"n_left_out": whole(), "measures": maybe(_MEASURES), "answers": maybe(_PREDICTIONS)},
    about=text,
    genres=items(text),
    track_accuracy=accuracy,
    segment_accuracy=accuracy,
    confusion_matrix=items(items(number(0, MAX_WHOLE))),
)


def evaluation(value: Any, where: str) -> None:
    """Check an evaluation; what was added later may be missing, its measures and predictions."""
    _EVALUATION(value, where)
    n_genres, matrix = len(value["genres"]), value["confusion_matrix"]
    if not n_genres or [len(row) for row in matrix] != [n_genres] * n_genres:
        raise Damaged(
            _("the confusion matrix of {where} does not fit its {n_genres} genres").format(
                where=where, n_genres=n_genres
            )
        )
