"""The tracks behind a cell: their predictions, and where to play or view them."""

from dataclasses import replace

import numpy as np
import pytest

from genre.compare.confusion_tracks import (
    CellTrack,
    find_pack,
    find_recording,
    on_shared_tracks,
    track_frames,
    tracks_in_cell,
)
from genre.datasets.pack import write_pack
from genre.errors import DatasetError
from tests.support.leaderboard_runs import guesses

TRACK = CellTrack("loud", "loud5", "loud5", ())


def test_cell_tracks_have_the_predictions_of_all_entries(two_genres):
    one, two = guesses(two_genres), guesses(two_genres, seed=1)

    tracks = tracks_in_cell((one, None, two), "loud", "quiet")

    wrong = {
        answer.track_id
        for evaluation in (one, two)
        for answer in evaluation.predictions
        if (answer.genre, answer.given) == ("loud", "quiet")
    }
    assert {track.track_id for track in tracks} == wrong
    assert len(tracks) == len(wrong)
    for track in tracks:
        of_one, of_none, of_two = track.predictions
        assert (len(of_one), of_none, len(of_two)) == (1, (), 1)
        assert {of_one[0].track_id, of_two[0].track_id} == {track.track_id}
        assert "quiet" in (of_one[0].given, of_two[0].given)


def test_track_predicted_twice_is_one_track(two_genres):
    once = guesses(two_genres)
    twice = replace(once, predictions=once.predictions + guesses(two_genres, seed=1).predictions)

    tracks = tracks_in_cell((twice,), "loud", "loud")

    assert len(tracks) == len({track.track_id for track in tracks})
    assert all(len(track.predictions[0]) == 2 for track in tracks)


def test_matrices_to_be_subtracted_count_the_shared_tracks_alone(two_genres):
    one, two = guesses(two_genres), guesses(two_genres, seed=1)
    fewer = replace(two, predictions=two.predictions[:7])

    first, second, n_tracks = on_shared_tracks(one, fewer)

    assert n_tracks == first.confusion_matrix.sum() == second.confusion_matrix.sum() == 7
    assert [a.key for a in first.predictions] == [a.key for a in second.predictions]
    same = on_shared_tracks(one, two)[0]
    np.testing.assert_array_equal(same.confusion_matrix, one.confusion_matrix)


def test_matrices_of_different_tracks_are_not_subtracted(two_genres):
    one = guesses(two_genres)
    elsewhere = tuple(replace(a, track_id=f"other {a.track_id}") for a in one.predictions)

    with pytest.raises(DatasetError, match="tested on different tracks"):
        on_shared_tracks(one, replace(one, predictions=elsewhere))
    with pytest.raises(DatasetError, match="were not saved"):
        on_shared_tracks(one, replace(one, predictions=()))


def test_recording_is_found_in_its_folder_only(tmp_path):
    for genre in ("loud", "quiet"):
        (tmp_path / "music" / genre).mkdir(parents=True)
        (tmp_path / "music" / genre / f"{genre}5.wav").write_bytes(b"sound")
    (tmp_path / "secret.wav").write_bytes(b"secret")
    folder = str(tmp_path / "music")

    assert find_recording(TRACK, folder) == tmp_path / "music" / "loud" / "loud5.wav"
    assert find_recording(replace(TRACK, track_id="loud6"), folder) is None
    assert find_recording(replace(TRACK, track_id="../../secret"), folder) is None
    assert find_recording(replace(TRACK, genre="..", track_id="secret"), folder) is None
    assert find_recording(TRACK, str(tmp_path / "moved")) is None
    assert find_recording(TRACK, "") is None


def test_pack_path_is_opened_on_this_computer_only(tmp_path, two_genres):
    write_pack(tmp_path / "pack", two_genres)
    path = str(tmp_path / "pack")

    assert find_pack("gtzan-subset", is_home=False).name == "gtzan-subset"
    assert find_pack(path, is_home=True) == tmp_path / "pack"
    assert find_pack(path, is_home=False) is None
    assert find_pack(str(tmp_path), is_home=True) is None
    assert find_pack("", is_home=True) is None
    assert find_recording(TRACK, path) is None


def test_frames_of_a_track_are_its_own(two_genres):
    columns, column_seconds = track_frames(TRACK, two_genres)

    own = two_genres.frames[two_genres.track_index == 5].reshape(-1, 13)
    np.testing.assert_allclose(columns, own, rtol=1e-6)
    assert column_seconds == pytest.approx(512 / 22_050)
    assert track_frames(replace(TRACK, track_id="another"), two_genres) is None
