"""A run as one file, an experiment: everything but the sound, for another computer.

Conventions
-----------
A zip of JSON, and of the model as `genre.models.archive` exports it; `docs/formats.md` lists what
is in it.  It has the names of tracks and artists, which figures per track need, and no path: of
where the data were it keeps the last part, and it names them by their digest.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path, PureWindowsPath
from typing import Any

from genre.datasets.data_files import label_in
from genre.datasets.identity import identify
from genre.datasets.load import bundled_datasets
from genre.errors import RunError
from genre.language import _
from genre.models.archive import export_model
from genre.runs.files import (
    CONFIG_FILE,
    EVENTS_FILE,
    MODEL,
    RUN_VERSION,
    read_config,
    read_control,
    read_created,
    read_events,
    read_status,
)
from genre.runs.imported import read_origin
from genre.runs.keep_model import has_model
from genre.runs.labels import LABEL_FILE, label_text, read_label
from genre.system.names import one_line
from genre.system.safe_zip import zip_of
from genre.system.schema import printable

EXPERIMENT_FILE, MODEL_FILE, EXPERIMENT_VERSION = "experiment.json", "model.zip", 1
FILES = (EXPERIMENT_FILE, CONFIG_FILE, EVENTS_FILE, LABEL_FILE, MODEL_FILE)
MAX_DATA_NAME = 120
"""Characters of what data are called."""


def export_experiment(run: Path) -> bytes:
    """Return a run as one file.

    Parameters
    ----------
    run : Path
        One that has ended: its settings, events, answers for each track, label and, where there
        is one, its model.

    Returns
    -------
    content : bytes
        A zip; the same run gives the same bytes.

    Raises
    ------
    RunError
        If the run is at work, or cannot be read.
    ModelError
        If its model is corrupt.
    """
    status = read_status(run)
    if status.is_live:
        raise RunError(
            _("the run {name} is at work. Stop it, or wait until it has finished.").format(
                name=printable(run.name)
            )
        )
    data, origin, control = read_config(run)[1], read_origin(run), read_control(run)
    about = {
        "version": EXPERIMENT_VERSION,
        "name": run.name,
        "state": status.state,
        "reason": _without_place(status.reason, data),
        "data": data_name(data),
        "identity": origin.identity if origin else printable(identify(data)),
        "control": {"learning_rate": control.learning_rate, "epochs": control.epochs},
    }
    files = {
        EXPERIMENT_FILE: json.dumps(about, indent=1).encode(),
        **trained(run),
        LABEL_FILE: label_text(read_label(run)).encode(),
    }
    if has_model(run):
        files[MODEL_FILE] = export_model(MODEL, run, with_keras=False)
    return zip_of(files)


def trained(run: Path) -> dict[str, bytes]:
    """Return what was asked for and what happened, without paths.

    An imported run gives the same as the run that it was exported from.
    """
    recipe, data = read_config(run)
    config: dict[str, Any] = {"version": RUN_VERSION, "data": data_name(data)}
    config |= {"recipe": recipe.to_dict(), "created": read_created(run)}
    lines = [_without_place(json.dumps(event), data) for event in read_events(run)[0]]
    return {
        CONFIG_FILE: json.dumps(config, indent=1, sort_keys=True).encode(),
        EVENTS_FILE: "".join(f"{line}\n" for line in lines).encode(),
    }


def fingerprint(files: dict[str, bytes]) -> str:
    """Return a digest of what `trained` returns: the same experiment has the same.

    What its data is called does not count: a dataset that was deleted has lost its label.
    """
    config = json.loads(files[CONFIG_FILE]) | {"data": ""}
    asked = json.dumps(config, sort_keys=True).encode()
    return hashlib.sha256(asked + b"\0" + files[EVENTS_FILE]).hexdigest()


def data_name(data: str) -> str:
    """Return what to call a run's data elsewhere: its label, or a name without a path.

    Examples
    --------
    >>> data_name("/srv/me/music"), data_name("gtzan-subset")
    ('music', 'gtzan-subset')
    """
    if data in bundled_datasets():
        return data
    label = label_in(Path(data)).replace("/", " ").replace("\\", " ")  # else read as a path
    name = one_line(label or PureWindowsPath(data).name)[:MAX_DATA_NAME].strip()
    if name in ("", ".", ".."):
        return "data"
    return f"{name}~" if name in bundled_datasets() else name  # it is not what comes with programs


def _without_place(text: str, data: str) -> str:
    """Return a text, JSON or not, without the folders that the data and the home folder lie in."""
    for place in (Path(data).parent, Path.home()):
        if place.is_absolute() and len(place.parts) > 1:
            for form in {f"{place}", json.dumps(f"{place}")[1:-1]}:
                text = text.replace(f"{form}/", "").replace(f"{form}\\", "")
    return text
