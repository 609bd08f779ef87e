"""Keep the garbage collector from holding up the page.

Streamlit would collect garbage after every run of the script, before the last of what the run
drew has left the process.  With all libraries loaded the collector takes 90 ms to look at some
hundred thousand objects that are never garbage: longer than most answers take.  Frozen,
they are not looked at again; and with fifty visitors, a collection every second serves all.
"""

from __future__ import annotations

import gc
import sys
import time

SECONDS = 1.0
"""From one collection to the next, at least."""
_seen = {"n_modules": 0, "collected": float("-inf")}


def tidy() -> None:
    """Collect garbage, unless that was done just now; freeze libraries that are new since then."""
    now = time.monotonic()
    if len(sys.modules) > _seen["n_modules"]:
        freeze_libraries()
    elif now - _seen["collected"] > SECONDS:
        gc.collect()
    else:
        return
    _seen["collected"] = now


def freeze_libraries() -> None:
    """Freeze what is alive.

    A visit's own objects that happen to be alive then are still freed when nothing refers to
    them; only their cycles stay, and only as often as a page is the first to import something.
    """
    gc.collect()
    gc.freeze()
    _seen["n_modules"] = len(sys.modules)
