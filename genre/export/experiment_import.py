"""An experiment from elsewhere, read without trust, as a run like one's own.

Conventions
-----------
Everything is parsed and written again: nothing of the file is kept as it was, run or unpickled.
The run is marked (`genre.runs.imported`), so that nothing here goes on with it.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from genre.datasets.identity import is_identity
from genre.errors import DatasetError, GenreError, ModelError, ParameterError, RunError
from genre.evaluation.evaluation import Evaluation
from genre.export.experiment import (
    EXPERIMENT_FILE,
    EXPERIMENT_VERSION,
    FILES,
    MAX_DATA_NAME,
    MODEL_FILE,
    data_name,
    fingerprint,
    trained,
)
from genre.language import N_, _
from genre.models.archive import read_exported
from genre.models.card import ModelCard
from genre.models.import_size import check_size
from genre.models.registry import save_model
from genre.network.forward import Network
from genre.paths import RUNS
from genre.recipes.config import TrainConfig
from genre.runs.files import (
    CONFIG_FILE,
    CONTROL_FILE,
    EVENTS_FILE,
    MODEL,
    RUN_VERSION,
    RunStatus,
    read_created,
    write_status,
)
from genre.runs.imported import Origin, write_origin
from genre.runs.labels import LABEL_FILE, RunLabel, parse_label, write_label
from genre.runs.reader import RunReader
from genre.runs.run_schema import CONFIG, CONTROL, check_event
from genre.runs.store import list_runs
from genre.system.files import write_bytes, write_json
from genre.system.folders import replacing_folder
from genre.system.names import fit_name, free_name
from genre.system.safe_zip import UNREADABLE, choose_members, read_named
from genre.system.schema import (
    Damaged,
    brief,
    cause,
    file_name,
    number,
    one_of,
    parse_json,
    printable,
    record,
    text,
    whole,
)

MAX_ZIP_BYTES = 256 * 2**20
MAX_BYTES = {
    EXPERIMENT_FILE: 64 * 2**10,
    CONFIG_FILE: 2**20,
    EVENTS_FILE: 32 * 2**20,
    LABEL_FILE: 64 * 2**10,
    MODEL_FILE: 128 * 2**20,
}
"""Of each member, unpacked; the model bounds its own."""
_REMEDY = N_("Choose a file that was exported here as an experiment.")
_ENDED = ("finished", "stopped", "failed")
_ABOUT = record(
    version=whole(),
    name=text,
    state=one_of(*_ENDED),
    reason=file_name,
    data=text,
    identity=text,
    control=CONTROL,
)
_CONFIG = record(version=whole(), created=number(0, 250_000_000_000))


@dataclass(frozen=True, slots=True)
class _Experiment:
    """What a file holds, checked."""

    about: dict[str, Any]
    config: dict[str, Any]
    events: list[dict[str, Any]]
    label: RunLabel
    model: tuple[Network, ModelCard] | None


def import_experiment(source: Path | bytes, folder: Path = RUNS) -> tuple[Path, bool]:
    """Import an experiment from an untrusted file, as `genre.export.experiment` makes it.

    Parameters
    ----------
    source : Path or bytes
    folder : Path
        The folder of runs.

    Returns
    -------
    run : Path
        The run: the new one, or the same that was here already.
    is_new : bool

    Raises
    ------
    RunError
        If it is no such file, or anything in it is not what a run needs; nothing is left.
    """
    shown = _("the file") if isinstance(source, bytes) else printable(source.name)
    try:
        check_size(source, shown, MAX_ZIP_BYTES, _(_REMEDY))
        found = _read(source, shown)
    except ModelError as error:
        raise RunError(str(error)) from error
    except (Damaged, *UNREADABLE) as error:
        unreadable = _("{shown} is no experiment that can be read ({reason}). {remedy}")
        raise RunError(
            unreadable.format(shown=shown, reason=brief(error), remedy=_(_REMEDY))
        ) from error
    if here := _already_here(found, folder):
        return here, False
    name = fit_name(found.about["name"], "run")
    run = folder / free_name(name, lambda taken: (folder / taken).exists())
    try:
        with replacing_folder(run, replace=False) as new:
            _write(new, found)
    except (ModelError, DatasetError, ParameterError) as error:
        raise RunError(str(error)) from error
    except OSError as error:
        refused = _("the experiment could not be saved ({reason}). Free some space and try again.")
        raise RunError(refused.format(reason=cause(error))) from error
    return run, True


def is_experiment(source: bytes) -> bool:
    """Tell whether a file is a zip that says that it is an experiment."""
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as zipped:
            return EXPERIMENT_FILE in zipped.namelist()
    except UNREADABLE:
        return False


def _read(source: Path | bytes, shown: str) -> _Experiment:
    """Read and check everything in a file."""
    with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as zipped:
        required = [file for file in FILES if file not in (LABEL_FILE, MODEL_FILE)]
        members = choose_members(shown, zipped.infolist(), FILES, required)
        files = {
            name: read_named(zipped, member, MAX_BYTES[name]) for name, member in members.items()
        }
    about = _object(files, EXPERIMENT_FILE)
    if about.get("version") != EXPERIMENT_VERSION:
        raise Damaged(
            _("it has version {version}, this program reads version {own}").format(
                version=brief(about.get("version")), own=EXPERIMENT_VERSION
            )
        )
    _ABOUT(about, EXPERIMENT_FILE)
    label = parse_label(files[LABEL_FILE]) if LABEL_FILE in files else RunLabel()
    model = read_exported(files[MODEL_FILE]) if MODEL_FILE in files else None
    return _Experiment(about, _config_of(files), _events_of(files), label, model)


def _object(files: dict[str, bytes], name: str) -> dict[str, Any]:
    """Return a member that is a JSON object."""
    try:
        document = parse_json(files[name], max_bytes=MAX_BYTES[name])
    except Damaged as error:
        raise Damaged(f"{name}: {error}") from error
    record()(document, name)
    return dict(document)


def _config_of(files: dict[str, bytes]) -> dict[str, Any]:
    """Return the settings; what their data are called is no path, whatever it was."""
    document = _object(files, CONFIG_FILE)
    _CONFIG(document, CONFIG_FILE)
    CONFIG(document, CONFIG_FILE)
    if document["version"] != RUN_VERSION:
        raise Damaged(
            _("it has version {version}, this program reads version {own}").format(
                version=document["version"], own=RUN_VERSION
            )
        )
    try:
        recipe = TrainConfig.from_dict(document["recipe"])
    except ParameterError as error:
        raise Damaged(f"{CONFIG_FILE}: {error}".rstrip(".")) from error
    return {
        "version": RUN_VERSION,
        "data": data_name(document["data"]),
        "recipe": recipe.to_dict(),
        "created": document["created"],
    }


def _events_of(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """Return the events, every line of which must be one."""
    events = []
    for i, line in enumerate(files[EVENTS_FILE].split(b"\n"), start=1):
        if not line:
            continue
        where = _("line {n} of {file}").format(n=i, file=EVENTS_FILE)
        try:
            event = parse_json(line, max_bytes=MAX_BYTES[EVENTS_FILE])
        except Damaged as error:
            raise Damaged(f"{where}: {error}") from error
        check_event(event, where)
        if event["event"] == "evaluation":
            try:
                Evaluation.from_dict(event)
            except DatasetError as error:
                raise Damaged(f"{where}: {error}".rstrip(".")) from error
        events.append(event)
    return events


def _write(new: Path, found: _Experiment) -> None:
    """Write an experiment as the folder of a run, and read it as pages do."""
    about = found.about
    write_json(new / CONFIG_FILE, found.config)
    lines = "".join(f"{json.dumps(event)}\n" for event in found.events)
    write_bytes(new / EVENTS_FILE, lines.encode())
    control = {name: about["control"].get(name) for name in ("learning_rate", "epochs")}
    write_json(new / CONTROL_FILE, {"version": RUN_VERSION, **control})
    write_label(new, found.label)
    data, identity = data_name(about["data"])[:MAX_DATA_NAME], about["identity"]
    known = identity if is_identity(identity) else ""
    write_origin(new, Origin(data, known, time.time()))
    if found.model:
        network, card = found.model
        save_model(network, replace(card, name=MODEL), folder=new)
    write_status(new, RunStatus(about["state"], printable(about["reason"])))
    RunReader(new).read()


def _already_here(found: _Experiment, folder: Path) -> Path | None:
    """Return the run that is this experiment, trained here or imported before."""
    lines = [json.dumps(event) for event in found.events]
    files = {
        CONFIG_FILE: json.dumps(found.config, indent=1, sort_keys=True).encode(),
        EVENTS_FILE: "".join(f"{line}\n" for line in lines).encode(),
    }
    for run in list_runs(folder):
        try:
            if read_created(run) == found.config["created"] and (
                fingerprint(trained(run)) == fingerprint(files)
            ):
                return run
        except GenreError:  # a damaged one is another
            continue
    return None
