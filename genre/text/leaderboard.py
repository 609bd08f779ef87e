"""The leaderboard of the page Compare: its rows, its titles, and the settings that differ.

Conventions
-----------
As `genre.text.compare`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from genre.compare.leaderboard import LeaderboardEntry, differing_settings
from genre.language import _
from genre.models.card import Figure
from genre.models.measured_on import measured_on
from genre.recipes.command import changes_of, nearest_preset
from genre.recipes.musicnn import uses_musicnn
from genre.runs.names import read_name
from genre.text.format import (
    general,
    interval,
    moment,
    number,
    percent,
    with_interval,
)


def titles(entries: Sequence[LeaderboardEntry]) -> list[str]:
    """Return a short and unique title for each entry.

    Parameters
    ----------
    entries : sequence of LeaderboardEntry

    Returns
    -------
    titles : list of str
        Its label, else its name; of a run's, if the page named it, the end, which the command
        line accepts too.  Where two would be the same, the run has its reference in links too.
    """
    short = [c.label or (read_name(c.name)[0] if c.kind == "run" else c.name) for c in entries]
    n_called = Counter(short)
    return [
        title
        if n_called[title] == 1 or entry.kind == "model"
        else f"{title} ({entry.reference})"
        if entry.label
        else entry.reference
        for entry, title in zip(entries, short, strict=True)
    ]


def leaderboard_row(entry: LeaderboardEntry, title: str) -> dict[str, Any]:
    """Return an entry, by its title, as a row of the leaderboard.

    ``accuracy`` is in percent; what was not measured on unseen artists is None.
    """
    leak_free, leaky = entry.leak_free, entry.leaky
    quoted = leak_free or leaky
    measures = entry.measures if leak_free else {}
    return {
        "name": title,
        "kind": _kind(entry),
        "accuracy": 100 * leak_free.value if leak_free else None,
        "interval": interval(leak_free.low, leak_free.high) if leak_free else None,
        "tracks": leak_free.n if leak_free else None,
        "macro_f1": _measure(measures, "macro_f1"),
        "calibration_error": _measure(measures, "expected_calibration_error"),
        "leaky": _short_figure(leaky) if leaky else None,
        "seconds": entry.train_seconds,
        "data": entry.data,
        "recipe": recipe_line(entry),
        "measured": measured_on(quoted.what) if quoted else _("never measured"),
    }


def ranking_line(entries: Sequence[LeaderboardEntry]) -> str:
    """Return how the leaderboard is sorted, and a warning if the data differ."""
    lines = [_("Sorted by the lower end of the interval, so that a few tracks cannot lead.")]
    if len({entry.data for entry in entries if entry.leak_free}) > 1:
        lines.append(_("Accuracies on different data cannot be compared."))
    if any(entry.leak_free and entry.recipe and uses_musicnn(entry.recipe) for entry in entries):
        lines.append(
            _(
                "Entries that read musicnn features, or whose teacher does: musicnn may have been "
                "trained on the tracks."
            )
        )
    return " ".join(lines)


def recipe_line(entry: LeaderboardEntry) -> str:
    """Return the recipe of an entry: the preset, and the settings that differ from it."""
    if entry.recipe is None:
        return _("not known")
    preset, _n_changed = nearest_preset(entry.recipe)
    changes = changes_of(entry.recipe, preset)
    if not changes:
        return preset.preset
    # Preset and settings are called as on the command line.
    return f"{preset.preset}, {', '.join(f'{k} {_setting(v)}' for k, v in changes.items())}"


def settings_rows(entries: Sequence[LeaderboardEntry]) -> list[dict[str, str]]:
    """Return the settings in which entries differ, a row each.

    Parameters
    ----------
    entries : sequence of LeaderboardEntry

    Returns
    -------
    rows : list of dict
        ``setting``, and a value by the title of each entry with a known recipe.
    """
    called = list(zip(titles(entries), entries, strict=True))
    known = [(title, entry) for title, entry in called if entry.recipe]
    rows = [
        {"setting": name.replace("_", " ")}
        | {title: _setting(value) for (title, _entry), value in zip(known, values, strict=True)}
        for name, values in differing_settings(
            [c.recipe for _title, c in known if c.recipe]
        ).items()
    ]
    if len({entry.data for entry in entries}) > 1:
        rows.append({"setting": _("data")} | {title: c.data for title, c in called})
    return rows


def _measure(measures: Mapping[str, float], name: str) -> str | None:
    """Return a measure with its interval; None if it was not measured."""
    ends = (measures.get(f"{name}_low"), measures.get(f"{name}_high"))
    return with_interval(measures[name], *ends) if name in measures else None


def _kind(entry: LeaderboardEntry) -> str:
    """Return the kind of an entry; for a run, with its start."""
    kind = _("run") if entry.kind == "run" else _("model")
    kind = _("imported run") if entry.is_imported else kind
    made = read_name(entry.name)[1] if entry.kind == "run" else None
    return f"{kind}, {moment(made)}" if made else kind


def _short_figure(figure: Figure) -> str:
    return _("{share} of {n} ({interval})").format(
        share=percent(figure.value),
        n=number(figure.n),
        interval=interval(figure.low, figure.high),
    )


def _setting(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return general(value) if isinstance(value, float) else str(value)
