"""Limits that a process sets itself: each in a process of its own."""

import subprocess
import sys

import pytest

pytest.importorskip("resource", reason="this system has no such limits")


def run(program):
    """Run a program after it has limited itself to 256 MB more, a second, files of 1 MB."""
    start = (
        "from genre.system.limits import limit_process; "
        "limit_process(more_bytes=2**28, cpu_seconds=1, file_bytes=2**20); "
    )
    return subprocess.run(
        [sys.executable, "-c", start + program], capture_output=True, text=True, check=False
    )


def test_memory_beyond_the_limit_is_refused():
    assert "MemoryError" in run("bytearray(2**29)").stderr
    assert run("bytearray(2**26)").returncode == 0


def test_file_beyond_the_limit_is_refused(tmp_path):
    path = str(tmp_path / "file")

    assert "File too large" in run(f"open({path!r}, 'wb').write(b'0' * 2**21)").stderr
    assert run(f"open({path!r}, 'wb').write(b'0' * 2**19)").returncode == 0


def test_process_beyond_its_time_is_ended():
    assert run("\nwhile True: pass").returncode < 0
