"""The visitor's language: from the address, the browser, the switch; and Korean on every page."""

import json
import re

import pytest

from app_pages import caches, languages
from app_pages.songs import Song
from genre import language
from genre.language import use
from genre.text.live import words
from tests.support.app_page import PAGES, new_visit, texts

HANGUL = re.compile("[가-힣]")


def open_page(name, **query):
    """A page, run once, with an example as the song."""
    page = new_visit(**query)
    page.query_params["song"] = "jazz"
    page.run()
    if name != "classify":
        page.switch_page(PAGES[name]).run()
    assert not page.exception
    return page


def named(page):
    """The language in a page's address."""
    value = page.query_params["lang"]
    return value[0] if isinstance(value, list) else value


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_page_is_in_korean_where_the_address_says_so(name):
    page = open_page(name, lang="ko")
    labels = [one.label for kind in ("button", "selectbox", "slider") for one in page.get(kind)]
    headings = [one.value for kind in ("title", "header") for one in page.get(kind)]
    own = [text for text in headings if text != "Genre Lab"]

    assert page.selectbox(key="at_language").value == "ko"
    assert page.selectbox(key="model").label == "모델"
    if name == "tour":  # one component, whose words are its data
        [stops] = [one for one in page.get("bidi_component") if "tour" in one.proto.id]
        assert len(HANGUL.findall(json.loads(stops.proto.json).__repr__())) > 100
        return
    assert own
    assert all(HANGUL.search(text) for text in own), own
    assert sum(bool(HANGUL.search(label)) for label in labels) > 0.5 * len(labels), labels
    assert len(HANGUL.findall(texts(page))) > 100


def test_address_keeps_the_language_from_page_to_page():
    page = open_page("train", lang="ko")
    assert named(page) == "ko"

    page.switch_page(PAGES["compare"]).run()
    assert named(page) == "ko"
    assert "리더보드" in texts(page)


def test_english_has_no_parameter_and_bad_ones_are_english():
    assert "lang" not in open_page("classify").query_params
    page = open_page("classify", lang="../xx")
    assert page.selectbox(key="at_language").value == "en"
    assert not HANGUL.search(texts(page))


def test_switch_changes_the_page_the_address_and_the_name_of_the_example():
    page = open_page("classify")
    assert "Jazz example" in texts(page)
    before = page.session_state["songs"][0].digest

    page.selectbox(key="at_language").select("ko").run()
    assert named(page) == "ko"
    assert "재즈 예시" in texts(page)
    assert page.session_state["songs"][0].digest == before

    page.selectbox(key="at_language").select("en").run()
    assert "lang" not in page.query_params
    assert "Jazz example" in texts(page)


def test_languages_are_offered_by_their_own_names():
    assert open_page("classify").selectbox(key="at_language").options == ["English", "한국어"]


def test_browser_in_korean_opens_korean_and_english_is_then_in_the_address(monkeypatch):
    monkeypatch.setattr(languages, "of_browser", lambda: "ko")
    page = open_page("classify")
    assert HANGUL.search(texts(page))
    assert "lang" not in page.query_params

    page.selectbox(key="at_language").select("en").run()
    assert named(page) == "en"
    assert not HANGUL.search(texts(page))


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ("ko-KR", "ko"),
        ("ko", "ko"),
        ("fr-FR,fr;q=0.9,ko;q=0.8,en;q=0.7", "ko"),
        ("EN-us", "en"),
        ("fr", ""),
        ("", ""),
        ("*;q=0.1", ""),
    ],
)
def test_first_language_that_is_there_is_taken(tags, code):
    assert languages.known(tags) == code


def test_outside_of_a_visit_the_language_is_that_of_the_process(monkeypatch):
    assert languages.visitors() == "en"
    monkeypatch.setenv(language.VARIABLE, "ko")
    assert languages.visitors() == "ko"


def test_error_of_a_song_is_said_in_the_language_of_who_looks(tmp_path):
    """The caches are of all visitors: what one was told must not be shown to another."""
    file = tmp_path / "noise.mp3"
    file.write_bytes(b"no sound at all" * 100)
    song, chosen = Song.of("noise.mp3", file), caches.classifier("starter")
    said = []
    for code in ("en", "ko", "en"):
        with use(code):
            said.append(str(caches.view(song, chosen)))

    assert said[0] == said[2]
    assert HANGUL.search(said[1])
    assert not HANGUL.search(said[0])


def test_words_for_the_browser_are_in_the_language_of_the_visit():
    with use("ko"):
        assert words()["start"] == "듣기 시작"
    assert words()["start"] == "Start listening"
