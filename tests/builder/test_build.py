"""Datasets built of files, folders and archives: what is taken, skipped and refused."""

import csv
import unicodedata
import zipfile

import pytest
from mutagen.id3 import TIT2, TPE1
from mutagen.wave import WAVE

from genre.audio.feature_config import MfccConfig
from genre.builder import edit, store
from genre.builder.dataset import class_rows, folder_of
from genre.builder.file_tags import read_tags
from genre.builder.intake import Item, add_items
from genre.builder.names import file_of, taken_by
from genre.builder.sources import add_source
from genre.builder.store import create, read_dataset
from genre.builder.table import COLUMNS
from genre.datasets.json_file import write_json
from genre.datasets.load import list_tracks, load_dataset
from genre.errors import DatasetError
from genre.system.names import is_device
from tests.builder.conftest import SR, sound, wav
from tests.support.recordings import written


def names_of(added):
    return {one.name: one.reason for one in added.skipped}


def test_folder_becomes_a_dataset_that_the_reader_of_folders_reads(songs):
    slug = create("Meine Sammlung 1").slug
    added = add_source(slug, songs, n_jobs=1)

    assert slug == "meine-sammlung-1" and added.n_added == 4
    assert set(names_of(added)) == {"rock/bad.mp3", "rock/notes.txt"} or "bad.mp3" in str(added)
    dataset = read_dataset(slug)
    assert [(row.name, row.n_clips) for row in class_rows(dataset)] == [("rock", 2), ("국악", 2)]
    data = load_dataset(dataset.folder)
    assert data.genres == ("rock", "국악") and len(data.tracks) == 4
    assert data.skipped == ()
    assert {t.digest for t in data.tracks} == {clip.sound for clip in dataset.clips}


def test_same_file_and_same_sound_are_skipped_with_both_names(songs, tmp_path):
    slug = create("x").slug
    add_source(slug, songs, n_jobs=1)
    more = tmp_path / "more"
    more.mkdir()
    (more / "copy.wav").write_bytes(wav(0))
    (more / "other form.flac").write_bytes(written(sound(1), SR, "FLAC"))
    (more / "new.wav").write_bytes(wav(9))
    added = add_source(slug, more, genre="jazz", n_jobs=1)

    assert added.n_added == 1
    assert names_of(added) == {
        "copy.wav": "it is the same file as a.wav, which is in rock",
        "other form.flac": "it is the same sound as b.wav, which is in rock",
    }


def test_tags_are_read_cleaned_and_corrected(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(1))
    file = WAVE(path)
    file.add_tags()
    file.tags.add(TIT2(encoding=3, text=["So\nWhat\x00 " + "x" * 5000]))
    file.tags.add(TPE1(encoding=3, text=["Miles  Davis"]))
    file.save()
    slug = create("x").slug
    edit.add_class(slug, "jazz")
    add_items(slug, [Item(path, "a.wav", "jazz")])
    (clip,) = read_dataset(slug).clips

    assert clip.artist == "Miles Davis"
    assert clip.title.startswith("So What") and len(clip.title) <= 200
    edit.correct_clips(slug, {clip.file: {"artist": " M. Davis ", "title": '=So, "What"'}})
    (clip,) = read_dataset(slug).clips
    assert (clip.artist, clip.title) == ("M. Davis", '=So, "What"')
    assert list_tracks(read_dataset(slug).folder).tracks[0].artist == "M. Davis"


@pytest.mark.parametrize(
    "tagged", [b"", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f", b"fLaC\x84\xff\xff\xff"]
)
def test_tags_that_lie_say_nothing(tmp_path, tagged):
    (tmp_path / "a.mp3").write_bytes(tagged + bytes(500))

    assert read_tags(tmp_path / "a.mp3") == ("", "")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("Rock", "rock", "differ only by case"),
        ("Caf\u00e9", "Cafe\u0301", "differ only in their Unicode form"),
    ],
)
def test_classes_that_are_alike_are_refused(tmp_path, first, second, said):
    for n, name in enumerate((first, second, "jazz")):
        path = tmp_path / "two" / name / f"{n}.wav"
        path.parent.mkdir(parents=True)
        path.write_bytes(wav(n))
    slug = create("x").slug
    with pytest.raises(DatasetError, match=said):
        add_source(slug, tmp_path / "two", n_jobs=1)
    assert not read_dataset(slug).clips
    edit.add_class(slug, first)
    with pytest.raises(DatasetError, match=said):
        edit.add_class(slug, second)
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        for n, name in enumerate((first, second, "jazz")):
            archive.writestr(f"{name}/{n}.wav", wav(n))
    with pytest.raises(DatasetError, match=said):
        add_source(slug, tmp_path / "two.zip", n_jobs=1)


def test_decomposed_names_of_an_archive_are_the_composed_class(tmp_path):
    slug = create("x").slug
    edit.add_class(slug, "국악")
    with zipfile.ZipFile(tmp_path / "mac.zip", "w") as archive:
        for n, name in enumerate((unicodedata.normalize("NFD", "국악"), "jazz")):
            archive.writestr(f"{name}/{n}.wav", wav(n))
    add_source(slug, tmp_path / "mac.zip", n_jobs=1)

    assert read_dataset(slug).classes == ("국악", "jazz")


def test_classes_are_named_merged_moved_and_removed(songs):
    slug = create("x").slug
    add_source(slug, songs, n_jobs=1)
    edit.rename_class(slug, "rock", "Rock")  # its own name in another case
    edit.add_class(slug, "R/B")
    first, *_others = read_dataset(slug).clips
    edit.correct_clips(slug, {first.file: {"genre": "R/B"}})
    assert [row.n_clips for row in class_rows(read_dataset(slug))] == [1, 2, 1]
    edit.merge_classes(slug, "Rock", "국악")
    dataset = read_dataset(slug)
    assert dataset.classes == ("국악", "R/B")
    edit.remove_class(slug, "국악")
    assert [path.name for path in (dataset.folder / "clips").iterdir()] == [first.file]
    with pytest.raises(DatasetError, match="has no class 'rock'"):
        edit.merge_classes(slug, "rock", "R/B")
    edit.remove_clips(slug, [first.file])
    assert not read_dataset(slug).clips and read_dataset(slug).classes == ("R/B",)


def test_hundred_classes_and_no_more():
    slug = create("x").slug
    for n in range(100):
        edit.add_class(slug, f"class {n}")
    with pytest.raises(DatasetError, match="up to 100 classes, these would be 101"):
        edit.add_class(slug, "one more")
    assert len(read_dataset(slug).classes) == 100


def test_course_json_becomes_a_dataset_of_features(songs, tmp_path):
    write_json(tmp_path / "data.json", load_dataset(songs), n_mfcc=13)
    slug = create("x").slug
    added = add_source(slug, tmp_path / "data.json")
    dataset = read_dataset(slug)

    assert added.n_added == 4 and not dataset.has_sound and len(dataset.clips) == 4
    assert load_dataset(dataset.folder).features == MfccConfig(n_mfcc=13).frames
    with pytest.raises(DatasetError, match="holds features and no sound"):
        add_source(slug, songs)
    with pytest.raises(DatasetError, match="cannot be changed"):
        edit.add_class(slug, "new")


def test_kaggle_layout_of_gtzan_has_its_artists(tmp_path):
    for genre in ("blues", "jazz"):
        folder = tmp_path / "Data" / "genres_original" / genre
        folder.mkdir(parents=True)
        for n in range(2):
            (folder / f"{genre}.0000{n}.wav").write_bytes(wav(ord(genre[0]) + n))
    (tmp_path / "Data" / "features_3_sec.csv").write_text("filename,length\n")
    slug = create("gtzan").slug
    add_source(slug, tmp_path / "Data", n_jobs=1)

    assert {clip.artist for clip in read_dataset(slug).clips if clip.genre == "blues"} == {
        "John Lee Hooker"
    }


def test_stopped_adding_keeps_what_was_added(songs):
    slug = create("x").slug
    added = add_source(slug, songs, is_stop_wanted=lambda: True, n_jobs=1)

    assert added.was_stopped and added.n_added == 0
    assert read_dataset(slug).classes == ("rock", "국악")
    assert add_source(slug, songs, n_jobs=1).n_added == 4
    assert add_source(slug, songs, n_jobs=1).n_added == 0


def test_change_by_two_at_once_is_refused_in_a_sentence(monkeypatch):
    slug = create("Mine").slug
    monkeypatch.setattr(store, "LOCK_SECONDS", 0.1)
    with store.locked(slug), pytest.raises(DatasetError, match="'Mine' is being changed just now"):
        edit.add_class(slug, "rock")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("dataset.json", "{"),
        ("dataset.json", '{"version": 1, "label": "x", "classes": ["a", "A"]}'),
        ("tracks.csv", "path,genre\nclips/a.wav,rock\n"),
        ("tracks.csv", ",".join(COLUMNS) + "\nclips/../../a.wav,rock,,,1,,,\n"),
        ("tracks.csv", ",".join(COLUMNS) + "\nclips/a.wav,rock,,,nan,,,\n"),
    ],
)
def test_damaged_dataset_is_said_to_be_and_can_be_deleted(file, content):
    slug = create("x").slug
    (folder_of(slug) / file).write_text(content)
    with pytest.raises(DatasetError, match=rf"cannot be read \({file}"):
        read_dataset(slug)
    store.delete(slug)
    assert not store.list_datasets()


def test_labels_of_any_script_have_a_folder_and_are_there_once():
    assert create("내 음악").slug == "nae-eumag"
    with pytest.raises(DatasetError, match="called '내 음악' already"):
        create(unicodedata.normalize("NFD", "내 음악"))
    with pytest.raises(DatasetError, match="1 to 60 characters"):
        create(" ")
    assert create("CON").slug == "dataset-con"


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.wav",
        ".hidden.mp3",
        "a" * 300 + ".wav",
        "con.wav",
        "con.live.wav",
        "\udce9.ogg",
        "/",
    ],
)
def test_file_names_are_plain_whatever_their_owner_calls_them(name):
    file = file_of(name, ())

    assert file and not set(file) & set("/\\:\0") and not file.startswith(".")
    assert len(file.encode()) < 200 and not is_device(file)
    again = file_of(name, taken_by(file))
    assert not taken_by(again) & taken_by(file)


def test_table_keeps_cells_that_look_like_others(songs):
    slug = create("x").slug
    add_source(slug, songs, n_jobs=1)
    clip = read_dataset(slug).clips[0]
    edit.correct_clips(slug, {clip.file: {"title": 'a,"b";\tc', "artist": "sep=;"}})
    with (folder_of(slug) / "tracks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert read_dataset(slug).clips[0].title == 'a,"b"; c'
