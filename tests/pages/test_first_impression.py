"""A long song on Classify: its first impression, and what is kept of it."""

import pytest
import streamlit as st

from app_pages import caches, classify_parts
from app_pages.songs import Song
from genre.audio.load import load_audio
from genre.errors import AudioError
from genre.models import song_analysis
from genre.models.classifier import load_classifier
from genre.models.song_analysis import FirstImpression, SongView
from genre.text.song import first_impression, headline
from tests.models.test_first_impression import long_song
from tests.support.app_page import new_visit


@pytest.fixture(autouse=True)
def nothing_kept():
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def ear():
    return load_classifier("ear")


@pytest.fixture
def decoded(monkeypatch):
    """A list that grows with each recording that is decoded."""
    found = []
    monkeypatch.setattr(
        song_analysis, "load_audio", lambda *a, **k: found.append(1) or load_audio(*a, **k)
    )
    return found


def kinds(song, model):
    return [type(stage) for stage in caches.view_in_stages(song, model)]


def test_long_song_is_decoded_once_for_impression_view_and_analysis(ear, decoded):
    song = Song.of("long.wav", long_song(14))

    assert kinds(song, ear) == [FirstImpression, SongView]
    assert kinds(song, ear) == [SongView]  # kept
    assert caches.analysis(song, ear).view is caches.view(song, ear)
    assert len(decoded) == 1


def test_visitor_who_leaves_after_the_first_impression_keeps_nothing(ear, decoded):
    song = Song.of("long.wav", long_song(14))
    next(caches.view_in_stages(song, ear))

    assert kinds(song, ear) == [FirstImpression, SongView]
    assert len(decoded) == 2


def test_short_song_is_analysed_once(ear, decoded):
    song = Song.of("short.wav", long_song(4))

    assert kinds(song, ear) == kinds(song, ear) == [SongView]
    assert len(decoded) == 1


def test_bad_file_is_opened_once(ear, monkeypatch):
    song, opened = Song.of("bad.wav", b"no sound in here"), []
    analyze = caches.analyze_in_stages
    monkeypatch.setattr(caches, "analyze_in_stages", lambda *a: opened.append(1) or analyze(*a))

    assert kinds(song, ear) == kinds(song, ear) == [AudioError]
    assert opened == [1]


def test_page_shows_first_impression_and_then_the_prediction(monkeypatch):
    page, shown = new_visit().run(), []
    show = classify_parts.show_first_impression
    monkeypatch.setattr(
        classify_parts,
        "show_first_impression",
        lambda place, first: shown.append(first) or show(place, first),
    )
    page.file_uploader(key="uploads").set_value([("long.wav", long_song(14), "audio/wav")]).run()

    assert not page.exception
    assert len(shown) == 1
    assert "First impression, from 12 of 14 segments" in first_impression(shown[0])
    [view] = caches.view_in_stages(page.session_state["songs"][0], load_classifier("ear"))
    assert [title.value for title in page.title] == [headline(view.prediction)]
    assert not [text for text in page.markdown if "First impression" in text.value]
    page.run()
    assert len(shown) == 1
