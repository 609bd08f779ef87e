"""Lines added to a file: whole or not at all, whatever an earlier writer has left."""

import errno
import os

import pytest

from genre.system import lines
from genre.system.lines import append_line


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, b"new\n"),
        (b"", b"new\n"),
        (b"one\n", b"one\nnew\n"),
        (b"one\ntor", b"one\nnew\n"),
        (b"tor", b"new\n"),
    ],
)
def test_line_after_torn_end_replaces_it(tmp_path, before, after):
    path = tmp_path / "lines"
    if before is not None:
        path.write_bytes(before)
    append_line(path, b"new\n")
    assert path.read_bytes() == after


def test_line_on_disk_that_fills_half_way_leaves_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "lines"
    append_line(path, b"one\n")
    write, calls = os.write, []

    def fill_up(file, content):
        calls.append(bytes(content))
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(file, content[:3])

    with monkeypatch.context() as patch:
        patch.setattr(lines.os, "write", fill_up)
        with pytest.raises(OSError, match="No space left"):
            append_line(path, b"second\n")

    assert calls == [b"second\n", b"ond\n"]
    assert path.read_bytes() == b"one\n"
    append_line(path, b"third\n")
    assert path.read_bytes() == b"one\nthird\n"


def test_line_written_in_pieces_is_whole(tmp_path, monkeypatch):
    write = os.write
    monkeypatch.setattr(lines.os, "write", lambda file, content: write(file, content[:2]))
    append_line(tmp_path / "lines", b"a longer line\n")
    assert (tmp_path / "lines").read_bytes() == b"a longer line\n"
