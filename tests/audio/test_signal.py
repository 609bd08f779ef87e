"""Reading recordings: every format, every refusal, and a bound on what they can cost."""

import io
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile as sf
import soxr
from hypothesis import given
from hypothesis import strategies as st

from genre.audio.formats import AUDIO_EXTENSIONS
from genre.audio.load import MAX_SECONDS, browser_media_type, load_audio
from genre.audio.signal import Signal, encode_wav, waveform_envelope
from genre.errors import AudioError, ParameterError
from genre.paths import ROOT as PROJECT
from tests.support.recordings import KINDS, recording, tone, tone_level, written, written_by_ffmpeg

MUSIC = PROJECT.parent / "shared" / "data" / "gtzan-subset"
ID3_TAG = b"ID3\x04\0\0" + bytes([0, 0, 1, 0]) + b"\0" * 128

PLAYABLE = {"wav16", "wav24", "wavfloat", "wavex", "flac", "ogg", "opus", "mp3"} | {
    "m4a",
    "alac",
    "mp4",
    "aac",
    "webm",
}


@pytest.mark.parametrize("kind", KINDS)
def test_formats_of_all_kinds_give_the_mean_of_their_channels(kind):
    signal = load_audio(recording(kind))

    assert (signal.sr, signal.is_truncated, signal.samples.dtype) == (22_050, False, np.float32)
    assert signal.seconds == pytest.approx(2.0, abs=0.1)  # AAC and WMA pad their last frame
    level, rest = tone_level(signal)
    assert level == pytest.approx(0.4, abs=0.01)
    assert rest < 0.02


@pytest.mark.parametrize("kind", ["flac", "mp3", "m4a"])
def test_path_bytes_and_file_are_one_recording(kind, tmp_path):
    content = recording(kind)
    path = tmp_path / "named.txt"  # the name says nothing
    path.write_bytes(content)
    expected = load_audio(content).samples

    np.testing.assert_array_equal(load_audio(path).samples, expected)
    np.testing.assert_array_equal(load_audio(str(path)).samples, expected)
    with path.open("rb") as file:
        file.seek(7)
        np.testing.assert_array_equal(load_audio(file).samples, expected)
        assert file.tell() == 7


@pytest.mark.parametrize("kind", KINDS)
def test_browser_type_follows_the_content_of_the_file(kind):
    assert (browser_media_type(recording(kind)) is not None) == (kind in PLAYABLE)


def test_browser_type_of_a_file_without_audio_is_none():
    assert browser_media_type(b"just some words") is None
    assert browser_media_type(b"") is None


def test_channels_of_a_recording_are_all_kept():
    left = np.stack([tone(44_100), 0 * tone(44_100)], axis=1)

    for panned in (left, left[:, ::-1]):
        level, _ = tone_level(load_audio(written(panned, 44_100)))
        assert level == pytest.approx(0.25, abs=1e-3)


@pytest.mark.parametrize("sr", [8_000, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_blocks_resample_as_whole(sr):
    samples = 0.3 * np.random.default_rng(sr).standard_normal(3 * sr).clip(-3, 3)
    whole = soxr.resample(samples.astype(np.float32), sr, 22_050, quality="HQ")

    signal = load_audio(written(samples, sr, codec="FLOAT"))

    assert len(signal.samples) == 3 * 22_050
    np.testing.assert_allclose(signal.samples, whole, atol=1e-6)


def test_rate_asked_for_is_rate_given():
    signal = load_audio(recording("wav16"), sr=16_000)

    assert (signal.sr, len(signal.samples)) == (16_000, 32_000)


def test_recording_in_three_lossless_formats_has_one_digest():
    samples = np.random.default_rng(1).integers(-32_768, 32_767, 5000, dtype=np.int16)
    files = [
        written(samples, 22_050, *kind)
        for kind in (("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("AU", "PCM_16"), ("AIFF", "PCM_16"))
    ]

    assert len({load_audio(file).digest() for file in files}) == 1
    assert load_audio(files[0]).digest() != load_audio(written(-samples, 22_050)).digest()


def test_signal_knows_its_length_and_its_silence(hiss):
    assert hiss.seconds == 7.0
    assert not hiss.is_silent
    assert Signal(np.full(10, -9e-5), 22_050).is_silent
    assert not Signal(np.array([0, -2e-4]), 22_050).is_silent
    assert Signal(np.empty(0), 22_050).is_silent


def test_signal_is_mono():
    with pytest.raises(ParameterError, match=r"mono.*shape \(2, 5\).*Average the channels"):
        Signal(np.zeros((2, 5)), 22_050)


@pytest.mark.parametrize(("n_channels", "sr"), [(1, 22_050), (8, 22_050), (2, 8_000), (2, 192_000)])
def test_limits_of_rate_and_channels_are_accepted(n_channels, sr):
    samples = np.tile(tone(sr, 1.0)[:, np.newaxis], n_channels)

    assert tone_level(load_audio(written(samples, sr)))[0] == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("sr", [1, 7_999, 192_001, 700_000])
def test_rates_out_of_range_are_refused(sr):
    with pytest.raises(AudioError, match=rf"has {sr:,} samples a second; 8,000 to 192,000.*Conv"):
        load_audio(written(np.zeros(100), sr))


def test_nine_channels_are_refused():
    with pytest.raises(AudioError, match=r"has 9 channels; 1 to 8 are accepted. Mix it down"):
        load_audio(written(np.zeros((100, 9)), 22_050))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_are_refused(value):
    samples = np.zeros((100_000, 2))
    samples[90_000, 1] = value

    with pytest.raises(AudioError, match=r"contains values that are not numbers.*Export it again"):
        load_audio(written(samples, 22_050, codec="DOUBLE"))


def test_amplitudes_far_above_full_scale_are_refused():
    with pytest.raises(AudioError, match=r"reaches 3e\+07 times full scale; at most 1e\+06"):
        load_audio(written(np.full(100, -3e7), 22_050, codec="FLOAT"))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"Some words.\n" * 50, id="text"),
        pytest.param("Some words.\n".encode("utf-16") * 50, id="utf-16 text"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(100), id="png"),
        pytest.param(b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(100), id="jpeg"),
        pytest.param(b"MZ" + bytes(100), id="exe"),
        pytest.param(b"PK\x03\x04" + bytes(100), id="zip"),
        pytest.param(bytes(100_000), id="zeros"),
        pytest.param(b"RIFF\x24\0\0\0AVI LIST" + bytes(100), id="avi"),
        pytest.param(b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(100), id="tag without end"),
        pytest.param(b"x", id="one byte"),
        pytest.param(b"ID3\x04\0\0\0\0\0\0" * 100 + b"fLaC", id="a hundred tags"),
    ],
)
def test_files_without_audio_are_refused(content):
    with pytest.raises(AudioError, match=r"not audio this program knows.*expected WAV.*Convert"):
        load_audio(content)


@pytest.mark.parametrize(
    "playlist",
    [
        pytest.param("#EXTM3U\n#EXTINF:2,\n{path}\n", id="m3u8"),
        pytest.param("ffconcat version 1.0\nfile '{path}'\n", id="concat"),
        pytest.param("[playlist]\nFile1={path}\n", id="pls"),
        pytest.param("v=0\nm=audio 5004 RTP/AVP 0\na={path}\n", id="sdp"),
    ],
)
def test_list_of_other_files_opens_none_of_them(playlist, tmp_path):
    secret = tmp_path / "secret.m4a"
    secret.write_bytes(recording("m4a"))
    path = tmp_path / "song.mp3"
    path.write_text(playlist.format(path=secret))

    with pytest.raises(AudioError, match="not audio this program knows"):
        load_audio(path)


@pytest.mark.parametrize(
    ("container", "codec", "name"),
    [
        ("WAV", "IMA_ADPCM", "IMA ADPCM"),
        ("WAV", "MS_ADPCM", "Microsoft ADPCM"),
        ("WAV", "GSM610", "GSM 6.10"),
        ("WAV", "G721_32", "G.721 ADPCM"),
        ("AIFF", "IMA_ADPCM", "ima4"),
        ("AU", "G723_24", "codec number 25"),
    ],
)
def test_rare_codecs_are_refused_by_name_before_they_are_opened(
    container, codec, name, monkeypatch
):
    content = written(tone(8_000), 8_000, container, codec)
    monkeypatch.setattr(sf, "SoundFile", lambda *_: pytest.fail("libsndfile opened it"))

    with pytest.raises(AudioError, match=rf"coded as {name}, which.*expected plain PCM.*Convert"):
        load_audio(content)


def test_codec_reported_by_libsndfile_is_checked_too(monkeypatch):
    monkeypatch.setattr("genre.audio.formats._WAV_CODECS", {0x02, 0x11})

    with pytest.raises(AudioError, match="coded as IMA_ADPCM, which this program does not read"):
        load_audio(written(tone(8_000), 8_000, "WAV", "IMA_ADPCM"))


def test_film_without_sound_is_refused():
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as film:
        stream = film.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        for _ in range(3):
            film.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        film.mux(stream.encode(None))

    with pytest.raises(AudioError, match=r"no sound track; a recording was expected"):
        load_audio(file.getvalue())


def test_empty_file_and_one_without_samples_say_so():
    with pytest.raises(AudioError, match=r"is empty \(0 bytes\). Choose another"):
        load_audio(b"")
    with pytest.raises(AudioError, match=r"holds no sound: it has 0 samples"):
        load_audio(written(np.empty(0), 22_050))


def test_path_that_is_not_a_file_is_refused_without_naming_it(tmp_path):
    with pytest.raises(AudioError, match=r"there is no such file\. Check") as missing:
        load_audio(tmp_path / "missing.wav")
    with pytest.raises(AudioError, match="this is a folder, a recording was expected"):
        load_audio(tmp_path)
    assert str(tmp_path) not in str(missing.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
@pytest.mark.parametrize("kind", ["a pipe (FIFO)", "a device"])
def test_path_of_what_is_no_file_is_named_and_never_opened(kind, tmp_path, monkeypatch):
    path = Path(os.devnull) if kind == "a device" else tmp_path / "song.wav"
    if kind != "a device":
        os.mkfifo(path)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("opened it"))  # and would wait there

    said = rf"^this is {re.escape(kind)}, a recording was.*Save the sound in a file"
    with pytest.raises(AudioError, match=said):
        load_audio(path)


@pytest.mark.parametrize("name", ["a\0b.wav", "song.wav/of/a/file.wav", "\udcff.wav", "x" * 5_000])
def test_names_that_no_file_can_have_are_refused(name, tmp_path):
    (tmp_path / "song.wav").write_bytes(b"sound")

    with pytest.raises(AudioError, match=r"there is no such file|cannot be read"):
        load_audio(tmp_path / name)


def test_pipe_that_is_open_is_refused():
    reading, writing = os.pipe()
    with (
        open(reading, "rb") as pipe,
        open(writing, "wb"),
        pytest.raises(AudioError, match="this file cannot be read"),
    ):
        load_audio(pipe)


def test_file_that_cannot_be_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "locked.wav"
    path.write_bytes(recording("wav16"))

    def refuse(*_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(AudioError, match=r"cannot be read \(Permission denied\). Check") as error:
        load_audio(path)
    assert str(path) not in str(error.value)


@pytest.mark.parametrize("kind", ["flac", "ogg", "opus", "mp3", "aac", "webm", "wma", "wav16"])
def test_file_cut_in_half_is_read_to_its_end(kind):
    content = recording(kind, seconds=6.0, noise=0.05)
    whole = load_audio(content)
    half = load_audio(content[: len(content) // 2])

    assert 0.3 * whole.seconds < half.seconds < 0.65 * whole.seconds
    n = len(half.samples) - 4_096  # the last frames may be faded or missing
    np.testing.assert_allclose(half.samples[:n], whole.samples[:n], atol=0.02)


def test_m4a_cut_off_after_its_table_of_contents_is_read_to_its_end():
    sr = 44_100
    samples = np.stack([tone(sr), tone(sr)], axis=1)
    content = written_by_ffmpeg(samples, sr, "ipod", "aac", movflags="empty_moov+frag_keyframe")

    assert 0.5 < load_audio(content[: len(content) // 2]).seconds < 1.5


@pytest.mark.parametrize("kind", ["flac", "mp3", "aac", "m4a", "ogg"])
def test_damage_in_middle_is_skipped(kind):
    content = recording(kind, seconds=6.0, noise=0.05)
    middle = len(content) // 2
    junk = np.random.default_rng(3).bytes(300)
    damaged = load_audio(content[:middle] + junk + content[middle + 300 :])

    assert damaged.seconds > 5.0
    end = Signal(damaged.samples[-22_050 // 2 :], 22_050)
    assert np.abs(end.samples).max() == pytest.approx(0.5, abs=0.15)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"RIFF\xff\0\0\0WAVE", id="wav"),
        pytest.param(b"fLaC" + bytes(300), id="flac"),
        pytest.param(b"OggS" + bytes(range(256)), id="ogg"),
        pytest.param(b"\xff\xfb\x90\0" + bytes(300), id="mp3"),
        pytest.param(b"\0\0\0\x20ftypM4A " + bytes(range(256)), id="m4a"),
        pytest.param(b"\x1a\x45\xdf\xa3" + bytes(range(256)), id="webm"),
    ],
)
def test_beginning_without_recording_is_refused(content):
    with pytest.raises(AudioError, match=r"cannot be decoded: it is damaged.*Copy or export"):
        load_audio(content)


@pytest.mark.parametrize("claimed", [0, 2 * 3600 * 44_100, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("outer", [0, 8, 36, 0xFFFFFFFF])
@pytest.mark.parametrize("codec", ["PCM_16", "FLOAT"])
def test_wav_that_lies_about_its_length_is_read_to_its_end(claimed, outer, codec):
    content = bytearray(written(tone(22_050), 22_050, codec=codec))
    expected = load_audio(bytes(content)).samples
    data = content.index(b"data")
    content[4:8] = struct.pack("<I", outer)
    content[data + 4 : data + 8] = struct.pack("<I", claimed)

    np.testing.assert_array_equal(load_audio(bytes(content)).samples, expected)


@pytest.mark.parametrize("claimed", [0, 10**9], ids=["unknown", "too many"])
def test_flac_that_does_not_know_its_length_is_read_to_its_end(claimed):
    content = bytearray(recording("flac"))
    expected = load_audio(bytes(content)).samples
    place = len(b"fLaC") + 4 + 13  # of the 36 bits that count the samples, in the first block
    content[place] &= 0xF0
    content[place + 1 : place + 5] = struct.pack(">I", claimed)

    np.testing.assert_array_equal(load_audio(bytes(content)).samples, expected)


@pytest.mark.parametrize("loud_half", ["first", "second"])
def test_mp3_of_changing_bit_rate_needs_no_table_to_be_read_whole(loud_half):
    noise = 0.2 * np.random.default_rng(5).standard_normal((4 * 44_100, 2))
    noise[slice(2 * 44_100, None) if loud_half == "first" else slice(2 * 44_100)] = 0
    content = written(
        noise, 44_100, "MP3", "MPEG_LAYER_III", bitrate_mode="VARIABLE", compression_level=0.6
    )
    bare = content[content.index(b"\xff\xfb", content.index(b"Xing")) :]

    assert load_audio(bare).seconds == pytest.approx(4.0, abs=0.1)


@pytest.mark.parametrize("kind", ["mp3", "flac", "aac"])
@pytest.mark.parametrize("before", [ID3_TAG, 2 * ID3_TAG], ids=["tag", "two tags"])
def test_tags_before_sound_are_passed_over(kind, before):
    content = recording(kind)

    np.testing.assert_array_equal(load_audio(before + content).samples, load_audio(content).samples)


@pytest.mark.parametrize("before", [bytes(777), ID3_TAG + bytes(777)], ids=["zeros", "tag, zeros"])
def test_zeros_before_mp3_are_passed_over(before):
    content = recording("mp3")

    np.testing.assert_array_equal(load_audio(before + content).samples, load_audio(content).samples)


def test_long_recording_is_cut_and_says_so(hiss):
    content = encode_wav(hiss)
    whole = load_audio(content)

    cut = load_audio(content, max_seconds=2.5)
    assert cut.is_truncated
    assert cut.seconds == 2.5
    np.testing.assert_array_equal(cut.samples, whole.samples[: len(cut.samples)])
    assert not load_audio(content, max_seconds=7.0).is_truncated


@pytest.mark.parametrize("sr", [8_000, 44_100, 48_000, 96_000])
def test_recording_exactly_as_long_as_is_read_is_not_cut(sr):
    content = written(tone(sr, 3.0), sr)

    assert not load_audio(content, max_seconds=3.0).is_truncated
    assert load_audio(content, max_seconds=2.999).is_truncated


def test_reading_stops_where_signal_is_full(monkeypatch):
    def endless(_file):
        for _ in range(20):
            yield 22_050, np.zeros((22_050, 1), dtype=np.float32)
        pytest.fail("decoded twenty seconds to keep two")

    monkeypatch.setattr("genre.audio.load.decode", endless)

    assert load_audio(b"anything", max_seconds=2.0).is_truncated


def test_rate_that_changes_on_way_loses_nothing():
    stereo = {sr: np.stack([tone(sr, 3.0)] * 2, axis=1) for sr in (44_100, 32_000)}
    halves = [written_by_ffmpeg(stereo[sr], sr, "adts", "aac") for sr in stereo]

    joined = load_audio(b"".join(halves))

    parts = [load_audio(half).samples for half in halves]
    assert len(joined.samples) == pytest.approx(sum(map(len, parts)), abs=2)
    assert tone_level(Signal(joined.samples[-44_100:], 22_050))[0] == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    "settings", [{"sr": 1}, {"sr": 400_000}, {"max_seconds": 0}, {"max_seconds": 1e9}]
)
def test_impossible_settings_are_refused(settings):
    with pytest.raises(ParameterError, match=r"sr must lie in 8000 to 192000.*up to 1200 s"):
        load_audio(recording("wav16"), **settings)


@pytest.mark.slow
def test_flac_that_expands_thousandfold_costs_no_more_than_its_twenty_minutes(tmp_path):
    path = tmp_path / "silence.flac"
    block = np.zeros((480_000, 8), dtype=np.int16)
    with sf.SoundFile(path, "w", 8_000, 8, format="FLAC", subtype="PCM_16") as file:
        for _ in range(21):  # 21 minutes
            file.write(block)
    assert path.stat().st_size * 1000 < 21 * 60 * 8_000 * 8 * 2

    # VmHWM, not ru_maxrss: that one starts at the size of the process that starts this one.
    script = """if True:
        import sys
        from genre.audio.load import load_audio
        def peak_mb():
            lines = open("/proc/self/status").read().splitlines()
            return int(next(line for line in lines if "VmHWM" in line).split()[1]) / 1024
        before = peak_mb()
        signal = load_audio(sys.argv[1])
        print(signal.seconds, signal.is_truncated, peak_mb() - before)
    """
    if not Path("/proc/self/status").exists():
        pytest.skip("the peak of a process's memory is read from /proc, which is not here")
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, is_truncated, peak_mb = done.stdout.split()

    assert (float(seconds), is_truncated) == (MAX_SECONDS, "True")
    assert float(peak_mb) < 200  # the signal itself is 101 MB


def test_reading_loads_no_heavy_library():
    script = (
        "import sys, genre.audio.signal; print(*{name.split('.')[0] for name in sys.modules} & "
        "{'librosa', 'numba', 'keras', 'tensorflow', 'streamlit', 'scipy', 'av'})"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == ""


@pytest.mark.parametrize("n_buckets", [1, 7, 3000, 200_000])
def test_envelope_bounds_every_sample(hiss, n_buckets):
    envelope = waveform_envelope(hiss, n_buckets)
    n = min(n_buckets, len(hiss.samples))
    bucket = np.searchsorted(np.arange(n) * len(hiss.samples) // n, np.arange(7 * 22_050), "right")

    assert envelope.shape == (n, 2)
    lows, highs = envelope[bucket - 1].T
    assert np.all((lows <= hiss.samples) & (hiss.samples <= highs))
    assert envelope.min() == hiss.samples.min()
    assert envelope.max() == hiss.samples.max()


def test_envelope_does_not_miss_single_click():
    samples = np.zeros(100_000)
    samples[54_321] = 0.9

    assert waveform_envelope(Signal(samples, 22_050), 100)[54].tolist() == [0.0, np.float32(0.9)]


def test_envelope_of_nothing_is_empty_and_of_no_bucket_refused(hiss):
    assert waveform_envelope(Signal(np.empty(0), 22_050)).shape == (0, 2)
    with pytest.raises(ParameterError, match="n_buckets=0 was given; use 1 or more"):
        waveform_envelope(hiss, 0)


@given(
    values=st.lists(st.integers(-32_768, 32_767), min_size=1, max_size=300),
    sr=st.sampled_from([8_000, 22_050, 44_100]),
)
def test_sixteen_bit_samples_survive_round_trip(values, sr):
    samples = np.array(values, dtype=np.float32) / 32_768

    signal = load_audio(encode_wav((samples, sr)), sr=sr)

    assert signal.sr == sr
    np.testing.assert_array_equal(signal.samples, samples)
    assert signal.digest() == Signal(samples, sr).digest()


@given(st.lists(st.floats(-4, 4, width=32), min_size=1, max_size=300))
def test_samples_written_to_wav_come_back_clipped_and_rounded(values):
    samples = np.array(values, dtype=np.float32)

    back = load_audio(encode_wav((samples, 22_050))).samples

    np.testing.assert_allclose(back, samples.clip(-1, 32_767 / 32_768), atol=0.5001 / 32_768)


def test_extensions_are_lower_case_with_their_dot():
    assert all(e.startswith(".") and e == e.lower() for e in AUDIO_EXTENSIONS)
    assert len(set(AUDIO_EXTENSIONS)) == len(AUDIO_EXTENSIONS)


def test_real_music_is_what_soundfile_reads():
    paths = sorted(MUSIC.glob("*/*.flac"))[::100]
    if not paths:
        pytest.skip("the GTZAN subset is not beside the checkout")

    for path in paths:
        samples, sr = sf.read(path, dtype="float32")
        np.testing.assert_array_equal(load_audio(path, sr=sr).samples, samples)
