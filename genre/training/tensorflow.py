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

from genre.system.installed import check_training


def load_tensorflow() -> None:
    """Import TensorFlow and have it find its devices, in silence.

    Raises
    ------
    RunError
        If it is not installed.
    """
    check_training()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _silence():
        import tensorflow as tf

        tf.config.list_physical_devices()


def limit_threads(n_threads: int) -> None:
    """Limit TensorFlow's threads; it only has an effect before its first computation."""
    import tensorflow as tf

    if not tf.config.threading.get_intra_op_parallelism_threads():
        with contextlib.suppress(RuntimeError):  # it has computed before
            tf.config.threading.set_intra_op_parallelism_threads(n_threads)
            tf.config.threading.set_inter_op_parallelism_threads(n_threads)


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
