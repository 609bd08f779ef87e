"""JSON from anyone: bounds of what is read, and the clause that says what is wrong."""

import json

import pytest

from genre.system.schema import (
    MAX_DEPTH,
    MAX_TEXT,
    MAX_WHOLE,
    Damaged,
    file_name,
    flag,
    items,
    maybe,
    number,
    one_of,
    parse_json,
    printable,
    read_json,
    record,
    table,
    text,
    whole,
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "empty"),
        (b"\xff\xfe\x00", "not JSON"),
        ('{"a": 1', "not JSON"),
        ("[" * 100_000 + "]" * 100_000, "nested"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "nested"),
        ("9" * 400, "whole number"),
        ("9" * 5000, "not JSON"),
        (str(-MAX_WHOLE - 1), "whole number"),
        ('{"a": ["\\ud800"]}', "not Unicode"),
        ('{"\\ud800": 1}', "not Unicode"),
        (json.dumps("x" * (MAX_TEXT + 1)), "characters"),
        (" " * 101 + "1", "over 100 bytes"),
    ],
)
def test_parse_json_outside_its_bounds_says_which(content, message):
    with pytest.raises(Damaged, match=message):
        parse_json(content, max_bytes=100 if "bytes" in message else 2**20)


def test_parse_json_at_its_bounds_returns_the_values():
    deep = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    for content in (deep, str(MAX_WHOLE), json.dumps("x" * MAX_TEXT), '"caf\\udce9"'):
        assert parse_json(content) == json.loads(content)


def test_read_json_missing_file_or_folder_says_so(tmp_path):
    with pytest.raises(Damaged, match="missing"):
        read_json(tmp_path / "none.json")
    with pytest.raises(Damaged, match="directory"):
        read_json(tmp_path)


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (text, ["", "é"], [None, 1, "\udce9"]),
        (file_name, ["\udce9"], [None, b""]),
        (flag, [True, False], [0, 1, None, "yes"]),
        (whole(1, 3), [1, 3], [0, 4, 1.0, True, "1"]),
        (number(0, 1), [0, 0.5, 1], [-0.1, 1.1, float("nan"), True, "0"]),
        (number(), [-1e300], [float("inf"), None]),
        (one_of("a", "b"), ["a"], ["c", ["a"], None]),
        (maybe(flag), [None, True], [0]),
        (items(flag), [[], [True]], [{}, None, "", [True, 1]]),
        (table(flag), [{}, {"a": True}], [[], None, {"a": 1}, {"\udce9": True}]),
        (record({"b": flag}, a=flag), [{"a": True, "c": 1}], [[], {}, {"a": 1}]),
        (record({"b": flag}, a=flag), [{"a": True, "b": False}], [{"a": True, "b": 1}]),
    ],
)
def test_check_lets_pass_what_it_says_and_nothing_else(check, good, bad):
    for value in good:
        check(value, "it")
    for value in bad:
        with pytest.raises(Damaged, match="it"):
            check(value, "it")


def test_damaged_message_names_the_place_and_stays_short():
    with pytest.raises(Damaged) as failure:
        record(sides=items(record(n=whole())))({"sides": [{"n": 1}, {"n": "x" * 9999}]}, "the file")
    assert str(failure.value).startswith("n of sides of the file, item 2, is 'xxx")
    assert len(str(failure.value)) < 120


def test_printable_name_can_be_encoded():
    assert printable("a\udce9b") == "a?b"
