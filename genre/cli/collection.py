"""The commands ``index`` and ``collection``: the user's own songs, searched and exported.

Conventions
-----------
As `genre.cli.songs`.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from genre.cli.outputs import check_file, check_folder
from genre.cli.songs import progress_bar, say
from genre.cli.terminal import column, column_width, genre_name, printable
from genre.collection import search
from genre.collection.hearing import MODEL, heard_of
from genre.collection.index_job import IndexStatus, run_index
from genre.collection.store import (
    CollectionSong,
    collection_of,
    delete_collection,
    list_collections,
)
from genre.errors import CollectionError, ParameterError
from genre.export.collection_table import playlists, songs_csv, songs_json
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song
from genre.paths import MODELS_BUNDLED
from genre.system.files import write_bytes
from genre.text.format import count, duration, percent
from genre.text.song import CONFIDENCE_LABELS

Found = list[tuple[CollectionSong, float | None]]
ALL = -1


def index(arguments: argparse.Namespace) -> int:
    """Index a folder: read what is new or changed, with progress."""
    with progress_bar("file") as bar:

        def on_progress(status: IndexStatus) -> None:
            bar(status.n_done, status.n_files, "")

        status = run_index(Path(arguments.folder), on_progress)
    if status.state == "failed":
        raise CollectionError(status.reason)
    say(
        f"{count(status.n_done, 'recording')} of {status.n_files:,} looked at, "
        f"{status.n_heard:,} read, {count(status.n_problems, 'problem')}"
        f"{'; stopped, the next time goes on from here' if status.state == 'stopped' else ''}"
    )
    return 130 if status.reason == "interrupted" else int(status.n_problems > 0)


def collection(arguments: argparse.Namespace) -> int:
    """Search, export or delete a collection; without a folder, list them."""
    if not arguments.folder:
        for place in list_collections():
            try:
                print_overview(place)
            except CollectionError as error:  # the others can be listed all the same
                say(str(error))
        return 0
    place = collection_of(Path(arguments.folder))  # its folder may be gone
    if arguments.delete:
        delete_collection(place)
        say("the collection was deleted; the recordings are where they were")
        return 0
    search.read_overview(place)
    is_export = bool(arguments.json or arguments.csv or arguments.m3u)
    if arguments.problems:
        for name, reason in search.list_problems(place, limit=-1):
            print(f"{printable(name)}: {reason}")
    elif is_export:
        export(place, arguments)
    elif arguments.like or arguments.tag or arguments.text or arguments.genre:
        print_found(find(place, arguments, arguments.n))
    else:
        print_overview(place)
    return 0


def find(place: Path, arguments: argparse.Namespace, n: int) -> Found:
    """Return the songs asked for, with a distance or a probability where there is one."""
    asked = [name for name in ("like", "tag", "text") if getattr(arguments, name)]
    if len(asked) > 1 or (asked[:1] in (["like"], ["tag"]) and arguments.genre):
        other = asked[1] if len(asked) > 1 else "genre"
        raise ParameterError(
            f"--{asked[0]} and --{other} were given, expected one of them. Leave one out."
        )
    if n < 1 and n != ALL:
        raise ParameterError(f"-n {n} was given, expected at least 1.")
    if arguments.like:
        heard = heard_of(analyze_song(arguments.like, load_classifier(MODEL, MODELS_BUNDLED)))
        with open(arguments.like, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return [*search.nearest_songs(place, heard.vector, left_out=digest, n=n)]
    if arguments.tag:
        return [*search.songs_by_tag(place, arguments.tag, n=n)]
    songs = search.find_songs(place, arguments.text, genre=arguments.genre, limit=n)
    return [(song, None) for song in songs]


def export(place: Path, arguments: argparse.Namespace) -> None:
    """Write the songs asked for, or all: to a file, a folder of playlists, or standard output."""
    check_file(arguments.out)
    is_short = bool(arguments.like or arguments.tag)
    songs = [song for song, _ in find(place, arguments, arguments.n if is_short else ALL)]
    if arguments.m3u:
        check_folder(arguments.m3u)
        Path(arguments.m3u).mkdir(parents=True, exist_ok=True)
        for name, playlist in playlists(songs).items():
            write_bytes(Path(arguments.m3u) / name, playlist)
            say(f"written: {Path(arguments.m3u) / name}")
        return
    text = songs_json(songs) if arguments.json else songs_csv(songs)
    if arguments.out:
        write_bytes(Path(arguments.out), text.encode("utf-8", "surrogateescape"))
    else:
        sys.stdout.write(text)


def print_overview(place: Path) -> None:
    """Print what is in a collection."""
    overview = search.read_overview(place)
    print(
        f"{printable(str(overview.folder))}: {count(overview.n_songs, 'song')} "
        f"({duration(overview.seconds)}), {count(overview.n_problems, 'problem')}"
    )
    width = column_width(overview.genres)
    for genre, n in overview.genres.items():
        print(f"  {column(genre, width)}{n:>7,}")


def print_found(found: Found) -> None:
    """Print songs, a line each."""
    for song, value in found:
        shown = "" if value is None else f"{value:.3f}  "
        tags = f"  {', '.join(song.tags)}" if song.tags else ""
        print(
            f"{shown}{printable(song.name)}: {CONFIDENCE_LABELS[song.certainty]} "
            f"{genre_name(song.genre)} {percent(song.probability)}{tags}"
        )
