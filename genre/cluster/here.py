"""Tasks on this machine, through joblib."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# What was computed for nobody when all is stopped is no news to who has stopped it.
warnings.filterwarnings("ignore", category=UserWarning, module=r"joblib\.parallel")
TASKS_PER_PROCESS = 8
"""Whose results may wait for whoever asked."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file in the arguments of a task: a path here, its content on a cluster."""

    path: Path


def compute_here(
    function: Callable[..., Any],
    shared: tuple[Any, ...],
    tasks: Iterable[Sequence[Any]],
    n_jobs: int,
) -> Generator[Any]:
    """Compute tasks here; as `genre.cluster.tasks.run_tasks`."""
    from joblib import Parallel, delayed, effective_n_jobs
    from joblib.externals.loky import get_reusable_executor

    if (n := effective_n_jobs(n_jobs)) == 1:
        yield from (function(*shared, *map(_as_path, task)) for task in tasks)
        return
    jobs = (delayed(function)(*shared, *map(_as_path, task)) for task in tasks)
    try:
        # joblib goes on however slowly its results are taken; so it is given a part at a time.
        with Parallel(n_jobs=n, return_as="generator", batch_size=1) as parallel:
            while part := list(itertools.islice(jobs, TASKS_PER_PROCESS * n)):
                yield from parallel(part)
    except BaseException:  # also on an interrupt: no process goes on for nobody
        get_reusable_executor().shutdown(wait=False, kill_workers=True)
        raise


def _as_path(argument: Any) -> Any:
    return argument.path if isinstance(argument, LocalFile) else argument
