"""The commands on datasets: ``extract`` and ``get-gtzan`` make one, ``dataset`` describes it.

Conventions
-----------
As `genre.cli.songs`.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict, replace
from pathlib import Path

from genre.audio.feature_config import FeatureConfig, MfccConfig, MusicnnConfig
from genre.cli.outputs import check_file, check_folder
from genre.cli.songs import load_data, print_json, progress_bar, say
from genre.cli.terminal import column, column_width
from genre.datasets.gtzan import GtzanSource, Stage, find_gtzan, find_source
from genre.datasets.gtzan_download import DownloadStatus, run_download
from genre.datasets.json_file import write_json
from genre.datasets.pack import write_pack
from genre.datasets.read_job import run_reading
from genre.datasets.summary import GenreOverview, describe_dataset
from genre.datasets.types import SegmentSet, check_kind
from genre.errors import ParameterError
from genre.language import _
from genre.text.format import count


def extract(arguments: argparse.Namespace) -> int:
    """Make a feature pack of a dataset."""
    out = Path(arguments.out)
    is_json = out.suffix == ".json"
    if out.exists() and out.is_dir() == is_json:
        raise ParameterError(
            f"'{out}' exists and is {'a folder' if is_json else 'not a folder'}. "
            "Name a folder for a pack, or a .json file for the course's format."
        )
    features = _asked_features(arguments, is_json=is_json)
    (check_file if is_json else check_folder)(out)
    data = load_data(arguments.source, features=features, teacher_values=arguments.teacher_values)
    if arguments.altered:
        data = _with_altered(data, arguments)
    _check_extracted(data, features, is_given=bool(arguments.n_mfcc))
    if arguments.teacher_values and data.teacher_values is None:
        raise ParameterError(
            f"{data.name} holds no teacher values, --teacher-values was given: they can only be "
            "computed from audio. Give the folder of the recordings."
        )
    data = replace(data, name=arguments.name or out.stem)
    if is_json:
        with_teacher = arguments.teacher_values
        write_json(out, data, n_mfcc=features.frame_values, with_teacher_values=with_teacher)
    else:
        write_pack(out, data, description=arguments.about)
    written = [out] if is_json else list(out.iterdir())
    n_bytes = sum(file.stat().st_size for file in written)
    print(
        f"{count(len(data.tracks), 'track')}, {count(len(data.frames), 'segment')}, "
        f"{count(len(data.genres), 'genre')}, {len(data.skipped)} skipped; "
        f"{n_bytes / 1e6:.1f} MB in {out}"
    )
    return int(bool(data.skipped))


def _asked_features(arguments: argparse.Namespace, *, is_json: bool) -> FeatureConfig:
    """Return the frames to extract, refusing options that do not belong together."""
    windows = {
        name: value
        for name in ("window_frames", "hop_frames")
        if (value := getattr(arguments, name)) is not None
    }
    if arguments.features == "musicnn":
        if is_json or arguments.n_mfcc or arguments.teacher_values:
            other = "--n-mfcc" if arguments.n_mfcc else "--teacher-values"
            other = "a .json file" if is_json else other
            raise ParameterError(
                f"--features musicnn was given with {other}, which is for MFCCs only. "
                f"{'Name a folder for a pack.' if is_json else f'Leave {other} out.'}"
            )
        return MusicnnConfig(**windows)
    if windows:
        flag = f"--{next(iter(windows)).replace('_', '-')}"
        raise ParameterError(
            f"{flag} was given for MFCCs, expected --features musicnn with it. "
            f"Add that, or leave {flag} out."
        )
    return MfccConfig(n_mfcc=arguments.n_mfcc or (13 if is_json else 20))


def _with_altered(data: SegmentSet, arguments: argparse.Namespace) -> SegmentSet:
    """Add altered versions to what was extracted from a folder."""
    from genre.datasets.altered import add_altered

    folder = Path(arguments.source)
    if not folder.is_dir() or data.altered is not None or Path(arguments.out).suffix == ".json":
        raise ParameterError(
            "--altered was given, but altered versions can only be made of a folder of recordings, "
            "and kept in a pack. Give such a folder, and the name of a folder for the pack."
        )
    with progress_bar() as on_progress:
        return add_altered(data, folder, arguments.altered, on_progress=on_progress)


def _check_extracted(data: SegmentSet, asked: FeatureConfig, *, is_given: bool) -> None:
    """Raise if a dataset that holds features, not audio, holds others than were asked for."""
    check_kind(data.name, data.features, asked, reader="--features")
    held, n = data.features.frame_values, asked.frame_values
    if asked.kind == "mfcc" and (held < n or (is_given and held != n)):
        raise ParameterError(
            f"{data.name} holds {held} MFCCs, --n-mfcc {n} was given: "
            "only audio can be extracted with another number. Leave --n-mfcc out."
        )
    if asked.kind == "musicnn" and data.features != asked:
        raise ParameterError(
            f"{data.name} holds musicnn features with {_windows(data.features)}, "
            f"{_windows(asked)} was asked for: only audio can be extracted with other windows. "
            "Give the folder of the recordings."
        )


def _windows(features: FeatureConfig) -> str:
    settings = features.to_dict()
    return f"window_frames={settings['window_frames']}, hop_frames={settings['hop_frames']}"


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
    say(f"{_(source.title)} ({_(source.size)})")
    say(_(source.note))
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
