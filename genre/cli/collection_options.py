"""The options of ``index``, ``collection``, ``data`` and ``cluster``, apart from the others."""

from __future__ import annotations

import argparse


def add_cluster(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command that lists the workers of a cluster."""
    cluster = commands.add_parser("cluster", help="list the workers of a Dask cluster")
    cluster.add_argument("address", metavar="ADDRESS", nargs="?", help="of its scheduler: tcp://…")
    cluster.set_defaults(function="cluster:cluster")


def add_cluster_option(parser: argparse.ArgumentParser) -> None:
    """Add the option of where the tasks of a command are computed."""
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="compute on the Dask cluster whose scheduler is there (tcp://…; GENRE_LAB_CLUSTER)",
    )


def add_collection(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands on a collection of one's own songs."""
    index = commands.add_parser("index", help="index a folder of songs: what is new or changed")
    index.add_argument("folder", metavar="FOLDER")
    add_cluster_option(index)
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


def add_data(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command on datasets with a name, built of one's own recordings."""
    data = commands.add_parser("data", help="build, check, export and import datasets of your own")
    actions = data.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="list them").set_defaults(function="own_data:list_data")

    build = actions.add_parser("build", help="create one, or add recordings to it")
    build.add_argument("name", metavar="NAME", help="in any script")
    source = "a folder, table, zip, pack or .json file; without it the dataset is empty"
    build.add_argument("source", metavar="SOURCE", nargs="?", help=source)
    given = "the class of all; the folder that each lies in unless given"
    build.add_argument("--class", metavar="CLASS", dest="genre", default="", help=given)
    build.add_argument("--inbox", action="store_true", help="(for the page) what was uploaded")
    build.set_defaults(function="own_data:build")

    for name, function, about in (
        ("show", "show", "show its classes"),
        ("check", "check", "listen to it: labels that look wrong, outliers, the same sound twice"),
        ("export", "export", "write it as one .zip file"),
        ("delete", "delete", "delete it with its copies of the recordings"),
    ):
        action = actions.add_parser(name, help=about)
        action.add_argument("name", metavar="NAME", help="its name or its folder's")
        action.set_defaults(function=f"own_data:{function}")
        if name == "check":
            action.add_argument("--json", action="store_true")
        if name == "export":
            action.add_argument("out", metavar="FILE")
            action.add_argument(
                "--as",
                dest="form",
                default="zip",
                choices=("zip", "mfcc", "musicnn"),
                help="recordings, or a pack of these features (zip)",
            )
        if name == "delete":
            action.add_argument("--yes", action="store_true", help="delete it")

    import_data = actions.add_parser("import", help="make a dataset of one that was exported")
    import_data.add_argument("file", metavar="FILE")
    import_data.set_defaults(function="own_data:import_data")
