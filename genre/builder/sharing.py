"""A dataset as one file: a zip of its recordings, or of a feature pack; and back."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

from genre import paths
from genre.builder.dataset import CLIPS, OwnDataset
from genre.builder.names import file_of, key_of, tidy
from genre.builder.sources import peek_label
from genre.builder.store import create, label_of, list_datasets, locked, read_dataset, save
from genre.builder.table import ABOUT, COLUMNS, TABLE, write_about
from genre.datasets.load import USUAL_FEATURES, load_dataset
from genre.datasets.pack import write_pack
from genre.datasets.pack_header import PACK_FILE
from genre.errors import DatasetError, ParameterError
from genre.language import _
from genre.system.files import replacing
from genre.system.schema import brief, cause

Form = Literal["zip", "mfcc", "musicnn"]
FORMS = get_args(Form)
"""Recordings, or a pack of features of a kind."""


class Stopped(Exception):
    """The visitor has asked to stop: what was begun is not kept."""


def exports_folder() -> Path:
    """Return where the page writes exports; it may not exist yet."""
    return paths.HOME / "exports"


def export_path(slug: str, form: Form) -> Path:
    """Return what file an export of the page is."""
    return exports_folder() / (f"{slug}.zip" if form == "zip" else f"{slug}-{form}.zip")


def export_dataset(
    slug: str,
    out: Path,
    form: Form = "zip",
    *,
    on_progress: Callable[[int, int], None] = lambda n_done, n_clips: None,
    is_stop_wanted: Callable[[], bool] = lambda: False,
) -> None:
    """Write a dataset as one file.

    Parameters
    ----------
    slug : str
    out : Path
        Replaced whole or not at all.
    form : {"zip", "mfcc", "musicnn"}
        The recordings in a folder for each class with their table; or a feature pack.
    on_progress, is_stop_wanted : callable

    Raises
    ------
    DatasetError
        If it is empty, has no sound where sound is asked for, a clip is missing, or the disk is
        full.
    ParameterError
        If there is no such form.
    Stopped
    """
    if form not in FORMS:
        raise ParameterError(
            _("the form {form!r} was asked for, expected one of {forms}.").format(
                form=form, forms=", ".join(FORMS)
            )
        )
    dataset = read_dataset(slug)
    if not dataset.clips:
        raise DatasetError(
            _("{label!r} is empty: there is nothing to export. Add recordings first.").format(
                label=dataset.label
            )
        )
    if form == "zip" and not dataset.has_sound:
        raise DatasetError(
            _("{label!r} holds features and no sound. Export it as a pack.").format(
                label=dataset.label
            )
        )

    def report(n_done: int, n_clips: int) -> None:
        if is_stop_wanted():
            raise Stopped
        on_progress(n_done, n_clips)

    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if form == "zip":
            _zip_clips(dataset, out, report)
        else:
            _zip_pack(dataset, out, form, report)
    except OSError as error:
        raise DatasetError(
            _(
                "'{out}' cannot be written ({reason}). Free some space, or name another file."
            ).format(out=out, reason=cause(error))
        ) from error


def begin_import(path: Path) -> str:
    """Create the dataset that an exported file is to become; `add_source` then fills it.

    Returns
    -------
    slug : str
        The label of the export, with a number where it is taken.

    Raises
    ------
    DatasetError
        If there is no such file.
    """
    if not path.is_file():
        raise DatasetError(
            _("there is no file '{path}'. Give a dataset that was exported (.zip).").format(
                path=brief(path)
            )
        )
    label, classes = peek_label(path)
    taken = {key_of(label_of(slug)) for slug in list_datasets()}
    free, n = label, 1
    while key_of(free) in taken:
        n += 1
        free = f"{tidy(label, 50)} {n}"
    dataset = create(tidy(free, 60))
    with locked(dataset.slug):
        save(replace(dataset, classes=classes))
    return dataset.slug


def _zip_clips(dataset: OwnDataset, out: Path, report: Callable[[int, int], None]) -> None:
    """Write recordings, table and classes; music is not compressed again."""
    folders: dict[str, str] = {}
    for name in dataset.classes:  # any script, but nothing that a path cannot have
        folders[name] = file_of(
            name.replace("/", "_").replace(".", "_"), [*map(key_of, folders.values())]
        )
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(COLUMNS)
    with replacing(out) as file, zipfile.ZipFile(file, "w") as archive:
        for n_done, clip in enumerate(dataset.clips):
            report(n_done, len(dataset.clips))
            place = f"{folders[clip.genre]}/{clip.file}"
            try:
                archive.write(dataset.path_of(clip), place)
            except FileNotFoundError as error:
                raise DatasetError(
                    _(
                        "the file of {name} is missing in {folder}. Remove the clip, or put the "
                        "file back."
                    ).format(name=clip.file, folder=dataset.folder / CLIPS)
                ) from error
            about = (clip.genre, clip.artist, clip.title, f"{clip.seconds:.2f}")
            writer.writerow((place, *about, clip.digest, clip.sound, clip.source))
        archive.writestr(TABLE, lines.getvalue(), zipfile.ZIP_DEFLATED)
        _add_about(dataset, archive)


def _zip_pack(
    dataset: OwnDataset, out: Path, form: Form, report: Callable[[int, int], None]
) -> None:
    data = load_dataset(
        dataset.folder,
        features=USUAL_FEATURES[form] if form != "zip" else None,
        on_progress=lambda n_done, n_tracks, name: report(n_done, n_tracks),
    )
    with tempfile.TemporaryDirectory() as temporary:
        pack = Path(temporary) / dataset.slug
        write_pack(pack, replace(data, name=dataset.slug), description=dataset.label)
        with replacing(out) as file, zipfile.ZipFile(file, "w") as archive:
            for name in (TABLE, "frames.npz", PACK_FILE):
                archive.write(pack / name, name)
            _add_about(dataset, archive)


def _add_about(dataset: OwnDataset, archive: zipfile.ZipFile) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        write_about(Path(temporary), dataset.label, dataset.classes)
        archive.write(Path(temporary) / ABOUT, ABOUT)
