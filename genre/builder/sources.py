"""What a folder, a table or an archive holds for a dataset; a JSON file or a pack as a whole."""

from __future__ import annotations

import csv
import tempfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from genre.builder.dataset import CLIPS
from genre.builder.intake import Added, Item, Progress, add_items
from genre.builder.names import check_classes, class_name, tidy
from genre.builder.store import locked, read_dataset
from genre.builder.table import ABOUT, TABLE, write_about
from genre.datasets.archives import unpack_files
from genre.datasets.data_files import DataFile, is_clutter
from genre.datasets.genre_table import TABLE_ENDINGS, Parts
from genre.datasets.gtzan_facts import known_artist
from genre.datasets.json_file import read_json as read_course_json
from genre.datasets.layout import find_tracks, genre_root, is_table, list_source
from genre.datasets.load import path_of
from genre.datasets.pack import read_pack, write_pack
from genre.datasets.pack_header import PACK_FILE
from genre.datasets.types import SegmentSet, Skipped
from genre.errors import DatasetError
from genre.language import _
from genre.system.safe_zip import BAD_DATA, parts_of, read_member
from genre.system.schema import brief, items, parse_json, record, text

ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz")
PACK_FILES = (PACK_FILE, TABLE, "frames.npz")
MAX_MEMBER_BYTES = 2**31
_LABELLED = record(label=text, classes=items(text))


def add_source(
    slug: str,
    source: str | Path,
    *,
    genre: str = "",
    on_progress: Progress = lambda n_done, n_items, n_added: None,
    is_stop_wanted: Callable[[], bool] = lambda: False,
    n_jobs: int = -1,
) -> Added:
    """Add all recordings of a folder, table or archive; or make a dataset of features.

    Parameters
    ----------
    slug : str
        Of the dataset.
    source : str or Path
        As `genre.datasets.load.load_dataset` takes it: Kaggle's layout of GTZAN, too.
    genre : str
        The class of all; that of its folder or table unless given.
    on_progress, is_stop_wanted, n_jobs
        As `genre.builder.intake.add_items` takes them.

    Returns
    -------
    added : Added

    Raises
    ------
    DatasetError
        If nothing is there that can be used, two classes differ by case or Unicode form alone, or
        features were given to a dataset that is not empty; and as `add_items`.
    """
    path = path_of(Path(source).expanduser())
    if not path.exists():
        raise DatasetError(
            _(
                "there is nothing at '{source}'. Give a folder of recordings, a table of genres "
                "(.csv), a zip of such a folder, a feature pack, or a .json file."
            ).format(source=brief(source))
        )
    with tempfile.TemporaryDirectory() as temporary:
        if data := _features_of(path, Path(temporary)):
            return take_features(slug, data)
        found, skipped = find_items(path, Path(temporary), genre=genre)
        check_classes(_written(path, found), read_dataset(slug).classes)
        added = add_items(
            slug, found, on_progress=on_progress, is_stop_wanted=is_stop_wanted, n_jobs=n_jobs
        )
    return replace(added, skipped=(*added.skipped, *skipped))


def find_items(path: Path, temporary: Path, *, genre: str = "") -> tuple[list[Item], list[Skipped]]:
    """List the recordings of a folder, table or archive, with what is known of them.

    Parameters
    ----------
    path : Path
    temporary : Path
        An empty folder, for what is in an archive.
    genre : str
        The class of all; that of its folder or table unless given.

    Returns
    -------
    found : list of Item
    skipped : list of Skipped

    Raises
    ------
    DatasetError
        If there is no recording of a class, or an archive or a table cannot be read.
    """
    table = None
    if path.is_dir() or path.suffix.lower() in TABLE_ENDINGS:
        files, skipped, table = list_source(path)
    elif path.suffix.lower() in ARCHIVES:
        files, skipped = unpack_files(path, temporary)
    else:
        raise DatasetError(
            _(
                "'{name}' is none of the sources that are read. Give a folder of recordings, a "
                "table (.csv), a zip, a feature pack, or a .json file."
            ).format(name=brief(path.name))
        )
    names = {file.path: file for file in files}
    if genre:
        wanted = class_name(genre)
        found = [Item(f.path, f.parts[-1], wanted) for f in files if f.is_recording]
        skipped = [one for one in skipped if one.is_unread]
    else:
        tracks, others = find_tracks(files, table)
        skipped = [*skipped, *others]
        root = genre_root(file.parts for file in files if file.is_recording)
        tables = [file for file in files if is_table(file.parts, root)]
        titles = _titles(tables)
        found = [
            Item(
                place,
                names[place].parts[-1],
                track.genre,
                title=titles.get(names[place].parts, ""),
                artist=track.artist or "",
                is_artist_sure=bool(table or tables or known_artist(track)),
            )
            for place, track in tracks
        ]
    if not found:
        reasons = "; ".join(f"{one.name}: {one.reason}" for one in skipped[:3])
        raise DatasetError(
            _(
                "'{name}' holds no recordings of a class ({reasons}). Give a folder with one "
                "folder for each class, or choose the class they all belong to."
            ).format(name=brief(path.name), reasons=reasons or _("no recordings"))
        )
    return found, skipped


def take_features(slug: str, data: SegmentSet) -> Added:
    """Make an empty dataset one of features: a JSON file or a pack, which hold no sound."""
    with locked(slug):
        dataset = read_dataset(slug)
        if dataset.clips:
            raise DatasetError(
                _(
                    "{name} holds features and no sound, {label!r} has clips already. Create "
                    "another dataset for it."
                ).format(name=data.name, label=dataset.label)
            )
        check_classes(data.genres)
        write_pack(dataset.folder, replace(data, name=slug))
        write_about(dataset.folder, dataset.label, data.genres)
        if (dataset.folder / CLIPS).is_dir() and not any((dataset.folder / CLIPS).iterdir()):
            (dataset.folder / CLIPS).rmdir()
    return Added(len(data.tracks), data.skipped)


def peek_label(path: Path) -> tuple[str, tuple[str, ...]]:
    """Return what an exported dataset was called, and its classes, the empty ones too.

    Returns
    -------
    label : str
        The name of the file where it does not say.
    classes : tuple of str
    """
    label, classes = tidy(path.stem) or _("dataset"), ()
    try:
        with zipfile.ZipFile(path) as archive:
            about = parse_json(read_member(archive, archive.getinfo(ABOUT), 2**20))
        _LABELLED(about, ABOUT)
        check_classes(about["classes"])
        return tidy(about["label"]) or label, tuple(about["classes"])
    except (OSError, LookupError, zipfile.BadZipFile, DatasetError, RuntimeError, *BAD_DATA):
        return label, classes  # the recordings are read all the same


def _features_of(path: Path, temporary: Path) -> SegmentSet | None:
    """Read what holds features and no sound; None for all else."""
    if path.suffix.lower() == ".json" and path.is_file():
        return read_course_json(path)
    if (path / PACK_FILE).exists():
        return read_pack(path)
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        by_name = {parts_of(one.filename)[-1:]: one for one in archive.infolist()}
        if not all((name,) in by_name for name in PACK_FILES):
            return None
        folder = temporary / "pack"
        folder.mkdir()
        try:
            for name in PACK_FILES:
                content = read_member(archive, by_name[name,], MAX_MEMBER_BYTES)
                (folder / name).write_bytes(content)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, *BAD_DATA) as error:
            raise DatasetError(
                _("{name} cannot be unpacked ({reason}). Export the pack again.").format(
                    name=path.name, reason=brief(error)
                )
            ) from error
        return read_pack(folder)


def _titles(tables: Sequence[DataFile]) -> dict[Parts, str]:
    """Return the titles that tables name besides, by the path of the recording."""
    titles: dict[Parts, str] = {}
    for table in tables:
        try:
            with table.path.open(encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    if row.get("title") and row.get("path"):
                        path = unicodedata.normalize("NFC", row["path"])
                        titles.setdefault((*table.parts[:-1], *parts_of(path)), row["title"])
        except (OSError, ValueError, csv.Error):
            continue  # it was read as a table of genres before: it may have other forms
    return titles


def _written(path: Path, found: Sequence[Item]) -> Iterable[str]:
    """Yield the classes as folders or an archive write them: in whichever Unicode form."""
    names = {item.genre for item in found}
    if path.is_dir():
        places: Iterable[tuple[str, ...]] = {
            item.path.relative_to(path).parts[:-1] for item in found
        }
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            places = {parts_of(name)[:-1] for name in archive.namelist()}
    else:
        places = ()
    yield from sorted(names)
    folders = {part for parts in places if not is_clutter(parts) for part in parts}
    forms = Counter(unicodedata.normalize("NFC", name) for name in folders)
    for name in sorted(folders - names):
        composed = unicodedata.normalize("NFC", name)
        if composed in names and forms[composed] > 1:
            yield name
