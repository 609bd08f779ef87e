"""Where the scheduler of a Dask cluster is: nowhere, unless the one who runs the program says it.

Conventions
-----------
The address holds for the process and for those it starts: ``GENRE_LAB_CLUSTER`` in its environment.
Nothing that is read from a file, a link or a request changes it.
"""

from __future__ import annotations

import os
import re

from genre.errors import ParameterError
from genre.language import _

VARIABLE = "GENRE_LAB_CLUSTER"
_ADDRESS = re.compile(
    r"(tcp|tls)://([\w.-]+|\[[0-9a-fA-F:.]+(?:%[\w.-]+)?\]):([0-9]{1,5})", re.ASCII
)


def cluster_address() -> str:
    """Return the address of the scheduler; empty where tasks are computed here.

    Raises
    ------
    ParameterError
        If what ``GENRE_LAB_CLUSTER`` holds is no address.
    """
    return check_address(os.environ.get(VARIABLE, ""))


def use_cluster(address: str) -> None:
    """Compute from now on with this scheduler, here and in processes started from here.

    Parameters
    ----------
    address : str
        As ``tcp://192.168.0.5:8786``; empty for this machine alone.

    Raises
    ------
    ParameterError
        If it is no address.
    """
    if checked := check_address(address):
        os.environ[VARIABLE] = checked
    else:
        os.environ.pop(VARIABLE, None)


def check_address(address: str) -> str:
    """Return an address without spaces around it.

    Raises
    ------
    ParameterError
        If it is neither empty nor an address.

    Examples
    --------
    >>> check_address(" tcp://192.168.0.5:8786 ")
    'tcp://192.168.0.5:8786'
    """
    address = address.strip()
    found = _ADDRESS.fullmatch(address)
    if address and not (found and 0 < int(found[3]) < 65_536):
        raise ParameterError(
            _(
                "'{address}' was given as the address of a cluster, one such as "
                "tcp://192.168.0.5:8786 was expected. Give the address that dask scheduler prints."
            ).format(address=address[:80])
        )
    return address
