"""Chained Ogg files: several streams, one after the other, are one recording."""

import io

import av
import numpy as np
import pytest

from genre.audio import formats
from genre.audio.formats import ogg_links
from genre.audio.load import load_audio
from tests.support.recordings import tone, written, written_by_ffmpeg

SR = 22_050


def link(sr=SR, n_channels=1, seconds=1.2, hz=440.0, codec="VORBIS"):
    samples = np.stack([tone(sr, seconds, hz)] * n_channels, axis=1)
    return written(samples, sr, "OGG", codec)


def test_links_of_one_kind_are_read_to_the_end_without_a_gap():
    one = link()
    alone = load_audio(one)

    chained = load_audio(3 * one)

    assert len(chained.samples) == 3 * len(alone.samples)
    np.testing.assert_array_equal(chained.samples, np.tile(alone.samples, 3))


@pytest.mark.parametrize(
    "links",
    [
        pytest.param([link(44_100), link(22_050), link(48_000)], id="rates"),
        pytest.param([link(n_channels=2), link(), link(n_channels=2)], id="channels"),
        pytest.param([link(), link(48_000, 2, codec="OPUS"), link(44_100)], id="codecs"),
    ],
)
def test_links_of_other_kinds_are_read_to_the_end(links):
    signal = load_audio(b"".join(links))

    assert signal.seconds == pytest.approx(3.6, abs=0.05)
    third = len(signal.samples) // 3
    for start in (0, third, 2 * third):
        part = signal.samples[start + 2_000 : start + third - 2_000]
        assert np.abs(part).max() == pytest.approx(0.5, abs=0.05)


def test_links_keep_their_order():
    signal = load_audio(link(seconds=2.0, hz=440.0) + link(seconds=2.0, hz=880.0))

    halves = np.split(signal.samples, 2)
    for half, hz in zip(halves, (440.0, 880.0), strict=True):
        peak = np.abs(np.fft.rfft(half)).argmax() * SR / len(half)
        assert peak == pytest.approx(hz, abs=1.0)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_link_without_its_headers_costs_the_others_nothing(place):
    links = [link(seconds=1.0) for _ in range(3)]
    pages = links[place].split(b"OggS")
    links[place] = b"OggS" + b"OggS".join(pages[3:])  # as where a stream was tuned in to

    assert load_audio(b"".join(links)).seconds == pytest.approx(2.0, abs=0.1)


def test_damage_in_a_link_leaves_the_rest_of_it():
    noise = 0.1 * np.random.default_rng(4).standard_normal((6 * SR, 2))
    one = written(noise, SR, "OGG", "VORBIS")
    middle = len(one) // 2
    damaged = one[:middle] + bytes(300) + one[middle + 300 :]

    assert load_audio(damaged + link(seconds=1.0)).seconds > 5.0


def test_streams_side_by_side_are_one_link():
    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as both:
        streams = [both.add_stream("flac", rate=44_100) for _ in range(2)]
        for stream in streams:
            stream.layout, stream.format = "mono", "s16"
        samples = (tone(44_100, 1.0) * 32_767).astype(np.int16)[np.newaxis]
        for last in (False, True):
            for stream in streams:
                frame = None
                if not last:
                    frame = av.AudioFrame.from_ndarray(samples, "s16", "mono")
                    frame.sample_rate, frame.pts = 44_100, 0
                both.mux(stream.encode(frame))
    content = file.getvalue()
    assert content.count(b"OggS\0\2") == 2

    assert list(ogg_links(file)) == [file]
    assert load_audio(content).seconds == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("size", [64, 1_000, 4_095])
def test_links_are_found_wherever_a_block_ends(size, monkeypatch):
    monkeypatch.setattr(formats, "FIND_BYTES", size)
    one = link(seconds=0.5)

    assert load_audio(5 * one).seconds == pytest.approx(2.5, abs=0.01)


def test_tag_before_a_chain_is_passed_over():
    tag = b"ID3\x04\0\0" + bytes([0, 0, 1, 0]) + bytes(128)

    assert load_audio(tag + 2 * link()).seconds == pytest.approx(2.4, abs=0.01)


def test_opus_of_ffmpeg_is_read_to_the_end():
    stereo = np.stack([tone(48_000, 1.0)] * 2, axis=1)
    one = written_by_ffmpeg(stereo, 48_000, "ogg", "libopus")

    assert load_audio(2 * one).seconds == pytest.approx(2 * load_audio(one).seconds, abs=0.01)


@pytest.mark.parametrize("size", [10, 100, 2**20])
def test_links_are_files_of_their_own_and_each_is_found_once(size, monkeypatch):
    monkeypatch.setattr(formats, "FIND_BYTES", size)
    links = [link(seconds=0.2), link(44_100, seconds=0.3), link(seconds=0.1)]

    found = list(ogg_links(io.BytesIO(b"".join(links))))

    assert [view.read() for view in found] == links
    assert [view.seek(0, io.SEEK_END) for view in found] == [len(one) for one in links]
    for view, one in zip(found, links, strict=True):
        view.seek(-5, io.SEEK_END)
        assert view.read(100) == one[-5:]
