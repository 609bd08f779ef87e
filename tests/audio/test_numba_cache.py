"""One process at a time compiles librosa's functions, in a cache that fits this Python."""

import gc
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from genre.audio.numba_cache import READY_FILE, note_compiled, wait_for_numba
from genre.paths import ROOT
from genre.system.lock import LOCK_FILE, FolderLock
from tests.support.live_runs import PATIENT_SECONDS

HOLD = (
    "import os, sys, time; from genre.audio.numba_cache import wait_for_numba; wait_for_numba(); "
    "print(os.environ['NUMBA_CACHE_DIR'], flush=True); time.sleep(float(sys.argv[1]))"
)


def hold(seconds, **environment):
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(seconds)],
        cwd=ROOT,
        env={**{k: v for k, v in os.environ.items() if k != "NUMBA_CACHE_DIR"}, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_second_process_waits_until_first_has_ended(tmp_path):
    first = hold(PATIENT_SECONDS, NUMBA_CACHE_DIR=str(tmp_path))
    assert first.stdout.readline().strip() == str(tmp_path)
    second = hold(0, NUMBA_CACHE_DIR=str(tmp_path))
    time.sleep(1.5)  # far longer than it would hold it
    assert second.poll() is None

    first.kill()
    first.communicate()
    assert second.communicate(timeout=PATIENT_SECONDS)[0].strip() == str(tmp_path)


def test_cache_by_default_is_the_users_for_this_python(tmp_path):
    process = hold(0, GENRE_LAB_CACHE=str(tmp_path))
    folder = Path(process.communicate(timeout=PATIENT_SECONDS)[0].strip())

    assert folder.parent == tmp_path
    assert folder.name.endswith(f"python-{sys.version_info.major}.{sys.version_info.minor}")


def test_home_that_is_not_writable_is_replaced_by_a_temporary_folder(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    process = hold(0, GENRE_LAB_CACHE=str(tmp_path / "file"))

    assert Path(process.communicate(timeout=PATIENT_SECONDS)[0].strip()).is_dir()


def test_process_waiting_continues_once_all_is_compiled(tmp_path):
    first = hold(PATIENT_SECONDS, NUMBA_CACHE_DIR=str(tmp_path))
    first.stdout.readline()
    waiting = hold(0, NUMBA_CACHE_DIR=str(tmp_path))
    (tmp_path / READY_FILE).touch()

    assert waiting.communicate(timeout=PATIENT_SECONDS)[0].strip() == str(tmp_path)
    assert first.poll() is None
    first.kill()
    first.communicate()


@pytest.mark.slow
def test_describing_song_marks_cache(tmp_path):
    """In a copy of this process's cache: compiling again would take half a minute."""
    cache = tmp_path / "cache"
    if (compiled := Path(os.environ["NUMBA_CACHE_DIR"])).exists():
        shutil.copytree(compiled, cache, ignore=shutil.ignore_patterns(READY_FILE, LOCK_FILE))
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
    command = [sys.executable, "-m", "genre", "describe", "samples/jazz.ogg"]
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)

    assert (cache / READY_FILE).exists()
    assert list(cache.rglob("*.nbi"))


def test_lock_taken_is_kept_until_all_is_compiled(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    wait_for_numba()
    gc.collect()
    assert not FolderLock(tmp_path).acquire()

    note_compiled()
    assert FolderLock(tmp_path).acquire()
