"""The files of a named dataset: ``dataset.json`` and ``tracks.csv``, read without trust."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from genre.builder.dataset import CLIPS, Clip, OwnDataset
from genre.builder.names import tidy
from genre.datasets.data_files import LABEL_FILE
from genre.datasets.genre_table import is_name
from genre.errors import DatasetError
from genre.language import _
from genre.system.files import replacing, write_json
from genre.system.schema import cause

VERSION = 1
ABOUT, TABLE = LABEL_FILE, "tracks.csv"
COLUMNS = ("path", "genre", "artist", "title", "seconds", "sha256", "samples", "source")
MAX_TABLE_BYTES = 512 * 2**20


def read_clips(table: Path, label: str) -> list[Clip]:
    """Read the table of clips of a dataset; `DatasetError` if it is damaged."""
    clips = []
    try:
        if table.stat().st_size > MAX_TABLE_BYTES:
            raise ValueError(_("it has over {n} MiB").format(n=MAX_TABLE_BYTES // 2**20))
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            for row in rows:
                clips.append(_clip_of(row, rows.line_num))
    except (OSError, ValueError, csv.Error) as error:
        raise damaged(label, TABLE, error) from error
    return clips


def write_dataset(dataset: OwnDataset) -> None:
    """Write table and classes: a class of the table alone is one all the same."""
    if dataset.has_sound:
        lines = io.StringIO()
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(COLUMNS)
        for clip in dataset.clips:
            about = (clip.genre, clip.artist, clip.title, f"{clip.seconds:.2f}")
            digests = (clip.digest, clip.sound, clip.source)
            writer.writerow((f"{CLIPS}/{clip.file}", *about, *digests))
        with replacing(dataset.folder / TABLE) as file:
            file.write(lines.getvalue().encode())
    write_about(dataset.folder, dataset.label, dataset.classes)


def write_about(folder: Path, label: str, classes: tuple[str, ...]) -> None:
    """Write what a dataset is called, and its classes."""
    document = {"version": VERSION, "label": label, "classes": list(classes)}
    write_json(folder / ABOUT, document)


def _clip_of(row: dict[str, Any], line: int) -> Clip:
    """Return the clip of a line; ValueError names it where it cannot be one."""
    if not set(COLUMNS) <= row.keys() or None in row.values():
        raise ValueError(_("line {n} has not all columns").format(n=line))
    folder, _slash, file = row["path"].partition("/")
    is_plain = folder == CLIPS and file and not file.startswith(".") and not set(file) & set("/\\:")
    if not is_plain or not is_name(row["genre"]):
        raise ValueError(_("line {n} names no clip of a class").format(n=line))
    seconds = float(row["seconds"])
    if not 0 <= seconds < float("inf"):
        raise ValueError(_("line {n} has no length").format(n=line))
    title, artist = (tidy(row[name]) for name in ("title", "artist"))
    rest = (row["sha256"][:64], row["samples"][:64], tidy(row["source"]))
    return Clip(file, row["genre"], title, artist, seconds, *rest)


def damaged(label: str, file: str, error: Exception) -> DatasetError:
    """Return the error that says which file of a dataset cannot be read, and why."""
    return DatasetError(
        _(
            "the dataset {label!r} cannot be read ({file}: {reason}). Put that file back from a "
            "copy, or delete the dataset and build it again."
        ).format(label=label, file=file, reason=cause(error))
    )
