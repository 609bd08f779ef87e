"""Runs that were trained elsewhere and imported here: shown like one's own, never gone on with.

Conventions
-----------
``imported.json`` in the run's folder says so, and what its data were called where it was trained.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from genre.errors import RunError
from genre.language import _
from genre.system.files import write_json
from genre.system.schema import Damaged, number, printable, read_json, record, text

IMPORTED_FILE, IMPORTED_VERSION = "imported.json", 1
_MAX_BYTES = 64 * 2**10
_IMPORTED = record(data=text, identity=text, imported=number(0))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an imported run comes from.

    Parameters
    ----------
    data : str
        What its data were called: a bundled name, or that of a folder or file.
    identity : str
        What a link calls them (`genre.datasets.identity`); empty where that is not known.
    imported : float
        When, in seconds since 1970.
    """

    data: str
    identity: str
    imported: float


def read_origin(run: Path) -> Origin | None:
    """Return where a run comes from; None if it was trained here.

    What cannot be read still was imported: nothing is known of it then.
    """
    if not (run / IMPORTED_FILE).exists():
        return None
    try:
        document = read_json(run / IMPORTED_FILE, max_bytes=_MAX_BYTES)
        _IMPORTED(document, _("the file"))
    except Damaged:
        return Origin("", "", 0.0)
    return Origin(**{name: document[name] for name in Origin.__dataclass_fields__})


def identity_of(run: Path) -> str:
    """Return what a link calls the data of an imported run; empty of others, and if unknown."""
    origin = read_origin(run)
    return origin.identity if origin else ""


def write_origin(run: Path, origin: Origin) -> None:
    """Mark a run as imported."""
    write_json(run / IMPORTED_FILE, {"version": IMPORTED_VERSION} | asdict(origin))


def is_imported(run: Path) -> bool:
    """Tell whether a run was imported."""
    return (run / IMPORTED_FILE).exists()


def check_own(run: Path) -> None:
    """Raise if a run was imported, and nothing here can go on with it.

    Raises
    ------
    RunError
    """
    if is_imported(run):
        refused = _(
            "the run {name} was imported: it cannot go on here. Start a new run with its settings."
        )
        raise RunError(refused.format(name=printable(run.name)))
