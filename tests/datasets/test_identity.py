"""What a link calls one's own data: the same for the same content, found again, never a path."""

import pytest

from genre.datasets.identity import find_place, identify, is_identity, name_in, note_place
from genre.datasets.pack import write_pack


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def music(tmp_path):
    for name in ("jazz/a", "jazz/b", "rock/c"):
        path = tmp_path / "here" / "music" / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path / "here" / "music"


def test_identity_is_name_and_digest_and_no_path(music):
    identity = identify(music)

    assert is_identity(identity)
    assert name_in(identity) == "music"
    assert str(music.parent) not in identity
    assert identify(music) == identity


@pytest.mark.parametrize("change", ["add", "remove", "grow", "artists"])
def test_identity_changes_with_the_content(music, change):
    before = identify(music)
    match change:
        case "add":
            (music / "rock" / "d.wav").write_bytes(b"d")
        case "remove":
            (music / "jazz" / "a.wav").unlink()
        case "grow":
            (music / "jazz" / "a.wav").write_bytes(b"longer than it was")
        case "artists":
            (music / "artists.csv").write_text("track_id,artist\na,Nina\n")

    assert identify(music) != before
    assert name_in(identify(music)) == "music"


def test_copy_elsewhere_has_the_same_identity(music, tmp_path):
    (tmp_path / "there").mkdir()
    moved = music.rename(tmp_path / "there" / "music")

    assert identify(moved) == identify(moved)
    assert find_place(identify(moved), [str(music), str(moved)]) == (str(moved), True)


def test_pack_and_file_are_known_by_what_is_in_them(two_genres, tmp_path):
    write_pack(tmp_path / "pack", two_genres)
    (tmp_path / "songs.zip").write_bytes(b"one")
    one = identify(tmp_path / "songs.zip")
    (tmp_path / "songs.zip").write_bytes(b"two")

    assert name_in(identify(tmp_path / "pack")) == "pack"
    assert name_in(one) == "songs"
    assert identify(tmp_path / "songs.zip") != one
    assert identify(tmp_path / "nothing") == identify("") == ""


def test_place_that_was_noted_is_found_again(music):
    identity = identify(music)
    assert find_place(identity) == ("", False)
    note_place(str(music))
    note_place("/somewhere/else")

    assert find_place(identity) == (str(music), True)
    (music / "rock" / "d.wav").write_bytes(b"d")
    assert find_place(identity) == (str(music), False)
    assert find_place("other~0a1b2c3d") == ("", False)


@pytest.mark.parametrize("content", ["", "[]", '{"places": 3}', '{"places": [3]}'])
def test_damaged_list_of_places_is_an_empty_one(music, cache, content):
    cache.mkdir()
    (cache / "places.json").write_text(content)

    assert find_place(identify(music)) == ("", False)
    note_place(str(music))
    assert find_place(identify(music)) == (str(music), True)


@pytest.mark.parametrize(
    "text", ["", "music", "music~xyz", "~0a1b2c3d", "music~0a1b2c3d4", "x" * 61 + "~0a1b2c3d"]
)
def test_other_texts_are_no_identity(text):
    assert not is_identity(text)
