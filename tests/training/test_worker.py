"""The line that gives a warm worker its run: read as it comes, or not at all."""

import os

import pytest

from genre.errors import RunError
from genre.training import worker
from tests.support.damage import damaged_files, damaged_objects, written

ORDER = {"run": "runs/first", "resume": False, "language": "en"}


@pytest.fixture
def pipe():
    """Standard input as a pipe; its other end."""
    outlet, inlet = os.pipe()
    kept = os.dup(0)
    os.dup2(outlet, 0)
    os.close(outlet)
    with os.fdopen(inlet, "wb", buffering=0) as file:
        yield file
    os.dup2(kept, 0)
    os.close(kept)


def test_order_in_pieces_is_read_whole(pipe):
    pipe.write(b'{"run": "a')
    pipe.write(b'b"}\n')
    assert next(worker._read_lines(), b"") == b'{"run": "ab"}'


@pytest.mark.parametrize("piece", [b"", b'{"run": "a'])
def test_order_cut_off_by_the_end_of_its_server_is_none(pipe, piece):
    pipe.write(piece)
    pipe.close()
    assert next(worker._read_lines(), b"") == b""


def test_order_that_does_not_come_is_not_waited_for(pipe, monkeypatch):
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.05)
    assert next(worker._read_lines(), b"") == b""
    pipe.close()  # ends the thread that waits


def test_order_of_any_content_is_refused_with_a_sentence():
    assert worker.read_order(written(ORDER)) == ORDER
    assert worker.read_order(b'{"measure": {}}') == {"measure": {}}
    lines = [content for _, content in damaged_files(written(ORDER)) if content is not None]
    changed = [order for _, order in damaged_objects(ORDER)]
    refused = 0
    for line in [*lines, *map(written, changed)]:
        try:
            worker.read_order(line)
        except RunError as error:
            assert "Press Start again" in str(error)
            refused += 1
    assert refused >= len(lines) + 2 * 9  # a text may be a path, a flag a flag
