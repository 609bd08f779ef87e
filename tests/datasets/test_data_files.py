"""The files of a folder: links, depth, number, and what is passed over."""

import os
import unicodedata
from pathlib import Path

import pytest

from genre.datasets import data_files
from genre.datasets.data_files import MAX_DEPTH, DataFile, list_files, list_others
from genre.datasets.types import Skipped
from genre.errors import DatasetError

NFC = "café"
NFD = unicodedata.normalize("NFD", NFC)


def add(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")


def names_in(folder: Path) -> list[str]:
    return [file.name for file in list_files(folder)[0]]


def test_files_are_found_at_any_depth_in_order(tmp_path):
    add(tmp_path, "rock/Queen/Jazz/01.mp3", "jazz/a.mp3", "rock/b.mp3", "top.mp3")

    assert names_in(tmp_path) == ["jazz/a.mp3", "rock/Queen/Jazz/01.mp3", "rock/b.mp3", "top.mp3"]


def test_hidden_files_and_what_systems_leave_are_passed_over(tmp_path):
    add(tmp_path, "rock/a.mp3", "rock/._a.mp3", ".git/b.mp3", "@eaDir/c.mp3", "rock/Thumbs.db")

    assert names_in(tmp_path) == ["rock/a.mp3"]


def test_links_that_lead_back_are_followed_once(tmp_path):
    add(tmp_path, "rock/a.mp3", "z/jazz/b.mp3")
    (tmp_path / "rock" / "all").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "rock")
    (tmp_path / "self").symlink_to(tmp_path / "self")

    files, skipped = list_files(tmp_path)

    assert [file.name for file in files] == ["rock/a.mp3", "self", "z/jazz/b.mp3"]
    assert skipped == [
        Skipped("again/", "it is the same folder as rock/"),
        Skipped("rock/all/", "it is the same folder as this/"),
    ]


def test_link_to_a_folder_elsewhere_is_followed(tmp_path):
    add(tmp_path, "disk/Queen/01.mp3", "music/rock/a.mp3")
    (tmp_path / "music" / "rock" / "Queen").symlink_to(tmp_path / "disk" / "Queen")

    assert names_in(tmp_path / "music") == ["rock/Queen/01.mp3", "rock/a.mp3"]


def test_folders_deeper_than_the_bound_are_listed(tmp_path):
    deepest = "/".join(["d"] * MAX_DEPTH)
    add(tmp_path, f"{deepest}/a.mp3", f"{deepest}/d/b.mp3")

    files, skipped = list_files(tmp_path)

    assert [file.name for file in files] == [f"{deepest}/a.mp3"]
    assert skipped == [Skipped(f"{deepest}/d/", "it lies more than 16 folders deep")]


def test_folder_of_too_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(data_files, "MAX_FILES", 3)
    add(tmp_path, *(f"rock/{i}.mp3" for i in range(3)))
    assert len(names_in(tmp_path)) == 3
    add(tmp_path, "rock/another.mp3")

    with pytest.raises(DatasetError, match=r"holds over 3 files. Give a folder of recordings"):
        list_files(tmp_path)


def test_folder_that_cannot_be_opened_costs_no_other(tmp_path, monkeypatch):
    add(tmp_path, "rock/a.mp3", "secret/b.mp3")
    scandir = os.scandir

    def refusing(path):
        if Path(path).name == "secret":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    files, skipped = list_files(tmp_path)

    assert [file.name for file in files] == ["rock/a.mp3"]
    reason = "the folder cannot be opened (Permission denied)"
    assert skipped == [Skipped("secret/", reason, is_unread=True)]


def test_names_are_composed_whatever_the_disk_has(tmp_path):
    add(tmp_path, f"{NFD}/a.mp3")

    [file] = list_files(tmp_path)[0]

    assert file.parts == (NFC, "a.mp3") and file.path.exists()


def test_others_are_listed_by_ending_and_folders_without_recordings(tmp_path):
    names = ["rock/a.mp3", "rock/a.jpg", "rock/b.JPG", "rock/c/d.txt", "polka/e.jpg", "LICENSE"]
    files = [DataFile.named(tmp_path, name.split("/")) for name in names]

    assert list_others(files, (), ()) == [
        Skipped("polka/", "the folder holds no recordings"),
        Skipped("LICENSE", "it is not a recording that is read"),
        Skipped("2 files .jpg", "they are not recordings that are read"),
        Skipped("rock/c/d.txt", "it is not a recording that is read"),
    ]


def test_empty_folder_is_listed(tmp_path):
    add(tmp_path, "rock/a.mp3")
    (tmp_path / "polka").mkdir()

    assert list_files(tmp_path)[1] == [Skipped("polka/", "the folder holds no recordings")]
