"""Recordings of which there are many: extracted to the disk, with the same bytes in the pack."""

import gc
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from genre.__main__ import main
from genre.audio.feature_config import MfccConfig
from genre.audio.signal import Signal, encode_wav
from genre.datasets import folder as folder_module
from genre.datasets.altered import add_altered
from genre.datasets.folder import extract_folder
from genre.datasets.pack import read_pack, write_pack
from genre.datasets.read_job import run_reading
from genre.errors import DatasetError
from genre.paths import ROOT
from genre.storage.rows import Rows
from tests.support.small_disk import NoDisk, small_disk

SR = 22_050
FEATURES = MfccConfig(n_mfcc=6)


def write_recordings(folder, n, seconds=1.5):
    """Made-up recordings of two genres, each another one."""
    for i in range(n):
        path = folder / ("hiss", "hum")[i % 2] / f"{i:04}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        samples = 0.1 * np.random.default_rng(i).standard_normal(round(seconds * SR))
        path.write_bytes(encode_wav(Signal(samples, SR)))


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def lowered(monkeypatch):
    """Call for the border to lie between these recordings and none."""
    return lambda: monkeypatch.setattr("genre.datasets.pack_header.MAPPED_BYTES", 3_000)


@pytest.fixture
def music(tmp_path):
    """Of one and of three segments, a short one, a copy, a broken and a silent one."""
    write_recordings(tmp_path / "music", 6)
    write_recordings(tmp_path / "music" / "long", 2, 8.0)
    for path in (tmp_path / "music" / "long").glob("*/*"):
        path.rename(tmp_path / "music" / path.parent.name / f"long-{path.name}")
    shutil.rmtree(tmp_path / "music" / "long")
    hum = tmp_path / "music" / "hum"
    (hum / "a-broken.wav").write_bytes(b"RIFF and then nothing of the kind")
    (hum / "again.wav").write_bytes((hum / "0001.wav").read_bytes())
    (hum / "hush.wav").write_bytes(encode_wav(Signal(np.zeros(SR), SR)))
    return tmp_path / "music"


def left_in(cache):
    """What is in the cache's folder of arrays."""
    return list(cache.glob("growing/*"))


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_pack_of_streamed_data_has_the_same_bytes(music, tmp_path, cache, lowered, n_jobs):
    held = extract_folder(music, FEATURES, teacher_values=True, n_jobs=1)
    held = add_altered(held, music, 2, n_jobs=1)
    write_pack(tmp_path / "held", held, is_mapped=True)
    for path in cache.glob("extracted/*"):
        path.unlink()
    lowered()
    streamed = extract_folder(music, FEATURES, teacher_values=True, n_jobs=n_jobs)
    streamed = add_altered(streamed, music, 2, n_jobs=n_jobs)
    write_pack(tmp_path / "streamed", streamed)
    again = extract_folder(music, FEATURES, teacher_values=True, n_jobs=n_jobs)  # kept

    assert isinstance(held.frames, np.ndarray) and isinstance(held.altered, np.ndarray)
    for one in (streamed.frames, streamed.teacher_values, *streamed.altered, again.frames):
        assert isinstance(one, Rows)
    for name in ("tracks", "skipped", "features", "name"):
        assert getattr(held, name) == getattr(streamed, name) == getattr(again, name)
    assert len(held.skipped) == 3
    for other in (streamed, again):
        for name in ("frames", "teacher_values", "n_frames", "track_index"):
            np.testing.assert_array_equal(getattr(other, name), getattr(held, name))
            assert getattr(other, name).dtype == getattr(held, name).dtype
    files = [{f.name: f.read_bytes() for f in (tmp_path / one).iterdir()}
             for one in ("held", "streamed")]  # fmt: skip
    assert files[0] == files[1] and "altered.npy" in files[0] and "teacher_values.npy" in files[0]


def test_small_data_stay_in_memory_and_their_pack_is_read_whole(music, tmp_path, cache):
    data = extract_folder(music, FEATURES, n_jobs=1)
    write_pack(tmp_path / "pack", data)

    assert isinstance(data.frames, np.ndarray) and not left_in(cache)
    assert (tmp_path / "pack" / "frames.npz").exists()


def test_file_is_there_as_long_as_the_data_are(music, cache, lowered):
    lowered()
    data = extract_folder(music, FEATURES, n_jobs=1)
    part = data.frames.view(np.array([2, 1]))
    assert len(left_in(cache)) == 1
    before = data.frames[[2, 1]]
    del data
    gc.collect()

    np.testing.assert_array_equal(part[:], before)
    del part
    gc.collect()
    assert not left_in(cache)


def test_commands_and_pages_read_large_data(music, tmp_path, cache, lowered, capsys):
    lowered()
    assert main(["extract", str(music), str(tmp_path / "pack"), "--name", "music"]) == 1
    status = run_reading(str(music))

    assert isinstance(read_pack(tmp_path / "pack").frames, Rows)
    assert (status.state, status.n_done, len(status.skipped)) == ("ready", 8, 3)
    gc.collect()
    assert not left_in(cache)


def test_full_disk_is_one_sentence_and_leaves_nothing(tmp_path, monkeypatch, lowered, capsys):
    lowered()
    write_recordings(tmp_path / "music", 40)
    try:
        with small_disk(tmp_path / "disk", 300) as disk:
            monkeypatch.setenv("GENRE_LAB_CACHE", str(disk))
            code = main(["extract", str(tmp_path / "music"), str(tmp_path / "pack")])
            left = left_in(disk)
    except NoDisk as why:
        pytest.skip(str(why))

    said = capsys.readouterr().err.splitlines()[-1]
    assert code == 1
    assert said == (
        f"genre extract: the cache {tmp_path / 'disk'} cannot be written to (No space left on "
        "device). Free some space, or name another folder in GENRE_LAB_CACHE."
    )
    assert not left and not (tmp_path / "pack" / "pack.json").exists()


def test_array_that_cannot_be_written_is_told_in_one_sentence(music, cache, lowered):
    lowered()
    cache.mkdir()
    (cache / "growing").write_text("no folder")

    with pytest.raises(DatasetError, match=r"^the cache .* cannot be written to .*GENRE_LAB_CACHE"):
        extract_folder(music, FEATURES, n_jobs=1)


PROGRAM = """
import os, sys
from genre.__main__ import main
from genre.datasets import pack_header

pack_header.MAPPED_BYTES = 3_000
sys.exit(main(["extract", *sys.argv[1:]]))
"""


def start_extraction(*words, n_kept=0):
    """Start an extraction; return its process once some recordings are done."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, words)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    cache, until = os.environ["GENRE_LAB_CACHE"], time.monotonic() + 60
    kept = f"{cache}/extracted"
    while not (os.path.isdir(kept) and len(os.listdir(kept)) > n_kept):
        assert time.monotonic() < until and process.poll() is None
        time.sleep(0.02)
    return process


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there are no such signals")
def test_stopped_extraction_leaves_nothing_and_a_killed_one_goes_on(
    tmp_path, cache, lowered, monkeypatch
):
    write_recordings(tmp_path / "music", 300)
    stopped = start_extraction(tmp_path / "music", tmp_path / "pack", n_kept=20)
    stopped.send_signal(signal.SIGTERM)
    said = stopped.communicate(timeout=30)[1]
    assert (stopped.returncode, said.splitlines()[-1]) == (130, "stopped")
    assert not left_in(cache) and not (tmp_path / "pack").exists()

    n_kept = len(os.listdir(cache / "extracted"))
    killed = start_extraction(tmp_path / "music", tmp_path / "pack", n_kept=n_kept)
    until = time.monotonic() + 30
    while not left_in(cache):
        assert time.monotonic() < until
        time.sleep(0.01)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=30)
    assert len(left_in(cache)) == 1 and not (tmp_path / "pack").exists()
    n_kept, decoded = len(list(cache.glob("extracted/*.npz"))), []
    real = folder_module.extract_track
    monkeypatch.setattr(
        folder_module, "extract_track", lambda *a, **o: decoded.append(a) or real(*a, **o)
    )
    lowered()
    data = extract_folder(tmp_path / "music", MfccConfig(n_mfcc=20), n_jobs=1)

    assert len(data.tracks) == 300 and len(decoded) == 300 - n_kept
    assert len(left_in(cache)) == 1  # of this process: the other one was swept away


MEASURED = """
import os, sys, threading, time
from pathlib import Path
from genre.audio.feature_config import MfccConfig
from genre.datasets import pack_header
from genre.datasets.altered import add_altered
from genre.datasets.folder import extract_folder
from genre.datasets.pack import write_pack

def held():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) * 1024

def watch():
    global most
    while True:
        most = max(most, held())
        time.sleep(0.002)

pack_header.MAPPED_BYTES = 2**20
music, pack = map(Path, sys.argv[1:])
features = MfccConfig(n_mfcc=40, n_fft=256, hop_length=16)
most = held()
threading.Thread(target=watch, daemon=True).start()
data = extract_folder(music, features, n_jobs=2)
write_pack(pack, data)
print(most, (pack / "frames.npy").stat().st_size, len(data.tracks))
"""


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="the memory is read in /proc")
def test_memory_does_not_grow_with_the_number_of_recordings(tmp_path):
    figures = []
    for n in (50, 200):
        write_recordings(tmp_path / str(n), n, 3.0)
        command = [sys.executable, "-c", MEASURED, str(tmp_path / str(n)), str(tmp_path / f"p{n}")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        figures.append(list(map(int, done.stdout.split())))
    (few, few_bytes, n_few), (many, many_bytes, n_many) = figures

    assert (n_few, n_many) == (50, 200)
    assert many_bytes - few_bytes > 45e6  # of int16: 90 MB as they are extracted
    assert many - few < 16e6, f"{few / 1e6:.0f} MB, then {many / 1e6:.0f} MB"
