"""A song changed in a process of its own, with progress, as a file for as long as it is wanted."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from genre.errors import AudioError
from genre.language import _
from genre.system.schema import cause
from genre.system.turn_job import TurnJob

MAX_JOB_SECONDS = 300.0
RESULT = "changed.flac"


@dataclass(frozen=True, slots=True)
class ChangedSong:
    """A FLAC file, and the SHA-256 of its content, hexadecimal."""

    path: Path
    digest: str


class EffectJob(TurnJob):
    """A process of low priority that changes a song, one song at a time.

    The file that it makes is there as long as this is.

    Parameters
    ----------
    content : bytes
        An audio file's.
    effect : str
        One of `genre.effects.names.EFFECT_NAMES`.

    Raises
    ------
    AudioError
        If there is no room for its result.
    """

    def __init__(self, content: bytes, effect: str) -> None:
        try:
            self._folder = tempfile.TemporaryDirectory(
                prefix="genre-lab-", ignore_cleanup_errors=True
            )
        except OSError as error:
            raise AudioError(
                _("{doing} cannot be started ({reason}). Try again later.").format(
                    doing=_("changing this song"), reason=cause(error)
                )
            ) from error
        self._result = Path(self._folder.name) / RESULT
        words = ["change", "-", "--effect", effect, "--out", str(self._result), "--progress"]
        self._changed: ChangedSong | None = None
        super().__init__(words, content, doing=_("changing this song"), max_seconds=MAX_JOB_SECONDS)

    def poll(self) -> ChangedSong | None:
        """Return the changed song, or None while it is made.  Never waits.

        Raises
        ------
        AudioError
            If it could not be changed, took too long, or was stopped.
        """
        if self._changed is None and self.poll_output() is not None:
            try:
                digest = hashlib.sha256(self._result.read_bytes()).hexdigest()
            except OSError as error:
                raise self.unexpected() from error
            self._changed = ChangedSong(self._result, digest)
        return self._changed

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        last = self.output().rstrip("\n").rpartition("\n")[2]
        with contextlib.suppress(ValueError):
            return min(1.0, max(0.0, float(last)))
        return 0.0
