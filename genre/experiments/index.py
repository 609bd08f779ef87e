"""All runs of a folder, each read again only where something of it has changed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from genre.errors import GenreError
from genre.experiments.records import RecordReader, RunRecord, Stamp, continues, stamp_of
from genre.language import current
from genre.paths import RECORDED
from genre.runs.damaged import DamagedEntry, every_run
from genre.runs.files import RunStatus
from genre.runs.store import list_runs
from genre.system.schema import printable


@dataclass(slots=True)
class _Kept:
    stamp: Stamp
    reader: RecordReader | None = None
    record: RunRecord | None = None
    damage: tuple[str, str] = ("", "")  # the language, and the reason in it


class RunIndex:
    """The runs of a folder, kept from one reading to the next; any thread may read.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def read(self) -> tuple[list[RunRecord], list[DamagedEntry]]:
        """Return the runs, the latest first, and those that cannot be read."""
        records, damaged = [], []
        with self._lock:
            before, self._kept = self._kept, {}
            for run in reversed(every_run(self.folder)):
                kept = self._kept[run.name] = _read(run, before.get(run.name))
                if kept.record:
                    records.append(kept.record)
                else:
                    damaged.append(DamagedEntry("run", printable(run.name), kept.damage[1]))
        return records, damaged

    def again(self, records: Sequence[RunRecord]) -> list[RunRecord]:
        """Return some of the runs as they are now; those that are gone are left out."""
        found = []
        with self._lock:
            for record in records:
                kept = self._kept[record.name] = _read(record.run, self._kept.get(record.name))
                if kept.record:
                    found.append(kept.record)
        return found

    @property
    def is_new(self) -> bool:
        """Whether nothing was read yet, so that the first reading takes a while."""
        return not self._kept


def recorded_runs(folder: Path = RECORDED) -> list[RunRecord]:
    """Return the runs that come with the program."""
    found = []
    for run in list_runs(folder):
        with contextlib.suppress(GenreError):
            found.append(RecordReader(run).read(stamp_of(run), RunStatus("finished")))
    return found


def _read(run: Path, kept: _Kept | None) -> _Kept:
    """Return a run as it is now."""
    stamp = stamp_of(run)
    if kept and kept.stamp == stamp:
        is_over = kept.record and not kept.record.status.is_live  # a live one's process may be gone
        if is_over or kept.damage[0] == current():
            return kept
    reader = kept.reader if kept and kept.reader and continues(kept.stamp, stamp) else None
    try:
        reader = reader or RecordReader(run)
        return _Kept(stamp, reader, reader.read(stamp))
    except GenreError as error:
        return _Kept(stamp, damage=(current(), str(error)))
