"""The command line: ``python -m genre <command>``.

Conventions
-----------
Results go to standard output, messages to standard error.  Exit codes: 0 all
went well, 1 some input failed, 2 the arguments were invalid.
"""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
from collections.abc import Sequence

from genre.cli.parser import build_parser
from genre.errors import GenreError, ParameterError
from genre.paths import ROOT
from genre.system.processes import run_module
from genre.system.schema import cause

STOPPED_AS_BY_HAND = ("crossval", "extract", "honesty", "robustness")
"""Their processes, and what they have on the disk for themselves, must end with them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    if sys.stdout is None:  # closed by the parent process
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Names are of any script; what is not read on a terminal is read as UTF-8.
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
    parsed = build_parser().parse_args(arguments)
    if parsed.command in STOPPED_AS_BY_HAND:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    parsed.line = list(sys.argv[1:] if arguments is None else arguments)
    module, function = parsed.function.split(":")
    try:
        command = getattr(importlib.import_module(f"genre.cli.{module}"), function)
        if hasattr(parsed, "cluster"):
            importlib.import_module("genre.cli.cluster").prepare_cluster(parsed)
        code = int(command(parsed))
        sys.stdout.flush()  # a full disk or a closed pipe shows here, not after the last line
        return code
    except GenreError as error:
        sys.stderr.write(f"genre {parsed.command}: {error}\n")
        return 2 if isinstance(error, ParameterError) else 1
    except BrokenPipeError:  # the reader of our output has closed it: `... | head`
        _drop_output()
        return 0
    except OSError as error:
        _drop_output()
        sys.stderr.write(
            f"genre {parsed.command}: cannot read or write "
            f"({cause(error)}). Check the disk and the permissions.\n"
        )
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        return 130


def _drop_output() -> None:
    """Redirect a closed standard output, or Python would fail at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def open_app_or_run() -> int:
    """Run a command, or open the app without one: the console script ``genre-lab``."""
    if sys.argv[1:] and not sys.argv[1].startswith("--server."):
        return main()
    return run_module("streamlit", ["run", str(ROOT / "server.py"), *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
