"""The command ``sweep``: many runs over values of settings, in this process, with progress.

Conventions
-----------
As `genre.cli.songs`.  The page starts the same command for a sweep that it has made.  Ctrl+C stops
the sweep and the run that trains for it; the same command with the sweep's name goes on.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from genre.cli.songs import print_json, say
from genre.errors import GenreError, ParameterError, RunError
from genre.paths import SWEEPS
from genre.sweeps.advance import run_sweep
from genre.sweeps.files import (
    Sweep,
    SweepState,
    SweepStatus,
    Trial,
    read_job,
    read_state,
    read_sweep,
)
from genre.sweeps.plan import plan_configurations, plan_rungs
from genre.sweeps.spec import SweepSpec
from genre.sweeps.standings import standings
from genre.sweeps.store import (
    create_sweep,
    delete_sweep,
    find_sweep,
    list_sweeps,
    prepare_to_go_on,
    stop_sweep,
)
from genre.sweeps.sweep_file import read_sweep_file
from genre.sweeps.values import configuration_name
from genre.system.installed import check_training
from genre.system.processes import lower_priority
from genre.text.format import count, duration
from genre.text.sweeps import (
    budget_line,
    metric_line,
    plan_line,
    split_line,
    state_line,
    trial_line,
)
from genre.training.sent import train_sent

ENDINGS = (".json", ".toml")
MAX_SHOWN = 10


def sweep(arguments: argparse.Namespace) -> int:
    """Make a sweep of a file, or go on with one, and advance it in this process."""
    if not arguments.source:
        if not arguments.list:
            raise ParameterError(
                "no file or name of a sweep was given. Give one, or --list to see the sweeps."
            )
        return _list(arguments)
    spec = _spec_of(arguments.source)
    if arguments.plan:
        return _print_plan(spec or read_sweep(find_sweep(arguments.source)).spec)
    if spec:
        if arguments.stop or arguments.delete or arguments.list:
            raise ParameterError(
                f"{arguments.source} is a file, expected the name of a sweep. See: sweep --list"
            )
        check_training()
        folder = create_sweep(spec)
        say(f"sweep {folder.name}")
    else:
        folder = find_sweep(arguments.source)
    if arguments.stop:
        stop_sweep(folder)
        say("the sweep stops after its current batch; go on with: "
            f"python -m genre sweep {folder.name}")  # fmt: skip
        return 0
    if arguments.delete:
        delete_sweep(folder)
        say("the sweep was deleted; its runs are where they were")
        return 0
    if arguments.list:
        return _list(arguments, [folder])
    if not arguments.take_over:  # then a run that is killed each time must not go on for ever
        prepare_to_go_on(folder, minutes=arguments.minutes)
    return _advance(folder)


def _spec_of(source: str) -> SweepSpec | None:
    """Return the sweep that a file says; None where the source is the name of a sweep."""
    path = Path(source)
    if path.suffix.lower() in ENDINGS or path.is_file():
        return read_sweep_file(path)
    return None


def _advance(folder: Path) -> int:
    """Train what is left of a sweep, with a line for each run that begins and ends."""
    check_training()
    lower_priority()
    made = read_sweep(folder)
    say(plan_line(made.spec, len(made.configurations)))
    for line in (budget_line(read_state(made).minutes), split_line(made.spec)):
        if line:
            say(line)
    printer = _Printer(made)
    status = run_sweep(folder, printer, train_sent=train_sent)
    _print_standings(made, read_state(made))
    if status.state == "failed":
        raise RunError(status.reason)
    say(state_line(status))
    if status.state in ("stopped", "spent"):
        say(f"go on with: python -m genre sweep {folder.name}")
    return 130 if status.reason == "interrupted" else 0


class _Printer:
    """Says what has changed since it was called last."""

    def __init__(self, made: Sweep) -> None:
        self.made, self.said = made, {trial_key(t): t for t in read_state(made).trials}
        self.run = ""

    def __call__(self, status: SweepStatus, state: SweepState) -> None:
        for trial in state.trials:
            if trial != self.said[trial_key(trial)]:
                self.said[trial_key(trial)] = trial
                if trial.state != "dropped":
                    say(trial_line(self.made, trial))
        if status.n_epochs and (line := f"{status.run} {status.epoch}") != self.run:
            self.run = line
            left = f", about {duration(status.seconds_left)} left" if status.seconds_left else ""
            say(f"  {status.n_ended} of {status.n_trials} done; epoch {status.epoch} of "
                f"{status.n_epochs}{left}")  # fmt: skip


def trial_key(trial: Trial) -> tuple[int, int]:
    """Return what a trial is known by: its configuration and its seed."""
    return trial.configuration, trial.seed


def _print_plan(spec: SweepSpec) -> int:
    """Print the configurations of a sweep, a line each."""
    configurations = plan_configurations(spec)
    for configuration in configurations:
        print(configuration_name(configuration))
    say(plan_line(spec, len(configurations)))
    if line := split_line(spec):
        say(line)
    rungs = plan_rungs(spec, len(configurations))
    for rung in rungs if len(rungs) > 1 else ():
        say(f"{rung.n_configurations} up to {count(rung.epochs, 'epoch')}")
    return 0


def _print_standings(made: Sweep, state: SweepState) -> None:
    """Print the best configurations, a line each."""
    found = standings(made, state)
    for place in found[:MAX_SHOWN]:
        name = configuration_name(made.configurations[place.configuration])
        spread = f" ({min(place.scores):.1%} to {max(place.scores):.1%})"
        print(
            f"{place.score:.1%}{spread if len(place.scores) > 1 else ''}  {name}  "
            f"{count(place.epochs, 'epoch')}{'  dropped' if place.is_dropped else ''}"
        )
    for line in (metric_line(made.spec), split_line(made.spec)) if found else ():
        if line:
            say(line)


def _list(arguments: argparse.Namespace, folders: list[Path] | None = None) -> int:
    """List the sweeps with their state, or print how one of them stands."""
    rows: list[dict[str, Any]] = []
    for folder in list_sweeps(SWEEPS) if folders is None else folders:
        try:
            made = read_sweep(folder)
            state, status = read_state(made), read_job(folder)
        except GenreError as error:
            say(str(error))
            continue
        n_ended = sum(not trial.is_open for trial in state.trials)
        row: dict[str, Any] = {"sweep": made.name, "label": made.spec.label, "state": status.state}
        row |= {"reason": status.reason, "n_ended": n_ended, "n_runs": len(state.trials)}
        row["compared_with_the_same"] = list(made.spec.of_the_split)
        rows.append(row)
        if arguments.json:
            row["trials"] = [
                {**made.configurations[trial.configuration], "seed": trial.seed, "run": trial.run,
                 "state": trial.state, "val_accuracy": trial.score, "epochs": trial.epochs}
                for trial in state.trials
            ]  # fmt: skip
            continue
        print(f"{made.name}  {n_ended} of {len(state.trials)}  {state_line(status)}")
        if folders:
            _print_standings(made, state)
    if arguments.json:
        print_json(rows)
    elif not rows:
        say("no sweeps yet; start one with: python -m genre sweep FILE")
    return 0
