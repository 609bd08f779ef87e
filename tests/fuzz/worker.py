"""A process that goes through inputs, one after the other, and writes down what it finds."""

import json
import sys
import tempfile
import traceback
from pathlib import Path
from random import Random

from genre.errors import GenreError
from genre.paths import ROOT
from tests.fuzz.guard import Guard
from tests.fuzz.targets import TARGETS, input_of, target_of

CORPUS = ROOT / "tests" / "fuzz" / "corpus"
"""Inputs that found something: ``<target>/<kind>--<what it is>``."""
INPUT = "input"
"""The input that a process is at, beside its folder."""


def set_up(folder: Path) -> dict[str, object]:
    """Prepare every target in a folder of its own, and let it load all it needs."""
    states = {}
    for name, target in TARGETS.items():
        (folder / name).mkdir()
        states[name] = target.set_up(folder / name)
    return states


def use(guard: Guard, state: object, target: str, kind: str, content: bytes) -> tuple[str, bool]:
    """Let the program use an input; return what was found, and whether it was refused."""
    is_refused, found = False, ""
    try:
        with guard:
            TARGETS[target].use(state, kind, content)
    except GenreError as error:
        is_refused = True
        if not str(error).strip().endswith((".", ")", "?")) or len(str(error)) > 2_000:
            found = f"no sentence: {str(error)[:300]!r}"
    except Exception:  # noqa: BLE001 (this is what is looked for)
        found = traceback.format_exc(limit=-4)
    return "\n".join(filter(None, [found, *guard.findings()])), is_refused


def begin(folder: str) -> tuple[Guard, dict[str, object]]:
    """Prepare everything in a folder that is made; from now on nothing else may be written to."""
    work = Path(folder)
    work.mkdir(parents=True)
    tempfile.tempdir = str(work)
    states = set_up(work)
    guard = Guard(work)
    for name, target in TARGETS.items():  # what is loaded at the first use is no cost of an input
        use(guard, states[name], name, *target.make(states[name], Random(f"first {name}")))
    return guard, states


def replay(folder: str) -> None:
    """Go through the corpus, and print what is found."""
    guard, states = begin(folder)
    for path in sorted(CORPUS.glob("*/*")):
        target, kind = path.parent.name, path.name.partition("--")[0]
        found, _ = use(guard, states[target], target, kind, path.read_bytes())
        if found:
            sys.stdout.write(f"{path.name}: {found}\n")


def main(folder: str, seed: str) -> None:
    """Go through the numbers that standard input brings, and report each on standard output."""
    guard, states = begin(folder)
    sys.__stdout__.write("ready\n")
    sys.__stdout__.flush()
    while line := sys.stdin.readline():
        number = int(line)
        target = target_of(number)
        kind, content = input_of(states[target], number, int(seed))
        (Path(folder).parent / INPUT).write_bytes(content)  # the process may end at it
        found, is_refused = use(guard, states[target], target, kind, content)
        report = {"number": number, "target": target, "refused": is_refused}
        if found:
            report |= {"kind": kind, "content": content.hex(), "found": found}
        report |= {"seconds": guard.cpu_seconds, "grown": guard.growth}
        sys.__stdout__.write(f"\n{json.dumps(report)}\n")
        sys.__stdout__.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
