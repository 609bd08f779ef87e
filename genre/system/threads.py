"""How many threads the small computations of this package may use.

Its matrices are small: a BLAS that shares them out over all cores spends its
time waiting, many times longer than the product takes when another process is
busy.  Independent pieces of a long song run side by side instead.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

from threadpoolctl import ThreadpoolController

N_THREADS = min(4, os.cpu_count() or 1)
"""Pieces of a song worked on at a time."""


def one_blas_thread() -> AbstractContextManager[Any]:
    """Hold matrix products to the thread that asks for them, until the context ends."""
    return _controller().limit(limits=1, user_api="blas")


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    """Look once for the BLAS that NumPy has loaded."""
    return ThreadpoolController()
