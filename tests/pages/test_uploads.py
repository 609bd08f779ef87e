"""Uploads are taken over once, survive a reload and a restart, and are said to be gone if they are.

A server that was restarted has the ids of a page's uploads and not their bytes: so it is here
where the files of `AppTest` are not registered.  Really restarted it is in `tests/browser`.
"""

import ast
import io

import numpy as np
import pytest
import soundfile as sf
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

from app_pages import songs, uploads
from genre.audio import kept_songs
from genre.paths import PACKAGE, ROOT, SAMPLES
from tests.support.app_page import PAGES, new_visit

JAZZ = ("my jazz.ogg", (SAMPLES / "jazz.ogg").read_bytes(), "audio/ogg")
POP = ("my pop.ogg", (SAMPLES / "pop.ogg").read_bytes(), "audio/ogg")
SOURCES = [*(ROOT / "app_pages").glob("*.py"), ROOT / "streamlit_app.py"]
TAKING = {"file_uploader", "audio_input", "camera_input", "chat_input"}


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path, home):
    """Where the songs are kept, for this test alone; the bundled models are there."""
    monkeypatch.setattr("genre.paths.MODELS", ROOT / "models")
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "songs"


@pytest.fixture
def restarted(monkeypatch):
    """Whether the bytes of all uploads are gone from the server; call it to lose them."""
    return lambda: monkeypatch.setattr(AppTest, "_register_uploaded_files", lambda *args: None)


def drop(page, *files, key="uploads"):
    given = files[0] if key != "uploads" else list(files)
    return page.file_uploader(key=key).set_value(given).run()


def open_page(name, **query):
    page = new_visit(**{"model": "starter"} | query)
    return page.switch_page(PAGES[name]) if name != "classify" else page


def link_of(page):
    return dict(page.query_params)


def names(page):
    return [song.name for song in page.session_state["songs"]]


def problems(page):
    return [error.value.replace("\\", "") for error in page.error]


def noise(seed):
    file = io.BytesIO()
    sf.write(file, 0.1 * np.random.default_rng(seed).standard_normal(44_100), 22_050, format="WAV")
    return (f"noise {seed}.wav", file.getvalue(), "audio/wav")


def test_uploaders_and_recorders_are_made_in_one_module():
    found = {
        (path.name, node.attr)
        for path in [*SOURCES, *PACKAGE.rglob("*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {*TAKING, "getvalue"}
        and ast.unparse(node.value).startswith("st")
    }  # fmt: skip
    assert found == {("uploads.py", "file_uploader"), ("uploads.py", "audio_input")}


def test_upload_survives_reload_by_its_link():
    page = drop(open_page("classify").run(), JAZZ)
    reloaded = new_visit(**link_of(page)).run()

    assert not reloaded.exception and not reloaded.error
    assert reloaded.title[0].value == page.title[0].value
    assert names(reloaded) == ["my jazz.ogg"]
    assert link_of(reloaded) == link_of(page)
    on_inside = open_page("inside", **link_of(page)).run()
    assert names(on_inside) == ["my jazz.ogg"]


def test_several_uploads_survive_reload():
    page = drop(open_page("classify").run(), JAZZ, POP)
    reloaded = new_visit(**link_of(page)).run()

    assert not reloaded.exception and not reloaded.error
    assert names(reloaded) == ["my jazz.ogg", "my pop.ogg"]
    assert reloaded.dataframe[0].value.equals(page.dataframe[0].value)


def test_example_survives_reload_without_a_file(folder):
    page = open_page("classify").run()
    page.pills(key="first_example").select("jazz").run()
    assert link_of(page)["song"] == "jazz"
    reloaded = new_visit(**link_of(page)).run()

    assert reloaded.title[0].value == page.title[0].value
    assert not folder.exists()


def test_recording_survives_reload():
    page = open_page("classify").run()
    page.audio_input(key="recording").set_value(("audio.wav", noise(1)[1], "audio/wav")).run()
    assert names(page) == ["Your recording"]
    assert names(new_visit(**link_of(page)).run()) == ["Your recording"]


def test_tracked_song_survives_reload():
    page = drop(open_page("train").run(), JAZZ, key="track_upload")
    assert not page.exception and not page.error
    reloaded = open_page("train", **link_of(page)).run()

    assert not reloaded.exception and not reloaded.error
    assert reloaded.session_state["tracked_song"].name == "my jazz.ogg"
    assert reloaded.session_state["tracked_song"].content == JAZZ[1]


def test_link_shared_is_not_changed_by_who_opens_it():
    page = drop(open_page("classify").run(), JAZZ)
    other = drop(new_visit(**link_of(page)).run(), POP)
    assert link_of(other)["song"] != link_of(page)["song"]

    assert names(new_visit(**link_of(page)).run()) == ["my jazz.ogg"]


def test_upload_is_freed_in_memory_once_it_is_on_disk(monkeypatch, folder):
    freed, remove = set(), MemoryUploadedFileManager.remove_file

    def spy(self, session_id, file_id):
        assert session_id in self.file_storage
        freed.add(file_id)
        remove(self, session_id, file_id)

    monkeypatch.setattr(MemoryUploadedFileManager, "remove_file", spy)
    page = drop(open_page("classify").run(), JAZZ, POP)
    held = page.session_state["uploads"]

    assert {file.file_id for file in held} == freed
    assert [file.getvalue() for file in held] == [b"", b""]
    assert sorted(p.stat().st_size for p in folder.glob("*.song")) == sorted(
        len(file[1]) for file in (JAZZ, POP)
    )
    assert not [s for s in page.session_state["songs"] if isinstance(s.source, bytes)]


def test_upload_taken_over_changes_nothing_a_second_time(restarted):
    page = drop(open_page("classify").run(), JAZZ)
    page.session_state["play_from"] = (6.0, 1)
    restarted()
    page.run()  # its file is another value now: the callback is called again

    assert not page.exception and not page.error
    assert names(page) == ["my jazz.ogg"]
    assert page.session_state["play_from"] == (6.0, 1)


def test_recording_taken_over_does_not_come_back_after_an_example(restarted):
    page = open_page("classify").run()
    page.audio_input(key="recording").set_value(("audio.wav", JAZZ[1], "audio/wav")).run()
    restarted()
    page.pills(key="header_example").select("pop").run()
    page.run()

    assert names(page) == ["Pop example"]


@pytest.mark.parametrize("key", ["uploads", "recording"])
def test_lost_upload_on_classify_is_one_sentence(restarted, key):
    page = open_page("classify").run()
    restarted()
    if key == "uploads":
        drop(page, JAZZ)
    else:
        page.audio_input(key=key).set_value(("audio.wav", JAZZ[1], "audio/wav")).run()

    assert not page.exception
    assert problems(page) == [uploads.LOST]
    assert page.title[0].value == "Drop in a song, see its genre"


def test_lost_upload_on_train_is_one_sentence(restarted):
    page = open_page("train").run()
    restarted()
    drop(page, JAZZ, key="track_upload")

    assert not page.exception
    assert problems(page) == [uploads.LOST]
    assert page.session_state["tracked_song"] is None


def test_lost_zip_on_train_is_one_sentence(restarted, monkeypatch):
    monkeypatch.setattr("app_pages.access.is_local", lambda: True)
    page = open_page("train").run()
    page.selectbox(key="data").set_value("on this computer").run()
    restarted()
    drop(page, ("data.zip", b"PK", "application/zip"), key="data_zip")

    assert not page.exception
    assert problems(page) == [uploads.LOST]
    assert page.button(key="start").disabled


def test_lost_model_on_compare_is_one_sentence(restarted, monkeypatch):
    monkeypatch.setattr("app_pages.access.is_local", lambda: True)
    page = open_page("compare").run()
    restarted()
    drop(page, ("model.zip", b"PK", "application/zip"), key="import_zip_0")

    assert not page.exception
    assert problems(page) == [uploads.LOST]
    assert page.button(key="import_model").disabled


def test_swept_song_is_one_sentence_and_the_others_stay(folder):
    page = drop(open_page("classify").run(), JAZZ, POP)
    page.session_state["songs"][0].source.unlink()
    page.run()
    said = "my jazz.ogg is no longer kept: uploads are kept for an hour. Upload it again."

    assert not page.exception
    assert (problems(page), names(page)) == ([said], ["my pop.ogg"])
    assert not page.run().error  # once
    page.session_state["songs"][0].source.unlink()
    page.run()
    assert names(page) == [] and len(page.error) == 1
    assert "song" not in link_of(page)


def test_swept_song_of_link_is_one_sentence(folder):
    page = drop(open_page("classify").run(), JAZZ)
    page.session_state["songs"][0].source.write_bytes(b"torn")
    reloaded = new_visit(**link_of(page)).run()

    assert not reloaded.exception
    assert ["my jazz.ogg is no longer kept" in said for said in problems(reloaded)] == [True]
    assert "song" not in link_of(reloaded)


def test_swept_tracked_song_is_one_sentence(folder):
    page = drop(open_page("train").run(), JAZZ, key="track_upload")
    link = link_of(page)
    page.session_state["tracked_song"].source.unlink()
    for again in (page, open_page("train", **link)):
        again.run()
        assert not again.exception
        assert ["my jazz.ogg is no longer kept" in said for said in problems(again)] == [True]
        assert again.session_state["tracked_song"] is None
        assert "track" not in link_of(again)


def test_song_swept_while_it_is_used_is_said_and_not_remembered(monkeypatch):
    page = open_page("classify").run()
    with monkeypatch.context() as m:
        m.setattr(songs.Song, "is_here", lambda song: True)
        m.setattr(kept_songs, "keep_content", keep_and_sweep)
        drop(page, noise(7))
    assert not page.exception
    assert ["no longer kept" in said for said in problems(page)] == [True], problems(page)
    drop(page, noise(7))
    assert not page.exception and not page.error


def keep_and_sweep(content, digest, keep=kept_songs.keep_content):
    path = keep(content, digest)
    path.unlink()
    return path


GARBAGE = ("x", "-1", "٣", "\x00", "<script>", "../../etc/passwd", "a" * 32, "%s" * 9, "jazz.ogg")


@pytest.mark.parametrize("text", GARBAGE)
def test_link_garbage_is_one_sentence(text):
    page = new_visit(song=text).run()
    assert not page.exception
    assert problems(page) == [kept_songs.GONE]
    train = open_page("train", track=text).run()
    assert not train.exception
    assert problems(train) == [kept_songs.GONE]
    assert "song" not in link_of(page) and "track" not in link_of(train)


def test_link_too_long_is_one_sentence():
    page = new_visit(song="x" * 3000).run()
    assert not page.exception
    assert ["has 3,000 characters" in said for said in problems(page)] == [True]


def full(*args):
    raise OSError(28, "No space left on device")


def test_full_disk_song_is_classified_and_said_not_to_survive(monkeypatch):
    monkeypatch.setattr(kept_songs, "keep_content", full)
    page = drop(open_page("classify").run(), JAZZ)

    assert not page.exception and len(page.title) == 1
    assert ["could not be kept on disk (No space left" in said for said in problems(page)] == [True]
    assert "song" not in link_of(page)
    assert not page.run().error


def test_full_disk_list_is_said_not_to_survive(monkeypatch):
    monkeypatch.setattr(kept_songs, "write_json", full)
    page = drop(open_page("classify").run(), JAZZ)

    assert not page.exception and len(page.title) == 1
    assert ["could not be kept on disk" in said for said in problems(page)] == [True]


def test_full_disk_memory_holds_no_more_than_its_bound(monkeypatch):
    monkeypatch.setattr(kept_songs, "keep_content", full)
    monkeypatch.setattr(songs, "MAX_HELD_BYTES", len(JAZZ[1]) + 10)
    page = drop(open_page("classify").run(), JAZZ, POP)

    assert not page.exception
    assert names(page) == ["my jazz.ogg"]
    assert ["my pop.ogg was left out" in said for said in problems(page)] == [True]


def test_more_songs_than_the_bound_are_left_out_and_said(monkeypatch):
    monkeypatch.setattr(kept_songs, "MAX_SONGS", 2)
    page = drop(open_page("classify").run(), noise(1), noise(1), noise(3))

    assert not page.exception
    assert names(page) == ["noise 1.wav", "noise 1.wav"]
    assert ["At most 2 songs" in said for said in problems(page)] == [True]
