"""Training runs for tests: a recipe of seconds, and waiting for what a run tells."""

import json
import os
import signal
import time

from genre.recipes.config import TrainConfig
from genre.runs.files import EVENTS_FILE, RunStatus, read_events, read_status, write_status
from genre.runs.store import create_run, steer_run

PATIENT_SECONDS = 240
RECIPE = TrainConfig(
    texture_frames=10,
    units_1=12,
    units_2=8,
    dense_units=8,
    scaling=True,
    learning_rate=1e-3,
    epochs=6,
    batch_size=4,
    between_dropout=0.2,
    mixup=0.4,
    roll=True,
    pooling="mean",
)
LONG = {"epochs": 1000, "batch_size": 2}
"""Changes of `RECIPE` for a run that is still training whenever a test looks at it."""


def wait_for(what, run):
    """Wait until something is true of a run's status and events."""
    end = time.time() + PATIENT_SECONDS
    while time.time() < end:
        status, (events, _) = read_status(run), read_events(run)
        if what(status, events):
            return status, events
        time.sleep(0.05)
    log = (run / "log.txt").read_text() if (run / "log.txt").exists() else ""
    raise AssertionError(f"waited in vain: {read_status(run)}, {events[-3:]}\n{log}")


def has_ended(status, events):
    return not status.is_live


def n_epochs(events):
    return sum(event["event"] == "epoch" for event in events)


def end_process(run):
    """End a run's process, if it has one or will have."""
    if not (run / "status.json").exists():
        return
    status = read_status(run)
    if status.is_live and not status.pid:
        steer_run(run, stop=True)  # it has been started and has not reported yet
    elif status.is_live and status.pid != os.getpid():  # some are only written, by this process
        os.kill(status.pid, signal.SIGKILL)


def write_run(run, *events, config=RECIPE, data="gtzan-subset", status=None):
    """Write a run's files, without a process: its settings, events and status."""
    create_run(run, config, data)
    tell(run, *events)
    write_status(run, status or RunStatus("finished"))
    return run


def tell(run, *events):
    """Let a run tell some more."""
    with (run / EVENTS_FILE).open("ab") as file:
        file.write(as_lines(*events))


def as_lines(*events):
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def phase(name, time):
    return {"event": "phase", "phase": name, "time": time}


def batch(number, time, n_batches=4):
    row = {"event": "batch", "batch": number, "n_batches": n_batches}
    return row | {"epoch": 1, "loss": 2.0, "accuracy": 0.3, "learning_rate": 1e-3, "time": time}


def epoch(number, time, *, accuracy=0.5, val_accuracy=0.4):
    row = {"event": "epoch", "epoch": number, "loss": 1 / number, "accuracy": accuracy}
    checked = {"val_loss": 2 / number, "val_accuracy": val_accuracy}
    return row | checked | {"learning_rate": 1e-3, "time": time}


def data(time):
    return {
        "event": "data",
        "name": "made up",
        "genres": ["loud", "quiet"],
        "n_tracks": 24,
        "n_segments": {"train": 40, "validation": 14, "test": 18},
        "absent_genres": {"train": [], "validation": [], "test": []},
        "skipped": [],
        "time": time,
    }


def evaluation(time):
    share = {"value": 0.75, "low": 0.41, "high": 0.93, "n": 8}
    return {
        "event": "evaluation",
        "about": "tracks by other artists",
        "genres": ["loud", "quiet"],
        "track_accuracy": share,
        "segment_accuracy": share | {"n": 24},
        "confusion_matrix": [[3, 1], [1, 3]],
        "time": time,
    }
