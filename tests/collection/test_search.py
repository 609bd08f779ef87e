"""A collection is asked: 100,000 made-up songs, and a few that are known one by one."""

import hashlib
import sqlite3

import numpy as np
import pytest

from genre.audio.musicnn_network import TAGS
from genre.collection import search
from genre.collection.store import (
    DATABASE,
    collection_of,
    delete_collection,
    list_collections,
    load_records,
    opened,
)
from genre.collection.writer import FileState, Writer
from genre.errors import CollectionError, ParameterError
from tests.support.collections import GENRES, made_up_collection

N_MANY = 100_000


@pytest.fixture
def few(tmp_path):
    return made_up_collection(tmp_path / "few", 12)


@pytest.fixture
def many(tmp_path):
    return made_up_collection(tmp_path / "many", N_MANY)


def test_hundred_thousand_songs_are_searched_exactly_and_drawn_as_a_sample(many):
    records = load_records(many, 1)
    assert isinstance(records, np.memmap) and len(records) == N_MANY
    vector = np.array(records[31_415, :200])
    found = search.nearest_songs(many, vector, n=5)
    expected = np.argsort(1 - records[:, :200] @ vector)[:5]
    assert [song.row for song, _ in found] == expected.tolist()
    assert found[0][0].name == "song 031415.mp3" and found[0][1] < 1e-5
    others = search.nearest_songs(many, vector, left_out=found[0][0].digest, n=4)
    assert [song.row for song, _ in others] == expected[1:].tolist()

    column = records[:, 200 + TAGS.index("guitar")]
    by_tag = search.songs_by_tag(many, "guitar", n=3)
    assert [song.row for song, _ in by_tag] == np.argsort(-column)[:3].tolist()

    points = search.map_points(many)
    assert len(points.positions) == len(points.names) == 20_000
    assert points.n_songs == N_MANY
    assert points.digests == sorted(points.digests)
    again = search.map_points(many)
    assert again.names == points.names and (again.positions == points.positions).all()
    overview = search.read_overview(many)
    assert overview.n_songs == N_MANY and overview.genres == dict.fromkeys(GENRES, N_MANY // 4)
    assert len(search.find_songs(many, "031415")) == 1
    assert len(search.find_songs(many, "piano", genre="rock")) == search.MAX_FOUND


def test_words_are_found_whatever_their_case_and_form(few):
    with opened(few) as database:
        words = "caf\u00e9 del mar"
        database.execute("UPDATE songs SET words = ? WHERE row = 3", (words,))
    for text in ("CAFE\u0301", "mar caf\u00e9", "del"):
        assert [song.row for song in search.find_songs(few, text)] == [3]
    assert not search.find_songs(few, "caf\u00e9 rock")
    assert len(search.find_songs(few, limit=-1)) == 12
    assert not search.find_songs(few, "%' OR 1 --")


def test_a_tag_that_does_not_exist_is_refused_with_those_that_do(few):
    with pytest.raises(ParameterError, match="expected one of 2000s, 60s"):
        search.songs_by_tag(few, "polka")


def test_records_without_a_song_are_passed_over(few):
    """They belonged to a file that changed."""
    vector = np.array(load_records(few, 1)[0, :200])
    order = [song.row for song, _ in search.nearest_songs(few, vector, n=12)]
    assert len(order) == 12
    with opened(few) as database:
        database.executemany("DELETE FROM songs WHERE row = ?", [(row,) for row in order[:9]])
    assert [song.row for song, _ in search.nearest_songs(few, vector, n=2)] == order[9:11]


def test_songs_of_one_content_share_what_was_heard(few):
    digest = search.find_songs(few)[0].digest
    with opened(few) as database:
        writer = Writer(database, few, few, "made up")
        assert writer.copy_song(b"copy.mp3", "copy.mp3", FileState(1, 1, digest))
        assert not writer.copy_song(b"other.mp3", "other.mp3", FileState(1, 1, "f" * 64))
    vector = search.song_vector(few, digest)
    assert {song.name for song, _ in search.nearest_songs(few, vector, n=2)} == {
        "copy.mp3", "song 000000.mp3"
    }  # fmt: skip


def test_file_of_records_is_made_anew_where_most_of_it_is_needed_no_more(tmp_path):
    place = made_up_collection(tmp_path / "songs", 300)
    before = {
        song.name: search.song_vector(place, song.digest)
        for song in search.find_songs(place, limit=-1)[::10]
    }
    with opened(place) as database:
        writer = Writer(database, place, tmp_path / "songs", "made up")
        writer.compact()
        assert (place / "heard-1.f32").exists()
        writer.remove({path for path in writer.paths() if path[-5:-4] != b"0"})
        writer.compact()
    assert sorted(file.name for file in place.glob("heard-*")) == ["heard-2.f32"]
    assert len(load_records(place, 2)) == 30
    after = search.find_songs(place, limit=-1)
    assert {song.name for song in after} == before.keys()
    for song in after:
        np.testing.assert_array_equal(search.song_vector(place, song.digest), before[song.name])


def test_songs_whose_records_are_gone_are_heard_again(few):
    """As after the file was cut by somebody else."""
    file = few / "heard-1.f32"
    file.write_bytes(file.read_bytes()[: 7 * 1000 + 3])
    with opened(few) as database:
        assert len(Writer(database, few, few, "made up").known()) == 7
    vector = np.ones(200, np.float32)
    assert len(search.nearest_songs(few, vector, n=12)) == 7
    assert len(search.map_points(few).names) == 7


def test_what_another_network_heard_is_forgotten(few):
    with opened(few) as database:
        assert len(Writer(database, few, few, "made up").known()) == 12
        assert not Writer(database, few, few, "another network").known()


def test_stamp_is_another_after_each_change(few):
    stamps = {search.read_overview(few).stamp}
    with opened(few) as database:
        writer = Writer(database, few, few, "made up")
        for path in sorted(writer.paths())[:3]:
            writer.remove({path})
            stamps.add(search.read_overview(few).stamp)
    assert len(stamps) == 4


@pytest.mark.parametrize(
    "damage, said",
    [
        (lambda file: file.write_bytes(b"no database " * 1000), "cannot be read"),
        (lambda file: file.write_bytes(file.read_bytes()[:5000]), "cannot be read"),
        (lambda file: run(file, "PRAGMA user_version = 7"), "has version 7"),
        (lambda file: run(file, "DROP TABLE songs"), "cannot be read"),
        (lambda file: file.unlink(), "has not been indexed"),
    ],
)
def test_damaged_collection_is_refused_in_one_sentence_and_can_be_deleted(few, damage, said):
    damage(few / DATABASE)
    with pytest.raises(CollectionError, match=said):
        search.read_overview(few)
    delete_collection(few)
    assert not few.exists()


def run(file, line):
    database = sqlite3.connect(file)
    database.execute(line)
    database.commit()
    database.close()


def test_database_takes_no_values_of_another_kind(few):
    digest = hashlib.sha256(b"").hexdigest()
    for column, value in (("probability", 1.5), ("certainty", "'maybe'"), ("row", "'first'")):
        with pytest.raises(CollectionError, match=r"constraint failed|cannot store"):
            run_in(few, f"UPDATE songs SET {column} = {value}")
    run_in(few, f"UPDATE songs SET digest = '{digest}'")


def run_in(place, line):
    with opened(place) as database:
        database.execute(line)


def test_collections_are_listed_and_found_by_their_folder(tmp_path, few):
    assert list_collections() == [few] == [collection_of(tmp_path / "few" / ".")]
    assert search.read_overview(few).folder == tmp_path / "few"
