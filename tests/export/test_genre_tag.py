"""The genre tag of files of every format: written with all else as it was, or not at all."""

import errno
import os
import stat

import mutagen
import numpy as np
import pytest
from mutagen.id3 import ID3, TALB, TCON, TIT2, TYER

from genre.audio.load import load_audio
from genre.export import genre_tag
from genre.export.genre_tag import (
    NoTagError,
    TagError,
    read_genre_tag,
    reason_against,
    write_genre_tag,
)
from genre.models.confidence import Thresholds
from genre.models.music_check import MusicCheck
from genre.paths import ROOT
from tests.support.predictions import make_prediction
from tests.support.recordings import (
    FFMPEG_KINDS,
    KINDS,
    SNDFILE_KINDS,
    recording,
    written,
    written_by_ffmpeg,
)

ENDINGS = {"wav16": "wav", "wav24": "wav", "wavfloat": "wav", "wavex": "wav", "aulaw": "au"}
WITHOUT = ("aac", "webm", "mka", "au", "aulaw", "rf64")
"""Kinds of files that have no genre tag, or none that mutagen writes."""
WITH = [kind for kind in KINDS if kind not in WITHOUT]
TITLES = {"TIT2": TIT2(encoding=3, text="Jóga"), "\xa9nam": ["Jóga"], "title": ["Jóga"]}


def song(folder, kind):
    """Two seconds of an example in a file of such a kind, and its path."""
    container, codec, sr = (SNDFILE_KINDS | FFMPEG_KINDS)[kind]
    samples = load_audio(ROOT / "samples" / "jazz.ogg", sr=sr, max_seconds=2).samples
    both = np.stack([samples, 0.5 * samples], axis=1)
    encode = written if kind in SNDFILE_KINDS else written_by_ffmpeg
    path = folder / f"a song.{ENDINGS.get(kind, kind)}"
    path.write_bytes(encode(both, sr, container, codec))
    return path


def add_title(path):
    """Give a file a title, in the way of its tags."""
    file = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    name = {"ID3": "TIT2", "MP4Tags": "\xa9nam", "ASFTags": "title"}.get(
        next((c.__name__ for c in type(file.tags).__mro__ if c.__name__ in ("ID3", "MP4Tags")), ""),
        "title",
    )
    file.tags[name] = TITLES[name]
    file.save()
    return name


def all_tags(path):
    return {name: str(value) for name, value in dict(mutagen.File(path).tags).items()}


@pytest.mark.parametrize("kind", WITH)
def test_genre_is_written_and_all_else_stays(tmp_path, kind):
    path = song(tmp_path, kind)
    title = add_title(path)
    path.chmod(0o640)
    os.utime(path, (1, 1))
    before, digest = all_tags(path), load_audio(path).digest()
    assert read_genre_tag(path) == ""

    write_genre_tag(path, "재즈 / موسيقى")
    assert read_genre_tag(path) == "재즈 / موسيقى"
    write_genre_tag(path, "jazz")

    assert read_genre_tag(path) == "jazz"
    assert load_audio(path).digest() == digest
    after = all_tags(path)
    assert title in before and {name: after[name] for name in before} == before
    assert len(after) == len(before) + 1
    status = path.stat()
    assert stat.S_IMODE(status.st_mode) == 0o640 and status.st_mtime > 1
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("kind", WITHOUT)
def test_kind_without_a_genre_tag_is_passed_over(tmp_path, kind):
    path = song(tmp_path, kind)
    content = path.read_bytes()

    with pytest.raises(TagError):
        read_genre_tag(path)
    with pytest.raises(TagError):
        write_genre_tag(path, "jazz")
    assert path.read_bytes() == content and os.listdir(tmp_path) == [path.name]


def test_kind_without_a_genre_tag_is_named(tmp_path):
    with pytest.raises(NoTagError, match=r"files of this kind \(\.webm\) have no genre tag"):
        read_genre_tag(song(tmp_path, "webm"))


def test_tags_of_an_earlier_version_stay_of_that_version(tmp_path):
    path = song(tmp_path, "mp3")
    tags = ID3()
    for frame in (TYER(encoding=1, text="1997"), TALB(encoding=1, text="Homogénic")):
        tags.add(frame)
    tags.add(TCON(encoding=0, text="(17)(8)"))
    tags.save(path, v2_version=3)
    assert read_genre_tag(path) == "Rock; Jazz"

    write_genre_tag(path, "pop")

    raw = ID3(path, translate=False)
    assert raw.version == (2, 3, 0)
    assert str(raw["TYER"]) == "1997" and str(raw["TALB"]) == "Homogénic"
    assert read_genre_tag(path) == "pop"


def test_several_genres_are_read(tmp_path):
    path = song(tmp_path, "flac")
    file = mutagen.File(path)
    file["genre"] = ["Rock", "Pop"]
    file.save()

    assert read_genre_tag(path) == "Rock; Pop"


@pytest.mark.parametrize("failure", ["disk", "tags", "sound", "genre"])
def test_failure_leaves_the_file_as_it_was(tmp_path, monkeypatch, failure):
    path = song(tmp_path, "mp3")
    content = path.read_bytes()
    kind = type(mutagen.File(path))
    if failure == "disk":
        error = OSError(errno.ENOSPC, "No space left on device")
        monkeypatch.setattr(
            genre_tag.shutil, "copyfileobj", lambda *_: (_ for _ in ()).throw(error)
        )
    elif failure == "tags":
        error = mutagen.MutagenError("no room")
        monkeypatch.setattr(kind, "save", lambda *_, **__: (_ for _ in ()).throw(error))
    elif failure == "sound":  # mutagen has cut a file before
        save = kind.save

        def cut(self, file):
            save(self, file)
            file.truncate(len(content) * 3 // 4)

        monkeypatch.setattr(kind, "save", cut)
    else:
        monkeypatch.setattr(kind, "save", lambda self, file: None)
    said = {
        "disk": r"could not be written \(No space left on device\)",
        "tags": r"could not be written \(no room\)",
    }.get(failure, "would not sound as before, or not name the genre")

    with pytest.raises(TagError, match=said):
        write_genre_tag(path, "jazz")

    assert path.read_bytes() == content and os.listdir(tmp_path) == [path.name]


def test_read_only_file_is_not_replaced(tmp_path):
    path = song(tmp_path, "ogg")
    content = path.read_bytes()
    path.chmod(0o444)

    with pytest.raises(TagError, match=r"this file is read-only. Allow changes"):
        write_genre_tag(path, "jazz")

    assert path.read_bytes() == content


def test_link_stays_a_link_to_the_file_that_is_changed(tmp_path):
    (tmp_path / "disk").mkdir()
    path = song(tmp_path / "disk", "ogg")
    link = tmp_path / "link.ogg"
    link.symlink_to(path)

    write_genre_tag(link, "jazz")

    assert link.is_symlink() and read_genre_tag(path) == "jazz"


def test_name_as_long_as_names_may_be(tmp_path):
    path = song(tmp_path, "ogg")
    path = path.rename(tmp_path / f"{'가' * 83}.ogg")
    assert len(os.fsencode(path.name)) > 250

    write_genre_tag(path, "jazz")

    assert read_genre_tag(path) == "jazz"


def test_file_that_is_no_audio_has_no_tag(tmp_path):
    (tmp_path / "notes.mp3").write_bytes(recording("mp3")[:50])

    with pytest.raises(TagError, match="cannot be read"):
        read_genre_tag(tmp_path / "notes.mp3")


@pytest.mark.parametrize(
    ("level", "least", "reason"),
    [
        ("clearly", "clearly", ""),
        ("clearly", "probably", ""),
        ("probably", "probably", ""),
        ("probably", "clearly", "only probably"),
        ("unsure", "clearly", "not sure, perhaps"),
        ("unsure", "probably", "not sure, perhaps"),
    ],
)
def test_confidence_that_is_enough(level, least, reason):
    thresholds = {"clearly": (0.0, 0.0), "probably": (None, 0.0), "unsure": (None, None)}[level]
    prediction = make_prediction(thresholds=Thresholds(*thresholds), music=MusicCheck("music"))

    assert prediction.confidence == level
    assert reason_against(prediction, least).startswith(reason)
    assert bool(reason_against(prediction, least)) == bool(reason)


@pytest.mark.parametrize(
    ("looks_like", "reason"),
    [("speech", "not music, it sounds like speech"), (None, "whether it is music could not be")],
)
def test_what_is_not_music_is_never_enough(looks_like, reason):
    prediction = make_prediction(thresholds=Thresholds(0.0, 0.0), music=MusicCheck(looks_like))

    assert reason_against(prediction, "probably").startswith(reason)
