"""Saving a model in a process that is killed at every step of it, with and without an exchange.

A step is what Python's audit hooks tell of: each opening, making, moving and removing of a file
or folder, and each call into the C library.
"""

import os
import signal
import sys
from dataclasses import replace

import numpy as np
import pytest

from genre.models.registry import list_models, load_model, save_model
from genre.network.forward import Network
from genre.system import folders
from genre.system.processes import own_process

STEPS = ("open", "os.", "shutil.", "ctypes.")
AT_LEAST = 25
"""Steps that a save is known to take; with fewer the hook would see nothing."""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


def in_killed_process(work, n_steps=None):
    """Do a work in a process that is killed before its step of this number; how many it took."""
    outlet, inlet = os.pipe()
    if not (pid := os.fork()):
        taken = 0

        def count_step(event, arguments):
            nonlocal taken
            if event.startswith(STEPS):
                taken += 1  # first, since the kill is such a step itself
                if taken - 1 == n_steps:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count_step)
        code = 1
        try:
            work()
            os.write(inlet, str(taken).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(inlet)
    with os.fdopen(outlet) as file:
        said = file.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return None
    assert not status
    return int(said)


@pytest.fixture(params=["exchange", "two steps"])
def way(request, monkeypatch):
    """How a folder takes another's place."""
    if request.param == "two steps":
        monkeypatch.setattr(folders, "_exchange", lambda one, other: False)
    elif sys.platform != "linux":
        pytest.skip("only Linux exchanges folders")
    return request.param


def test_model_replaced_in_killed_process_is_the_old_or_the_new(tmp_path, bass_or_hiss, way):
    old = replace(bass_or_hiss.card, about="old")
    doubled = {name: 2 * array for name, array in bass_or_hiss.network.weights.items()}
    new = Network(bass_or_hiss.network.config, doubled)
    keras_file = tmp_path / "any.keras"
    keras_file.write_bytes(b"not looked into")
    folder = tmp_path / "models"

    def save_new():
        save_model(new, replace(old, about="new"), keras_file, folder=folder, replace=True)

    save_model(bass_or_hiss.network, old, keras_file, folder=folder)
    n_steps = in_killed_process(save_new)
    met = []
    for step in range(n_steps):
        save_model(bass_or_hiss.network, old, keras_file, folder=folder, replace=True)
        assert in_killed_process(save_new, step) is None

        network, card = load_model("ear", folder)
        factor = {"old": 1, "new": 2}[card.about]
        for name, array in bass_or_hiss.network.weights.items():
            np.testing.assert_array_equal(network.weights[name], factor * array)
        assert list_models(folder) == ["ear"]
        assert [path.name for path in folder.iterdir()] == ["ear"]
        met.append(card.about)

    assert len(met) >= AT_LEAST, way
    assert met == sorted(met, key=["old", "new"].index)  # from one step on it is the new one
    assert set(met) == {"old", "new"}


def test_folder_of_process_at_work_is_not_swept(tmp_path, bass_or_hiss):
    pid, started = own_process()
    busy = tmp_path / f".saving-{pid}-{started:.2f}-ab12"
    gone = tmp_path / f".saving-{pid}-{started - 60:.2f}-ab12"
    for path in (busy, gone):
        path.mkdir()
    save_model(bass_or_hiss.network, bass_or_hiss.card, folder=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [busy.name, "ear"]
