"""Chosen entries in a link: what was chosen is found again, and nothing else."""

from genre.compare.leaderboard import LeaderboardEntry
from genre.compare.link import from_link, to_link


def entry(name, kind):
    return LeaderboardEntry(name, kind, None, None, {}, None, "data", None)


LISTED = [
    entry("starter", "model"),
    entry("a", "model"),
    entry("a", "run"),
    entry("1, 2 & <3>", "run"),
]


def test_link_written_and_read_has_the_same_choice():
    for chosen in ([], LISTED, LISTED[1:2], LISTED[2:]):
        assert from_link(to_link(chosen), LISTED) == (chosen, [])


def test_link_is_short_for_unambiguous_names():
    assert to_link([LISTED[0], LISTED[2]]) == "starter,runs/a"


def test_link_unknown_names_are_reported_once():
    assert from_link("runs/b,a,runs/b,,starter", LISTED) == ([LISTED[0], LISTED[1]], ["runs/b"])
