"""A recording is decoded once; what is kept of it is exactly what was extracted."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from genre import language
from genre.audio.feature_config import MfccConfig
from genre.audio.signal import Signal, encode_wav
from genre.datasets import extraction_cache, folder
from genre.datasets.extraction_cache import MAKERS, extraction_key, remove_oldest, write_extracted
from genre.datasets.folder import extract_folder
from genre.datasets.load import load_dataset
from genre.datasets.types import Skipped
from genre.paths import PACKAGE, ROOT
from tests.project.test_architecture import imports_of

SR = 22_050
FEATURES = MfccConfig(n_mfcc=5)


def sound(seed: int, seconds: float = 1.0) -> bytes:
    samples = 0.1 * np.random.default_rng(seed).standard_normal(round(seconds * SR))
    return encode_wav(Signal(samples, SR))


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """An empty cache of its own; the files that are kept lie in it."""
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "extracted"


@pytest.fixture
def music(tmp_path) -> Path:
    """Two genres: tracks of one and of several segments, a broken and a silent recording."""
    for name, content in {
        "rock/r1.wav": sound(1, 7),
        "rock/r2.wav": sound(2),
        "rock/broken.wav": b"RIFF and then nothing of the kind",
        "blues/b1.wav": sound(3, 4),
        "blues/hush.wav": encode_wav(Signal(np.zeros(SR), SR)),
    }.items():
        (tmp_path / "music" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "music" / name).write_bytes(content)
    return tmp_path / "music"


@pytest.fixture
def decoded(monkeypatch) -> list[str]:
    """The names of what is decoded from now on, while no other process is used."""
    names, decode = [], folder.load_audio

    def noted(path, **options):
        names.append(path.name)
        return decode(path, **options)

    monkeypatch.setattr(folder, "load_audio", noted)
    return names


def extract(folder, features=FEATURES, **options):
    return extract_folder(folder, features, n_jobs=1, **options)


def assert_same(one, other):
    np.testing.assert_array_equal(one.frames, other.frames)
    np.testing.assert_array_equal(one.n_frames, other.n_frames)
    np.testing.assert_array_equal(one.track_index, other.track_index)
    assert one.frames.dtype == other.frames.dtype
    assert (one.tracks, one.skipped, one.features) == (other.tracks, other.skipped, other.features)


def test_second_time_nothing_is_decoded_and_everything_is_same(cache, music, decoded):
    first, reported = extract(music), []
    assert len(decoded) == 5
    decoded.clear()

    again = extract(music, on_progress=lambda *args: reported.append(args))

    assert decoded == []
    assert_same(again, first)
    assert {s.name for s in again.skipped} == {"broken", "hush"}
    assert [(n_done, n) for n_done, n, _ in reported] == [(i, 5) for i in range(1, 6)]
    assert {name for _, _, name in reported} == {"r1", "r2", "broken", "b1", "hush"}


def test_loading_dataset_goes_through_cache(cache, music):
    """Its processes are not looked into: what is kept is changed, and comes out changed."""
    first = load_dataset(music, features=FEATURES)
    assert [track.track_id for track in first.tracks] == ["b1", "r1", "r2"]
    key = extraction_key(music / "rock" / "r2.wav", FEATURES)
    write_extracted(key, Skipped("r2", "it was kept so"))

    again = load_dataset(music, features=FEATURES)

    assert Skipped("r2", "it was kept so") in again.skipped
    assert [track.track_id for track in again.tracks] == ["b1", "r1"]


def test_zip_of_what_was_extracted_is_not_decoded_either(cache, music, tmp_path):
    first = extract(music)
    kept = sorted(cache.iterdir())
    with zipfile.ZipFile(tmp_path / "music.zip", "w") as archive:
        for path in music.glob("*/*.wav"):
            archive.write(path, path.relative_to(music))

    assert_same(load_dataset(tmp_path / "music.zip", features=FEATURES), first)
    assert sorted(cache.iterdir()) == kept


def test_file_put_in_place_of_another_is_noticed_whatever_its_date(cache, music, decoded):
    extract(music)
    decoded.clear()
    path = music / "rock" / "r2.wav"
    stat = path.stat()
    path.write_bytes(sound(99))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert path.stat().st_size == stat.st_size

    changed = extract(music)

    assert decoded == ["r2.wav"]
    assert_same(changed, _uncached(music))


def test_added_file_is_decoded_alone_and_removed_one_is_gone(cache, music, decoded):
    extract(music)
    decoded.clear()
    (music / "rock" / "a-new.wav").write_bytes(sound(50))
    (music / "rock" / "r1.wav").unlink()

    data = extract(music)

    assert decoded == ["a-new.wav"]
    assert [track.track_id for track in data.tracks] == ["b1", "a-new", "r2"]
    assert_same(data, _uncached(music))


def test_renamed_recording_is_known_under_its_new_name(cache, music, decoded):
    extract(music)
    decoded.clear()
    (music / "rock" / "r1.wav").rename(music / "blues" / "other.wav")
    (music / "rock" / "broken.wav").rename(music / "rock" / "torn.wav")

    data = extract(music)

    assert decoded == []
    assert [track.track_id for track in data.tracks] == ["b1", "other", "r2"]
    assert {s.name for s in data.skipped} == {"torn", "hush"}


@pytest.mark.parametrize(
    "asked", [MfccConfig(n_mfcc=6), MfccConfig(n_mfcc=5, hop_length=256)], ids=str
)
def test_extraction_with_other_settings_is_done_again(cache, music, asked):
    extract(music)

    assert_same(extract(music, asked), _uncached(music, asked))


def test_extraction_with_texture_or_deltas_uses_the_same_frames(cache, music, decoded):
    extract(music)
    decoded.clear()

    extract(music, MfccConfig(n_mfcc=5, deltas=True, texture_frames=5))

    assert decoded == []


@pytest.mark.parametrize("damage", ["emptied", "cut", "a bit", "no arrays", "another kind"])
def test_corrupt_file_is_made_again(cache, music, decoded, damage):
    first = extract(music)
    decoded.clear()
    for path in cache.iterdir():
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        half = bytes(content[: len(content) // 2])
        path.write_bytes({"cut": half, "a bit": bytes(content)}.get(damage, b""))
        if damage == "no arrays":
            path.write_bytes(b"PK\x05\x06" + bytes(18))
        if damage == "another kind":
            with path.open("wb") as file:
                np.savez(file, frames=np.zeros((1, 130, 4)), seconds=1.0, digest="0")

    assert_same(extract(music), first)
    assert len(decoded) == 5
    decoded.clear()
    assert_same(extract(music), first)
    assert decoded == []


@pytest.mark.parametrize("library", extraction_cache.LIBRARIES)
def test_extraction_by_another_library_version_is_done_again(music, monkeypatch, library):
    path, real = music / "rock" / "r1.wav", extraction_cache.version
    before = extraction_key(path, FEATURES)
    extraction_cache._makers.cache_clear()
    monkeypatch.setattr(
        extraction_cache, "version", lambda name: "0.0" if name == library else real(name)
    )

    assert extraction_key(path, FEATURES) != before
    extraction_cache._makers.cache_clear()


def test_makers_are_all_modules_between_bytes_and_frames():
    """A change in one that was forgotten would leave frames that nothing makes any more."""
    needed = {"audio.load", "audio.features"}
    found = {"datasets.folder"}
    while needed:
        module = needed.pop()
        found.add(module)
        path = PACKAGE / f"{module.replace('.', '/')}.py"
        below = {name.removeprefix("genre.") for name in imports_of(path)}
        needed |= {n for n in below if (PACKAGE / f"{n.replace('.', '/')}.py").exists()} - found

    said = {"errors", "language", "system.schema"}  # what an error says, and how a name is shown
    assert {name.replace("/", ".") for name in MAKERS} == found - said


def test_reason_is_in_the_language_of_whoever_reads(cache, music, decoded):
    extract(music)
    decoded.clear()
    with language.use("ko"):
        reasons = [skipped.reason for skipped in extract(music).skipped]
        silent = language._("the recording is silent")

    assert silent != "the recording is silent"
    assert silent in reasons
    assert sorted(decoded) == ["broken.wav", "hush.wav"]


def test_cache_when_full_deletes_the_longest_unused_first(cache, music):
    extract(music)
    kept = sorted(cache.iterdir())
    for age, path in enumerate(kept):
        os.utime(path, ns=(0, 10**18 - age * 10**9))
    n_bytes = sum(path.stat().st_size for path in kept)

    remove_oldest(n_bytes - 1)

    assert sorted(cache.iterdir()) == kept[:-1]


def test_entry_just_used_is_not_the_oldest(cache, music):
    extract(music)
    for path in cache.iterdir():
        os.utime(path, ns=(0, 0))

    extract(music)

    assert all(path.stat().st_mtime > 0 for path in cache.iterdir())


def test_cache_with_a_limit_never_exceeds_it(cache, music, monkeypatch):
    monkeypatch.setattr(extraction_cache.remove_oldest, "__defaults__", (3000,))

    extract(music)

    assert 0 < sum(path.stat().st_size for path in cache.iterdir()) <= 3000


def test_cache_that_cannot_be_written_to_is_no_obstacle(tmp_path, monkeypatch, music):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "file"))

    assert len(extract(music).tracks) == 3


def test_full_disk_is_no_obstacle_and_leaves_nothing_half_written(cache, music, monkeypatch):
    def full(file, **arrays):
        file.write(b"a beginning")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(extraction_cache.np, "savez", full)

    assert len(extract(music).tracks) == 3
    assert list(cache.iterdir()) == []


def test_processes_that_write_at_once_leave_whole_files(cache, music):
    program = (
        "import sys; from genre.datasets.folder import extract_folder; "
        "from genre.audio.feature_config import MfccConfig; from pathlib import Path; "
        "data = extract_folder(Path(sys.argv[1]), MfccConfig(n_mfcc=5), n_jobs=1); "
        "print(len(data.tracks), float(abs(data.frames).sum()))"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(music)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = {process.communicate(timeout=60)[0] for process in both}

    assert len(said) == 1
    assert said.pop().startswith("3 ")
    assert len(list(cache.iterdir())) == 5


def _uncached(folder, features=FEATURES):
    """Extract with nothing kept from before."""
    before = os.environ["GENRE_LAB_CACHE"]
    os.environ["GENRE_LAB_CACHE"] = f"{before}-other"
    try:
        return extract(folder, features)
    finally:
        os.environ["GENRE_LAB_CACHE"] = before
