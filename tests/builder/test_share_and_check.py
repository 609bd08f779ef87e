"""Datasets exported and imported, work in a process of its own, and what looks wrong in one."""

import json
import time
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from genre.builder import edit, inbox, store
from genre.builder.check import check_dataset, compare
from genre.builder.dataset import Clip, datasets_folder, folder_of
from genre.builder.sharing import begin_import, export_dataset, export_path
from genre.builder.sources import add_source
from genre.builder.store import create, read_dataset
from genre.builder.work_job import (
    Work,
    exported_file,
    read_work,
    run_adding,
    run_export,
    start_adding,
)
from genre.collection.index_job import run_index
from genre.collection.store import list_collections
from genre.datasets.load import load_dataset
from genre.errors import DatasetError
from tests.builder.conftest import wav
from tests.support.collections import made_up_vectors

PATIENT_SECONDS = 120


@pytest.fixture
def built(songs):
    """The slug of a dataset of two classes with an empty one besides."""
    slug = create("Our songs").slug
    add_source(slug, songs, n_jobs=1)
    edit.add_class(slug, "R/B")
    first = read_dataset(slug).clips[0]
    edit.correct_clips(slug, {first.file: {"title": "Its title", "artist": "Its artist"}})
    return slug


def test_exported_dataset_is_imported_as_it_was(built, tmp_path):
    export_dataset(built, tmp_path / "out.zip")
    slug = begin_import(tmp_path / "out.zip")
    added = add_source(slug, tmp_path / "out.zip", n_jobs=1)
    before, after = read_dataset(built), read_dataset(slug)

    assert added.n_added == 4 and not added.skipped
    assert after.label == "Our songs 2" and after.classes == before.classes
    keep = ("genre", "title", "artist", "seconds", "digest", "sound")
    assert [[getattr(clip, name) for name in keep] for clip in after.clips] == [
        [getattr(clip, name) for name in keep] for clip in before.clips
    ]
    assert load_dataset(tmp_path / "out.zip").genres == ("rock", "국악")


def test_exported_pack_is_imported_and_trains_as_the_recordings_do(built, tmp_path):
    assert run_export(built, tmp_path / "pack.zip", "mfcc").state == "ready"
    slug = begin_import(tmp_path / "pack.zip")
    status = run_adding(slug, str(tmp_path / "pack.zip"))
    packed, whole = load_dataset(folder_of(slug)), load_dataset(folder_of(built))

    assert status.state == "ready" and status.n_added == 4
    assert packed.tracks == whole.tracks
    np.testing.assert_allclose(packed.frames, whole.frames, atol=0.02)
    assert not read_dataset(slug).has_sound
    with pytest.raises(DatasetError, match="no sound"):
        export_dataset(slug, tmp_path / "no.zip")


def test_exported_file_is_offered_from_the_folder_of_exports_alone(built, tmp_path):
    inside, elsewhere = export_path(built, "zip"), tmp_path / "mine.zip"
    for out in (inside, elsewhere):
        run_export(built, out, "zip")
    done = Work("ready", task="export", out=str(inside))

    assert exported_file(done) == inside
    assert exported_file(replace(done, out=str(elsewhere))) is None
    assert exported_file(replace(done, task="add")) is None
    assert exported_file(replace(done, state="stopped")) is None
    inside.unlink()
    assert exported_file(done) is None
    assert exported_file(Work("absent")) is None


def test_export_says_which_clip_is_missing_and_writes_nothing(built, tmp_path):
    dataset = read_dataset(built)
    dataset.path_of(dataset.clips[1]).unlink()
    status = run_export(built, tmp_path / "out.zip", "zip")

    assert (
        status.state == "failed" and f"file of {dataset.clips[1].file} is missing" in status.reason
    )
    assert not (tmp_path / "out.zip").exists()


def test_hostile_zip_is_imported_as_any_other(tmp_path):
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("dataset.json", json.dumps({"label": 3, "classes": ["a", "A"]}))
        archive.writestr("../rock/a.wav", wav(1))
        archive.writestr("rock/b.wav", wav(2))
        archive.writestr("jazz/c.wav", wav(3))
    slug = begin_import(tmp_path / "bad.zip")
    added = add_source(slug, tmp_path / "bad.zip", n_jobs=1)

    assert read_dataset(slug).label == "bad" and added.n_added == 2
    assert "leads out" in str(added.skipped)


def test_uploads_are_taken_in_by_a_process_of_its_own(built):
    inbox.put(built, "new song.wav", "R/B", wav(20))
    inbox.put(built, "again.wav", "rock", wav(0))
    inbox.put(built, "no class.wav", "gone", wav(21))
    inbox.put(built, "page.html", "rock", b"<html>")
    start_adding(built)
    end = time.monotonic() + PATIENT_SECONDS
    while (status := read_work(built)).is_live:
        assert time.monotonic() < end
        time.sleep(0.1)

    assert (status.state, status.n_added, status.n_skipped) == ("ready", 1, 3)
    why = dict(status.skipped)
    assert why["again.wav"] == "it is the same file as a.wav, which is in rock"
    assert "'gone' is not there any more" in why["no class.wav"]
    assert read_dataset(built).clips[-1].file == "new song.wav"
    assert not inbox.has_waiting(built)


def test_source_that_is_not_there_fails_in_a_sentence(built):
    status = run_adding(built, "/nowhere/at/all")

    assert status.state == "failed" and "there is nothing at '/nowhere/at/all'" in status.reason


def test_built_dataset_is_heard_and_is_no_collection(built):
    dataset = read_dataset(built)
    assert run_index(dataset.folder).n_heard == 4
    found = check_dataset(dataset)

    assert found.n_heard == found.n_clips == 4
    assert found.positions.shape == (4, 2)
    assert not list_collections()
    assert not run_index(dataset.folder).n_heard
    store.delete(built)
    assert not list(datasets_folder().iterdir())


def groups_of_clips(n=60, classes=("a", "b", "c")):
    """Clips in as many clear groups, each with an artist of its own, and their embeddings."""
    middles = made_up_vectors(len(classes), seed=1)
    vectors = middles[np.arange(n) % len(classes)] + 0.5 * made_up_vectors(n, seed=2)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    clips = [Clip(f"{i}.wav", classes[i % len(classes)], "", f"artist {i}") for i in range(n)]
    return clips, vectors.astype(np.float32)


def test_exchanged_labels_far_clips_and_twins_are_found():
    clips, vectors = groups_of_clips()
    assert compare(clips, vectors)[0] == compare(clips, vectors)[2] == []
    clips[0] = Clip("0.wav", "b", "", "artist 0")  # it sounds as a
    vectors[7] = made_up_vectors(1, seed=9)[0]
    vectors[20] = vectors[23]
    suspects, outliers, twins = compare(clips, vectors)

    assert (suspects[0].clip.file, suspects[0].suggested) == ("0.wav", "a")
    assert suspects[0].n_votes == suspects[0].n_asked == 10
    assert outliers[0].clip.file == "7.wav" and len(outliers) <= 2
    assert [(one.first.file, one.second.file) for one in twins] == [("20.wav", "23.wav")]


def test_clips_of_one_artist_say_nothing_of_each_other():
    clips, vectors = groups_of_clips()
    clips = [Clip(clip.file, clip.genre, "", "the same") for clip in clips]
    clips[0] = Clip("0.wav", "b", "", "the same")

    assert compare(clips, vectors)[0] == []


@pytest.mark.parametrize("n", [0, 1, 2, 4])
def test_few_clips_are_compared_without_a_word(n):
    clips, vectors = groups_of_clips()

    assert compare(clips[:n], vectors[:n]) == ([], [], [])
