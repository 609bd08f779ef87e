"""The same function for many arguments: results in order, wherever they are computed.

Conventions
-----------
Here
    `joblib`, with processes where more than one is asked for.
On a cluster (`genre.cluster.address`)
    `dask.distributed`.  What all tasks share, and the content of each `LocalFile`, travel under the
    digest of their content: once to each worker that needs them, and what is mapped from files in
    pieces (`genre.cluster.sent_files`), unless a worker sees the same file.  Only as many tasks are
    on their way as keep the workers busy, so memory does not grow with the number of tasks.
Loss
    A worker that ends costs the tasks that it had: they are done again by others.  Where the
    scheduler or all of its workers are gone, the rest goes on here, which is said once, as a
    warning of the logger `genre.cluster`.  `run_long_tasks` leaves the rest to its caller.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any

from genre.cluster.address import cluster_address
from genre.cluster.here import compute_here
from genre.cluster.on_cluster import ClusterRun
from genre.cluster.perform import Outcome


def run_tasks(
    function: Callable[..., Any],
    tasks: Iterable[Sequence[Any]],
    *,
    shared: Sequence[Any] = (),
    n_jobs: int = 1,
    in_own_process: bool = False,
) -> Generator[Any]:
    """Call a function for each of many arguments.

    Parameters
    ----------
    function : callable
        A module's: other processes import it.
    tasks : iterable of sequences
        The arguments of each call; the function gets a path for each `LocalFile`.
    shared : sequence
        First arguments of every call, which travel once.
    n_jobs : int
        Processes on this machine; -1 for one per core, 1 for none besides this one.
    in_own_process : bool
        On a cluster, call the function in a process beside the worker's, for what seeds Python's
        own random numbers: threads of Dask draw from them as well.

    Yields
    ------
    result : object
        In the order of the tasks.  What a call raises is raised here.

    Raises
    ------
    ClusterError
        If an address is given and its cluster cannot be used.
    """
    if address := cluster_address():
        run = ClusterRun(function, tuple(shared), n_jobs, address, in_own_process=in_own_process)
        return run.results(iter(tasks))
    return compute_here(function, tuple(shared), tasks, n_jobs)


def run_long_tasks(
    function: Callable[..., Any],
    tasks: Iterable[Sequence[Any]],
    *,
    shared: Sequence[Any] = (),
    on_tick: Callable[[], None],
) -> Generator[tuple[Sequence[Any], Outcome | None]]:
    """Call a function for each of many arguments on the cluster, where each call takes minutes.

    Parameters
    ----------
    function, tasks, shared
        As for `run_tasks`; it is called in a process beside the worker's.  A task is asked for
        when a thread is free for it.
    on_tick : callable
        Called every second or so while tasks are at work; what it raises ends the rest.

    Yields
    ------
    task : sequence
        As it was given, in the order in which they end.
    outcome : Outcome or None
        How it ended; None where no worker could perform it.  When the scheduler or all workers
        are lost, which is said once, those that are left are not yielded.

    Raises
    ------
    ClusterError
        If the cluster cannot be used.
    """
    run = ClusterRun(function, tuple(shared), 1, cluster_address(), in_own_process=True)
    return run.outcomes(iter(tasks), on_tick)
