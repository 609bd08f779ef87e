"""The examples are read before anybody asks, once for each server."""

from app_pages import caches, warm_up
from genre import paths
from genre.models.registry import list_models
from tests.support.app_page import new_visit


def test_every_example_is_kept_before_it_is_pressed():
    caches._view.clear()
    caches._analysis.clear()
    warm_up.read_examples()
    first = caches.classifier(list_models(paths.MODELS)[0])
    songs = [caches.example(path.stem) for path in paths.SAMPLES.glob("*.ogg")]
    assert len(songs) == 10
    for song in songs:
        assert caches._is_kept(caches._view, caches.key_of(song, first))
        assert caches._is_kept(caches._analysis, caches.key_of(song, first))


def test_page_without_a_server_or_models_begins_nothing(home, monkeypatch):
    started = []
    monkeypatch.setattr(warm_up.threading, "Timer", lambda *_: started.append(1))
    warm_up.begin.clear()
    assert not new_visit().run().exception
    assert started == []
    warm_up.read_examples()


def test_server_begins_once(monkeypatch):
    started = []

    class Timer:
        def __init__(self, seconds, job):
            started.append((seconds, job))

        def start(self):
            pass

    monkeypatch.setattr(warm_up.threading, "Timer", Timer)
    monkeypatch.setattr(warm_up, "has_server", lambda: True)
    warm_up.begin.clear()
    warm_up.begin()
    warm_up.begin()
    assert started == [(warm_up.DELAY_SECONDS, warm_up.prepare)]
    warm_up.begin.clear()
