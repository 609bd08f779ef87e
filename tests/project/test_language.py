"""Languages: which one holds, and what a catalogue gives."""

import threading

import pytest

from genre import language


@pytest.fixture
def catalogues(tmp_path, monkeypatch):
    """A folder with a catalogue of two messages."""
    (tmp_path / "ko.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
        'msgid "Play"\nmsgstr "재생"\n\n'
        'msgid "{n} song"\nmsgid_plural "{n} songs"\nmsgstr[0] "노래 {n}곡"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(language, "LOCALE", tmp_path)
    language.catalogue.cache_clear()
    yield tmp_path
    language.catalogue.cache_clear()


def test_language_is_one_file(catalogues):
    assert language.codes() == ["en", "ko"]
    (catalogues / "de.po").write_text('msgid ""\nmsgstr ""\n\nmsgid "Play"\nmsgstr "Abspielen"\n')

    assert language.codes() == ["en", "de", "ko"]
    with language.use("de"):
        assert language._("Play") == "Abspielen"


def test_message_in_use_and_after_it(catalogues):
    with language.use("ko"):
        assert language._("Play") == "재생"
        assert language.ngettext("{n} song", "{n} songs", 3).format(n=3) == "노래 3곡"
        assert language._("Not in it") == "Not in it"
    assert language._("Play") == "Play"
    assert language.ngettext("{n} song", "{n} songs", 1) == "{n} song"


def test_unknown_language_is_english(catalogues):
    with language.use("../../etc"):
        assert language._("Play") == "Play"


def test_followed_language_holds_in_other_threads_and_use_goes_first(catalogues, monkeypatch):
    monkeypatch.setattr(language, "_follows", [*language._follows])
    language.follow(lambda: "ko")
    found = []
    thread = threading.Thread(target=lambda: found.append(language._("Play")))
    thread.start()
    thread.join()
    with language.use("en"):
        found.append(language._("Play"))

    assert found == ["재생", "Play"]


def test_variable_says_the_language_of_a_process(catalogues, monkeypatch):
    monkeypatch.setenv(language.VARIABLE, "ko")
    assert language._("Play") == "재생"
