"""Load TensorFlow without its long output to standard error while it looks for a GPU.

Conventions
-----------
Its native code writes before any logging setting is read, so the file
descriptor itself is redirected while it loads.  Errors are raised as exceptions
and are not lost.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator


def load_tensorflow() -> None:
    """Import TensorFlow and have it find its devices, in silence."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _silence():
        import tensorflow as tf

        tf.config.list_physical_devices()


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Send what is written to standard error, by any code, to nowhere."""
    try:
        descriptor = sys.__stderr__.fileno() if sys.__stderr__ else -1
        kept = os.dup(descriptor)
    except (OSError, ValueError):  # no standard error to silence
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, descriptor)
        yield
    finally:
        os.dup2(kept, descriptor)
        os.close(kept)
        os.close(nowhere)
