"""Exact nearest neighbours by cosine distance."""

import numpy as np
import pytest

from genre.collection.neighbours import nearest, nearest_tracks
from genre.collection.song_map import bundled_map, bundled_tracks
from genre.errors import ParameterError
from tests.support.collections import made_up_vectors


def test_nearest_are_scikit_learns():
    from sklearn.neighbors import NearestNeighbors

    vectors, asked = made_up_vectors(5000), made_up_vectors(20, seed=9)
    theirs = NearestNeighbors(metric="cosine", algorithm="brute").fit(vectors)
    distances, rows = theirs.kneighbors(asked, n_neighbors=60)
    for vector, of_one, expected in zip(asked, distances, rows, strict=True):
        found, ours = nearest(vector, vectors, 60)
        assert found.tolist() == expected.tolist()
        np.testing.assert_allclose(ours, of_one, atol=1e-5)


def test_fewer_than_asked_for_are_all_in_order():
    rows, distances = nearest(np.float32([1, 0]), np.float32([[0, 1], [1, 0]]), 9)
    assert rows.tolist() == [1, 0] and distances.tolist() == [0, 1]


@pytest.mark.parametrize("length, n", [(3, 1), (2, 0)])
def test_vectors_of_another_length_and_none_are_refused(length, n):
    with pytest.raises(ParameterError, match="expected at least one"):
        nearest(np.ones(length, np.float32), np.eye(2, dtype=np.float32), n)


def test_track_is_its_own_nearest_unless_it_is_left_out():
    track, vector = bundled_tracks()[40], bundled_map().vectors[40]
    first = nearest_tracks(vector)
    assert len(first) == 5
    assert (first[0].index, first[0].track) == (40, track) and first[0].distance < 1e-5
    for own in (track.digest, track.track_id):
        others = nearest_tracks(vector, left_out=[own])
        assert len(others) == 5
        assert [near.index for near in others[:4]] == [near.index for near in first[1:]]
    distances = [near.distance for near in first]
    assert distances == sorted(distances)
