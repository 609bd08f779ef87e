"""A trial or a few of what `make chaos` does for minutes.

A model that is saved is killed at each of its steps in `tests/models/test_save_killed.py`, a run
that trains in `tests/training/test_run.py`, one that fills its disk in
`tests/runs/test_full_disk.py`, a reading in `tests/datasets/test_read_job.py`.
"""

import os
import random

import pytest

from tests.chaos.killing import kill_after, start_fork
from tests.chaos.scenarios import SCENARIOS
from tests.support.small_disk import NoDisk

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
SHORT = {
    "writing a pack": 1,
    "extraction": 1,
    "full disk": 4,
    "several processes on one home": 1,
}
"""Scenarios that are tried here, and how often."""


@pytest.mark.slow
@pytest.mark.parametrize("name", SHORT)
def test_nothing_escapes_and_nothing_is_lost(tmp_path, name):
    for number in range(SHORT[name]):
        folder = tmp_path / str(number)
        folder.mkdir()
        try:
            SCENARIOS[name](folder, random.Random(number))
        except NoDisk as reason:
            pytest.skip(str(reason))


def test_work_that_fails_by_itself_is_no_kill():
    assert not kill_after(start_fork(lambda: None), 0.5)
    with pytest.raises(AssertionError, match="by itself"):
        kill_after(start_fork(lambda: 1 / 0), 0.5)
