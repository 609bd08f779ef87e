"""What may not be installed: TensorFlow, which training alone needs."""

from __future__ import annotations

import importlib.util

from genre.errors import RunError
from genre.language import _


def check_training() -> None:
    """Check, without loading it, that TensorFlow is installed; the rest of the program needs none.

    Raises
    ------
    RunError
        If it is not.
    """
    if importlib.util.find_spec("tensorflow") is None:
        raise RunError(
            _(
                "This installation has no TensorFlow, so nothing can be trained here; "
                "everything else works. To train, install what requirements.txt names, or use "
                "an image built with TRAINING=1."
            )
        )
