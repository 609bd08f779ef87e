"""What an input may make a process do, and how what it does beyond is noticed."""

import os
import resource
import signal
import sys
import time
from pathlib import Path

CPU_SECONDS = 6.0
"""For one input; decoding gives up after 4 s of it."""
WALL_SECONDS = 120
"""For one input, on a machine that may be busy: after this long it waits for something."""
MAX_GROWTH = 512 * 2**20
"""Bytes that the process may grow by at one input."""
MAX_ADDRESSES = 8 * 2**30
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_PATHS = {
    "os.mkdir": 1, "os.rmdir": 1, "os.remove": 1, "os.rename": 2, "os.link": 2, "os.symlink": 2,
    "os.truncate": 1, "os.chmod": 1, "os.chown": 1, "os.utime": 1, "shutil.rmtree": 1,
    "shutil.move": 2,
}  # fmt: skip
"""Of each event how many of its arguments are paths that are written to."""
_NEVER = (
    *("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn"),
    *("socket.connect", "socket.bind", "socket.getaddrinfo", "pickle.find_class", "os.startfile"),
)


class Guard:
    """Watches this process from now on; Python's audit hooks cannot be taken back.

    Parameters
    ----------
    folder : Path
        All that may be written to; it becomes the working folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = os.path.realpath(folder)
        self.seen: list[str] = []
        os.chdir(folder)
        resource.setrlimit(resource.RLIMIT_AS, (MAX_ADDRESSES, MAX_ADDRESSES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        sys.unraisablehook = lambda lost: self.seen.append(f"lost: {lost.exc_value!r}")
        sys.addaudithook(self._notice)

    def _notice(self, event: str, arguments: tuple) -> None:
        if event == "open":
            path, mode, flags = arguments
            is_writing = (flags or 0) & _WRITING or (mode and set(mode) & set("wax+"))
            if is_writing and self._is_outside(path):
                self.seen.append(f"opened for writing: {path!r}")
        elif n_paths := _PATHS.get(event):
            for path in arguments[:n_paths]:
                if self._is_outside(path):
                    self.seen.append(f"{event}: {path!r}")
        elif event in _NEVER:
            self.seen.append(f"{event}: {arguments!r:.200}")

    def _is_outside(self, path: object) -> bool:
        if not isinstance(path, str | bytes | os.PathLike):
            return False  # an open file
        real = os.path.realpath(os.fsdecode(path))
        return not (real == os.devnull or f"{real}/".startswith(f"{self.folder}/"))

    def __enter__(self) -> "Guard":
        """Begin with an input: a process that exceeds its time is ended by the system."""
        self.seen.clear()
        self._cpu, self._peak = time.process_time(), _peak_bytes()
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(self._cpu + 2 * CPU_SECONDS) + 1, hard))
        signal.alarm(WALL_SECONDS)
        return self

    def __exit__(self, *error: object) -> None:
        """End with an input."""
        signal.alarm(0)
        self.cpu_seconds = time.process_time() - self._cpu
        self.growth = _peak_bytes() - self._peak

    def findings(self) -> list[str]:
        """Return what the last input did that it may not."""
        found = list(self.seen)
        if self.cpu_seconds > CPU_SECONDS:
            found.append(f"took {self.cpu_seconds:.1f} s of processor time")
        if self.growth > MAX_GROWTH:
            found.append(f"took {self.growth / 2**20:.0f} MiB")
        return found


def _peak_bytes() -> int:
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss starts at the size of the process that started this one
        line = next(line for line in status.read_text().splitlines() if "VmHWM" in line)
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS counts bytes
