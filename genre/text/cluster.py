"""What is said of a cluster and its workers."""

from __future__ import annotations

from collections.abc import Iterable

from genre.cluster.connection import Worker
from genre.language import N_, _
from genre.text.format import count, number

HELP = N_(
    "Reading data, indexing and the runs of a sweep are shared out among the workers of this "
    "cluster. Recordings and data are sent to them, so it has to be your own. Empty: this computer "
    "alone."
)


def label(address: str) -> str:
    """Return what to call the part of a page on the cluster."""
    return _("Cluster: {address}").format(address=address) if address else _("Other computers")


def used_line(n_workers: int) -> str:
    """Return that a cluster is computed with from now on."""
    return _("Computed from now on by {workers}.").format(workers=count(n_workers, "worker"))


def worker_columns() -> dict[str, str]:
    """Return the titles of the columns of `worker_rows`."""
    return {
        "name": _("Worker"),
        "host": _("Host"),
        "threads": _("Threads"),
        "memory": _("Memory"),
        "tasks": _("Tasks"),
    }


def worker_rows(workers: Iterable[Worker]) -> list[dict[str, str]]:
    """Return a row for each worker: its name, host, threads, memory and tasks."""
    return [
        {
            "name": worker.name,
            "host": worker.host,
            "threads": count(worker.n_threads, "thread"),
            "memory": _("{n} GB").format(n=number(worker.memory / 1e9, 1)),
            "tasks": count(worker.n_tasks, "task"),
        }
        for worker in workers
    ]
