"""The map of songs, on Classify and on Collection: a song's place, its nearest, a clicked point."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from app_pages import access, collection_caches, collection_playhead, interface, song_player
from app_pages.songs import Song, choose_songs
from genre.charts.song_map import MIN_WEBGL, song_map_chart
from genre.collection import search
from genre.collection.neighbours import nearest_tracks
from genre.collection.place import PlacedSong, can_place
from genre.collection.search import MapPoints, Overview
from genre.collection.song_map import bundled_tracks
from genre.collection.store import CollectionSong, has_songs, list_collections
from genre.errors import GenreError
from genre.language import _
from genre.models.classifier import Classifier
from genre.text import collection as collection_text
from genre.text.format import seconds_format

state = st.session_state
OpenCollection = tuple[Path, Overview]


def show_map(song: Song | None, classifier: Classifier | None) -> None:
    """Show the map with a song on it, its nearest tracks and songs, and what was clicked.

    Parameters
    ----------
    song : Song, optional
        The current one; without it only the others are shown.
    classifier : Classifier, optional
        The chosen model: it places the song where it reads musicnn's values.
    """
    st.header(_("Among other songs"), anchor=False)
    st.caption(_(collection_text.MAP_ABOUT), help=_(collection_text.MAP_HELP))
    placed = place(song, classifier) if song and classifier else None
    opened = open_collection()
    own = collection_caches.points(*opened) if opened else None
    draw_map(song if placed else None, placed, opened, own)
    if own and own.n_songs:
        st.caption(collection_text.points_line(own))
    show_point(opened, own, placed)
    if placed:
        show_nearest(placed, opened, song.digest if song else "")


def place(song: Song, classifier: Classifier) -> PlacedSong | None:
    """Return where a song lies, or say why that is not known."""
    if not can_place(classifier.features):
        st.caption(_(collection_text.NOT_PLACED))
        return None
    placed = collection_caches.placed(song, classifier)
    if isinstance(placed, GenreError):
        interface.show_error(placed)
        return None
    return placed


def open_collection() -> OpenCollection | None:
    """Return the collection that is open, or the first one; None where there is none to show."""
    if not access.is_local():
        return None
    places = [place for place in list_collections() if has_songs(place)]
    chosen = [one for one in places if one.name == state.get("collection")] or places[:1]
    for one in chosen:
        try:
            return one, collection_caches.overview(one)
        except GenreError as error:
            interface.show_error(error)
    return None


def draw_map(
    song: Song | None,
    placed: PlacedSong | None,
    opened: OpenCollection | None,
    own: MapPoints | None,
) -> None:
    """Draw the map, once for all who look at the same."""
    stamp = f"{opened[0].name} {opened[1].stamp}" if opened else ""
    digest = song.digest if song else ""
    # Another key for another song: a click on the chart before does not count for it.
    key = f"song_map_{interface.short_digest(digest, stamp)}"
    make = partial(song_map_chart, own, placed, selected=state.map_point)
    if own and len(own.names) >= MIN_WEBGL:  # megabytes each: these are not kept
        show = interface.draw
        figure: tuple[Any, ...] = (make(),)
    else:
        show, figure = interface.draw_once, (make, (digest, stamp, state.map_point))
    show(
        *figure,
        key,
        collection_text.map_alt(has_star=placed is not None),
        on_select=partial(keep_point, key),
        selection_mode="points",
    )
    if placed:
        collection_playhead.show_playhead(placed, key, digest)


def keep_point(key: str) -> None:
    """Keep the point that was clicked."""
    state.map_point = interface.clicked(key)


def show_point(
    opened: OpenCollection | None, own: MapPoints | None, placed: PlacedSong | None
) -> None:
    """Show what was clicked: a bundled track's name and artist, or one's own song and its sound."""
    point = state.map_point
    if point is None:
        st.caption(_("Click a point to see which track or song it is."))
        return
    tracks = bundled_tracks()
    index = point - len(tracks)  # of one's own songs
    if point < len(tracks):
        track = tracks[point]
        distance = None
        if placed:
            near = nearest_tracks(placed.vector, n=len(tracks))
            (distance,) = (one.distance for one in near if one.index == point)
        artist, line = collection_text.track_lines(track, distance)
        st.markdown(f"**{interface.literal(artist)}**")
        st.caption(interface.literal(line))
    elif opened and own and index < len(own.digests):
        try:
            song = search.song_by_digest(opened[0], own.digests[index])
        except GenreError as error:
            interface.show_error(error)
            return
        if song:
            show_own(song, "map")
            show_similar(opened[0], song, "map")


def show_own(song: CollectionSong, where: str) -> None:
    """Show one of one's own songs: its verdict, its sound, and a button that opens it."""
    st.markdown(f"**{interface.literal(song.name)}**")
    st.caption(interface.literal(collection_text.song_line(song)))
    if not song.path.is_file():
        interface.show_info(_("This file is not there any more. Index its folder again."))
        return
    one = Song(song.path.name, song.path, song.digest)
    try:
        content, media_type, _is_decoded = song_player.playable(one)
    except GenreError as error:
        interface.show_error(error)
        return
    st.audio(content, format=media_type, alt=_("Your song {name}").format(name=song.path.name))
    st.button(
        _("Open on Classify"),
        icon=":material/graphic_eq:",
        key=f"open_own_{where}",
        on_click=open_own,
        args=(one,),
    )


def show_similar(place: Path, song: CollectionSong, where: str) -> None:
    """Show which of one's own songs sound like one of them."""
    try:
        vector = search.song_vector(place, song.digest)
        found = search.nearest_songs(place, vector, left_out=song.digest)
    except GenreError as error:
        interface.show_error(error)
        return
    st.markdown(interface.bold(_("Your songs that sound like it")))
    st.dataframe(
        [collection_text.song_row(one, distance) for one, distance in found],
        hide_index=True,
        key=f"similar_songs_{where}",
        column_config=columns(_("Distance")),
        alt=_("The five of your songs that are nearest to it"),
    )


def columns(value: str) -> dict[str, Any]:
    """Return how the columns of a table of one's own songs are shown."""
    return {
        "value": st.column_config.NumberColumn(value, format="%.2f"),
        "song": _("Song"),
        "genre": _("Genre"),
        "confidence": _("Confidence"),
        "probability": st.column_config.NumberColumn(_("Probability"), format="percent"),
        "tags": _("Tags"),
        "seconds": st.column_config.NumberColumn(_("Length"), format=seconds_format()),
    }


def open_own(song: Song) -> None:
    """Make one of one's own songs the current one."""
    choose_songs([song], "collection")
    state.map_point = None
    state.is_opening = True


def show_nearest(placed: PlacedSong, opened: OpenCollection | None, digest: str) -> None:
    """Show the nearest bundled tracks and the nearest of one's own songs."""
    places = st.columns(2, gap="large") if opened else [st.container()]
    with places[0]:
        st.markdown(
            interface.bold(_("Nearest of the bundled tracks")),
            help=_(collection_text.NEAREST_ABOUT),
        )
        st.dataframe(
            [collection_text.nearest_row(near) for near in placed.nearest],
            hide_index=True,
            key="nearest_tracks",
            column_config={
                "distance": st.column_config.NumberColumn(_("Distance"), format="%.2f"),
                "artist": _("Artist"),
                "track": _("Track"),
                "genre": _("Genre"),
            },
            alt=_("The five bundled tracks that are nearest to this song"),
        )
    if opened:
        with places[1]:
            st.markdown(interface.bold(_("Nearest of your songs")))
            show_songs(nearest_own(opened, placed, digest), "nearest", _("Distance"))


def nearest_own(
    opened: OpenCollection, placed: PlacedSong, digest: str
) -> list[tuple[CollectionSong, float | None]]:
    """Return the nearest of one's own songs, without the song itself."""
    try:
        return [*search.nearest_songs(opened[0], placed.vector, left_out=digest)]
    except GenreError as error:
        interface.show_error(error)
        return []


def show_songs(
    found: list[tuple[CollectionSong, float | None]], where: str, value: str = ""
) -> CollectionSong | None:
    """Show a table of one's own songs; the selected one is played, and returned."""
    if not found:
        st.caption(_(collection_text.FOUND_NOTHING))
        return None
    table = interface.short_digest(*(song.digest for song, _value in found))
    event = st.dataframe(
        [collection_text.song_row(song, number) for song, number in found],
        hide_index=True,
        key=f"own_songs_{where}_{table}",
        on_select="rerun",
        selection_mode="single-row",
        column_config=columns(value),
        alt=_("Your songs, and what was heard in them"),
    )
    rows = event.selection.rows
    if not rows or rows[0] >= len(found):
        return None
    show_own(found[rows[0]][0], where)
    return found[rows[0]][0]
