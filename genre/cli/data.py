"""The commands on datasets: ``dataset`` describes one, ``get-gtzan`` downloads one.

Conventions
-----------
As `genre.cli.songs`.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from genre.cli.songs import load_data, print_json, say
from genre.cli.terminal import column, column_width
from genre.datasets.gtzan import GtzanSource, Stage, find_gtzan, find_source
from genre.datasets.gtzan_download import DownloadStatus, run_download
from genre.datasets.read_job import run_reading
from genre.datasets.summary import GenreOverview, describe_dataset


def dataset(arguments: argparse.Namespace) -> int:
    """Describe a dataset."""
    data = load_data(arguments.source)
    overview = describe_dataset(data)
    if arguments.json:
        skipped = [[s.name, s.reason] for s in data.skipped]
        print_json(asdict(overview) | {"skipped": skipped})
        return int(bool(skipped))
    width = column_width(row.genre for row in overview.genres)
    print(
        f"{'genre':<{width}}{'tracks':>8}{'segments':>10}{'minutes':>9}{'artists':>9}{'unknown':>9}"
    )
    for row in (*overview.genres, overview.total):
        print(_line(row, width))
    if not data.has_tracks:
        say("the tracks of the segments are unknown: only the course split is possible")
    return int(bool(data.skipped))


def read(arguments: argparse.Namespace) -> int:
    """Read a dataset, and record the progress for the page."""
    return int(run_reading(arguments.source, arguments.features).state == "failed")


def get_gtzan(arguments: argparse.Namespace) -> int:
    """Download GTZAN, or a hundred clips of it, once its terms are accepted."""
    source = find_source(arguments.source)
    if found := find_gtzan(source):
        print(found)
        return 0
    say(f"{source.title} ({source.size})")
    say(source.note)
    say(f"from {source.url}\nto   {source.folder}")
    if not arguments.yes and not _agrees():
        say("nothing was downloaded")
        return 1
    status = _fetch(source)
    if status.state == "ready":
        print(status.path)
        say(f"train on it with: python -m genre train --data '{status.path}'")
        return 0
    say(status.reason or "stopped; run the command again to continue the download")
    return 1


def _agrees() -> bool:
    """Ask for confirmation; no answer means no."""
    sys.stderr.write("Download it? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _fetch(source: GtzanSource) -> DownloadStatus:
    """Download a source with a progress bar for each stage."""
    from tqdm import tqdm

    bars: dict[Stage, tqdm] = {}

    def on_progress(stage: Stage, n_done: int, n_total: int) -> None:
        if stage not in bars:
            is_bytes = stage == "downloading"
            bars[stage] = tqdm(
                desc=stage,
                unit="B" if is_bytes else "file",
                unit_scale=is_bytes,
                file=sys.stderr,
                disable=None,
            )
        bars[stage].total = n_total or None
        bars[stage].update(n_done - bars[stage].n)

    try:
        return run_download(source, on_progress)
    finally:
        for bar in bars.values():
            bar.close()


def _line(row: GenreOverview, width: int) -> str:
    n_tracks, n_unknown = ("" if n is None else n for n in (row.n_tracks, row.n_unknown))
    return (
        f"{column(row.genre, width)}{n_tracks:>8}{row.n_segments:>10}{row.minutes:>9.1f}"
        f"{row.n_artists:>9}{n_unknown:>9}"
    )
