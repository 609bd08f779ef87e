"""What is said of the map of songs, and of a collection of one's own."""

from __future__ import annotations

from typing import Any

from genre.collection.index_job import IndexStatus
from genre.collection.neighbours import NearTrack
from genre.collection.search import MapPoints, Overview
from genre.collection.store import CollectionSong
from genre.datasets.types import Track
from genre.text.format import count, duration, one_line, percent
from genre.text.song import CONFIDENCE_LABELS

MAP_ABOUT = (
    "Songs that sound alike to musicnn lie close together. The 430 small points are the bundled "
    "tracks, in the colours of their genres; the map was arranged with these genres known. A "
    "track of an artist left out of that has 71% of its five nearest tracks in its own genre."
)
MAP_HELP = (
    "Linear discriminants of musicnn's 200 values, then t-SNE; another song lies among the ten "
    "tracks nearest to it. Directions and scale mean nothing. Measured by "
    "models/ears/make_song_map.py --measure."
)
NEAREST_ABOUT = (
    "By all 200 values, not by the map: the cosine distance is 0 for the same sound, 1 for "
    "sounds with nothing in common. The bundled tracks have no sound here."
)
NOT_PLACED = "Only a model that reads musicnn's values places songs; the one chosen does not."
ABOUT = (
    "Give a folder of your songs. Each is read once, in the background; what is heard is kept on "
    "this computer, and the songs stay as they are. The next time only what changed is read."
)
NO_FOLDER = "No folder was given. Type the path of the folder of your songs."
FOUND_NOTHING = "No song is found. Use fewer words, or another tag or genre."


def track_lines(track: Track, distance: float | None) -> tuple[str, str]:
    """Return a bundled track's artist, and its name, genre and distance from the current song.

    Examples
    --------
    >>> track_lines(Track("pop.00046", "pop"), 0.4)
    ('Artist not known', 'pop.00046, pop, distance 0.40 from this song')
    """
    far = "" if distance is None else f", distance {distance:.2f} from this song"
    return track.artist or "Artist not known", f"{track.track_id}, {track.genre}{far}"


def nearest_row(near: NearTrack) -> dict[str, Any]:
    """Return a row of the table of the nearest bundled tracks."""
    return {
        "distance": round(near.distance, 2),
        "artist": one_line(near.track.artist or "not known"),
        "track": near.track.track_id,
        "genre": near.track.genre,
    }


def song_row(song: CollectionSong, value: float | None = None) -> dict[str, Any]:
    """Return a row of a table of one's own songs; ``value`` is a distance or a probability."""
    shown = {} if value is None else {"value": round(value, 3)}
    return shown | {
        "song": one_line(song.name),
        "genre": song.genre,
        "confidence": CONFIDENCE_LABELS[song.certainty],
        "probability": round(song.probability, 2),
        "tags": ", ".join(song.tags),
        "seconds": round(song.seconds),
    }


def song_line(song: CollectionSong) -> str:
    """Say what was heard in one of one's own songs."""
    tags = f"; {', '.join(song.tags)}" if song.tags else ""
    return f"{CONFIDENCE_LABELS[song.certainty]} {song.genre}, {percent(song.probability)}{tags}"


def progress_line(status: IndexStatus) -> str:
    """Say how far the indexing of a folder is."""
    if not status.n_files:
        return "Looking through the folder"
    return (
        f"{status.n_done:,} of {count(status.n_files, 'recording')}, {status.n_heard:,} new or "
        f"changed, {count(status.n_problems, 'problem')}"
    )


def outcome_line(status: IndexStatus) -> str:
    """Say how the last indexing ended; empty where there is nothing to say."""
    if status.state == "failed":
        return status.reason
    if status.state == "stopped":
        return f"Stopped after {status.n_done:,} of {status.n_files:,}. Index again to go on."
    return ""


def overview_line(overview: Overview) -> str:
    """Say what is in a collection."""
    return f"{count(overview.n_songs, 'song')}, {duration(overview.seconds)} of sound"


def points_line(points: MapPoints) -> str:
    """Say how many of one's own songs the map shows."""
    n_drawn = len(points.names)
    if n_drawn < points.n_songs:
        return (
            f"{n_drawn:,} of your {points.n_songs:,} songs are drawn, chosen by a digest of their "
            "content: a random sample, always the same. The search looks at all of them."
        )
    return f"The diamonds are {'your song' if n_drawn == 1 else f'your {n_drawn:,} songs'}."


TAG_ALONE = "A tag is searched for by itself: words and genre are not used."


def first_ones(n: int) -> str:
    """Say that more was found than is shown."""
    return f"The first {n:,} songs are shown; the downloads hold all that were found."
