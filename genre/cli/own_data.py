"""The command ``data``: datasets with a name, built of recordings, checked, exported, imported.

Conventions
-----------
As `genre.cli.songs`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from genre.builder import store
from genre.builder.check import check_dataset
from genre.builder.dataset import class_rows, folder_of
from genre.builder.sharing import begin_import
from genre.builder.work_job import Report, Work, run_adding, run_export
from genre.cli.outputs import check_file
from genre.cli.songs import print_json, progress_bar, say
from genre.cli.terminal import column, column_width, printable
from genre.collection.index_job import IndexStatus, run_index
from genre.errors import CollectionError, DatasetError
from genre.text import builder as builder_text
from genre.text.format import count

MAX_SAID = 20


def list_data(arguments: argparse.Namespace) -> int:
    """List the datasets that were built here."""
    for slug in store.list_datasets():
        dataset = store.read_dataset(slug)
        print(f"{slug}  {printable(dataset.label)}  {builder_text.size_line(dataset)}")
    return 0


def build(arguments: argparse.Namespace) -> int:
    """Add recordings to a dataset, which is created where there is none of this name."""
    source = arguments.source or ""
    if not source and not arguments.inbox:
        store.create(arguments.name)
        return show(arguments)
    try:
        slug = store.find_dataset(arguments.name)
    except DatasetError:
        if arguments.inbox:
            raise
        slug = store.create(arguments.name).slug
    with _progress() as report:
        status = run_adding(slug, source, arguments.genre, report)
    return _said(slug, status)


def import_data(arguments: argparse.Namespace) -> int:
    """Make a dataset of one that was exported."""
    slug = begin_import(Path(arguments.file))
    with _progress() as report:
        status = run_adding(slug, arguments.file, report=report)
    return _said(slug, status)


def show(arguments: argparse.Namespace) -> int:
    """Show the classes of a dataset."""
    dataset = store.read_dataset(store.find_dataset(arguments.name))
    rows = class_rows(dataset)
    width = column_width([row.name for row in rows] or ["class"])
    print(f"{column('class', width)}{'clips':>8}{'artists':>9}{'unknown':>9}{'minutes':>9}")
    for row in rows:
        figures = f"{row.n_clips:>8}{row.n_artists:>9}{row.n_unknown:>9}{row.seconds / 60:>9.1f}"
        print(f"{column(row.name, width)}{figures}")
    say(f"train on it with: python -m genre train --data '{dataset.folder}'")
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Listen to a dataset and say which labels look wrong, what is far, what is there twice."""
    slug = store.find_dataset(arguments.name)
    dataset = store.read_dataset(slug)
    with progress_bar("clip") as bar:

        def on_progress(status: IndexStatus) -> None:
            bar(status.n_done, status.n_files, "")

        status = run_index(dataset.folder, on_progress)
    if status.state == "failed":
        raise CollectionError(status.reason)
    found = check_dataset(dataset)
    lines = builder_text.check_rows(found)
    if arguments.json:
        print_json({"n_heard": found.n_heard, "n_clips": found.n_clips, "found": lines})
        return int(bool(lines))
    for line in lines:
        print(f"{printable(line['file'])}: {printable(line['what'])}")
    say(builder_text.heard_line(found))
    return int(bool(lines))


def export(arguments: argparse.Namespace) -> int:
    """Write a dataset as one file."""
    slug = store.find_dataset(arguments.name)
    check_file(arguments.out)
    with _progress() as report:
        status = run_export(slug, Path(arguments.out), arguments.form, report)
    return _said(slug, status)


def delete(arguments: argparse.Namespace) -> int:
    """Delete a dataset with its copies of the recordings."""
    slug = store.find_dataset(arguments.name)
    if not arguments.yes:
        say(f"{count(len(store.read_dataset(slug).clips), 'recording')} would be deleted from")
        say(f"{folder_of(slug)}; delete them with --yes")
        return 1
    store.delete(slug)
    return 0


@contextmanager
def _progress() -> Iterator[Report]:
    """Show how far the work is."""
    with progress_bar("clip") as bar:

        def report(status: Work) -> None:
            bar(status.n_done, status.n_files, "")

        yield report


def _said(slug: str, status: Work) -> int:
    """Say how the work ended, and return the exit code."""
    if status.state == "failed":
        raise DatasetError(status.reason)
    for name, reason in status.skipped[:MAX_SAID]:
        say(f"{printable(name)}: {printable(reason)}")
    if status.n_skipped > MAX_SAID:
        say(f"{status.n_skipped - MAX_SAID:,} more were skipped")
    print(status.out or builder_text.added_line(status))
    if status.state == "stopped":
        return 130 if status.reason == "interrupted" else 1
    return int(status.n_skipped > 0)
