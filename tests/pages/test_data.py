"""The page Data: a dataset built step by step, corrected, trained on, exported and deleted."""

import shutil
import time
from dataclasses import replace

import pytest

from app_pages import access, data_clips
from genre import paths
from genre.builder import edit, inbox
from genre.builder.dataset import Clip
from genre.builder.sharing import export_dataset
from genre.builder.sources import add_source
from genre.builder.store import change, create, list_datasets, read_dataset
from genre.builder.table import COLUMNS
from genre.builder.work_job import read_work, run_adding
from genre.collection.index_job import run_index
from tests.builder.conftest import wav
from tests.support.app_page import PAGES, charts, keys, new_visit, texts

PATIENT_SECONDS = 120


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """No datasets, and room for some; models are the bundled ones."""
    monkeypatch.setattr(paths, "HOME", tmp_path / "home")
    monkeypatch.setenv("GENRE_LAB_HOME", str(tmp_path / "home"))


@pytest.fixture
def songs(tmp_path):
    """A folder of two classes, with a file that is no recording."""
    for genre in ("blues", "jazz"):
        (tmp_path / "songs" / genre).mkdir(parents=True)
        shutil.copy(paths.SAMPLES / f"{genre}.ogg", tmp_path / "songs" / genre)
    (tmp_path / "songs" / "blues" / "bad.mp3").write_bytes(b"no recording")
    return tmp_path / "songs"


@pytest.fixture
def built(songs):
    """The slug of a dataset of two classes of one clip each."""
    slug = create("My blues & jazz").slug
    add_source(slug, songs, n_jobs=1)
    return slug


def open_page(**query):
    page = new_visit(**query).run().switch_page(PAGES["data"])
    page.query_params.update(query)
    return page.run()


def finished(page, slug):
    """The page once the work on a dataset has ended."""
    end = time.monotonic() + PATIENT_SECONDS
    while read_work(slug).is_live:
        assert time.monotonic() < end
        time.sleep(0.1)
    page.run()
    assert not page.exception
    return page


def test_dataset_is_created_named_and_filled_from_a_folder(songs):
    page = open_page()
    page.text_input(key="built_label").set_value("내 음악 1")
    page.button(key="build_create").click().run()
    assert list_datasets() == ["nae-eumag-1"]
    assert page.query_params["dataset"] in ("nae-eumag-1", ["nae-eumag-1"])
    assert "Name a class first" in texts(page)
    page.text_input(key="built_class_new").set_value("국악")
    page.button(key="build_class").click().run()
    page.text_input(key="built_source").set_value(str(songs))
    page.button(key="build_add").click().run()
    page = finished(page, "nae-eumag-1")

    assert "2 clips added, 1 skipped." in texts(page)
    assert "bad.mp3" in "".join(table.value.to_string() for table in page.dataframe)
    assert read_dataset("nae-eumag-1").classes == ("국악", "blues", "jazz")
    assert not page.button(key="build_train").disabled
    page.button(key="build_dismiss").click().run()
    assert "2 clips added" not in texts(page)


@pytest.mark.parametrize(
    ("field", "button", "typed", "said"),
    [
        ("built_label", "build_create", "MY BLUES & jazz", "called 'MY BLUES & jazz' already"),
        ("built_class_new", "build_class", "Blues", "'blues' and 'Blues' differ only by case"),
        ("built_source", "build_add", " ", "No path was given"),
        ("built_import", "build_import", "/nowhere.zip", "there is no file '/nowhere.zip'"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(built, field, button, typed, said):
    before = read_dataset(built)
    page = open_page()
    page.text_input(key=field).set_value(typed)
    page.button(key=button).click().run()

    assert not page.exception
    assert [said in one.value.replace("\\", "") for one in page.error] == [True]
    assert page.text_input(key=field).value == typed  # nothing that was typed is lost
    assert read_dataset(built) == before


def test_source_that_fails_says_so_once_its_process_has_ended(built):
    page = open_page()
    page.text_input(key="built_source").set_value("/nowhere/at/all")
    page.button(key="build_add").click().run()
    page = finished(page, built)

    assert "there is nothing at '/nowhere/at/all'" in texts(page)


def test_upload_that_came_meanwhile_is_taken_in(built):
    inbox.put(built, "late.wav", "jazz", wav(1))
    page = finished(open_page(), built)

    assert "1 clip added" in texts(page)
    assert read_dataset(built).clips[-1].file == "late.wav"


def test_edits_are_saved_by_the_file_they_were_typed_beside(built, monkeypatch):
    files = [clip.file for clip in read_dataset(built).clips]
    state = {"k": {"edited_rows": {1: {"artist": "Me", "genre": "blues"}, 0: {"remove": True}}}}
    monkeypatch.setattr(data_clips, "state", state)
    data_clips.save_edits(built, "k", files)

    first, second = read_dataset(built).clips
    assert (second.artist, second.genre, first.artist) == ("Me", "blues", "")


def test_clip_is_heard_with_its_features_and_the_map_is_drawn(built):
    page = open_page()
    assert not [key for key in charts(page) if key.startswith("built_map_")]
    run_index(read_dataset(built).folder)
    page.run()
    assert [key for key in charts(page) if key.startswith("built_map_")]
    page.selectbox(key="built_listened").select("jazz.ogg").run()

    assert not page.exception and not page.error
    assert page.session_state["built_clip"] == "jazz.ogg"
    read_dataset(built).folder.joinpath("clips", "jazz.ogg").unlink()
    page.run()
    assert "the file of jazz.ogg is missing" in texts(page)


def test_class_is_renamed_merged_and_removed(built):
    page = open_page()
    page.text_input(key="built_class_name").set_value("R&B")
    page.button(key="build_rename").click().run()
    assert read_dataset(built).classes == ("R&B", "jazz")
    page.button(key="build_merge").click().run()
    assert read_dataset(built).classes == ("jazz",)
    assert page.button(key="build_train").disabled
    page.button(key="build_remove_class").click().run()
    assert read_dataset(built).classes == ()
    assert not page.exception


def test_dataset_is_in_the_list_of_train_by_its_name(built):
    page = open_page()
    page.button(key="build_train").click().run()
    page.switch_page(PAGES["train"]).run()
    data = page.selectbox(key="data")

    assert data.value == f"dataset:{built}" and "My blues & jazz" in data.options
    assert not page.exception
    link = page.query_params["data"]
    assert str(link).strip("[]'").startswith(f"{built}~")
    again = new_visit(data=link if isinstance(link, str) else link[0])
    again.run().switch_page(PAGES["train"])
    again.query_params.update(data=link)
    assert again.run().selectbox(key="data").value == f"dataset:{built}"


def test_dataset_is_exported_imported_and_deleted(built):
    page = open_page()
    page.button(key="build_export").click().run()
    page = finished(page, built)
    out = paths.HOME / "exports" / f"{built}.zip"
    assert str(out) in texts(page)
    page.text_input(key="built_import").set_value(str(out))
    page.button(key="build_import").click().run()
    page = finished(page, f"{built}-2")
    assert len(read_dataset(f"{built}-2").clips) == 2
    assert page.session_state["dataset"] == f"{built}-2"
    page.button(key="build_delete").click().run()
    assert list_datasets() == [built]
    assert not page.exception


def test_hundred_thousand_clips_are_shown_in_part(built):
    clips = tuple(Clip(f"clip {n}.wav", "jazz", "", f"artist {n}", 30.0) for n in range(100_000))
    change(built, lambda dataset: replace(dataset, clips=clips))
    page = open_page()
    page.text_input(key="built_words").set_value("ARTIST 99999").run()
    begun = time.perf_counter()
    page.text_input(key="built_words").set_value("").run()

    assert time.perf_counter() - begun < 10
    assert not page.exception
    assert "The first 200 of 100,000 clips are shown" in texts(page)


def test_damaged_dataset_can_be_deleted_from_the_page(built):
    (read_dataset(built).folder / "tracks.csv").write_text(",".join(COLUMNS) + "\nx\n")
    page = open_page()
    assert not page.exception and "cannot be read (tracks.csv" in texts(page)
    page.button(key="build_delete").click().run()
    assert not list_datasets()


def test_features_without_sound_are_shown_and_not_changed(built, tmp_path):
    export_dataset(built, tmp_path / "p.zip", "mfcc")
    slug = create("features").slug
    assert run_adding(slug, str(tmp_path / "p.zip")).state == "ready"
    page = open_page(dataset=slug)

    assert not page.exception
    assert "features, no sound" in texts(page)
    assert not keys(page) & {"build_class", "build_add", "build_listen"}


def test_page_is_offered_on_this_computer_alone(built, monkeypatch):
    monkeypatch.setattr(access, "is_local", lambda: False)
    page = new_visit().run().switch_page(PAGES["train"]).run()

    assert "My blues & jazz" not in page.selectbox(key="data").options
    assert edit.add_class(built, "x")
