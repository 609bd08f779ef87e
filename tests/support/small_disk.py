"""A small file system of one's own, where root can have one."""

import contextlib
import subprocess


class NoDisk(Exception):
    """There can be no such file system here; the message says why."""


@contextlib.contextmanager
def small_disk(path, n_kilobytes):
    """Mount a file system of so many kilobytes on an empty folder that is made.

    Raises
    ------
    NoDisk
    """
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={n_kilobytes}k", "tmpfs", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise NoDisk(f"no mount: {error}") from error
    if done.returncode:
        raise NoDisk(f"a file system of one's own needs root: {done.stderr.strip()}")
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)
