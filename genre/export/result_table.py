"""The predictions for several recordings as a table: for the page, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from genre.errors import GenreError
from genre.language import _
from genre.models.prediction import Prediction
from genre.models.song_analysis import SongView
from genre.text.song import CONFIDENCE_LABELS, NOT_MUSIC, display_name

Outcome = tuple[str, Prediction | GenreError]
"""The name of a recording, and its prediction or error."""

COLUMNS = (
    "file",
    "genre",
    "certainty",
    "probability",
    "second_guess",
    "second_probability",
    "seconds",
    "looks_like",
    "problem",
)


def outcome_of(name: str, view: SongView | GenreError) -> Outcome:
    """Return the table entry of one upload.

    Parameters
    ----------
    name : str
        As the browser sent it.
    view : SongView or GenreError

    Returns
    -------
    outcome : (str, Prediction or GenreError)
    """
    return display_name(name), view if isinstance(view, GenreError) else view.prediction


def table_row(outcome: Outcome) -> dict[str, Any]:
    """Return one recording's outcome as a row with the columns `COLUMNS`.

    Parameters
    ----------
    outcome : (str, Prediction or GenreError)

    Returns
    -------
    row : dict
        Probabilities from 0 to 1; what does not apply is None.
    """
    name, result = outcome
    if isinstance(result, GenreError):
        return dict.fromkeys(COLUMNS) | {"file": name, "problem": str(result)}
    second = result.ranking[1]
    return {
        "file": name,
        "genre": result.genre,
        "certainty": result.confidence,
        "probability": round(result.probability, 4),
        "second_guess": second,
        "second_probability": round(float(result.probabilities[result.genres.index(second)]), 4),
        "seconds": round(result.seconds, 1),
        "looks_like": result.music.looks_like,
        "problem": None,
    }


def page_row(outcome: Outcome) -> dict[str, Any]:
    """Return a row for people to read: whole percents, and labels.

    Parameters
    ----------
    outcome : (str, Prediction or GenreError)

    Returns
    -------
    row : dict
        As `table_row`.  Of what is not music only the name, what it sounds like and its length.
    """
    row = table_row(outcome)
    looks_like = row.pop("looks_like")
    if row["problem"]:
        return row | {"certainty": _("could not be read")}
    if looks_like in NOT_MUSIC:
        kept = ("file", "seconds")
        return {key: value if key in kept else None for key, value in row.items()} | {
            "certainty": _("not music: {kind}").format(kind=_(NOT_MUSIC[looks_like]))
        }
    shares = {name: round(row[name], 2) for name in ("probability", "second_probability")}
    return row | shares | {"certainty": _(CONFIDENCE_LABELS[row["certainty"]])}


def to_csv(outcomes: Iterable[Outcome]) -> str:
    r"""Return outcomes as CSV with a header.

    A file or a genre may be named like a formula; a quote in front keeps a spreadsheet
    from running it.

    Parameters
    ----------
    outcomes : iterable of (str, Prediction or GenreError)

    Returns
    -------
    text : str

    Examples
    --------
    >>> to_csv([("=1+1.wav", GenreError("this file is empty"))]).splitlines()[1]
    "'=1+1.wav,,,,,,,,this file is empty"
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for outcome in outcomes:
        row = table_row(outcome)
        writer.writerow({column: no_formula(value) for column, value in row.items()})
    return out.getvalue()


def no_formula(value: Any) -> Any:
    """Return a value of a table; a text that a spreadsheet would run begins with a quote."""
    is_formula = isinstance(value, str) and value[:1] in tuple("=+-@\t\r")
    return f"'{value}" if is_formula else value


def to_json(outcomes: Sequence[Outcome]) -> str:
    """Return outcomes as a JSON list, with every segment's probabilities.

    Parameters
    ----------
    outcomes : sequence of (str, Prediction or GenreError)

    Returns
    -------
    text : str
    """
    entries = [
        {"file": name}
        | (result.to_dict() if isinstance(result, Prediction) else {"problem": str(result)})
        for name, result in outcomes
    ]
    return json.dumps(entries, indent=1, ensure_ascii=False) + "\n"
