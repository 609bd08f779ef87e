"""What is said of the map of songs, and of a collection of one's own."""

from __future__ import annotations

from typing import Any

from genre.collection.index_job import IndexStatus
from genre.collection.neighbours import NearTrack
from genre.collection.search import MapPoints, Overview
from genre.collection.store import CollectionSong
from genre.datasets.types import Track
from genre.language import N_, _, ngettext
from genre.text.format import count, duration, number, one_line, percent
from genre.text.genres import genre_name
from genre.text.song import CONFIDENCE_LABELS, verdict_line

MAP_ABOUT = N_(
    "Songs that sound alike to musicnn lie close together. The 430 small points are "
    "the bundled tracks, in the colours of their genres; the map was arranged with "
    "these genres known. A track of an artist left out of that has 71% of its five "
    "nearest tracks in its own genre."
)
MAP_HELP = N_(
    "Linear discriminants of musicnn's 200 values, then t-SNE; another song lies "
    "among the ten tracks nearest to it. Directions and scale mean nothing. Measured "
    "by models/ears/make_song_map.py --measure."
)
NEAREST_ABOUT = N_(
    "By all 200 values, not by the map: the cosine distance is 0 for the same sound, "
    "1 for sounds with nothing in common. The bundled tracks have no sound here."
)
NOT_PLACED = N_("Only a model that reads musicnn's values places songs; the one chosen does not.")
ABOUT = N_(
    "Give a folder of your songs. Each is read once, in the background; the "
    "results are kept on this computer, and the songs stay as they are. The next "
    "time only what changed is read."
)
NO_FOLDER = N_("No folder was given. Type the path of the folder of your songs.")
FOUND_NOTHING = N_("No song is found. Use fewer words, or another tag or genre.")


def track_lines(track: Track, distance: float | None) -> tuple[str, str]:
    """Return a bundled track's artist, and its name, genre and distance from the current song.

    Examples
    --------
    >>> track_lines(Track("pop.00046", "pop"), 0.4)
    ('Artist not known', 'pop.00046, pop, distance 0.40 from this song')
    """
    line = f"{track.track_id}, {genre_name(track.genre)}"
    if distance is not None:
        line = _("{track}, distance {distance} from this song").format(
            track=line, distance=number(distance, 2)
        )
    return track.artist or _("Artist not known"), line


def nearest_row(near: NearTrack) -> dict[str, Any]:
    """Return a row of the table of the nearest bundled tracks."""
    return {
        "distance": round(near.distance, 2),
        "artist": one_line(near.track.artist or _("not known")),
        "track": near.track.track_id,
        "genre": genre_name(near.track.genre),
    }


def song_row(song: CollectionSong, value: float | None = None) -> dict[str, Any]:
    """Return a row of a table of one's own songs; ``value`` is a distance or a probability."""
    shown = {} if value is None else {"value": round(value, 3)}
    return shown | {
        "song": one_line(song.name),
        "genre": genre_name(song.genre),
        "confidence": _(CONFIDENCE_LABELS[song.certainty]),
        "probability": round(song.probability, 2),
        "tags": ", ".join(song.tags),
        "seconds": round(song.seconds),
    }


def song_line(song: CollectionSong) -> str:
    """Say what was heard in one of one's own songs."""
    verdict = verdict_line(song.certainty, song.genre)
    tags = f"; {', '.join(song.tags)}" if song.tags else ""
    return f"{verdict}, {percent(song.probability)}{tags}"


def progress_line(status: IndexStatus) -> str:
    """Say how far the indexing of a folder is."""
    if not status.n_files:
        return _("Looking through the folder")
    return _("{n_done} of {n_files}, {n_heard} new or changed, {n_problems}").format(
        n_done=number(status.n_done),
        n_files=count(status.n_files, "recording"),
        n_heard=number(status.n_heard),
        n_problems=count(status.n_problems, "problem"),
    )


def outcome_line(status: IndexStatus) -> str:
    """Say how the last indexing ended; empty where there is nothing to say."""
    if status.state == "failed":
        return status.reason
    if status.state == "stopped":
        return _("Stopped after {n_done} of {n_files}. Index again to go on.").format(
            n_done=number(status.n_done), n_files=number(status.n_files)
        )
    return ""


def overview_line(overview: Overview) -> str:
    """Say what is in a collection."""
    return _("{n_songs}, {seconds} of sound").format(
        n_songs=count(overview.n_songs, "song"), seconds=duration(overview.seconds)
    )


def points_line(points: MapPoints) -> str:
    """Say how many of one's own songs the map shows."""
    n_drawn = len(points.names)
    if n_drawn < points.n_songs:
        return _(
            "{n_drawn} of your {n_songs} songs are drawn, chosen by a digest of their "
            "content: a random sample, always the same. The search looks at all of them."
        ).format(n_drawn=number(n_drawn), n_songs=number(points.n_songs))
    said = ngettext("The diamonds are your song.", "The diamonds are your {n} songs.", n_drawn)
    return said.format(n=number(n_drawn))


def map_alt(*, has_star: bool) -> str:
    """Say what the map shows, for who does not see it."""
    if has_star:
        return _(
            "A map of the 430 bundled tracks and your own songs by how they sound, coloured by "
            "genre; a star marks the current song."
        )
    return _(
        "A map of the 430 bundled tracks and your own songs by how they sound, coloured by genre."
    )


TAG_ALONE = N_("A tag is searched for by itself: words and genre are not used.")


def first_ones(n: int) -> str:
    """Say that more was found than is shown."""
    return _("The first {n} songs are shown; the downloads hold all that were found.").format(
        n=number(n)
    )
