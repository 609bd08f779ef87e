"""The stops: complete, translatable, and long enough for what they promise."""

from genre import language
from genre.tour import stops as tour
from genre.tour import words as tour_words
from genre.tour.stops import PLACES, STOPS, stops_of


def test_ten_stops_with_two_or_three_answers_and_notes():
    assert len(STOPS) == 10
    for stop in STOPS:
        assert 2 <= len(stop.answers) <= 3
        assert stop.page in PLACES and bool(stop.scene) == (stop.page == "inside")
        assert len(stop.notes) >= 2
        assert stop.question.endswith("?")


def test_plans_take_ten_minutes_and_forty():
    assert stops_of("all") == list(range(1, 11))
    essentials = [STOPS[i - 1] for i in stops_of("essentials")]
    assert sum(stop.minutes for stop in essentials) == 10
    assert sum(stop.minutes for stop in STOPS) <= 40
    assert "10 minutes" in tour.PLANS["essentials"] and "40 minutes" in tour.PLANS["all"]


def test_stop_is_described_in_the_current_language(tmp_path, monkeypatch):
    (tmp_path / "ko.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        f'msgid "{STOPS[2].title}"\nmsgstr "순서가 중요한가?"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(language, "LOCALE", tmp_path)
    language.catalogue.cache_clear()
    with language.use("ko"):
        assert tour_words.described(STOPS[2])["title"] == "순서가 중요한가?"
    language.catalogue.cache_clear()
    assert tour_words.described(STOPS[2])["title"] == STOPS[2].title


def test_recorded_figures_name_no_song():
    assert tour_words.on_song("Jazz", "", []) == ""
    assert tour_words.on_song("Jazz", "", ["a", "b"]) == "Song: Jazz. Models: a, b."
