"""The map of songs: where the bundled tracks lie, and where another song is placed."""

import io
import sys

import numpy as np
import pytest

from genre import paths
from genre.collection.song_map import (
    PATH,
    SHAPES,
    bundled_map,
    bundled_tracks,
    load_map,
    save_map,
    segment_positions,
    song_values,
)
from genre.datasets.pack import read_pack
from genre.errors import ModelError, ParameterError
from tests.support.collections import made_up_vectors


@pytest.fixture(scope="module")
def data():
    return read_pack(paths.DATASETS / "gtzan-subset-musicnn")


def values_of(data):
    """What each track's embedding is made of, computed here from the pack."""
    return np.stack([data.frames[data.track_index == i].mean((0, 1)) for i in range(430)])


def test_map_is_of_the_bundled_tracks_in_their_order(data):
    assert bundled_tracks() == data.tracks
    embedded = bundled_map().embed(values_of(data))
    np.testing.assert_allclose(embedded, bundled_map().vectors, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(embedded, axis=1), 1, atol=1e-6)


def test_map_is_what_its_script_makes():
    """All but t-SNE, which differs from one processor to another."""
    sys.path.insert(0, str(PATH.parent))
    try:
        import make_song_map
    finally:
        sys.path.remove(str(PATH.parent))
    values, genres, _ = make_song_map.read_values()
    fitted = make_song_map.fit_kernel(values, genres)
    bundled = bundled_map()
    np.testing.assert_allclose(fitted.vectors, bundled.vectors, atol=1e-5)
    cosines = np.abs(np.sum(fitted.kernel * bundled.kernel, axis=0))
    lengths = np.linalg.norm(fitted.kernel, axis=0) * np.linalg.norm(bundled.kernel, axis=0)
    np.testing.assert_allclose(cosines, lengths, rtol=1e-3)
    assert (np.abs(bundled.positions).max(axis=0) == 1).all()


def test_tracks_lie_among_their_genre_and_are_placed_near_where_they_lie():
    song_map, genres = bundled_map(), np.array([track.genre for track in bundled_tracks()])
    placed = song_map.place(song_map.vectors)
    assert np.median(np.linalg.norm(placed - song_map.positions, axis=1)) < 0.05
    distances = np.linalg.norm(song_map.positions[:, None] - song_map.positions, axis=2)
    nearest = np.argsort(distances, axis=1)[:, 1:6]
    assert (genres[nearest] == genres[:, None]).mean() > 0.8  # on tracks that it was fitted on


def test_song_lies_at_the_weighted_mean_of_its_ten_nearest_tracks():
    song_map = bundled_map()
    anchors = song_map.vectors @ song_map.kernel
    for vector in made_up_vectors(5):
        wanted = vector @ song_map.kernel
        cosines = anchors @ wanted / np.linalg.norm(anchors, axis=1) / np.linalg.norm(wanted)
        nearest = np.argsort(-cosines)[:10]
        expected = np.average(
            song_map.positions[nearest], axis=0, weights=np.exp(20 * cosines[nearest])
        )
        np.testing.assert_allclose(song_map.place(vector[None])[0], expected, atol=1e-4)


def test_place_does_not_depend_on_what_is_placed_with_it():
    song_map = bundled_map()
    many = np.tile(song_map.vectors, (12, 1))  # more than a block
    placed = song_map.place(many)
    np.testing.assert_allclose(placed[-430:], song_map.place(song_map.vectors), atol=1e-6)
    np.testing.assert_allclose(placed[5000], song_map.place(many[5000:5001])[0], atol=1e-6)


def test_silent_segments_count_for_nothing_and_do_not_move(data):
    steps, audible = data.frames[:4].copy(), np.array([False, True, False, True])
    steps[[0, 2]] = 100
    np.testing.assert_allclose(
        song_values(steps, audible), data.frames[[1, 3]].mean((0, 1)), rtol=1e-5, atol=1e-6
    )
    positions = segment_positions(steps, audible)
    assert positions.shape == (4, 2)
    assert (positions[0] == positions[1]).all() and (positions[2] == positions[1]).all()
    assert (positions[3] != positions[1]).any()


@pytest.mark.parametrize("shape, is_audible", [((3, 7, 20), True), ((3, 7, 200), False)])
def test_values_of_another_kind_and_silence_are_refused(shape, is_audible):
    with pytest.raises(ParameterError, match="audible segments, expected"):
        segment_positions(np.zeros(shape, np.float32), np.full(3, is_audible))


def changed(**arrays):
    """The bundled map's file with other arrays in it."""
    file = io.BytesIO()
    np.savez(file, **{name: getattr(bundled_map(), name) for name in SHAPES} | arrays)
    file.seek(0)
    return file


@pytest.mark.parametrize(
    "file, said",
    [
        (lambda: io.BytesIO(b"no archive"), "complete .npz"),
        (lambda: changed(more=np.zeros(1, np.float32)), "the file holds 6 arrays"),
        (lambda: changed(mean=np.zeros(3, np.float32)), "of shape \\(3,\\)"),
        (lambda: changed(mean=np.full(200, np.nan, np.float32)), "not finite"),
        (lambda: changed(deviation=np.zeros(200, np.float32)), "not above 0"),
    ],
)
def test_damaged_map_is_refused(file, said):
    with pytest.raises(ModelError, match=said):
        load_map(file())


def test_saved_map_is_the_same_file(tmp_path):
    save_map(tmp_path / "map.npz", bundled_map())
    assert (tmp_path / "map.npz").read_bytes() == PATH.read_bytes()
