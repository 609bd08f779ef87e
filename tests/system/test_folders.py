"""Folders are removed in one step, whatever other processes do with them meanwhile."""

import os
import shutil
import threading

import pytest

from genre.system.folders import PREFIX, remove_folder, sweep_leftovers
from tests.chaos.killing import start_fork


def test_removed_folder_is_gone_at_once_and_leaves_nothing(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "status.json").write_text("{}")
    remove_folder(tmp_path / "run")

    assert list(tmp_path.iterdir()) == []


def test_nobody_writes_into_what_is_left_of_a_removed_folder(tmp_path):
    """With a plain `shutil.rmtree` a writer meets a folder without its files, and adds some."""
    is_over = threading.Event()

    def write():
        while not is_over.is_set():
            try:
                (tmp_path / "run" / "control.json").write_text("{}")
            except OSError:
                continue

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(200):
        (tmp_path / "new").mkdir()
        for name in range(20):
            (tmp_path / "new" / str(name)).write_text("")
        os.rename(tmp_path / "new", tmp_path / "run")
        remove_folder(tmp_path / "run")
        assert not (tmp_path / "run").exists()
    is_over.set()
    writer.join()


def test_folder_that_cannot_be_removed_stays_as_it_was(tmp_path):
    with pytest.raises(FileNotFoundError):
        remove_folder(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_was_removing_is_swept(tmp_path):
    (tmp_path / "run").mkdir()

    def removing():
        shutil.rmtree = lambda *args, **how: os._exit(9)
        remove_folder(tmp_path / "run")

    os.waitpid(start_fork(removing), 0)
    [leftover] = tmp_path.iterdir()
    assert leftover.name.startswith(PREFIX)
    sweep_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == []
