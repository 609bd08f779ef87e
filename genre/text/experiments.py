"""The table rows and sentences of the page Experiments.

Conventions
-----------
As `genre.text.compare`.  Settings are called as on the command line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from genre.compare.leaderboard import LeaderboardEntry, differing_settings, entry_of_run
from genre.experiments.configurations import Configuration, Quantity
from genre.experiments.records import RunRecord
from genre.experiments.selection import LEAST_RUNS, N_SPLITS, SelectionCost, comparable
from genre.language import N_, _, ngettext
from genre.runs.names import read_name
from genre.text.compare import difference_lines
from genre.text.format import count, general, interval, number
from genre.text.song import dataset_name, display_name

STATES = {
    "live": N_("Training or waiting"),
    "finished": N_("Finished"),
    "stopped": N_("Stopped"),
    "failed": N_("Failed"),
}
"""What the runs are told apart by: each run is in one of these."""
METRIC_NAMES = {
    "val_accuracy": N_("Validation accuracy"),
    "val_loss": N_("Validation loss"),
    "accuracy": N_("Training accuracy"),
    "loss": N_("Training loss"),
}
QUANTITY_NAMES: dict[Quantity, str] = {
    "test": N_("Test accuracy per track"),
    "best_validation": N_("Best validation accuracy per segment"),
}


def state_of(record: RunRecord) -> str:
    """Return which of `STATES` a run is in."""
    return "live" if record.status.is_live else record.status.state


def titles(records: Sequence[RunRecord]) -> list[str]:
    """Return what each run is called: its label, or the end of its name; equal ones with both."""
    short = [record.label.label or display_name(read_name(record.name)[0]) for record in records]
    n_called = Counter(short)
    return [
        title if n_called[title] == 1 else f"{title} ({display_name(record.name)})"
        for title, record in zip(short, records, strict=True)
    ]


def settings_columns(records: Sequence[RunRecord]) -> dict[str, tuple[Any, ...]]:
    """Return the settings in which runs differ, by name, with a value of each run."""
    return differing_settings([record.config for record in records])


def run_row(
    record: RunRecord, title: str, sweep: str, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a run as a row of the table; accuracies are in percent, None where not measured.

    Parameters
    ----------
    record : RunRecord
    title, sweep : str
        Of the run, and of the sweep that it is part of; empty for none.
    settings : mapping
        Values by the name of each setting that has a column.
    """
    test, best = record.test, record.best_validation
    is_leaky = test is not None and not record.is_leak_free
    return {
        "run": title,
        "state": _(STATES[state_of(record)]),
        "best_validation": 100 * best if best is not None else None,
        "test": 100 * test.value if test and not is_leaky else None,
        "interval": interval(test.low, test.high) if test and not is_leaky else None,
        "tracks": test.n if test else None,
        "leaky": 100 * test.value if test and is_leaky else None,
        "epochs": len(record.rows),
        **{f"set_{name}": setting_value(value) for name, value in settings.items()},
        "tags": list(record.label.tags),
        "sweep": sweep,
        "seconds": record.seconds,
        "data": dataset_name(record.data),
        "made": record.made,
        "notes": record.label.notes,
    }


def setting_value(value: Any) -> Any:
    """Return the value of a setting for a column: numbers stay numbers, to be sorted by."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value


def setting_words(settings: Mapping[str, Any]) -> str:
    """Return settings in a line, as on the command line."""
    return ", ".join(
        f"{name.replace('_', ' ')} {general(value) if isinstance(value, float) else written}"
        for name, value in settings.items()
        for written in (setting_value(value),)
    )


def configuration_titles(shown: Sequence[Configuration]) -> list[str]:
    """Return what tells configurations apart: the settings, and the data, in which they differ."""
    differing = [
        name
        for name in (shown[0].settings if shown else ())
        if len({one.settings[name] for one in shown}) > 1
    ]
    several = len({one.records[0].data for one in shown}) > 1
    found = []
    for one in shown:
        words = setting_words({name: one.settings[name] for name in differing})
        data = dataset_name(one.records[0].data) if several else ""
        found.append(", ".join(part for part in (words, data) if part) or _("all settings alike"))
    return found


def spread_row(place: int, one: Configuration, title: str, of: Quantity) -> dict[str, Any]:
    """Return a configuration as a row: mean, deviation, lowest and highest over its seeds."""
    spread = one.spread(of)
    return {
        "place": place,
        "configuration": title,
        "mean": 100 * spread.mean if spread else None,
        "std": 100 * spread.std if spread and spread.std is not None else None,
        "lowest": 100 * spread.low if spread else None,
        "highest": 100 * spread.high if spread else None,
        "runs": spread.n if spread else 0,
        "ended_early": len(one.values(of, ended_early=True)),
    }


def choice_line(records: Sequence[RunRecord], cost: SelectionCost | None = None) -> str:
    """Return what is to be known of the best of these runs; empty for too few.

    Parameters
    ----------
    records : sequence of RunRecord
        All that the best one is chosen from.
    cost : SelectionCost, optional
        Where it was measured.
    """
    if cost:
        points = round(cost.points)
        return ngettext(
            "Best of {n_runs} on these {tracks} of {artists}: expect {points} point less on new "
            "ones.",
            "Best of {n_runs} on these {tracks} of {artists}: expect {points} points less on new "
            "ones.",
            points,
        ).format(
            n_runs=cost.n_runs,
            tracks=count(cost.n_tracks, "track"),
            artists=count(cost.n_artists, "artist"),
            points=points,
        )
    n_runs = len(comparable(records))
    if n_runs < LEAST_RUNS:
        return ""
    return _(
        "The best of {n_runs} by test accuracy is partly so by luck with these tracks: expect less "
        "on new ones."
    ).format(n_runs=n_runs)


def choice_rule() -> str:
    """Return how the cost of a choice is measured."""
    return _(
        "The artists of the test sides are split into halves {n:,} times. The run that is best on "
        "one half is looked at on the other; how much worse it is there, on average, is divided by "
        "the square root of 2, since all tracks are twice as many as half of them. Cawley and "
        "Talbot, J. Machine Learning Research 11, 2010."
    ).format(n=N_SPLITS)


def shared_lines(first: RunRecord, other: RunRecord | LeaderboardEntry) -> list[str]:
    """Return the paired difference of a run and another or a model, and on how many tracks.

    Parameters
    ----------
    first : RunRecord
    other : RunRecord or LeaderboardEntry

    Returns
    -------
    lines : list of str
        A sentence on the difference, or why there is none; then how many tracks are shared.

    Raises
    ------
    RunError, DatasetError
        If the files of a run cannot be read.
    """
    entries = []
    for one in (first, other):
        entry = one if isinstance(one, LeaderboardEntry) else entry_of_run(one.run)
        if entry is None:
            control = _("{name} is a control with permuted genres: there is nothing to compare.")
            untested = _("{name} was not tested: it ended before that.")
            said = control if isinstance(one, RunRecord) and _is_control(one) else untested
            return [said.format(name=titles([one])[0] if isinstance(one, RunRecord) else one.name)]
        entries.append(entry)
    tested = [{a.key for a in e.evaluation.predictions} if e.evaluation else set() for e in entries]
    n_shared = len(tested[0] & tested[1])
    lines = difference_lines(entries)
    if n_shared:
        lines.append(
            _("Shared: {tracks}, of {n_first} of the first and {n_other} of the other.").format(
                tracks=count(n_shared, "track"),
                n_first=number(len(tested[0])),
                n_other=number(len(tested[1])),
            )
        )
    return lines


def _is_control(record: RunRecord) -> bool:
    return record.config.permute_genres
