"""Files written whole: the old one or the new, and nothing beside it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from genre.paths import ROOT
from genre.system.files import (
    replacing,
    special_file,
    sweep_parts,
    write_bytes,
    write_json,
    write_text,
)


def test_write_leaves_no_other_file(tmp_path):
    write_text(tmp_path / "text", "naïve\n")
    write_json(tmp_path / "json", {"a": 1})
    write_bytes(tmp_path / "bytes", b"new")
    write_bytes(tmp_path / "bytes", b"newer")

    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert kept == {"text": "naïve\n".encode(), "json": b'{\n "a": 1\n}', "bytes": b"newer"}


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt("now")])
@pytest.mark.parametrize("is_new", [True, False])
def test_write_failed_halfway_keeps_the_old_file(tmp_path, is_new, error):
    path = tmp_path / "file"
    if not is_new:
        path.write_bytes(b"old")

    with pytest.raises(type(error), match=str(error)), replacing(path) as file:
        file.write(b"half of")
        raise error

    assert [p.read_bytes() for p in tmp_path.iterdir()] == ([] if is_new else [b"old"])


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_write_refused_by_the_system_keeps_the_old_file(tmp_path, monkeypatch, step):
    def refuse(*_):
        raise OSError("refused")

    path = tmp_path / "file"
    write_bytes(path, b"old")
    monkeypatch.setattr(os, step, refuse)

    with pytest.raises(OSError, match="refused"):
        write_bytes(path, b"new")

    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
def test_special_files_are_named_and_all_others_are_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's name may only be some 100 letters long
    os.mkfifo("pipe")
    (tmp_path / "link").symlink_to("pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")

        names = ["pipe", "link", "socket", os.devnull, "file", ".", "none", "loop", "a\0b"]
        kinds = [special_file(Path(name)) for name in names]

    pipe = "a pipe (FIFO)"
    assert kinds == [pipe, pipe, "a socket", "a device", *[""] * 5]


def test_write_below_a_file_names_the_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        write_bytes(tmp_path / "file" / "below", b"")
    with pytest.raises(FileNotFoundError):
        write_bytes(tmp_path / "none" / "below", b"")


def test_write_by_two_threads_leaves_one_whole_file(tmp_path):
    path = tmp_path / "file"
    with replacing(path) as first:
        first.write(b"1" * 10)
        with replacing(path) as second:
            second.write(b"2" * 20)
        assert path.read_bytes() == b"2" * 20
        first.write(b"1" * 10)

    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"1" * 20


def test_write_by_two_processes_leaves_one_whole_file(tmp_path):
    path, length = tmp_path / "file", 1_000_000
    program = (
        "import sys; from pathlib import Path; from genre.system.files import write_bytes\n"
        "path, content = Path(sys.argv[1]), sys.argv[2].encode() * int(sys.argv[3])\n"
        "for _ in range(30): write_bytes(path, content)"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(path), letter, str(length)], cwd=ROOT)
        for letter in "ab"
    ]
    seen = set()
    while any(writer.poll() is None for writer in writers):
        if path.exists():
            content = path.read_bytes()
            seen.add((len(content), len(set(content))))

    assert [writer.returncode for writer in writers] == [0, 0]
    assert seen <= {(length, 1)}
    assert path.read_bytes() in (b"a" * length, b"b" * length)
    assert list(tmp_path.iterdir()) == [path]


def test_what_killed_processes_had_begun_to_write_is_swept_and_nothing_else_is(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    kept = {
        f".status.json.{os.getpid()}.ab12.part",
        ".hidden",
        "status.json",
        ".odd.part",
        "1.part",
    }
    for name in (
        *kept,
        f".status.json.{gone.pid}.ab12.part",
        f".epoch-00001.npz.{gone.pid}.0.part",
    ):
        (tmp_path / name).write_bytes(b"x")

    sweep_parts(tmp_path)
    sweep_parts(tmp_path / "nowhere")

    assert {path.name for path in tmp_path.iterdir()} == kept
