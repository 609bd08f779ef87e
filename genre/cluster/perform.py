"""What happens at a worker of the cluster: it says what it is, and performs tasks.

Conventions
-----------
What a task raises comes back as a value: an exception of Dask's own is then always one of the
cluster, after which the task is done again.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from typing import Any

from genre import __version__
from genre.cluster.kept_files import LackingError, unfold
from genre.language import use
from genre.paths import PACKAGE

LIBRARIES = (
    *("distributed", "cloudpickle", "numpy", "scipy", "soxr", "av", "soundfile"),
    *("scikit-learn", "tensorflow", "keras"),
)
"""Those that decide what travels and what comes out: of other versions, results may differ."""

IDLE_SECONDS = 300
"""After which the process beside a worker ends, and with it what it has imported."""
_APART = Lock()


@dataclass(frozen=True, slots=True)
class SentFile:
    """Stands in a task's arguments for a file whose content was sent."""

    name: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a task ended: with a value, with what it raised, or not begun.

    Not begun is what was refused, and what lacks a file of a shared value.
    """

    value: Any = None
    error: Exception | None = None
    is_refused: bool = False
    is_lacking: bool = False


def perform(
    function: Callable[..., Any],
    shared: Sequence[Any],
    arguments: Sequence[Any],
    contents: Sequence[bytes],
    facts: dict[str, str],
    language: str,
    in_own_process: bool,
) -> Outcome:
    """Perform one task.

    Parameters
    ----------
    function : callable
    shared : sequence
        Its first arguments: the same for all tasks.
    arguments : sequence
        Its further arguments; a `SentFile` is replaced by the path of a file of that name.
    contents : sequence of bytes
        Of each `SentFile`, in their order.
    facts : dict
        `program_facts` of who asks: a worker of another version performs nothing.
    language : str
        Of the sentences in what is returned.
    in_own_process : bool
        Whether the function is called in a process beside the worker's.
    """
    if facts != program_facts():
        return Outcome(is_refused=True)
    try:
        shared = [unfold(one) for one in shared]
    except LackingError:
        return Outcome(is_lacking=True)
    waiting = iter(contents)
    with tempfile.TemporaryDirectory(prefix="genre-task-") as temporary:
        filled = []
        for i, argument in enumerate(arguments):
            if isinstance(argument, SentFile):
                folder = Path(temporary) / str(i)  # the name stays as it is: sentences have it
                folder.mkdir()
                (folder / argument.name).write_bytes(next(waiting))
                filled.append(folder / argument.name)
            else:
                filled.append(argument)
        call = _call_apart if in_own_process else _call
        try:
            return Outcome(call(language, function, (*shared, *filled)))
        except BrokenProcessPool:  # of the process beside this one: it was killed, like a worker
            raise
        except Exception as error:  # noqa: BLE001 - raised again where the task came from
            return Outcome(error=error)


def _call(language: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    with use(language):
        return function(*arguments)


def _call_apart(language: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """Call a function in a process that does nothing else, and stays for the next one."""
    from joblib.externals.loky import get_reusable_executor

    with _APART:
        # Dask makes its workers daemons, which may have no processes; this one ends with its queue.
        multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
        executor = get_reusable_executor(max_workers=1, timeout=IDLE_SECONDS)
        return executor.submit(_call, language, function, arguments).result()


@cache
def program_facts() -> dict[str, str]:
    """Return the versions that must be the same everywhere for results to be."""
    facts = {"Python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    for name in LIBRARIES:
        try:
            facts[name] = version(name)
        except PackageNotFoundError:
            facts[name] = "none"
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(f"{path.relative_to(PACKAGE).as_posix()} ".encode())
        digest.update(path.read_bytes())
    return facts | {"Genre Lab": f"{__version__} ({digest.hexdigest()[:8]})"}
