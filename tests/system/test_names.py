"""Names that every file system and link can hold, made of whatever was typed."""

import unicodedata

import pytest

from genre.system.names import MAX_NAME, NAME, fit_name, free_name, one_line


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *(("my model 1", "my-model-1"), ("  My  Model! ", "my-model"), ("v1.2_x", "v1.2_x")),
        *(("a--b", "a--b"), ("내 모델 1", "nae-model-1"), ("Модель 1", "model-1")),
        *(("Zürich", "zurich"), ("日本", "riben"), ("१२", "12"), ("№ 5", "no-5")),
        *(("../../etc/passwd", "etc-passwd"), ("C:\\x", "c-x"), ("a..b/", "a.b")),
        *(
            ("CON", "model-con"),
            ("con", "model-con"),
            ("nul.txt ", "model-nul.txt"),
            ("-x", "x"),
            (".hidden", "hidden"),
        ),
        *(("", "model"), ("???", "model"), ("\u202e\x00", "model"), ("\udcff", "model")),
        *(("it's", "it's".replace("'", "")), ("x" * 100, "x" * 64), ("x" * 63 + " y", "x" * 63)),
    ],
    ids=ascii,
)
def test_any_name_is_made_fit(typed, name):
    assert fit_name(typed, "model") == name
    assert fit_name(name, "model") == name


def test_every_character_gives_a_name():
    for code in [*range(0x3000), *range(0xAC00, 0xB000), *range(0xD800, 0xDC00, 7), 0x1F600]:
        assert NAME.fullmatch(fit_name(f"{chr(code)} ", "model")), hex(code)


def test_unicode_form_makes_no_other_name():
    for typed in ("가을 모델", "café"):
        forms = {unicodedata.normalize(form, typed) for form in ("NFC", "NFD")}
        assert len(forms) == 2
        assert len({fit_name(form, "model") for form in forms}) == 1
        assert {one_line(form) for form in forms} == {typed}


def test_taken_names_get_the_next_number():
    taken = {"a", "a-2", "x" * 64}
    assert free_name("b", taken.__contains__) == "b"
    assert free_name("a", taken.__contains__) == "a-3"
    long = free_name("x" * 64, taken.__contains__)
    assert long == "x" * 62 + "-2" and len(long) == MAX_NAME
