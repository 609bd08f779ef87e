"""What is published of GTZAN's tracks: counts as in the papers, and who gets an artist by it."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig
from genre.audio.signal import Signal, encode_wav
from genre.datasets.folder import extract_folder
from genre.datasets.gtzan_facts import N_PUBLISHED, known_artist, published_sides, read_facts
from genre.datasets.load import load_dataset
from genre.datasets.types import Track
from genre.errors import DatasetError, ParameterError
from genre.splits.split import fold_tracks, split_tracks
from genre.splits.split_leakage import is_leak_free_split


def test_facts_are_about_thousand_tracks_hundred_genre():
    facts = read_facts()

    assert len(facts) == 1000
    assert set(Counter(fact.genre for fact in facts.values()).values()) == {100}
    assert all(name.startswith(f"{fact.genre}.") for name, fact in facts.items())


def test_partition_has_sides_that_were_published():
    sides = Counter(fact.side for fact in read_facts().values())

    assert {side: n for side, n in sides.items() if side} == dict(N_PUBLISHED)
    assert sides[None] == 70


def test_partition_has_no_known_artist_on_two_sides():
    side_of: dict[str, set[str]] = {}
    for fact in read_facts().values():
        if fact.artist and fact.side:
            side_of.setdefault(fact.artist, set()).add(fact.side)

    assert len(side_of) > 100
    assert all(len(sides) == 1 for sides in side_of.values())


def test_bundled_tracks_have_artists_that_facts_name():
    data = load_dataset("gtzan-subset")

    assert [track.artist for track in data.tracks] == [known_artist(t) for t in data.tracks]


@pytest.fixture
def gtzan_folder(tmp_path) -> Path:
    """Four recordings in GTZAN's names, and one in its name but in another genre's folder."""
    names = ("blues.00000", "blues.00031", "rock.00000", "rock.00001")
    for name in (*names, "jazz/rock.00002"):
        path = tmp_path / (name if "/" in name else f"{name.split('.')[0]}/{name}")
        path = path.with_name(path.name + ".wav")
        path.parent.mkdir(exist_ok=True)
        noise = 0.1 * np.random.default_rng(list(name.encode())).standard_normal(22_050)
        path.write_bytes(encode_wav(Signal(noise, 22_050)))
    return tmp_path


def artists_of(folder: Path) -> dict[str, str | None]:
    data = extract_folder(folder, MfccConfig(n_mfcc=2), n_jobs=1)
    return {track.track_id: track.artist for track in data.tracks}


def test_folder_in_gtzans_names_gets_its_artists_by_itself(gtzan_folder):
    artists = artists_of(gtzan_folder)

    assert artists["blues.00000"] == "John Lee Hooker"
    assert artists["rock.00000"] == read_facts()["rock.00000"].artist
    assert artists["rock.00002"] is None  # GTZAN has none of that name among jazz


def test_artists_table_overrides_known_artists(gtzan_folder):
    (gtzan_folder / "artists.csv").write_text("track_id,artist\nblues.00000,Somebody Else\n")

    artists = artists_of(gtzan_folder)

    assert artists["blues.00000"] == "Somebody Else"
    assert artists["blues.00031"] == read_facts()["blues.00031"].artist


def test_fault_filtered_split_is_published_one_whatever_seed():
    data = load_dataset("gtzan-subset")

    split, again = (split_tracks(data, by="fault-filtered", seed=seed) for seed in (0, 1))

    facts = read_facts()
    for side in ("train", "validation", "test"):
        segments = getattr(split, side)
        np.testing.assert_array_equal(segments, getattr(again, side))
        sides = {facts[data.tracks[i].track_id].side for i in data.track_index[segments]}
        assert sides == {side}
    tracks = [len(np.unique(data.track_index[s])) for s in (split.train, split.validation)]
    assert tracks == [200, 83]
    assert len(np.unique(data.track_index[split.test])) == 108
    tested = np.unique(data.track_index[split.test])
    assert is_leak_free_split(split.by, [data.tracks[i].artist for i in tested])


def test_dataset_that_is_not_gtzan_has_no_such_split():
    data = load_dataset("gtzan-subset")
    others = tuple(replace(track, track_id=f"my {track.track_id}") for track in data.tracks)

    with pytest.raises(
        DatasetError, match=r"of gtzan-subset it has 0 to train.*blues\.00012.*by artist"
    ):
        split_tracks(replace(data, tracks=others), by="fault-filtered")


def test_name_in_another_genre_is_on_no_side():
    data = load_dataset("gtzan-subset")
    first = data.tracks[0]
    wrong = Track(first.track_id, "rock", first.artist, first.seconds, first.digest)

    sides = published_sides(replace(data, tracks=(wrong, *data.tracks[1:])))

    assert sum(map(len, sides)) == 200 + 83 + 108 - 1
    assert 0 not in np.concatenate(sides)


def test_partition_cannot_be_folded():
    with pytest.raises(ParameterError, match=r"cannot be folded.*fold by artist"):
        fold_tracks(load_dataset("gtzan-subset"), by="fault-filtered")


def test_file_that_is_not_facts_is_refused(tmp_path):
    (tmp_path / "facts.csv").write_text("track,genre\na,b\n")

    with pytest.raises(DatasetError, match=r"facts\.csv cannot be read"):
        read_facts(tmp_path / "facts.csv")
    with pytest.raises(DatasetError, match=r"none\.csv cannot be read"):
        read_facts(tmp_path / "none.csv")
