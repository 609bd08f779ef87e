"""Tasks on a Dask cluster, and what becomes of those that it loses."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import logging
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from genre.cluster.connection import close_quietly, connect
from genre.cluster.here import LocalFile, compute_here
from genre.cluster.perform import Outcome, SentFile, perform, program_facts
from genre.cluster.sent_files import fold, send_files
from genre.errors import ClusterError
from genre.language import _, current
from genre.system.files import special_file

if TYPE_CHECKING:
    from distributed import Client, Future

MAX_BYTES_ON_THE_WAY = 256 * 2**20
"""Contents of files that workers were sent and have not described yet."""
TASKS_PER_THREAD = 3
"""One is performed, the next is there, and one is travelling."""
MAX_ATTEMPTS = 4
"""How often a task goes to the cluster before it is done here."""
MAX_SHARED = 4
"""Shared values that workers keep for tasks to come."""
TICK_SECONDS = 2.0
WORKERLESS_SECONDS = 20.0
"""How long a cluster may be without workers: a restarted one takes seconds."""
_LOST = (Exception, asyncio.CancelledError)
_logger = logging.getLogger("genre.cluster")
_numbers = itertools.count()


@dataclass(slots=True, eq=False)
class _Sent:
    """A task on the cluster; without a future it was not sent."""

    task: Sequence[Any]
    future: Future[Any] | None = None
    contents: list[tuple[str, Future[Any]]] = field(default_factory=list)
    n_bytes: int = 0
    n_attempts: int = 0


class _UnreadableError(Exception):
    """A file cannot be sent; what is wrong with it is said where the task is done here."""


class ClusterRun:
    """One call of `run_tasks` on a cluster."""

    def __init__(
        self,
        function: Callable[..., Any],
        shared: tuple[Any, ...],
        n_jobs: int,
        address: str,
        *,
        in_own_process: bool,
    ) -> None:
        self._function, self._shared, self._n_jobs = function, shared, n_jobs
        self._in_own_process = in_own_process
        self._address = address
        self._client = connect(address)
        self._sent: deque[_Sent] = deque()
        self._left: list[Sequence[Any]] = []
        self._is_lost = False
        folded = [fold(one) for one in shared]
        self._to_share = [(_key_of(one), one) for one, _files in folded]
        self._files = {file: path for _one, files in folded for file, path in files.items()}
        self._send_files()

    def results(self, tasks: Iterator[Sequence[Any]]) -> Generator[Any]:
        """Yield the results in order; what no worker could perform is performed here."""
        with closing(self.outcomes(tasks)) as outcomes:
            for task, outcome in outcomes:
                if outcome is None:
                    yield from compute_here(self._function, self._shared, [task], 1)
                elif outcome.error is not None:
                    raise outcome.error
                else:
                    yield outcome.value
        if self._is_lost:
            rest = itertools.chain(self._left, tasks)
            yield from compute_here(self._function, self._shared, rest, self._n_jobs)

    def outcomes(
        self,
        tasks: Iterator[Sequence[Any]],
        on_tick: Callable[[], None] | None = None,
    ) -> Generator[tuple[Sequence[Any], Outcome | None]]:
        """Yield each task and how it ended, until all have, or the cluster is lost.

        Parameters
        ----------
        tasks : iterator of sequences
        on_tick : callable, optional
            With it tasks are long ones: it is called every `TICK_SECONDS` while they are waited
            for, each is sent only once a thread is free, and the first that has ended comes first.

        Yields
        ------
        task : sequence
        outcome : Outcome or None
            None where no worker could perform it.
        """
        try:
            while not self._is_lost:
                self._send_more(tasks, 1 if on_tick else TASKS_PER_THREAD)
                if not self._sent:
                    return
                next_one = self._next_ended(on_tick) if on_tick else self._sent[0]
                outcome = self._outcome(next_one)
                if outcome is None and not self._is_lost and next_one.n_attempts < MAX_ATTEMPTS:
                    self._send(next_one)
                    continue
                if self._is_lost:
                    break
                self._sent.remove(next_one)
                yield next_one.task, None if outcome and outcome.is_refused else outcome
            self._left = [sent.task for sent in self._sent]
        finally:
            self._drop()

    def _next_ended(self, on_tick: Callable[[], None]) -> _Sent:
        """Wait for the first task that has ended, or was not sent."""
        while True:
            for sent in self._sent:
                if self._is_lost or sent.future is None or sent.future.done():
                    return sent
            on_tick()
            time.sleep(TICK_SECONDS / 4)
            self._look()

    def _send_more(self, tasks: Iterator[Sequence[Any]], n_per_thread: int) -> None:
        """Send tasks until the workers have enough of them."""
        n_wanted = max(2 if n_per_thread > 1 else 1, n_per_thread * self._n_threads())
        while not self._is_lost and len(self._sent) < n_wanted:
            if sum(sent.n_bytes for sent in self._sent) > MAX_BYTES_ON_THE_WAY:
                return
            task = next(tasks, None)
            if task is None:
                return
            self._sent.append(_Sent(task))
            self._send(self._sent[-1])

    def _send(self, sent: _Sent) -> None:
        """Send one task, and before it what it needs."""
        sent.n_attempts += 1
        sent.future, sent.contents, sent.n_bytes = None, [], 0
        try:
            shared = [self._share(*pair) for pair in self._to_share]
            arguments = [self._send_file(sent, argument) for argument in sent.task]
            sent.future = self._client.submit(
                perform,
                self._function,
                shared,
                arguments,
                [content for _digest, content in sent.contents],
                program_facts(),
                current(),
                self._in_own_process,
                pure=False,
            )
        except _UnreadableError:
            sent.n_attempts = MAX_ATTEMPTS
        except _LOST:
            self._look()

    def _send_files(self) -> None:
        """Send the files of shared values to the workers that are there, where they lack them."""
        try:
            send_files(self._client, self._files)
        except ClusterError:
            raise
        except _LOST:
            self._look()

    def _share(self, key: str, value: Any) -> Future[Any]:
        """Return what stands for a shared value at the workers, which have it from now on."""
        kept = _shared_by(self._client)
        if key not in kept or kept[key].status != "finished":
            while len(kept) >= MAX_SHARED:
                kept.pop(next(iter(kept)))
            number = f"{key}-{next(_numbers)}"  # a name that was given up must not come again
            kept[key] = self._client.scatter({number: value}, broadcast=True)[number]
        return kept[key]

    def _send_file(self, sent: _Sent, argument: Any) -> Any:
        """Return what stands in a sent task for an argument."""
        if not isinstance(argument, LocalFile):
            return argument
        try:
            if special_file(argument.path):
                raise _UnreadableError
            content = argument.path.read_bytes()
        except OSError as error:
            raise _UnreadableError from error
        digest = hashlib.sha256(content).hexdigest()
        known = dict(pair for other in self._sent for pair in other.contents)
        if digest not in known:
            key = f"file-{digest}-{next(_numbers)}"
            known[digest] = self._client.scatter({key: content})[key]
        sent.contents.append((digest, known[digest]))
        sent.n_bytes += len(content)
        return SentFile(argument.path.name)

    def _outcome(self, sent: _Sent) -> Outcome | None:
        """Wait for a task; None where it was lost."""
        while sent.future is not None and not self._is_lost:
            try:
                outcome: Outcome = sent.future.result(timeout=TICK_SECONDS)
                if not outcome.is_lacking:
                    return outcome
                with contextlib.suppress(ClusterError):  # others have the files, and so has this
                    self._send_files()
                return None
            except TimeoutError:
                self._look()
            except _LOST:
                self._look()
                return None
        return None

    def _n_threads(self) -> int:
        """Return how many tasks the cluster performs at a time; 0 where it does not answer."""
        try:
            return sum(self._client.nthreads().values())
        except _LOST:
            return 0

    def _look(self) -> None:
        """Find out whether scheduler and workers are still there, giving them time to be."""
        until = time.monotonic() + WORKERLESS_SECONDS
        while not self._is_lost and not self._n_threads():
            if time.monotonic() > until:
                self._lose(_("the workers of the cluster {address} are gone"))
            elif self._client.status == "running":
                time.sleep(0.2)
            else:
                close_quietly(self._client)
                try:
                    self._client = connect(self._address)
                except ClusterError:
                    self._lose(_("the scheduler at {address} is gone"))

    def _lose(self, what: str) -> None:
        self._is_lost = True
        sentence = _("{what}: the rest is computed here, and nothing is lost.")
        _logger.warning(sentence.format(what=what.format(address=self._address)))

    def _drop(self) -> None:
        """Tell the cluster that nobody waits for what it still has."""
        futures = [sent.future for sent in self._sent if sent.future is not None]
        self._sent.clear()
        if futures and not self._is_lost:
            try:
                self._client.cancel(futures, force=True)
            except _LOST:
                return


def _key_of(value: Any) -> str:
    """Return a name that says what a value holds."""
    from joblib import hash as digest_of

    return f"shared-{digest_of(value, hash_name='sha1')}"


def _shared_by(client: Client) -> dict[str, Future[Any]]:
    """Return what workers were given by a client, by the names of `_key_of`."""
    return client.__dict__.setdefault("_genre_shared", {})
