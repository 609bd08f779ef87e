"""A connection to the scheduler of a Dask cluster, whose workers are of this very version.

Conventions
-----------
One connection for each address and process, made when it is first needed.  `distributed` is
imported only then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genre.cluster.address import check_address
from genre.cluster.perform import program_facts
from genre.errors import ClusterError
from genre.language import _

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 5
"""How long a scheduler may take to answer."""
INSTALL = 'python -m pip install "distributed>=2026.8,<2027"'
_clients: dict[str, Client] = {}


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker as its scheduler knows it.

    Parameters
    ----------
    name : str
    host : str
    n_threads : int
        Tasks that it performs at a time.
    memory, memory_limit : int
        Bytes; 0 where there is no limit.
    n_tasks : int
        Tasks that it performs now or that wait there.
    """

    name: str
    host: str
    n_threads: int
    memory: int
    memory_limit: int
    n_tasks: int


def connect(address: str) -> Client:
    """Return the client of a cluster that can be computed with.

    Raises
    ------
    ClusterError
        If Dask is not installed, there is no scheduler, it has no workers, or one of them is of
        another version.
    """
    client = _clients.get(address)
    if client is None or client.status != "running":
        client = _open(address)
        try:
            _check_versions(client, address)
        except BaseException:
            close_quietly(client)
            raise
        _clients[address] = client
    return client


def check_cluster(address: str) -> int:
    """Return how many workers a cluster has that can be computed with; 0 without an address.

    Raises
    ------
    ParameterError
        If it is no address.
    ClusterError
        As `connect`.
    """
    checked = check_address(address)
    if not checked:
        return 0
    client = _open(checked)
    try:
        _check_versions(client, checked)
        return len(client.nthreads())
    finally:
        close_quietly(client)


def list_workers(address: str) -> list[Worker]:
    """Return the workers of a cluster, of whatever version, in order of their names.

    Raises
    ------
    ClusterError
        If Dask is not installed or there is no scheduler.
    """
    client = _open(address)
    try:
        found = client.scheduler_info(n_workers=-1)["workers"].values()
    finally:
        close_quietly(client)
    workers = [
        Worker(
            str(one["name"]),
            one["host"],
            one["nthreads"],
            one["metrics"].get("memory", 0),
            one["memory_limit"] or 0,
            sum(one["metrics"].get("task_counts", {}).get(state, 0) for state in _BUSY),
        )
        for one in found
    ]
    return sorted(workers, key=lambda worker: worker.name)


_BUSY = ("executing", "ready", "waiting", "constrained", "fetch", "flight")


def close_quietly(client: Client) -> None:
    """Close a connection, whatever became of its other end."""
    try:
        client.close(timeout=2)
    except Exception:  # noqa: BLE001 - nothing depends on how it went
        return


def _open(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError(
            _(
                "the cluster {address} was given, but Dask is not installed here. Install it "
                "with: {command}"
            ).format(address=address, command=INSTALL)
        ) from error
    for name in ("distributed", "distributed.client"):  # what matters is said here
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except Exception as error:  # the kinds are many: of sockets, TLS, protocols, time
        raise ClusterError(
            _(
                "no Dask scheduler of version {version} answers at {address}. Start one with "
                "dask scheduler, or leave the address out to compute here."
            ).format(address=address, version=program_facts()["distributed"])
        ) from error


def _check_versions(client: Client, address: str) -> None:
    """Raise unless the scheduler has workers, and all of them are what this program is."""
    ours = program_facts()
    theirs: dict[str, Any] = {_("the scheduler"): _ask(client.run_on_scheduler, program_facts)}
    asked = _ask(client.run, program_facts, on_error="return")
    if not asked:
        raise ClusterError(
            _(
                "the scheduler at {address} has no workers. Start one with "
                "dask worker {address}, or leave the address out to compute here."
            ).format(address=address)
        )
    if isinstance(asked, Exception):
        theirs[_("a worker")] = asked
    else:
        theirs |= {_("the worker at {place}").format(place=at): it for at, it in asked.items()}
    for who, facts in theirs.items():
        if not isinstance(facts, dict):
            raise ClusterError(
                _(
                    "{who} of the cluster has no Genre Lab {version} ({reason}). Start it from "
                    "the folder of the same Genre Lab as here, with Dask {dask}."
                ).format(
                    who=who,
                    version=ours["Genre Lab"],
                    reason=str(facts)[:120] or type(facts).__name__,
                    dask=ours["distributed"],
                )
            )
        for name, here in ours.items():
            if facts.get(name) != here:
                raise ClusterError(
                    _(
                        "{who} of the cluster has {name} {theirs}, here it is {ours}: results "
                        "could differ. Install the same version in both places."
                    ).format(who=who, name=name, theirs=facts.get(name, "none"), ours=here)
                )


def _ask(ask: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Return an answer of the cluster, or the exception in its place."""
    try:
        return ask(*arguments, **options)
    except Exception as error:  # noqa: BLE001 - it is told as the reason
        return error
