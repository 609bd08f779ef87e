"""The map of songs as a figure."""

import numpy as np

from genre.charts.colours import GENRE_COLOURS
from genre.charts.song_map import EDGE, MIN_WEBGL, song_map_chart
from genre.collection.neighbours import nearest_tracks
from genre.collection.place import PlacedSong
from genre.collection.search import MapPoints
from genre.collection.song_map import bundled_map, bundled_tracks

VECTOR = bundled_map().vectors[5]
WAY = np.float32([[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]])
SONG = PlacedSong(VECTOR, WAY[0], WAY, 3.0, tuple(nearest_tracks(VECTOR)))


def own(n, name="<b>bold</b>.mp3", genre="polka"):
    positions = np.linspace(-1, 1, 2 * n, dtype=np.float32).reshape(n, 2)
    return MapPoints(positions, [f"a/{name}"] * n, [genre] * n, ["0" * 64] * n, n)


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def test_every_track_is_a_point_that_can_be_clicked_in_the_picture():
    found = traces(song_map_chart())
    points = [p for name in {t.genre for t in bundled_tracks()} for p in found[name].customdata]
    assert sorted(points) == list(range(430))
    assert np.abs(bundled_map().positions).max() < EDGE
    assert "your songs" not in found and "this song" not in found


def test_song_has_its_place_its_way_and_its_nearest():
    found = traces(song_map_chart(None, SONG))
    np.testing.assert_array_equal(found["its segments"].x, WAY[:, 0])
    np.testing.assert_array_equal([found["this song"].x[0], found["this song"].y[0]], WAY[0])
    rows = [near.index for near in SONG.nearest]
    np.testing.assert_array_equal(found["nearest tracks"].x, bundled_map().positions[rows, 0])


def test_many_own_songs_are_drawn_by_webgl_and_a_few_are_not():
    assert traces(song_map_chart(own(MIN_WEBGL)))["your songs"].type == "scattergl"
    few = traces(song_map_chart(own(3)))["your songs"]
    assert few.type == "scatter"
    assert few.customdata.tolist() == [430, 431, 432]
    assert "<b>" not in few.hovertext[0]  # a file's name is no markup


def test_own_songs_have_the_colours_of_their_genres():
    songs = own(3)
    songs.genres[:] = ["jazz", "rock", "polka"]
    marker = traces(song_map_chart(songs))["your songs"].marker
    shown = [marker.colorscale[i][1] for i in marker.color]
    assert shown[:2] == [GENRE_COLOURS["jazz"], GENRE_COLOURS["rock"]]
    np.testing.assert_allclose(
        [marker.colorscale[i][0] for i in marker.color], marker.color / marker.cmax
    )


def test_chosen_point_is_marked_and_one_that_is_gone_is_not():
    marked = traces(song_map_chart(own(3), selected=432))["chosen"]
    np.testing.assert_allclose(marked.x, [0.6], atol=1e-6)
    track = traces(song_map_chart(selected=7))["chosen"]
    np.testing.assert_array_equal(track.x, bundled_map().positions[[7], 0])
    assert "chosen" not in traces(song_map_chart(own(3), selected=433))
    assert "chosen" not in traces(song_map_chart(None, selected=430))
