"""MSD-musicnn in NumPy: the published graph's numbers, one segment at a time, a vetted file."""

import io
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import librosa
import numpy as np
import pytest

from genre.audio import musicnn
from genre.audio.load import load_audio
from genre.audio.musicnn import (
    bundled_network,
    compute_segments,
    count_segments,
    extract_musicnn,
    log_mel,
)
from genre.audio.musicnn_network import MAPS, N_CHANNELS, N_FRAMES, TAGS
from genre.audio.musicnn_weights import PATH, load_musicnn_weights, save_musicnn_weights
from genre.audio.signal import Signal
from genre.errors import AudioError, ModelError, ParameterError
from genre.paths import ROOT, SAMPLES
from tests.support.musicnn_signals import (
    FRAMES,
    GTZAN,
    N_SAMPLES,
    SR,
    TRACKS,
    made_up_signals,
    recorded_signal,
)

GOLDEN = np.load(Path(__file__).parent / "data" / "musicnn.npz")
NAMES = GOLDEN["names"].tolist()
MADE_UP = made_up_signals()


def noise(seconds, sr=SR, seed=440):
    samples = 0.1 * np.random.default_rng(seed).standard_normal(round(seconds * sr))
    return Signal(samples, sr)


def stored_arrays():
    with np.load(PATH) as file:
        return {name: file[name] for name in file.files}


def assert_is_published_networks(samples, name):
    (outputs,) = compute_segments(Signal(samples, SR), bundled_network())
    i = NAMES.index(name)
    maps = GOLDEN["maps"][i]
    # Maps reach 95 and are sums of thousands of float32 products, in TensorFlow as well.
    np.testing.assert_allclose(outputs.maps[FRAMES], maps, atol=1e-5 * np.abs(maps).max())
    np.testing.assert_allclose(outputs.penultimate, GOLDEN["penultimate"][i], atol=1e-4)
    np.testing.assert_allclose(outputs.tags, GOLDEN["tags"][i], atol=1e-5)


@pytest.mark.parametrize("name", MADE_UP)
def test_outputs_of_signals_are_the_published_networks(name):
    assert_is_published_networks(MADE_UP[name], name)


@pytest.mark.skipif(not GTZAN.is_dir(), reason="the GTZAN recordings are not beside the checkout")
@pytest.mark.parametrize("track", TRACKS)
def test_outputs_of_recordings_are_the_published_networks(track):
    assert_is_published_networks(recorded_signal(track), track)


def test_golden_values_tell_signals_and_tags_apart():
    """They would pass for any network if they were all alike."""
    assert len(NAMES) == len(MADE_UP) + len(TRACKS)
    assert np.ptp(GOLDEN["tags"], axis=0).max() > 0.5
    assert (np.ptp(GOLDEN["maps"], axis=(0, 1)) > 1e-3).sum() > 200
    assert [TAGS[i] for i in GOLDEN["tags"][[NAMES.index("jazz")]].argmax(axis=1)] == ["jazz"]


def test_channels_left_out_are_constant_and_small_in_the_front_end():
    assert len(GOLDEN["channels"]) == len(MAPS) * N_CHANNELS
    assert len(GOLDEN["constants"]) == 753 - 256
    assert np.abs(GOLDEN["constants"]).max() < 4e-6


@pytest.mark.parametrize("name", ["noise", "jazz", "silence"])
def test_input_is_librosas_log_mel_spectrogram(name):
    power = librosa.feature.melspectrogram(
        y=MADE_UP[name], sr=SR, n_fft=512, hop_length=256, n_mels=96
    )

    expected = np.log10(10_000 * power.T[:N_FRAMES] + 1)

    np.testing.assert_allclose(log_mel(MADE_UP[name]), expected, atol=1e-4)


def test_input_of_a_short_segment_repeats_its_frames():
    samples = noise(1.0).samples

    frames = log_mel(samples)

    assert frames.shape == (187, 96)
    np.testing.assert_array_equal(frames[63:126], frames[:63])


def test_segments_do_not_depend_on_what_is_computed_with_them():
    many = noise(3 * (musicnn._BATCH_SEGMENTS + 2))
    together = list(compute_segments(many, bundled_network()))

    assert len(together) == musicnn._BATCH_SEGMENTS + 2
    for i in (0, 1, musicnn._BATCH_SEGMENTS, musicnn._BATCH_SEGMENTS + 1):
        alone = Signal(many.samples[i * N_SAMPLES : (i + 1) * N_SAMPLES], SR)
        (outputs,) = compute_segments(alone, bundled_network())
        for part in ("maps", "penultimate", "tags"):
            np.testing.assert_array_equal(getattr(together[i], part), getattr(outputs, part))


def test_overlapping_segments_are_those_cut_by_hand():
    signal = noise(6.0)

    overlapping = extract_musicnn(signal, hop_seconds=1.5)

    assert len(overlapping.tags) == 3
    by_hand = extract_musicnn(Signal(signal.samples[24_000:72_000], SR))
    np.testing.assert_array_equal(overlapping.penultimate[1], by_hand.penultimate[0])


def test_steps_are_means_of_the_frames_of_the_maps_asked_for():
    signal = noise(3.0)
    (outputs,) = compute_segments(signal, bundled_network())

    features = extract_musicnn(signal, maps=("middle_3", "front"), frames_per_step=5)

    front, last = outputs.maps[:185, :64], outputs.maps[:185, 192:]
    expected = np.concatenate([front, last], axis=1).reshape(37, 5, 128).mean(axis=1)
    np.testing.assert_allclose(features.steps[0], expected, rtol=1e-5)


def test_steps_of_one_frame_equal_frames_and_no_map_gives_no_values():
    signal = noise(3.0)
    (outputs,) = compute_segments(signal, bundled_network())

    np.testing.assert_array_equal(
        extract_musicnn(signal, maps=MAPS, frames_per_step=1).steps[0], outputs.maps
    )
    assert extract_musicnn(signal, maps=()).steps.shape == (1, 37, 0)


@pytest.mark.parametrize("sr", [22_050, 44_100])
def test_signal_of_another_sampling_rate_is_resampled(sr):
    """Not exactly alike: the filters of the two resamplings differ near half the rate."""
    path = SAMPLES / "jazz.ogg"

    resampled = extract_musicnn(load_audio(path, sr=sr))
    direct = extract_musicnn(load_audio(path, sr=SR))

    assert resampled.tags.shape == direct.tags.shape
    np.testing.assert_allclose(resampled.tags, direct.tags, atol=0.02)


@pytest.mark.parametrize(
    ("seconds", "n_segments"), [(0.5, 1), (2.9, 1), (3.0, 1), (5.99, 1), (6.0, 2), (30.0, 10)]
)
@pytest.mark.parametrize("sr", [8000, SR, 22_050, 44_100])
def test_recordings_give_their_whole_segments_and_at_least_one(seconds, n_segments, sr):
    signal = noise(seconds, sr)

    assert count_segments(signal) == n_segments
    lengths = [len(samples) for samples in musicnn._segments(signal, 3.0)]
    assert len(lengths) == n_segments
    if seconds >= 3:
        assert set(lengths) == {N_SAMPLES}


@pytest.mark.parametrize("hop_seconds", [0.7, 1.5, 2.9999])
@pytest.mark.parametrize("sr", [8003, 11_025, 44_099])
@pytest.mark.parametrize("seconds", [2.0, 4.51, 30.0])
def test_segments_cut_are_as_many_as_counted(seconds, sr, hop_seconds):
    """An overlap of half a sample must not add up over a recording."""
    signal = noise(seconds, sr)

    lengths = [len(samples) for samples in musicnn._segments(signal, hop_seconds)]

    assert len(lengths) == count_segments(signal, hop_seconds)
    assert set(lengths) == {N_SAMPLES} or seconds < 3


@pytest.mark.parametrize("samples", [np.zeros(8000), np.ones(8000), 1e6 * np.ones(60_000)])
def test_extreme_signals_give_finite_outputs(samples):
    features = extract_musicnn(Signal(samples, SR))

    for values in (features.steps, features.penultimate, features.tags):
        assert np.isfinite(values).all()


def test_memory_of_a_long_recording_does_not_grow_with_its_frames():
    """Five minutes: what is returned takes 1 MB, all its maps would take 19."""
    signal = Signal(np.tile(noise(30.0).samples, 10), SR)
    extract_musicnn(noise(3.0))

    tracemalloc.start()
    features = extract_musicnn(signal)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert features.steps.shape == (100, 37, 64)
    assert peak < 15e6


def test_too_short_a_recording_is_refused():
    with pytest.raises(AudioError, match=r"lasts 0\.4 s.*at least 0\.5 s.*longer recording"):
        extract_musicnn(noise(0.4))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"maps": ("middle_4",)}, r"maps middle_4 were asked for, expected some of front, mid"),
        ({"frames_per_step": 0}, r"frames_per_step=0, expected a whole number from 1 to 187"),
        ({"frames_per_step": 188}, r"frames_per_step=188, expected"),
        ({"frames_per_step": 2.5}, r"frames_per_step=2\.5, expected"),
        ({"hop_seconds": 0}, r"hop_seconds=0, expected 0\.1 to 3 s"),
        ({"hop_seconds": float("nan")}, r"hop_seconds=nan, expected"),
        ({"hop_seconds": 4}, r"hop_seconds=4, expected"),
    ],
    ids=str,
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(ParameterError, match=message):
        extract_musicnn(noise(3.0), **settings)


def test_computing_loads_neither_tensorflow_nor_librosa():
    program = (
        "import sys, numpy as np\n"
        "from genre.audio.musicnn import extract_musicnn\n"
        "from genre.audio.signal import Signal\n"
        "extract_musicnn(Signal(np.ones(48_000), 16_000))\n"
        "print({'tensorflow', 'keras', 'librosa', 'scipy', 'numba', 'onnxruntime'} "
        "& set(sys.modules))"
    )
    printed = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True)

    assert printed.strip() == "set()"


def test_weights_come_back_as_they_were_saved_in_the_same_bytes(tmp_path):
    arrays = stored_arrays()

    save_musicnn_weights(tmp_path / "musicnn.npz", dict(reversed(arrays.items())))

    assert (tmp_path / "musicnn.npz").read_bytes() == PATH.read_bytes()
    assert PATH.stat().st_size < 1e6
    weights = load_musicnn_weights(tmp_path / "musicnn.npz")
    np.testing.assert_array_equal(weights.dense.kernel, arrays["dense.kernel"])


def test_front_end_filters_kept_all_vary():
    weights = load_musicnn_weights()

    assert sum(len(layer.kernel) for layer in (*weights.timbre, *weights.time)) == N_CHANNELS
    for layer in (*weights.timbre, *weights.time):
        assert np.abs(layer.kernel).reshape(len(layer.kernel), -1).max(axis=1).min() > 1e-5
        assert (layer.scale != 0).all()  # its sign says how the kernel is stored


def test_weights_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        load_musicnn_weights().tags_bias[0] = 1


def packed(**changes):
    """Return a file with some arrays changed, or left out where they are None."""
    arrays = {k: v for k, v in (stored_arrays() | changes).items() if v is not None}
    file = io.BytesIO()
    np.savez(file, **arrays)
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tags.bias": None}, r'differ in "tags\.bias": 39 arrays were given, 40 expected'),
        ({"more": np.zeros(1, "f4")}, r'differ in "more": 41 arrays were given, 40 expected'),
        ({"tags.bias": np.zeros(51, "f4")}, r'"tags\.bias".*float32 of shape \(51,\), expected'),
        ({"tags.bias": np.zeros(50)}, r'"tags\.bias".*is float64 of shape \(50,\), expected'),
        ({"tags.bias": np.full(50, np.nan, "f4")}, r'"tags\.bias".*not finite, expected finite'),
        ({"dense.scale": np.full(200, np.inf, "f4")}, r'"dense\.scale".*not finite'),
    ],
    ids=["absent", "in excess", "shape", "type", "nan", "infinite"],
)
def test_weights_with_other_arrays_are_refused_with_both_values(changes, message):
    with pytest.raises(ModelError, match=message + r".*musicnn\.npz"):
        load_musicnn_weights(packed(**changes))


def test_pickled_objects_are_refused_unread():
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("unpickled",))

    trap = np.array([Trap()] * 50, dtype=object)
    with pytest.raises(ModelError, match=r'"tags\.bias" of musicnn is object'):
        load_musicnn_weights(packed(**{"tags.bias": trap}))


def test_weights_array_given_twice_is_refused():
    file = packed()
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("tags.bias.npy", b"")

    with pytest.raises(ModelError, match=r'differ in "tags\.bias": 41 arrays were given'):
        load_musicnn_weights(file)


def test_weights_array_too_large_is_refused_by_its_header():
    header = io.BytesIO()
    shape = {"descr": "<f4", "fortran_order": False, "shape": (2**40,)}
    np.lib.format.write_array_header_1_0(header, shape)
    file = packed(**{"tags.bias": None})
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tags.bias.npy", header.getvalue() + bytes(10**7))

    with pytest.raises(ModelError, match=r'"tags\.bias".*\(1099511627776,\)'):
        load_musicnn_weights(file)


@pytest.mark.parametrize("n_bytes", [0, 100, 400_000, 865_000])
def test_files_cut_short_are_refused(n_bytes, tmp_path):
    path = tmp_path / "musicnn.npz"
    path.write_bytes(PATH.read_bytes()[:n_bytes])

    with pytest.raises(ModelError, match=r"cannot be read \(.+\), expected a complete \.npz file"):
        load_musicnn_weights(path)


def test_weights_with_a_flipped_bit_are_refused():
    content = bytearray(PATH.read_bytes())
    content[400_000] ^= 1

    with pytest.raises(ModelError, match=r"cannot be read \(Bad CRC"):
        load_musicnn_weights(io.BytesIO(content))


def test_weights_file_missing_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"cannot be read \(No such file or directory\)"):
        load_musicnn_weights(tmp_path / "none.npz")


def test_saving_other_arrays_is_refused(tmp_path):
    arrays = stored_arrays()

    with pytest.raises(ModelError, match=r'differ in "tags\.bias"'):
        save_musicnn_weights(
            tmp_path / "m.npz", {k: v for k, v in arrays.items() if k != "tags.bias"}
        )
    with pytest.raises(ModelError, match=r'"tags\.bias".*shape \(1,\), expected'):
        save_musicnn_weights(tmp_path / "m.npz", arrays | {"tags.bias": np.zeros(1)})
    assert not list(tmp_path.iterdir())
