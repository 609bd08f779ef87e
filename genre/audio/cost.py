"""What decoding one recording may cost.

Conventions
-----------
step
    A packet, or a frame of one.  A step of usual length is some 20 ms of sound; a
    header can make it one sample, so that a small file has hundreds of thousands.
"""

import io
import os
import time
from typing import BinaryIO

from genre.errors import AudioError
from genre.language import _

FREE_STEPS = 20_000
STEPS_PER_SECOND = 2_000  # of sound: the shortest in use are Opus's, 400
FREE_SECONDS = 4.0
SECONDS_PER_SECOND = 0.1  # of sound: a slow computer needs 0.01 of an MP3
MAX_FLAWS = 1_000
BLOCK_BYTES = 65_536


class Cost:
    """What was decoded of one recording so far, and what that has cost."""

    def __init__(self) -> None:
        self.n_flaws = 0
        self._sound_seconds = 0.0
        self._n_steps = 0
        self._began = time.thread_time()  # of this thread: others may be busy meanwhile

    @property
    def has_sound(self) -> bool:
        """Whether anything was decoded."""
        return self._sound_seconds > 0

    @property
    def is_hopeless(self) -> bool:
        """Whether there is so much damage that no more is tried."""
        return self.n_flaws >= MAX_FLAWS

    @property
    def is_spent(self) -> bool:
        """Whether a recording of this length should have cost less."""
        n_free = FREE_STEPS + STEPS_PER_SECOND * self._sound_seconds
        free_seconds = FREE_SECONDS + SECONDS_PER_SECOND * self._sound_seconds
        return self._n_steps > n_free or time.thread_time() - self._began > free_seconds

    def add(self, n_samples: int = 0, sr: int = 1) -> None:
        """Count a step and the sound it gave; AudioError is raised if all is spent."""
        self._n_steps += 1
        self._sound_seconds += n_samples / sr
        if self.is_spent:
            raise AudioError(
                _(
                    "decoding this recording was given up after {sound_seconds:.0f} s of sound: it "
                    "takes far longer than a recording of that length should. Convert it to WAV or "
                    "MP3 and try again."
                ).format(sound_seconds=self._sound_seconds)
            )


def metered(file: BinaryIO, cost: Cost) -> BinaryIO:
    """Return a file that ends early once all is spent.

    A decoder may look through all of a file before it returns.  What it reads is the only
    part of that which can be seen, and an exception would be lost in it.
    """
    return io.BufferedReader(_MeteredFile(file, cost), BLOCK_BYTES)


class _MeteredFile(io.RawIOBase):
    def __init__(self, file: BinaryIO, cost: Cost) -> None:
        self._file, self._cost = file, cost

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        try:
            return self._file.seek(offset, whence)
        except (OSError, ValueError):  # a header's nonsense led to before the first byte
            return self._file.seek(0)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = b"" if self._cost.is_spent else self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
