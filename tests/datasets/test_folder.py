"""A folder per genre: what is read, what is skipped and said, what is refused."""

import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from genre.audio.feature_config import MfccConfig
from genre.audio.features import extract_segments
from genre.audio.load import load_audio
from genre.audio.signal import Signal, encode_wav
from genre.datasets.folder import extract_folder
from genre.datasets.types import SegmentSet, Skipped
from genre.errors import DatasetError
from tests.support.recordings import bad_recordings

SR = 22_050
FEATURES = MfccConfig(n_mfcc=5)


def add_track(folder: Path, name: str, seconds: float = 1.0, *, loudness: float = 0.1) -> Path:
    """Write noise that differs from name to name."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(list(name.encode()))
    samples = loudness * rng.standard_normal(round(seconds * SR))
    path.write_bytes(encode_wav(Signal(samples, SR)))
    return path


def extract(folder: Path) -> SegmentSet:
    return extract_folder(folder, FEATURES, n_jobs=1)


@pytest.fixture
def two_genres(tmp_path) -> Path:
    """A rock track of seven seconds and a blues track of one."""
    add_track(tmp_path, "rock/r1.wav", 7)
    add_track(tmp_path, "blues/b1.wav", 1)
    return tmp_path


def test_folder_becomes_tracks_in_order_with_their_segments(two_genres):
    data = extract(two_genres)

    assert data.genres == ("blues", "rock")
    assert [(t.track_id, t.genre, t.seconds) for t in data.tracks] == [
        ("b1", "blues", 1.0),
        ("r1", "rock", 7.0),
    ]
    assert data.track_index.tolist() == [0, 1, 1]
    assert data.n_frames.tolist() == [44, 130, 130]
    assert data.skipped == ()
    for track, path in zip(data.tracks, ["blues/b1.wav", "rock/r1.wav"], strict=True):
        signal = load_audio(two_genres / path, sr=SR)
        own = data.frames[data.track_index == data.tracks.index(track)]
        np.testing.assert_array_equal(own, extract_segments(signal, FEATURES))
        assert track.digest == signal.digest()


def test_genres_are_sorted_whatever_order_on_disk(tmp_path):
    for genre in ("rock", "ambient", "metal", "blues"):
        add_track(tmp_path, f"{genre}/1-{genre}.wav")

    assert extract(tmp_path).genres == ("ambient", "blues", "metal", "rock")


def test_broken_recording_is_skipped_and_listed(two_genres):
    (two_genres / "rock" / "broken.wav").write_bytes(b"RIFF and then nothing of the kind")
    (two_genres / "rock" / "empty.mp3").write_bytes(b"")
    add_track(two_genres, "rock/short.wav", 0.1)

    data = extract(two_genres)

    assert [t.track_id for t in data.tracks] == ["b1", "r1"]
    reasons = {skipped.name: skipped.reason for skipped in data.skipped}
    assert reasons.keys() == {"broken", "empty", "short"}
    assert "0 bytes" in reasons["empty"]
    assert "lasts 0.1 s" in reasons["short"]


@pytest.mark.parametrize("name", bad_recordings())
def test_bad_recording_costs_the_others_nothing(two_genres, name):
    content, said = bad_recordings()[name]
    expected = extract(two_genres)
    (two_genres / "rock" / "a bad one.wav").write_bytes(content)

    data = extract(two_genres)

    ((skipped, reason),) = [(s.name, s.reason) for s in data.skipped]
    assert skipped == "a bad one"
    assert re.search(said, reason)
    assert data.tracks == expected.tracks
    np.testing.assert_array_equal(data.frames, expected.frames)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
def test_pipe_among_the_recordings_is_skipped_and_not_waited_for(two_genres, monkeypatch):
    pipe = two_genres / "rock" / "pipe.wav"
    os.mkfifo(pipe)
    opened = Path.open

    def checked(path, *args, **settings):
        assert path != pipe, "waits for a writer"
        return opened(path, *args, **settings)

    monkeypatch.setattr(Path, "open", checked)

    data = extract(two_genres)

    assert [s.name for s in data.skipped] == ["pipe"]
    assert "this is a pipe (FIFO)" in data.skipped[0].reason
    assert len(data.tracks) == 2


def test_recording_whose_sides_cancel_is_extracted_as_one_side(tmp_path, two_genres):
    samples = load_audio(add_track(tmp_path, "one.wav", 3), sr=SR).samples
    both = np.stack([samples, -samples], axis=1)
    sf.write(two_genres / "blues" / "b2.wav", both, SR, subtype="FLOAT")

    data = extract(two_genres)

    (track,) = [track for track in data.tracks if track.track_id == "b2"]
    assert track.digest == Signal(samples, SR).digest()


def test_silent_recording_is_skipped_and_listed(two_genres):
    add_track(two_genres, "blues/hush.wav", 4, loudness=0)

    [skipped] = extract(two_genres).skipped

    assert (skipped.name, skipped.reason) == ("hush", "the recording is silent")


def test_sound_after_last_whole_segment_only_is_no_sound(two_genres):
    """A track without a single segment would be split and counted, but never used."""
    late = np.zeros(4 * SR)
    late[-100:] = 0.5
    (two_genres / "blues" / "late.wav").write_bytes(encode_wav(Signal(late, SR)))

    data = extract(two_genres)

    assert [skipped.name for skipped in data.skipped] == ["late"]
    assert set(data.track_index) == set(range(len(data.tracks)))


def test_silent_segments_are_left_out(tmp_path, two_genres):
    half = 0.1 * np.random.default_rng(0).standard_normal(9 * SR)
    half[3 * SR : 6 * SR] = 0
    (two_genres / "blues" / "half.wav").write_bytes(encode_wav(Signal(half, SR)))

    data = extract(two_genres)

    assert np.bincount(data.track_index).tolist() == [1, 2, 2]


def test_genre_folder_without_recordings_is_listed(two_genres):
    (two_genres / "polka").mkdir()
    (two_genres / "polka" / "cover.jpg").write_bytes(b"not a recording")

    data = extract(two_genres)

    assert data.genres == ("blues", "rock")
    [skipped] = data.skipped
    assert (skipped.name, skipped.reason) == ("polka/", "the folder holds no recordings")


def test_hidden_files_and_folders_are_ignored(two_genres):
    add_track(two_genres, "rock/._r1.wav")
    add_track(two_genres, ".cache/x.wav")

    data = extract(two_genres)

    assert [t.track_id for t in data.tracks] == ["b1", "r1"]
    assert data.skipped == ()


def test_dataset_of_one_genre_is_refused(tmp_path):
    add_track(tmp_path, "rock/r1.wav")

    with pytest.raises(DatasetError, match=r"one genre \(rock\), at least two.*one folder"):
        extract(tmp_path)


def test_folder_without_recordings_is_refused(tmp_path):
    with pytest.raises(DatasetError, match=r"no recording in .*no genre folders.*one folder"):
        extract(tmp_path)


def test_folder_of_corrupt_recordings_says_why(tmp_path):
    (tmp_path / "rock").mkdir()
    (tmp_path / "rock" / "a.wav").write_bytes(b"")

    with pytest.raises(DatasetError, match=r"no recording in .*can be used \(a: .*0 bytes"):
        extract(tmp_path)


def test_name_in_two_genres_is_two_tracks(tmp_path):
    add_track(tmp_path, "rock/01.wav")
    add_track(tmp_path, "blues/01.wav")
    add_track(tmp_path, "blues/02.wav")

    assert [t.track_id for t in extract(tmp_path).tracks] == ["blues/01.wav", "02", "rock/01.wav"]


@pytest.mark.parametrize(
    "name", ["<b>bold</b> & [link](x)", "two  words", "Motörhead – Ace ♠", "a.b.c", "$(rm)", "日本"]
)
def test_odd_names_are_kept_as_they_are(two_genres, name):
    name = name.replace("/", "∕")  # the one character no file name holds
    add_track(two_genres, f"{name}/{name}.wav")

    data = extract(two_genres)

    assert name in data.genres
    assert name in {t.track_id for t in data.tracks}


def test_extraction_by_many_processes_equals_that_by_one(two_genres):
    (two_genres / "rock" / "broken.wav").write_bytes(b"RIFF")
    serial = extract(two_genres)

    parallel = extract_folder(two_genres, FEATURES, n_jobs=2)

    # Not to the last bit: with one thread instead of two, terms are added in another order.
    np.testing.assert_allclose(parallel.frames, serial.frames, atol=1e-4, rtol=0)
    np.testing.assert_array_equal(parallel.track_index, serial.track_index)
    assert (parallel.tracks, parallel.skipped) == (serial.tracks, serial.skipped)


def test_progress_names_each_track_once(two_genres):
    reported = []

    extract_folder(two_genres, FEATURES, n_jobs=1, on_progress=lambda *args: reported.append(args))

    assert reported == [(1, 2, "b1"), (2, 2, "r1")]


def test_dataset_of_a_folder_does_not_name_its_path(tmp_path):
    (tmp_path / "rock").mkdir()

    with pytest.raises(DatasetError) as reported:
        extract(tmp_path)

    assert not re.search(re.escape(str(tmp_path.parent)), str(reported.value))


def test_recording_under_two_names_is_taken_once(tmp_path):
    first = add_track(tmp_path, "hiss/hiss.wav")
    add_track(tmp_path, "hum/hum.wav")
    (tmp_path / "hum" / "other name.wav").write_bytes(first.read_bytes())
    data = extract(tmp_path)

    assert [track.track_id for track in data.tracks] == ["hiss", "hum"]
    assert data.skipped == (Skipped("other name", "it is the same recording as hiss"),)


def test_folder_that_changes_while_it_is_read_is_refused(two_genres):
    def on_progress(n_done, n_tracks, name):
        if n_done == n_tracks:
            shutil.copy(next((two_genres / "blues").iterdir()), two_genres / "blues" / "late.wav")

    with pytest.raises(DatasetError, match="was changed while it was read"):
        extract_folder(two_genres, FEATURES, on_progress=on_progress, n_jobs=1)
    assert extract_folder(two_genres, FEATURES, n_jobs=1).tracks
