"""Languages in a real browser: which one opens, the switch, the address, and both on a phone."""

import re

import pytest

HANGUL = re.compile("[가-힣]")
TITLES = {"en": "Drop in a song, see its genre", "ko": "곡을 끌어다 놓으면 장르를 알려 줍니다"}
UPLOAD = {"en": "Upload songs", "ko": "곡 업로드"}
PATHS = {
    "/?song=jazz": ("Song facts", "곡 정보"),
    "/train": ("Press Start to train", "시작을 누르면 학습합니다"),
    "/compare": ("Leaderboard", "리더보드"),
}


def language_of(page):
    return page.evaluate("document.documentElement.lang")


def wait_for_language(page, code):
    page.wait_for_function("code => document.documentElement.lang === code", arg=code)


def choose(page, before, after):
    """Choose a language in the header, by its own name."""
    page.get_by_role("combobox", name=before).click()
    page.get_by_role("option", name=after).click()


def test_browser_in_korean_opens_korean_and_the_switch_is_kept_by_a_reload(visit):
    page = visit(until=UPLOAD["ko"], locale="ko-KR")
    page.get_by_role("heading", name=TITLES["ko"]).wait_for()
    wait_for_language(page, "ko")
    assert "lang=" not in page.url
    page.get_by_role("button", name="업로드", exact=True).wait_for()  # Streamlit's says "Upload"
    assert not page.get_by_text("per file").is_visible()

    choose(page, "언어", "English")
    page.get_by_role("heading", name=TITLES["en"]).wait_for()
    wait_for_language(page, "en")
    page.wait_for_function("location.search.includes('lang=en')")

    page.reload()
    page.get_by_role("heading", name=TITLES["en"]).wait_for()
    page.get_by_role("link", name="Compare").first.click()
    page.get_by_text("Leaderboard").first.wait_for()
    page.wait_for_function("location.search.includes('lang=en')")
    assert not HANGUL.search(page.locator("header").inner_text())


def test_address_goes_before_the_browser(visit):
    page = visit(query="/?lang=ko", until=UPLOAD["ko"], locale="en-US")
    page.get_by_role("heading", name=TITLES["ko"]).wait_for()
    wait_for_language(page, "ko")


def test_other_languages_of_the_browser_open_english(visit):
    page = visit(until=UPLOAD["en"], locale="fr-FR")
    page.get_by_role("heading", name=TITLES["en"]).wait_for()
    wait_for_language(page, "en")


def test_click_after_the_switch_answers_in_the_new_language(visit):
    """A fragment and a callback run without the script that set the page up."""
    page = visit(query="/train", until="Press Start to train", locale="en-US")
    choose(page, "Language", "한국어")
    page.get_by_text("시작을 누르면 학습합니다").first.wait_for()
    page.get_by_text("빠른 학습", exact=True).click()
    page.get_by_text("같은 레시피를 더 적은 에포크로").wait_for()
    assert language_of(page) == "ko"


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
@pytest.mark.parametrize("path", PATHS)
def test_phone_shows_every_page_whole(visit, path, locale):
    text = PATHS[path][locale == "ko-KR"]
    page = visit(390, 844, query=path, until=text, locale=locale)
    wait_for_language(page, locale[:2])
    page.wait_for_timeout(1000)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = page.evaluate(
        """() => [...document.querySelectorAll("h1, h2, h3, label p, button p")]
        .filter(e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1)
        .map(e => e.textContent)"""
    )
    assert not [text for text in cut if text], cut
