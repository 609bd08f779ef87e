"""The drop zone before Streamlit's: where it is shown, and in which language."""

import pytest
import streamlit as st

from app_pages.early_drop_zone import COLOURS, WORDS, markup
from genre import language

KOREAN = {"accept-language": "ko-KR,ko;q=0.9"}


@pytest.mark.parametrize(
    ("query", "headers", "code"),
    [
        ({}, {}, "en"),
        ({}, KOREAN, "ko"),
        ({"lang": "en", "model": "course"}, KOREAN, "en"),
        ({"lang": "xx"}, KOREAN, "ko"),
        ({"lang": "ko"}, {"accept-language": "fr"}, "ko"),
    ],
)
def test_language_is_that_of_the_address_or_else_of_the_browser(query, headers, code):
    shown = markup(query, headers)
    for word in WORDS.values():
        assert language.catalogue(code).gettext(word) in shown
    assert not any(f"{{{name}}}" in shown for name in (*WORDS, *COLOURS))
    assert "#0e1117" in shown  # of .streamlit/config.toml


@pytest.mark.parametrize("name", ["song", "songs", "present", "run"])
def test_address_with_another_first_screen_has_none(name):
    assert markup({name: "x"}, {}) == ""


def test_server_that_asks_for_a_login_has_none(monkeypatch):
    assert markup({}, {}) != ""
    monkeypatch.setattr(st, "secrets", Secrets(auth={}))
    assert markup({}, {}) == ""


class Secrets(dict):
    """Streamlit's secrets, as a file has them."""

    def load_if_toml_exists(self):
        return True
