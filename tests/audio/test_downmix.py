"""Several channels become one: their mean, or the loudest where the mean loses it."""

import io

import numpy as np
import pytest

from genre.audio.load import load_audio
from tests.support.recordings import tone, tone_level, written, written_by_ffmpeg

SR = 22_050


def sides(*factors, sr=SR, seconds=2.0):
    """The same tone on every channel, each times its factor [shape=(n_samples, n_channels)]."""
    return np.stack([factor * tone(sr, seconds) for factor in factors], axis=1)


@pytest.mark.parametrize(
    ("factors", "level"),
    [
        pytest.param((1, -1), 0.5, id="right is left turned over"),
        pytest.param((0.8, -1), 0.5, id="right is louder"),
        pytest.param((1, -0.4), 0.5, id="mean 10.5 dB below left"),
        pytest.param((1, -1, 0.5, -0.5), 0.5, id="four channels"),
        pytest.param((0, 0, 0, 1), 0.5, id="three of four are silent"),
    ],
)
def test_channels_whose_mean_is_lost_give_the_loudest(factors, level):
    signal = load_audio(written(sides(*factors), SR, codec="FLOAT"))

    assert signal.is_one_side
    loudest = sides(*factors)[:, np.abs(factors).argmax()]
    np.testing.assert_allclose(signal.samples, loudest, atol=1e-6)
    assert tone_level(signal)[0] == pytest.approx(level, abs=1e-3)


@pytest.mark.parametrize(
    "factors",
    [
        pytest.param((1,), id="mono"),
        pytest.param((-1, -1), id="equal"),
        pytest.param((1, 0), id="left alone"),
        pytest.param((1, -0.3), id="mean 9.1 dB below left"),
        pytest.param((0, 0), id="silence"),
        pytest.param((1, 0, 0), id="one of three"),
    ],
)
def test_channels_whose_mean_is_heard_are_averaged(factors):
    signal = load_audio(written(sides(*factors), SR, codec="FLOAT"))

    assert not signal.is_one_side
    np.testing.assert_allclose(signal.samples, sides(*factors).mean(axis=1), atol=1e-6)


def test_unrelated_channels_are_averaged():
    noise = 0.1 * np.random.default_rng(8).standard_normal((SR, 8))

    assert not load_audio(written(noise, SR, codec="FLOAT")).is_one_side


def test_whole_recording_decides_and_not_a_part_of_it():
    opposite, alike = sides(1, -1, seconds=4.0), sides(1, 1, seconds=2.0)
    later = np.concatenate([opposite, alike])  # the mean has a third of a side's energy

    assert not load_audio(written(later, SR)).is_one_side
    assert load_audio(written(later, SR), max_seconds=2.0).is_one_side


def test_parts_with_other_numbers_of_channels_are_decided_separately():
    opposite = written_by_ffmpeg(sides(1, -1, sr=44_100), 44_100, "adts", "aac")
    alike = written_by_ffmpeg(sides(1, sr=44_100), 44_100, "adts", "aac", layout="mono")

    signal = load_audio(opposite + alike)

    assert signal.is_one_side
    assert signal.seconds == pytest.approx(4.0, abs=0.2)
    for half in np.split(signal.samples[: len(signal.samples) // 2 * 2], 2):
        assert np.abs(half[SR // 2 : SR]).max() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(("factors", "n_passes"), [((1, -1), 2), ((1, 0.5), 1)])
def test_recording_is_decoded_twice_only_where_its_channels_cancel(factors, n_passes, monkeypatch):
    from genre.audio import load

    passes = []

    def counted(file):
        passes.append(file)
        return decode(file)

    decode = load.decode
    monkeypatch.setattr(load, "decode", counted)
    with io.BytesIO(written(sides(*factors), SR)) as file:
        load_audio(file)

    assert len(passes) == n_passes
