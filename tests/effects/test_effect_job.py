"""A song changed in a process: its progress, its result, and how it fails."""

import functools
import hashlib
import time

import numpy as np
import pytest

from genre.audio.load import load_audio
from genre.audio.signal import Signal, encode_wav
from genre.audio.song_facts import FactsJob
from genre.effects.effect_job import EffectJob
from genre.effects.effects import apply_effect
from genre.errors import AudioError
from genre.paths import SAMPLES
from tests.support.command import replace_command


@pytest.fixture(scope="module")
def song():
    """Five seconds of music."""
    return Signal(load_audio(SAMPLES / "rock.ogg").samples[: 5 * 22_050], 22_050)


@pytest.fixture
def helper(monkeypatch):
    """Replace the command line by a script."""
    return functools.partial(replace_command, monkeypatch)


def wait_for(job, seconds=120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (changed := job.poll()) is not None:
            return changed
        time.sleep(0.05)
    job.stop()
    return pytest.fail(f"nothing after {seconds} s")


def test_job_makes_what_the_effect_makes(song):
    job = EffectJob(encode_wav(song), "drums")
    changed = wait_for(job)

    expected = apply_effect(load_audio(encode_wav(song)), "drums").samples
    np.testing.assert_allclose(load_audio(changed.path).samples, expected, atol=1e-4)
    assert changed.digest == hashlib.sha256(changed.path.read_bytes()).hexdigest()
    assert job.share == 1
    assert job.poll() == changed
    folder = changed.path.parent
    del job
    assert not folder.exists()


def test_share_is_the_last_line_written(helper):
    helper("import time; print('0.000\\n0.250', flush=True); time.sleep(60)")
    job = EffectJob(b"song", "lower")
    assert (job.share, job.poll()) == (0.0, None)
    deadline = time.monotonic() + 60
    while job.share == 0 and time.monotonic() < deadline:
        time.sleep(0.02)

    assert job.share == 0.25
    job.stop()
    with pytest.raises(AudioError, match=r"^changing this song was stopped. Start it again"):
        job.poll()


def test_what_is_no_song_is_said_in_the_words_of_the_process():
    with pytest.raises(AudioError, match=r"^this file is not audio this program knows.*Convert"):
        wait_for(EffectJob(b"words, not music", "street"))


@pytest.mark.parametrize("script", ["raise SystemExit(1)", "print('1.000')"])
def test_process_without_a_result_is_one_sentence(script, helper):
    helper(script)

    with pytest.raises(AudioError, match=r"^changing this song ended unexpectedly"):
        wait_for(EffectJob(b"song", "radio"))


def test_one_song_at_a_time_is_described_or_changed(helper):
    helper("import time; time.sleep(60)")
    first, second = FactsJob(b"song"), EffectJob(b"song", "faster")

    assert first.poll() is None and second.poll() is None
    assert (first.n_before, second.n_before) == (0, 1)
    first.stop()
    second.poll()
    assert second.n_before == 0
    second.stop()


def test_no_room_for_the_result_is_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))

    with pytest.raises(AudioError, match=r"cannot be started \(No such file"):
        EffectJob(b"song", "radio")
