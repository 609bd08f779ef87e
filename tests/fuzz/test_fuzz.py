"""Ten thousand inputs changed at random, and those that once found something."""

import subprocess
import sys

import pytest

from genre.paths import ROOT
from tests.fuzz.__main__ import fuzz
from tests.fuzz.targets import ORDER, TARGETS, input_of, target_of
from tests.fuzz.worker import CORPUS

FOUND = sorted(CORPUS.glob("*/*"))
N_INPUTS = 10_000


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows bounds no process")
def test_inputs_changed_at_random_are_read_or_refused():
    tally = fuzz(seed=1, first=0, n_inputs=N_INPUTS, minutes=0)

    assert tally.findings == []
    assert tally.n_inputs.total() == N_INPUTS
    for name in TARGETS:  # where all were refused, nothing was looked at but the door
        assert 0 <= tally.n_refused[name] < tally.n_inputs[name], name


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows bounds no process")
def test_inputs_that_once_found_something_find_nothing(tmp_path):
    """Each in a process of its own kind: what a target does with one, another does not undo."""
    assert len(FOUND) >= 8
    assert {path.parent.name for path in FOUND} <= set(TARGETS)

    script = f"from tests.fuzz.worker import replay; replay({str(tmp_path / 'work')!r})"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_number_of_an_input_says_of_which_target_it_is():
    assert [target_of(number) for number in range(len(ORDER))] == ORDER
    assert {*ORDER} == {*TARGETS}
    states = {"link": (None, [], [])}
    number = ORDER.index("link")
    first, again, other = (input_of(states["link"], number, seed) for seed in (1, 1, 2))
    assert first == again != other


def test_guard_notices_what_an_input_may_not_do(tmp_path):
    """In a process of its own, since a guard stays."""
    script = """
import os, pickle, subprocess, sys
from pathlib import Path
from tests.fuzz.guard import Guard
work = Path(sys.argv[1])
guard = Guard(work)
with guard:
    (work / "inside").write_text("x")
assert not guard.findings(), guard.findings()
held = []
for wrong in (
    lambda: (work / ".." / "outside").write_text("x"),
    lambda: os.mkdir(work.parent / "folder"),
    lambda: os.rename(work / "inside", work.parent / "moved"),
    lambda: subprocess.run(["true"]),
    lambda: pickle.loads(pickle.dumps(os.getcwd)),
    lambda: held.append(b"x" * (900 * 2**20)),
):
    with guard:
        wrong()
    print(len(guard.findings()) > 0)
"""
    (tmp_path / "work").mkdir()
    command = [sys.executable, "-c", script, str(tmp_path / "work")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"] * 6
