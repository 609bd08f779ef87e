"""The command ``cluster``, and the option ``--cluster`` of the commands that can use one.

Conventions
-----------
As `genre.cli.songs`.
"""

from __future__ import annotations

import argparse

from genre.cli.songs import say
from genre.cluster.address import VARIABLE, check_address, cluster_address, use_cluster
from genre.cluster.connection import connect, list_workers
from genre.errors import ParameterError
from genre.text.cluster import worker_rows
from genre.text.format import count


def prepare_cluster(arguments: argparse.Namespace) -> None:
    """Use the cluster that was asked for, refusing one that cannot be used before any work.

    Raises
    ------
    ParameterError, ClusterError
    """
    if arguments.cluster is not None:
        use_cluster(arguments.cluster)
        if address := cluster_address():
            client = connect(address)
            say(f"computing on {address}: {count(len(client.nthreads()), 'worker')}")


def cluster(arguments: argparse.Namespace) -> int:
    """List the workers of a cluster."""
    address = check_address(arguments.address or "") or cluster_address()
    if not address:
        raise ParameterError(
            f"no address was given, expected one such as tcp://192.168.0.5:8786, or {VARIABLE}. "
            "Give the address that dask scheduler prints."
        )
    workers = list_workers(address)
    for row in worker_rows(workers):
        print("  ".join(f"{value:<14}" for value in row.values()).rstrip())
    connect(address)  # are they of this version?
    return 0
