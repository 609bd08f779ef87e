"""Tables of genres and artists: how they are written, and which recording a line means."""

import codecs
import unicodedata

import pytest

from genre.datasets import genre_table
from genre.datasets.genre_table import MAX_LISTED, match_lines, read_table
from genre.datasets.types import Skipped
from genre.errors import DatasetError

TABLE = "track_id,genre,artist\na,한국 음악,Björk\nb,موسيقى,\nc,🎸,Ann\n"
LINES = [("a", "한국 음악", "Björk"), ("b", "موسيقى", None), ("c", "🎸", "Ann")]


def read(tmp_path, content):
    path = tmp_path / "tracks.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path)


def lines_of(table):
    return [(line.key, line.genre, line.artist) for line in table.lines]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_encodings_and_line_ends(tmp_path, separator, encoding, end):
    text = TABLE.replace(",", separator).replace("\n", end)

    assert lines_of(read(tmp_path, text.encode(encoding))) == LINES


def test_big_endian_and_excels_first_line(tmp_path):
    content = codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be")
    assert lines_of(read(tmp_path, content)) == LINES

    table = read(tmp_path, "sep=;\r\nFile ; GENRE;year\r\nx.mp3;Jazz;1959\r\ny.mp3;;\r\n")
    assert lines_of(table) == [("x.mp3", "Jazz", None)]
    assert table.skipped == (Skipped("tracks.csv, line 4", "it has no genre"),)


@pytest.mark.parametrize("key", ["track_id", "path", "file"])
def test_names_of_the_column_of_recordings(tmp_path, key):
    table = read(tmp_path, f"year,{key},genre\n1959,a,jazz\n")

    assert lines_of(table) == [("a", "jazz", None)] and table.has_genres


def test_values_in_quotes_may_hold_separators_and_quotes(tmp_path):
    table = read(tmp_path, 'file,genre,artist\n"a, b.mp3","rock","Earth, ""Wind"" & Fire"\n')

    assert lines_of(table) == [("a, b.mp3", "rock", 'Earth, "Wind" & Fire')]


def test_table_of_artists_alone(tmp_path):
    table = read(tmp_path, "track_id,artist\na\nb,Y,\n,X\nc,Earth, Wind & Fire\n\n")

    assert not table.has_genres
    assert lines_of(table) == [("a", None, None), ("b", None, "Y")]
    assert [(s.name, s.reason[:30]) for s in table.skipped] == [
        ("tracks.csv, line 4", "it names no recording"),
        ("tracks.csv, line 5", "it has 3 values, the header 2:"),
    ]


@pytest.mark.parametrize("genre", ["a" * 201, '"two\nlines"', "bell\a"], ids=ascii)
def test_genre_that_is_no_name_is_listed(tmp_path, genre):
    table = read(tmp_path, f"track_id,genre\na,{genre}\nb,rock\n")

    assert lines_of(table) == [("b", "rock", None)]
    assert "its genre is no name of one line, up to 200 characters" in table.skipped[0].reason


@pytest.mark.parametrize("genre", ["👨‍👩‍👧", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "मराठी", "نوروز‌خوانی", "e\u0301"], ids=ascii)
def test_genre_of_any_script_is_kept_in_composed_form(tmp_path, genre):
    table = read(tmp_path, f"track_id,genre\na,{genre}\n")

    assert lines_of(table) == [("a", unicodedata.normalize("NFC", genre), None)]


def test_many_bad_lines_are_counted(tmp_path):
    table = read(tmp_path, "track_id,genre\n" + "x,\n" * (MAX_LISTED + 7))

    assert len(table.skipped) == MAX_LISTED + 1
    assert table.skipped[-1] == Skipped("7 more lines", "it has no genre")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"track;artist\na;b\n", r"columns track;artist, track_id \(or path, or file\) and genre"),
        (b"track_id,by\na,b\n", r"tracks.csv has the columns track_id, by,"),
        (b"genre,artist\na,b\n", r"has the columns genre, artist, track_id"),
        (b"", r"columns none, track_id"),
        ("track_id,artist\na,Björk\n".encode("cp1252"), r"read \(UnicodeDecode.*UTF-8 \(in Excel"),
        ("track_id,genre\na,한국\n".encode("cp949"), r"cannot be read \(UnicodeDecodeError\)"),
        (b"track_id,genre\na," + b"x" * 200_000, r"cannot be read \(field larger than"),
    ],
    ids=["no key", "no genre", "no recording", "empty", "cp1252", "cp949", "long"],
)
def test_table_that_cannot_be_used_is_refused(tmp_path, content, message):
    with pytest.raises(DatasetError, match=message):
        read(tmp_path, content)


def test_table_that_is_too_large_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(genre_table, "MAX_BYTES", 2**20)

    with pytest.raises(DatasetError, match=r"cannot be read \(it has over 1 MiB\)"):
        read(tmp_path, b"track_id,genre\n" + b"a,b\n" * 2**19)


def test_fmas_own_table_is_read(tmp_path):
    text = (
        ",album,artist,set,track,track\n"
        ",title,name,split,genre_top,title\n"
        "track_id,,,,,\n"
        "2,AWOL,AWOL,training,Hip-Hop,Food\n"
        "20,Spiritual,Nicky Cook,training,,Spiritual Level\n"
    )
    table = read(tmp_path, text)
    found, skipped = match_lines(table, [("000", "000002.mp3"), ("000", "000020.mp3")])

    assert lines_of(table) == [("2", "Hip-Hop", "AWOL")]
    assert table.skipped == (Skipped("tracks.csv, line 5", "it has no genre"),)
    assert list(found) == [("000", "000002.mp3")] and not skipped


@pytest.mark.parametrize(
    "key",
    [
        *("rock/Queen/01.mp3", "Queen/01.mp3", "Queen/01", "./rock/Queen/01.mp3", "Queen/1"),
        *(r"rock\Queen\01.mp3", r"C:\Users\Ann\Music\rock\Queen\01.mp3", "/mnt/rock/Queen/01.mp3"),
    ],
)
def test_ends_of_a_path_and_absolute_ones_mean_the_recording(tmp_path, key):
    table = read(tmp_path, f"path,genre\n{key},rock\n")
    paths = [("rock", "Queen", "01.mp3"), ("jazz", "01.mp3"), ("10.mp3",)]

    found, skipped = match_lines(table, paths)

    assert list(found) == [paths[0]] and skipped == []


def test_line_about_another_folder_means_no_recording(tmp_path):
    table = read(tmp_path, "path,genre\nrock/01.mp3,rock\n/x/jazz/02.mp3,jazz\n/,a\n")

    found, [skipped] = match_lines(table, [("jazz", "01.mp3"), ("02.mp3",)])

    assert list(found) == [("02.mp3",)]
    assert skipped.reason == "2 of its lines name no recording here (rock/01.mp3, /)"


def test_lines_that_mean_several_or_disagree_are_listed(tmp_path):
    table = read(tmp_path, "file,genre\n01.mp3,rock\nb.mp3,rock\nb,jazz\nx/b.mp3,rock\n")
    paths = [("x", "01.mp3"), ("y", "01.mp3"), ("x", "b.mp3")]

    found, skipped = match_lines(table, paths)

    assert {parts: line.genre for parts, line in found.items()} == {("x", "b.mp3"): "rock"}
    assert skipped == [
        Skipped("tracks.csv, line 2", "several recordings are called 01.mp3: give the path"),
        Skipped("tracks.csv, line 4", "line 3 has the genre rock for the same recording"),
    ]


def test_table_in_one_form_of_unicode_means_a_file_in_the_other(tmp_path):
    nfd = unicodedata.normalize("NFD", "Björk/Jóga.mp3,café")
    table = read(tmp_path, f"path,genre\n{nfd}\n")

    found, _ = match_lines(table, [("Björk", "Jóga.mp3")])

    assert [line.genre for line in found.values()] == ["café"]
