"""The commands around training runs: ``runs``, ``watch``, and ``train --run``.

Conventions
-----------
As `genre.commands`.  Watching reads a run's files and nothing else: it needs no
TensorFlow, and ending it leaves the run alone.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from genre.commands import print_json, say
from genre.errors import RunError
from genre.recipe import TrainConfig
from genre.run_files import CONFIG_FILE, RunStatus, history_of, read_events, read_status
from genre.runs import RUNS, create_run, find_run, list_runs, queue_position, steer_run

WATCH_SECONDS = 0.5


def runs(arguments: argparse.Namespace) -> int:
    """List the training runs, where each stands and what it has reached."""
    rows = []
    for run in list_runs(RUNS):
        try:
            rows.append(_row(run))
        except RunError as error:
            say(str(error))
    if arguments.json:
        print_json(rows)
        return 0
    if not rows:
        say("no training runs yet; start one with: python -m genre train --run runs/NAME")
    for row in rows:
        reached = f"epoch {row['epoch']}" if row["epoch"] else ""
        if row["val_accuracy"] is not None:
            reached += f", validation {row['val_accuracy']:.1%} of segments"
        print(f"{row['run']}  {row['state']}  {reached}  {row['reason']}".rstrip())
    return 0


def watch(arguments: argparse.Namespace) -> int:
    """Follow a run in the terminal until it ends; 0 if it finished or was stopped."""
    run = find_run(arguments.run)
    place, said = 0, ""
    while True:
        status = read_status(run)
        events, place = read_events(run, place)
        for event in events:
            _print_event(event)
        waiting = f"waiting: {queue_position(run)} before it" if status.state == "queued" else ""
        if waiting and waiting != said:
            print(waiting, flush=True)
        said = waiting
        if not status.is_live:
            print(f"{status.state} {status.reason}".rstrip(), flush=True)
            return int(status.state == "failed")
        time.sleep(WATCH_SECONDS)


def train_in_run(folder: str, config: TrainConfig, data: str, *, resume: bool) -> int:
    """Carry out a run in this very process, making its folder if it is not there."""
    from genre.training_run import run_training

    run = Path(folder)
    if resume:
        run = find_run(folder)
        if (status := read_status(run)).is_live and status.pid:
            raise RunError(f"the run {run.name} is {status.state} already. Stop it first.")
        steer_run(run, stop=False, pause=False)
    elif not (run / CONFIG_FILE).exists():
        create_run(run, config, data)
    status = run_training(run, resume=resume)
    say(f"{status.state} {status.reason}".rstrip())
    return int(status.state == "failed")


def worker(arguments: argparse.Namespace) -> int:
    """Load TensorFlow, wait for one run on standard input, and carry it out."""
    from genre.training_worker import wait_for_run

    return wait_for_run()


def _row(run: Path) -> dict[str, Any]:
    """Return what is listed of a run."""
    status: RunStatus = read_status(run)
    history = history_of(read_events(run)[0])
    last = history[-1] if history else {}
    return {
        "run": run.name,
        "state": status.state,
        "reason": status.reason,
        "epoch": last.get("epoch", 0),
        "val_accuracy": last.get("val_accuracy"),
    }


def _print_event(event: dict[str, Any]) -> None:
    """Print an event that is worth a line."""
    match event["event"]:
        case "phase":
            line = event["phase"]
        case "epoch":
            line = f"epoch {event['epoch']:>3}  loss {event['loss']:.3f}"
            line += f"  accuracy {event['accuracy']:.1%}"
            if "val_accuracy" in event:
                line += f"  validation {event['val_accuracy']:.1%}"
        case "changed":
            line = f"{event['setting']} is now {event['value']:g}"
        case "resumed":
            line = f"going on after epoch {event['epoch']}"
        case "evaluation":
            track = event["track_accuracy"]
            line = (
                f"{track['value']:.0%} of {track['n']} tracks (95 % interval {track['low']:.0%} "
                f"to {track['high']:.0%}; {event['about']})"
            )
        case _:
            return
    print(line, flush=True)
