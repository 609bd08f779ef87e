"""Keep the garbage collector from holding up the page.

Streamlit collects garbage after every run of the script, before the last of what the run drew
has left the process.  With all libraries loaded the collector takes 90 ms to look at some
hundred thousand objects that are never garbage: longer than most answers take.  Frozen,
they are not looked at again.
"""

from __future__ import annotations

import gc
import sys

_seen = {"n_modules": 0}


def freeze_libraries() -> None:
    """Freeze what is alive, if modules have been imported since the last time.

    A visit's own objects that happen to be alive then are still freed when nothing refers to
    them; only their cycles stay, and only as often as a page is the first to import something.
    """
    if len(sys.modules) > _seen["n_modules"]:
        gc.collect()
        gc.freeze()
        _seen["n_modules"] = len(sys.modules)
