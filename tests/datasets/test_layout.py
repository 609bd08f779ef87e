"""Which recording is of which genre and by whom, as folders and archives have them."""

import unicodedata
from pathlib import Path

import pytest

from genre.datasets.data_files import DataFile
from genre.datasets.layout import find_genre_folder, find_tracks, genre_root, scan_folder
from genre.datasets.types import Skipped
from genre.errors import DatasetError

NFC = "café"
NFD = unicodedata.normalize("NFD", NFC)


def tracks_of(*names):
    """Names, genres and artists of the tracks among files of these paths."""
    files = [DataFile.named(Path(name), name.split("/")) for name in names]
    return [(t.track_id, t.genre, t.artist) for _, t in find_tracks(files)[0]]


def genres_of(*names):
    return {genre: artist for _, genre, artist in tracks_of(*names)}


def skipped_of(*names):
    files = [DataFile.named(Path(name), name.split("/")) for name in names]
    return {s.name: s.reason for s in find_tracks(files)[1]}


def add(folder: Path, *names: str, **tables: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_albums_in_albums_are_of_the_genre_they_lie_in():
    names = [
        *("rock/one.mp3", "rock/Queen/two.mp3", "rock/Queen/Jazz/three.mp3"),
        *("rock/Queen/Jazz/CD 2/four.mp3", "jazz/five.mp3", "jazz/Miles Davis/six.mp3"),
        *("jazz/Miles Davis - Kind of Blue/seven.mp3", "jazz/1959 - Kind of Blue/eight.mp3"),
        "jazz/Various Artists/Hits/nine.mp3",
    ]

    assert tracks_of(*names) == [
        ("eight", "jazz", "1959 - Kind of Blue"),
        ("six", "jazz", "Miles Davis"),
        ("seven", "jazz", "Miles Davis"),
        ("nine", "jazz", None),
        ("five", "jazz", None),
        ("four", "rock", "Queen"),
        ("three", "rock", "Queen"),
        ("two", "rock", "Queen"),
        ("one", "rock", None),
    ]
    assert skipped_of(*names) == {}


def test_genres_are_not_sought_among_albums():
    """There are more albums of one artist than there are genres."""
    names = [f"rock/Queen/{album}/{i}.mp3" for album in "ABC" for i in range(3)]

    assert genres_of(*names, "jazz/Miles/x.mp3", "jazz/y.mp3") == {"rock": "Queen", "jazz": None}


@pytest.mark.parametrize("around", ["", "music/", "Data/genres_original/", "a/b/c/"])
def test_what_lies_around_the_genres_does_not_matter(around):
    names = [f"{around}{genre}/{i}.wav" for genre in ("jazz", "rock") for i in range(2)]
    names += ["Data/images_original/rock/1.png", "Data/features_30_sec.csv"]

    assert genres_of(*names).keys() == {"jazz", "rock"}
    assert genre_root([tuple(name.split("/")) for name in names if name.endswith("wav")]) == tuple(
        around.split("/")[:-1]
    )


def test_recordings_beside_the_genres_are_listed():
    names = ["intro.wav", "music/jazz/1.wav", "music/rock/2.wav", "test sound/3.wav"]

    assert genres_of(*names).keys() == {"jazz", "rock"}
    reason = "it is not in a genre's folder"
    assert skipped_of(*names) == {"intro.wav": reason, "test sound/3.wav": reason}


def test_genre_of_one_recording_is_not_passed_over_for_the_artists_of_another():
    names = ["rock/Queen/Jazz/1.mp3", "rock/Queen/Jazz/2.mp3", "jazz/3.mp3", "rock/4.mp3"]

    assert genres_of(*names).keys() == {"jazz", "rock"}


def test_sides_of_a_dataset_are_not_genres():
    names = [f"{side}/{genre}/{side}.mp3" for side in ("Train", "test") for genre in ("a", "b")]

    assert genres_of(*names) == {"a": None, "b": None}
    assert skipped_of(*names, "test/lost.mp3") == {"test/lost.mp3": "it is not in a genre's folder"}


def test_folder_called_the_same_in_every_genre_is_no_artist():
    assert genres_of("rock/wav/1.wav", "jazz/wav/2.wav") == {"rock": None, "jazz": None}
    assert genres_of("rock/A/1.wav", "jazz/A/2.wav", "jazz/B/3.wav")["rock"] == "A"
    assert genres_of("rock/A/1.wav", "jazz/A/2.wav", "jazz/3.wav")["rock"] == "A"


def test_artists_of_gtzan_are_known_whatever_folder_they_lie_in():
    [first, _] = tracks_of("blues/best/blues.00000.wav", "rock/x/a.wav")

    assert first == ("blues.00000", "blues", "John Lee Hooker")


def test_name_with_two_extensions_is_two_tracks():
    names = ["rock/r1.aiff", "rock/r1.live.wav", "rock/r1.wav", "blues/b1.wav"]

    assert [name for name, _, _ in tracks_of(*names)] == [
        *("b1", "rock/r1.aiff", "r1.live", "rock/r1.wav")
    ]


def test_same_name_in_two_albums_is_two_tracks():
    names = ["m/rock/A/01.mp3", "m/rock/B/01.mp3", "m/jazz/C/02.mp3"]

    assert [name for name, _, _ in tracks_of(*names)] == ["02", "rock/A/01.mp3", "rock/B/01.mp3"]


def test_genre_written_in_two_forms_of_unicode_is_one(tmp_path):
    add(tmp_path, f"{NFC}/a.mp3", f"{NFD}/a.mp3", f"{NFD}/b.mp3", "rock/c.mp3")
    assert len(list(tmp_path.iterdir())) == 3  # a disk that keeps names as they are

    found, skipped = scan_folder(tmp_path)

    assert [(t.track_id, t.genre) for _, t in found] == [
        *((f"{NFC}/a.mp3", NFC), (f"{NFC}/a.mp3 (2)", NFC), ("b", NFC), ("c", "rock"))
    ]
    assert len({path for path, _ in found}) == 4 and not skipped


def test_folder_whose_name_is_no_genre_costs_no_other():
    bad = "caf\udce9"

    assert genres_of(f"{bad}/a.mp3", "rock/b.mp3", "jazz/c.mp3").keys() == {"rock", "jazz"}
    assert skipped_of(f"{bad}/a.mp3", "rock/b.mp3", "jazz/c.mp3") == {
        f"{bad}/": "its name is not Unicode, or not on one line. Rename the folder"
    }


def test_paths_that_are_too_deep_are_listed():
    deep = "/".join(["rock", *"abcdefghijklmnopqrstuvw"])

    assert skipped_of("rock/a.mp3", "jazz/b.mp3", f"{deep}/c.mp3") == {
        f"{deep}/c.mp3": "it lies more than 16 folders deep"
    }


def test_table_decides_alone_wherever_the_recordings_lie(tmp_path):
    table = "track_id,genre,artist\na,jazz,Miles\nQueen/b.mp3,rock,\nc,rock,Queen\nabsent,jazz,X\n"
    add(tmp_path, "000/a.mp3", "x/Queen/b.mp3", "c.mp3", "x/d.mp3", tracks=table)

    found, skipped = scan_folder(tmp_path)

    assert [(t.track_id, t.genre, t.artist) for _, t in found] == [
        *(("a", "jazz", "Miles"), ("c", "rock", "Queen"), ("b", "rock", None))
    ]
    assert skipped == [
        Skipped("tracks.csv", "1 of its lines name no recording here (absent)"),
        Skipped("x/d.mp3", "it is not in tracks.csv"),
    ]


def test_table_may_be_given_itself(tmp_path):
    add(tmp_path, "a/a.mp3", "b/b.mp3", mine="file;genre\na.mp3;jazz\nb/b.mp3;rock\n")
    add(tmp_path, tracks="track_id,genre\na,polka\n")  # another opinion, not asked

    found, skipped = scan_folder(tmp_path / "mine.csv")

    assert [(path.name, t.genre) for path, t in found] == [("a.mp3", "jazz"), ("b.mp3", "rock")]
    assert skipped == []


def test_tables_of_artists_and_of_genres_are_both_asked(tmp_path):
    add(tmp_path, "a.mp3", "b.mp3", artists="track_id,artist\na,First\n")
    add(tmp_path, tracks="track_id,genre,artist\na,jazz,Second\nb,rock,Other\n")

    found, _ = scan_folder(tmp_path)

    assert [(t.genre, t.artist) for _, t in found] == [("jazz", "First"), ("rock", "Other")]


@pytest.mark.parametrize("place", ["", "genres/"])
def test_artists_in_a_table_at_the_top_or_beside_the_genres(tmp_path, place):
    add(tmp_path, "genres/rock/Q/a.mp3", "genres/jazz/b.mp3")
    add(tmp_path / place, artists="track_id,artist\na,Queen\nrock/absent.mp3,X\n")

    found, skipped = scan_folder(tmp_path)

    assert [t.artist for _, t in found] == [None, "Queen"]
    assert [s.name for s in skipped] == [f"{place}artists.csv"]


def test_table_of_no_use_is_refused(tmp_path):
    add(tmp_path, "rock/a.mp3", "jazz/b.mp3", genres="name,kind\na,rock\n")

    with pytest.raises(DatasetError, match=r"genres.csv has the columns name, kind, track_id"):
        scan_folder(tmp_path)


@pytest.mark.parametrize("around", ["", "genres", "gtzan_mini-main/genres"])
def test_folder_of_genres_is_found_below_another(tmp_path, around):
    add(tmp_path / around, "hiss/hiss.wav", "hum/hum.wav")
    add(tmp_path, ".old/a/x.wav", "a single one/y.wav")

    assert find_genre_folder(tmp_path) == tmp_path / around


def test_folder_of_genres_is_found_as_the_disk_writes_it(tmp_path):
    add(tmp_path, f"{NFD}/hiss/a.wav", f"{NFD}/hum/Band/b.wav")

    assert find_genre_folder(tmp_path) == tmp_path / NFD


def test_folder_of_one_genre_is_not_a_dataset(tmp_path):
    add(tmp_path, "genres/hiss/hiss.wav")
    (tmp_path / "genres" / "hum").mkdir()

    assert find_genre_folder(tmp_path) is None
    assert find_genre_folder(tmp_path / "nowhere") is None
