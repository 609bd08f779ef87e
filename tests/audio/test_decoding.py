"""What decoding may cost, and what is said where there is no more to decode."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from genre.audio import cost, decoding
from genre.audio.load import load_audio
from genre.errors import AudioError
from genre.paths import ROOT
from tests.support.recordings import (
    bad_recordings,
    m4a_that_claims,
    matroska,
    recording,
)

BAD = bad_recordings()


@pytest.mark.parametrize("name", BAD)
def test_bad_recording_is_refused_with_a_sentence(name):
    content, said = BAD[name]

    with pytest.raises(AudioError, match=said):
        load_audio(content)


def test_many_short_packets_are_given_up_early(monkeypatch):
    steps = []

    class Counting(cost.Cost):
        def add(self, *args):
            steps.append(args)
            super().add(*args)

    monkeypatch.setattr(decoding, "Cost", Counting)
    with pytest.raises(AudioError, match=r"given up after 1 s of sound: it takes far.*Convert"):
        load_audio(matroska(b"\0\0", 40_000))

    assert len(steps) < 25_000  # a packet and its frame are two, of 80,000


def test_short_packets_of_a_usual_length_are_decoded():
    ten_milliseconds = bytes(160)

    assert load_audio(matroska(ten_milliseconds, 1_000)).seconds == pytest.approx(10.0)


def test_rate_is_checked_before_anything_is_converted(monkeypatch):
    monkeypatch.setattr(decoding, "_frame_values", lambda _: pytest.fail("converted a frame"))

    with pytest.raises(AudioError, match="has 8 samples a second"):
        load_audio(matroska(b"\0\0", 10, sr=8.0))


def test_gathering_looks_at_each_block_a_few_times():
    n_looks = 0

    class Block(np.ndarray):
        def __len__(self):
            nonlocal n_looks
            n_looks += 1
            return super().__len__()

    blocks = [np.full((1, 2), i, np.float32).view(Block) for i in range(3_000)]
    ((sr, block),) = decoding._gathered((44_100, block) for block in blocks)

    assert (sr, block[:, 0].tolist()) == (44_100, list(range(3_000)))
    assert n_looks <= 5 * len(blocks)


@pytest.mark.parametrize("kind", ["m4a", "flac"])
def test_decoding_that_takes_too_much_processor_time_is_given_up(kind, monkeypatch):
    content = recording(kind)
    load_audio(content)
    now = iter(range(0, 10_000, 10))
    monkeypatch.setattr(cost.time, "thread_time", lambda: next(now))

    with pytest.raises(AudioError, match=r"given up after \d s of sound"):
        load_audio(content)


def test_long_recording_has_time_by_its_length(monkeypatch):
    spent = cost.Cost()
    spent.add(20 * 60 * 44_100, 44_100)
    began = cost.time.thread_time()

    monkeypatch.setattr(cost.time, "thread_time", lambda: began + 100)
    spent.add()
    monkeypatch.setattr(cost.time, "thread_time", lambda: began + 200)
    with pytest.raises(AudioError, match="given up after 1200 s of sound"):
        spent.add()


@pytest.mark.parametrize(
    ("kind", "junk", "before"),
    [
        ("wav16", b"JUNK\0\0\0\0", b"fmt "),
        ("aiff", b"JUNK\0\0\0\0", b"COMM"),
        ("m4a", b"\0\0\0\x08free", b"\0\0\0\x08free"),
        ("mp3", b"\0", None),
    ],
)
def test_search_through_a_file_ends_when_its_time_is_spent(kind, junk, before, monkeypatch):
    n_read = 0

    class Watched(io.BytesIO):
        def read(self, n_bytes=-1):
            nonlocal n_read
            data = super().read(n_bytes)
            n_read += len(data)
            return data

    content = recording(kind)
    place = content.index(before) if before else len(content)
    junk *= 4_000_000 // len(junk)
    file = Watched(content[:place] + junk + content[place:])
    monkeypatch.setattr(cost.time, "thread_time", lambda: n_read / 100_000)  # 4 s: 400 kB

    with pytest.raises(AudioError, match="given up"):
        load_audio(file)

    assert n_read < 1_000_000


def test_lack_of_memory_is_a_sentence(monkeypatch):
    def lack(_):
        raise MemoryError

    monkeypatch.setattr(decoding, "_frame_values", lack)

    with pytest.raises(AudioError, match=r"takes more memory than it may. Convert"):
        load_audio(recording("m4a"))


def test_table_of_contents_that_claims_gigabytes_gets_no_memory():
    if not Path("/proc/self/status").exists():
        pytest.skip("the peak of a process's memory is read from /proc, which is not here")
    script = """if True:
        import sys
        import av
        from genre.audio.load import load_audio
        def peak_mb():
            lines = open("/proc/self/status").read().splitlines()
            return int(next(line for line in lines if "VmHWM" in line).split()[1]) / 1024
        before = peak_mb()
        try:
            load_audio(sys.stdin.buffer.read())
        finally:
            print(peak_mb() - before)
    """
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        input=m4a_that_claims(20_000_000),
        capture_output=True,
        check=False,
    )

    assert b"AudioError" in done.stderr
    assert float(done.stdout) < 100  # 24 bytes for each of twenty million packets are 480 MB


def test_film_gives_its_sound_and_no_other_track_is_decoded():
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as film:
        picture = film.add_stream("mpeg4", rate=10)
        picture.width = picture.height = 32
        sound = film.add_stream("aac", rate=44_100)
        sound.layout = "stereo"
        wave = 0.5 * np.sin(np.arange(44_100) / 20, dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(np.stack([wave, wave]), "fltp", "stereo")
        frame.sample_rate, frame.pts = 44_100, 0
        for _ in range(10):
            film.mux(picture.encode(av.VideoFrame(32, 32, "yuv420p")))
        for stream, last in ((sound, frame), (picture, None), (sound, None)):
            film.mux(stream.encode(last))
    file.seek(0)
    with av.open(file, container_options=decoding._container_options()) as film:
        assert film.streams.video[0].codec_context.pix_fmt is None  # no picture was decoded

    signal = load_audio(file)

    assert signal.seconds == pytest.approx(1.0, abs=0.05)
    assert np.abs(signal.samples).max() == pytest.approx(0.5, abs=0.05)
