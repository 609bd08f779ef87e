"""Sentences about sweeps.

Conventions
-----------
As `genre.text.song`.  What is said of a score says that it is of the validation side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from genre.language import N_, _, ngettext
from genre.sweeps.files import Sweep, SweepState, SweepStatus, Trial
from genre.sweeps.plan import Rung
from genre.sweeps.spec import SweepSpec
from genre.sweeps.standings import Standing
from genre.sweeps.values import configuration_name, written_value
from genre.text.format import count, duration, general, number, percent
from genre.text.song import dataset_name

METHODS = {
    "grid": N_("Grid"),
    "random": N_("Random"),
    "halving": N_("Successive halving"),
}
METHODS_ABOUT = {
    "grid": N_("Every combination of the values."),
    "random": N_("Combinations drawn at random, from values or ranges."),
    "halving": N_(
        "Every combination, or some drawn, with few epochs at first; the better ones go on with "
        "more, from where they were."
    ),
}
TRIAL_STATES = {
    "waiting": N_("Waiting"),
    "training": N_("Training"),
    "done": N_("Done"),
    "dropped": N_("Dropped"),
    "stopped": N_("Stopped"),
    "failed": N_("Failed"),
}
DELETE_NOTE = N_("The list of this sweep is deleted. Its runs stay on Train and Compare.")


def trial_line(sweep: Sweep, trial: Trial) -> str:
    """Return how one run of a sweep stands, with its reason or its score."""
    parts = [f"{sweep.name_of(trial)}: {_(TRIAL_STATES[trial.state])}"]
    if trial.reason:
        parts.append(_(trial.reason))
    elif trial.state == "done" and trial.score is not None:
        parts.append(_("validation {share}").format(share=percent(trial.score, 1)))
    return ", ".join(parts)


def runs_line(n_configurations: int, n_seeds: int) -> str:
    """Return how many runs a sweep has.

    Examples
    --------
    >>> runs_line(6, 2), runs_line(1, 1)
    ('12 runs: 6 combinations with 2 seeds each', '1 run')
    """
    runs = count(n_configurations * n_seeds, "run")
    if n_seeds == 1:
        return runs
    said = ngettext(
        "{runs}: {n} combination with {n_seeds} seeds each",
        "{runs}: {n} combinations with {n_seeds} seeds each",
        n_configurations,
    )
    return said.format(runs=runs, n=number(n_configurations), n_seeds=n_seeds)


def plan_line(spec: SweepSpec, n_configurations: int) -> str:
    """Return what a sweep will do: its method, data, and number of runs."""
    return _("{method} on {data}: {runs}.").format(
        method=_(METHODS[spec.method]),
        data=dataset_name(spec.source),
        runs=runs_line(n_configurations, len(spec.seeds)),
    )


def rungs_line(rungs: list[Rung]) -> str:
    """Return how many configurations successive halving trains, and how far.

    Examples
    --------
    >>> rungs_line([Rung(9, 1), Rung(3, 3)])
    '9 up to 1 epoch → 3 up to 3 epochs'
    """
    steps = [
        _("{n} up to {epochs}").format(n=one.n_configurations, epochs=count(one.epochs, "epoch"))
        for one in rungs
    ]
    return " → ".join(steps)


def expected_line(seconds: float, minutes: float | None, *, is_measured: bool) -> str:
    """Return how long a sweep will take, and what its budget means for that."""
    said = (
        _("About {duration} in all, from the pace measured here.")
        if is_measured
        else _("About {duration} in all, roughly, on two cores.")
    )
    line = said.format(duration=duration(seconds))
    if minutes is not None and seconds > minutes * 60:
        more = _("The budget of {minutes} is shorter: the last runs will not begin.")
        line += " " + more.format(minutes=_minutes(minutes))
    return line


def budget_line(minutes: float | None) -> str:
    """Return what the budget means; empty without one."""
    if minutes is None:
        return ""
    said = _(
        "Budget {minutes} of training: no run begins that would probably end later; the first "
        "one begins in any case, and a run that has begun is not cut off."
    )
    return said.format(minutes=_minutes(minutes))


def metric_line(spec: SweepSpec) -> str:
    """Return what configurations are compared by."""
    if len(spec.seeds) > 1:
        return _(
            "Compared by the accuracy on segments of the validation set, mean of {n} seeds; never "
            "by the test set."
        ).format(n=len(spec.seeds))
    return _(
        "Compared by the accuracy on segments of the validation set; never by the test set. "
        "With one seed, small differences say nothing."
    )


def split_line(spec: SweepSpec, labels: Mapping[str, str] | None = None) -> str:
    """Return what a swept setting of the split means for the comparison; empty without one.

    ``labels`` are what to call settings.
    """
    if not spec.of_the_split:
        return ""
    names = ", ".join((labels or {}).get(name, name) for name in spec.of_the_split)
    return _(
        "Runs that differ in {settings} are validated on different tracks or labels: each of "
        "these groups is ranked by itself, and accuracies of different groups cannot be compared."
    ).format(settings=names)


def state_line(status: SweepStatus) -> str:
    """Return where a sweep stands, as a headline."""
    reason = _(status.reason)
    match status.state:
        case "absent":
            return _("Not started")
        case "sweeping":
            return _("Run {n} of {total}").format(
                n=min(status.n_ended + 1, status.n_trials or 1), total=status.n_trials or "?"
            )
        case "finished":
            return _("Finished")
        case "stopped":
            return _("Stopped")
        case "spent":
            return _("Budget spent: {reason}").format(reason=reason)
    return _("Failed: {reason}").format(reason=reason)


def outcome_word(status: SweepStatus) -> str:
    """Return where a sweep stands, in a word or two, for its title."""
    words = {
        "absent": _("not started"),
        "sweeping": _("at work"),
        "finished": _("finished"),
        "stopped": _("stopped"),
        "spent": _("budget spent"),
    }
    return words.get(status.state, _("failed"))


def progress_line(status: SweepStatus) -> str:
    """Return how far a sweep is: its runs, the epoch of this one, and the time left."""
    parts = [state_line(status)]
    if status.n_epochs:
        parts.append(
            _("epoch {n} of {n_epochs}").format(
                n=min(status.epoch + 1, status.n_epochs), n_epochs=status.n_epochs
            )
        )
    if status.seconds_left:
        parts.append(_("about {duration} left").format(duration=duration(status.seconds_left)))
    return ", ".join(parts)


def standing_rows(sweep: Sweep, ranked: Sequence[Standing]) -> list[dict[str, Any]]:
    """Return configurations as rows of a table, the best first."""
    return [
        {
            **_written(sweep.configurations[one.configuration]),
            "score": one.score,
            "low": min(one.scores),
            "high": max(one.scores),
            "n_seeds": len(one.scores),
            "trained": one.epochs,
            "state": _(TRIAL_STATES["dropped"] if one.is_dropped else "")
            if one.is_complete
            else _("Not complete"),
        }
        for one in ranked
    ]


def standing_columns() -> dict[str, str]:
    """Return what the columns of such a table are called, besides those of the settings."""
    return {
        "score": _("Validation"),
        "low": _("Lowest seed"),
        "high": _("Highest seed"),
        "n_seeds": _("Seeds"),
        "trained": _("Epochs trained"),
        "state": _("State"),
    }


def trial_rows(sweep: Sweep, state: SweepState) -> list[dict[str, Any]]:
    """Return the runs of a sweep as rows of a table, in the order of the queue."""
    has_reason = any(trial.reason for trial in state.trials)
    return [
        {
            **_written(sweep.configurations[trial.configuration]),
            "seed": trial.seed,
            "state": _(TRIAL_STATES[trial.state]),
            "score": trial.score,
            "trained": trial.epochs or None,
            "duration": duration(trial.seconds) if trial.seconds else "",
            **({"reason": _(trial.reason) if trial.reason else ""} if has_reason else {}),
        }
        for trial in state.trials
    ]


def trial_columns() -> dict[str, str]:
    """Return what the columns of such a table are called, besides those of the settings."""
    return {
        "seed": _("Seed"),
        "state": _("State"),
        "score": _("Validation"),
        "trained": _("Epochs trained"),
        "duration": _("Duration"),
        "reason": _("Why"),
    }


def chosen_line(sweep: Sweep, best: Standing, labels: Mapping[str, str] | None = None) -> str:
    """Return which configuration is the best on the validation side, in its group."""
    configuration = sweep.configurations[best.configuration]
    of_split = {name: configuration[name] for name in sweep.spec.of_the_split}
    others = {name: value for name, value in configuration.items() if name not in of_split}
    group = configuration_name(of_split, labels)
    if not others:  # nothing is chosen: the group has no other
        said = _("With {group}: {share} on its validation set.")
        if len(best.scores) > 1:
            said = _("With {group}: {share} on its validation set (mean of {n} seeds).")
    elif group:
        said = _("Best with {group}: {configuration}, {share} on its validation set.")
        if len(best.scores) > 1:
            said = _(
                "Best with {group}: {configuration}, {share} on its validation set (mean of {n} "
                "seeds)."
            )
    else:
        said = _("Best on the validation set: {configuration}, {share}.")
        if len(best.scores) > 1:
            said = _("Best on the validation set: {configuration}, {share} (mean of {n} seeds).")
    return said.format(
        group=group,
        configuration=configuration_name(others, labels),
        share=percent(best.score, 1),
        n=len(best.scores),
    )


def result_line(seed: int, headline: str) -> str:
    """Return the test of the chosen configuration with one seed."""
    return _("Test, seed {seed}: {headline}.").format(seed=seed, headline=headline)


def _written(configuration: Mapping[str, Any]) -> dict[str, str]:
    return {name: written_value(value) for name, value in configuration.items()}


def _minutes(minutes: float) -> str:
    return ngettext("{n} minute", "{n} minutes", round(minutes)).format(n=general(minutes))
