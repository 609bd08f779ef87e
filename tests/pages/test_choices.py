"""Where one of a few options is always chosen, it stays so whatever the browser sends."""

import ast

import pytest

from genre.paths import ROOT
from tests.support.app_page import PAGES, new_visit

SONG = {"song": "jazz", "model": "starter", "second": "5"}
PLACES = {
    "Train": ("train", {"preset": "quick", "epochs": "3"}),
    "Compare": ("compare", {"compare": "starter,simple-rnn"}),
    "Experiments": ("experiments", {}),
    "Sweeps": ("experiments", {"section": "sweeps"}),
    "Way": ("inside", SONG | {"scene": "way"}),
    "Film": ("inside", SONG | {"scene": "cinema", "part": "Film"}),
    "Silence": ("inside", SONG | {"scene": "verdict", "part": "Silence a second"}),
    "Hold": ("inside", SONG | {"scene": "cell", "part": "Hold"}),
}
LEAST_CHOICES = 8


def open_page(name, query):
    page = new_visit(**query).run().switch_page(PAGES[name])
    page.query_params.update(query)
    return page.run()


@pytest.mark.parametrize(("name", "query"), PLACES.values(), ids=PLACES)
def test_choice_without_a_value_stays_as_it_was(name, query):
    page = open_page(name, query)
    before = {choice.key: choice.value for choice in page.segmented_control}
    link = dict(page.query_params)
    assert before
    for key in before:
        page.segmented_control(key=key).set_value(None).run()
        assert not page.exception, key
        assert {choice.key: choice.value for choice in page.segmented_control} == before, key
    assert dict(page.query_params) == link


def test_choices_are_all_offered_by_one_function():
    calls = {}
    for path in sorted((ROOT / "app_pages").glob("*.py")):
        names = [
            node.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Attribute)
        ]
        calls[path.name] = (names.count("segmented_control"), names.count("choose_one"))
    assert {name for name, (own, _) in calls.items() if own} == {"interface.py"}
    assert sum(asked for _, asked in calls.values()) >= LEAST_CHOICES
