"""A process that works on a song: one song at a time for all visitors, in the order of coming."""

from __future__ import annotations

import math

from genre.errors import AudioError
from genre.language import _, current, use
from genre.system.owned_job import Ended, OwnedJob
from genre.system.schema import cause
from genre.system.turns import Turns

TURNS = Turns(n_at_once=1)  # a process takes a core for seconds, and up to 330 MB


class TurnJob:
    """``python -m genre`` on a song, at low priority, once no other song is before it.

    It starts when it is asked for; songs that nobody asks for any more are passed over.

    Parameters
    ----------
    words : list of str
        The first one is the command.
    content : bytes
        An audio file's, for its standard input.
    doing : str
        What it does, as a sentence begins that says how it failed.
    max_seconds : float
    """

    def __init__(
        self, words: list[str], content: bytes, *, doing: str, max_seconds: float = math.inf
    ) -> None:
        self._words, self._content = words, content
        self._doing, self._max_seconds = doing, max_seconds
        self._language = current()  # its turn may come with another visitor's question
        self._job: OwnedJob | None = None
        self._is_stopped = False

    def poll_output(self) -> str | None:
        """Return what the process has written, once it has succeeded; else None.  Never waits.

        Raises
        ------
        AudioError
            If it cannot be started, has failed, took too long, or was stopped.
        """
        ended = self._ended()
        if ended is None:
            return None
        if ended.cause == "stop":
            raise AudioError(
                _("{doing} was stopped. Start it again to see the result.").format(
                    doing=self._doing
                )
            )
        if ended.cause == "timeout":
            raise AudioError(
                _(
                    "{doing} took more than {max_seconds:.0f} s and was ended. Try a shorter "
                    "recording, or again when the computer is less busy."
                ).format(doing=self._doing, max_seconds=self._max_seconds)
            )
        if ended.code == 0:
            return ended.out
        last_line = ended.err.strip().rpartition("\n")[2]  # decoders may have muttered before it
        refusal = f"genre {self._words[0]}: "  # what the command line puts before its one sentence
        if last_line.startswith(refusal):
            raise AudioError(last_line.removeprefix(refusal))
        raise self.unexpected(ended.code)

    def unexpected(self, code: int = 0) -> AudioError:
        """Return what to raise where the process ended without what was expected of it."""
        return AudioError(
            _("{doing} ended unexpectedly (status {code}). Try it again.").format(
                doing=self._doing, code=code
            )
        )

    def output(self) -> str:
        """Return what the process has written so far."""
        return self._job.output() if self._job else ""

    @property
    def n_before(self) -> int:
        """How many other songs come first."""
        return 0 if self._job or self._is_stopped else TURNS.n_before(self)

    def stop(self) -> None:
        """End the process, if it still runs, or never begin."""
        self._is_stopped = True
        if self._job:
            self._job.stop()

    def _ended(self) -> Ended | None:
        if self._job is None and self._is_stopped:
            return Ended("stop")
        if self._job is None:
            try:
                self._job = TURNS.ask(self, self._begin)
            except OSError as error:
                raise AudioError(
                    _("{doing} cannot be started ({reason}). Try again later.").format(
                        doing=self._doing, reason=cause(error)
                    )
                ) from error
        return self._job.poll() if self._job else None

    def _begin(self) -> OwnedJob:
        with use(self._language):
            job = OwnedJob(self._words, content=self._content, max_seconds=self._max_seconds)
        self._content = b""
        return job
