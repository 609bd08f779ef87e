"""What is in a dataset, counted."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from genre.__main__ import main
from genre.audio.feature_config import MfccConfig
from genre.datasets.load import load_dataset
from genre.datasets.summary import GenreOverview, describe_dataset
from genre.datasets.types import SegmentSet, Skipped, Track
from genre.paths import ROOT


@pytest.fixture
def data():
    """Rock: three tracks, one by nobody known; blues: one by an artist who is in rock as well."""
    return SegmentSet(
        frames=np.zeros((7, 130, 3), np.float32),
        n_frames=np.full(7, 130),
        track_index=np.array([0, 0, 0, 1, 2, 3, 3]),
        tracks=(
            Track("r1", "rock", "Ann", 90),
            Track("r2", "rock", "Ann", 30),
            Track("r3", "rock", None, 15),
            Track("b1", "blues", "Ann", 60),
        ),
        features=MfccConfig(n_mfcc=3),
        name="small",
        skipped=(Skipped("broken", "it is broken"),),
    )


def test_summary_counts_each_genre_and_the_total(data):
    overview = describe_dataset(data)

    assert overview.genres == (
        GenreOverview("blues", 1, 2, 1.0, 1, 0),
        GenreOverview("rock", 3, 5, 2.25, 1, 1),
    )
    assert overview.total == GenreOverview("all", 4, 7, 3.25, 1, 1)  # Ann once
    assert (overview.name, overview.n_skipped) == ("small", 1)


def test_summary_without_track_names_does_not_count_tracks(data):
    overview = describe_dataset(replace(data, has_tracks=False))

    assert {row.n_tracks for row in (*overview.genres, overview.total)} == {None}
    assert {row.n_unknown for row in (*overview.genres, overview.total)} == {None}
    assert overview.total.n_segments == 7


def test_bundled_data_add_up():
    data = load_dataset("gtzan-subset")
    overview = describe_dataset(data)

    assert sum(row.n_tracks for row in overview.genres) == overview.total.n_tracks == 430
    assert sum(row.n_segments for row in overview.genres) == len(data.y)
    assert overview.total.minutes == pytest.approx(sum(t.seconds for t in data.tracks) / 60)
    assert overview.total.n_artists + overview.total.n_unknown == len(set(data.groups))


def test_command_prints_row_for_each_genre(capsys):
    assert main(["dataset", "gtzan-subset"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["genre", "tracks", "segments", "minutes", "artists", "unknown"]
    assert [line.split()[0] for line in lines[1:]] == [
        *("blues", "classical", "country", "disco", "hiphop"),
        *("jazz", "metal", "pop", "reggae", "rock", "all"),
    ]
    assert lines[-1].split()[1] == "430"


def test_command_lists_what_was_skipped(capsys, tmp_path):
    content = {"mapping": ["a", "b"], "labels": [0, 1], "mfcc": [[[1.0]], [[2.0]]]}
    (tmp_path / "data.json").write_text(json.dumps(content))

    assert main(["dataset", str(tmp_path / "data.json"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["total"]["n_segments"] == 2
    assert document["total"]["n_tracks"] is None
    assert document["skipped"] == []
    assert main(["dataset", str(tmp_path / "data.json")]) == 0
    assert "tracks of the segments are unknown" in capsys.readouterr().err


def test_page_can_have_it_without_anything_heavy():
    program = (
        "import sys; from genre.datasets.load import load_dataset; "
        "from genre.datasets.summary import describe_dataset; "
        "import genre.datasets.gtzan, genre.datasets.gtzan_download; "
        "describe_dataset(load_dataset('gtzan-subset')); "
        "heavy = {'keras', 'tensorflow', 'numba', 'librosa', 'sklearn', 'scipy', 'streamlit', "
        "'pooch', 'requests', 'joblib'}; print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
