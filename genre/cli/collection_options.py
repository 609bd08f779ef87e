"""The options of ``index`` and ``collection``, apart from the other parsers for their number."""

from __future__ import annotations

import argparse


def add_collection(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands on a collection of one's own songs."""
    index = commands.add_parser("index", help="index a folder of songs: what is new or changed")
    index.add_argument("folder", metavar="FOLDER")
    index.set_defaults(function="collection:index")

    collection = commands.add_parser("collection", help="search and export indexed songs")
    collection.add_argument("folder", metavar="FOLDER", nargs="?", help="as it was indexed")
    collection.add_argument("--like", metavar="FILE", help="songs that sound like a recording")
    collection.add_argument("--tag", metavar="TAG", help="songs by how probable a tag is")
    collection.add_argument(
        "--text", default="", metavar="WORDS", help="songs with these words in path, genre or tags"
    )
    collection.add_argument("--genre", default="", help="songs of this verdict")
    collection.add_argument("-n", type=int, default=20, help="how many songs at most (20)")
    form = collection.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="the songs found, or all, as CSV")
    form.add_argument("--json", action="store_true", help="the same as JSON")
    form.add_argument("--m3u", metavar="DIR", help="the same as playlists, one for each genre")
    form.add_argument("--problems", action="store_true", help="the files that cannot be used")
    form.add_argument("--delete", action="store_true", help="delete the collection, not the songs")
    collection.add_argument("--out", metavar="FILE", help="write the CSV or JSON to a file")
    collection.set_defaults(function="collection:collection")
