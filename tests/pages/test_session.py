"""The table of the session state has every key, and the link is read and written by it alone."""

import ast
import re

import pytest
import streamlit as st

from app_pages import session, session_entry
from genre.paths import ROOT
from tests.support.app_page import PAGES, new_visit

FILES = sorted((ROOT / "app_pages").glob("*.py"))
NAMES = [entry.name for entry in session.TABLE]
# Names of dictionary methods and of `Entry`, not keys.
METHODS = {"get", "pop", "setdefault", "update"}
DRAWN = {"draw", "show_examples", "bind_widget", "keep_widget", "default"}


def pattern(node):
    """A key as it is written, with a star for what is filled in; None for a variable."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (v.value if isinstance(v, ast.Constant) else "*" for v in node.values)
        return re.sub(r"\*.*\*", "*", "".join(parts))
    return None


def is_state(node):
    return ast.unparse(node) in ("state", "st.session_state")


def keys_of(tree):
    """Every key of the session state and of a widget in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_state(node.value):
            yield node.attr
        elif isinstance(node, ast.Subscript) and is_state(node.value):
            yield pattern(node.slice)
        elif isinstance(node, ast.Assign | ast.AugAssign) and isinstance(node.value, ast.JoinedStr):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            yield pattern(node.value) if ast.unparse(target) in ("key", "slider") else None
        elif isinstance(node, ast.Call):
            yield from (pattern(word.value) for word in node.keywords if word.arg == "key")
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if called in METHODS and is_state(node.func.value):
                yield pattern(node.args[0])
            elif called in DRAWN:
                yield from map(pattern, node.args[: 2 if called == "draw" else 1])


def used_keys():
    found = set()
    for path in FILES:
        found |= set(keys_of(ast.parse(path.read_text(encoding="utf-8"))))
    return {key for key in found if key} - METHODS


def names_for(key):
    """The names of the tables that stand for a key, or for some keys of its pattern."""
    wild = re.escape(key).replace(r"\*", ".*")
    return [
        name
        for name in (*NAMES, *session.ELEMENTS)
        if re.fullmatch(re.escape(name).replace(r"\*", ".*"), key) or re.fullmatch(wild, name)
    ]


def test_table_names_are_unique():
    names = (*NAMES, *session.ELEMENTS)
    assert len(NAMES) >= 70
    assert len(set(names)) == len(names)


def test_table_has_every_key_in_the_source():
    used = used_keys()
    assert len(used) >= 110
    assert {key for key in used if not names_for(key)} == set()


def test_table_has_no_key_without_use():
    used = {name for key in used_keys() for name in names_for(key)}
    assert {*NAMES, *session.ELEMENTS} - used == set()


def test_table_defaults_have_their_types():
    for entry in session.TABLE:
        assert entry.default is session.WIDGET or isinstance(entry.default, entry.type), entry.name
        assert entry.meaning


def test_query_parameters_are_used_in_session_alone():
    """Beside the chosen model, which the header reads and writes."""
    using = {path.name for path in FILES if "query_params" in path.read_text(encoding="utf-8")}
    assert using == {"session.py", "header.py"}


def test_state_after_a_visit_of_every_page_has_the_types_of_the_table():
    page = new_visit(model="starter").run()
    page.pills(key="first_example").select("jazz").run()
    for path in PAGES.values():
        page.switch_page(path).run()
        assert not page.exception
    state = page.session_state._state.filtered_state
    assert len(state) >= 40

    for key, value in state.items():
        entries = [e for e in session.TABLE if e.name in names_for(key)]
        assert entries or names_for(key), key
        assert all(isinstance(value, e.type) for e in entries), (key, value)


@pytest.fixture
def link(monkeypatch):
    """Session state and link of a visit that has not begun."""
    state, query = {}, Query()
    for module in (session, session_entry):
        monkeypatch.setattr(module, "state", state)
    monkeypatch.setattr(st, "query_params", query)
    return state, query


class Query(dict):
    """A link's parameters, without a page."""

    to_dict = dict.copy


BAD = ("", "x" * 5000, "-1", "1e9", "9" * 400, "٣", "\x00", "<script>", "../../etc/passwd", "nan")


@pytest.mark.parametrize("page", ["train", "compare", "inside"])
def test_link_bad_value_gives_a_value_of_the_type_and_bounded_length(link, page):
    state, query = link
    entries = [entry for entry in session.TABLE if entry.page == page]
    for text in BAD:
        state.clear()
        query.update(dict.fromkeys([p for entry in entries for p in entry.parameters], text))
        session.read_link(page)
        session.write_link(page)

        for entry in entries:
            assert isinstance(state[entry.name], entry.type), text
            assert not entry.choices or state[entry.name] in entry.choices, text
        assert all(len(value) <= max(e.max_chars for e in entries) for value in query.values())


def test_link_written_and_read_again_gives_the_same_state(link):
    state, query = link
    query.update(scene="cell", step="40", layer="2", run="a-run", epochs="3", preset="quick")
    query.update(compare="starter,runs/one")
    for page in ("train", "compare", "inside"):
        assert session.read_link(page) == []
        session.write_link(page)
    before, written = dict(state), dict(query)
    state.clear()
    for page in ("train", "compare", "inside"):
        session.read_link(page)

    assert state == before
    assert state["recipe"][1].epochs == 3
    assert (state["scene"], state["step"], state["layer"]) == ("cell", 40, 2)
    assert (state["run"], state["compared"]) == ("a-run", "starter,runs/one")
    assert "unit" not in written  # a default is not in the link


def test_link_read_again_keeps_what_the_visit_has_set(link):
    state, query = link
    state["step"] = 7
    query["step"] = "40"
    session.read_link("inside")

    assert state["step"] == 7
