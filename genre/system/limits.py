"""Limits that a process sets itself before it reads what may come from anyone."""

from __future__ import annotations

import contextlib

import psutil

try:
    import resource
except ImportError:  # Windows has no such limits: the owner's time limit remains
    resource = None  # type: ignore[assignment]


def limit_process(*, more_bytes: int, cpu_seconds: int, file_bytes: int) -> None:
    """Limit the memory, the processor time and the files of this process, where the system can.

    Parameters
    ----------
    more_bytes : int
        Address space beyond what it has now; more is a `MemoryError`.
    cpu_seconds : int
        The system ends the process after these.
    file_bytes : int
        Of each file that it writes; more is an `OSError`.
    """
    if resource is None:
        return
    limits = {
        resource.RLIMIT_AS: psutil.Process().memory_info().vms + more_bytes,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_CORE: 0,
    }
    for kind, limit in limits.items():
        with contextlib.suppress(ValueError, OSError):  # it has less already, or no such limit
            resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))
