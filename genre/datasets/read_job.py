"""Reading a dataset in a process of its own: progress while it lasts, then what is in it.

Conventions
-----------
A status file per path and kind of features, in the user's cache (``docs/formats.md`` lists the
keys).  What was extracted is kept there too, so training on the same data decodes nothing
again, and a reading that was stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from genre.audio.feature_config import FeatureKind
from genre.datasets.load import USUAL_FEATURES, load_dataset
from genre.datasets.summary import describe_dataset
from genre.errors import GenreError
from genre.language import N_, _
from genre.paths import cache_folder
from genre.storage.growing import sweep_grown, telling_of_the_cache
from genre.system.jobs import Job, JobStatus
from genre.system.schema import Damaged, file_name, items, maybe, number, record, whole

READING_VERSION = 1
_ROW = record(
    genre=file_name,
    n_tracks=maybe(whole()),
    n_segments=whole(),
    minutes=number(0),
    n_artists=whole(),
    n_unknown=maybe(whole()),
)
_CONTENT = record(
    overview=maybe(record(name=file_name, genres=items(_ROW), total=_ROW, n_skipped=whole())),
)
_SKIPPED = record(skipped=items(items(file_name)))


@dataclass(frozen=True, slots=True)
class Reading(JobStatus):
    """Where the reading of a dataset stands.

    Parameters
    ----------
    n_done, n_tracks : int
        Tracks read, and tracks there are; 0 until they were counted.
    overview : dict
        Once ready, `genre.datasets.summary.DatasetOverview` as plain values.
    skipped : list of [str, str]
        Once ready, what could not be used, and why.
    """

    state: Literal["absent", "reading", "ready", "failed"]
    n_done: int = 0
    n_tracks: int = 0
    overview: dict[str, Any] | None = None
    skipped: tuple[tuple[str, str], ...] = ()

    VERSION: ClassVar[int] = READING_VERSION
    LIVE: ClassVar[tuple[str, ...]] = ("reading",)
    KILLED: ClassVar[str] = N_("its process ended. Read it again.")
    NEVER_STARTED: ClassVar[str] = N_("its process never started. Read it again.")

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return a reading as it was written; errors are those of every job."""
        _CONTENT(document, _("the file"))
        pairs = skipped_pairs(document)
        if document["state"] == "ready" and document["overview"] is None:
            raise Damaged(_("the file is of a finished reading but has no overview"))
        return super(Reading, cls).from_dict({**document, "skipped": pairs})


def skipped_pairs(document: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what a status says was left out: names of files, and why.

    Raises
    ------
    Damaged
        If it holds anything else.
    """
    _SKIPPED(document, _("the file"))
    if [pair for pair in document["skipped"] if len(pair) != 2]:
        raise Damaged(_("skipped of the file is expected to hold pairs of name and reason"))
    return tuple((name, reason) for name, reason in document["skipped"])


def start_reading(source: str, features: FeatureKind = "mfcc") -> None:
    """Start reading a dataset in a process of its own, unless one does.

    Parameters
    ----------
    source : str
        As `genre.datasets.load.load_dataset` takes it.
    features : str
        What to extract from audio: the usual frames of this kind (`USUAL_FEATURES`).

    Raises
    ------
    DatasetError
        If the cache cannot be written to.
    """
    if read_reading(source, features).is_live:
        return
    with telling_of_the_cache():
        _job(source, features).start(["read", source, "--features", features], Reading("reading"))


def stop_reading(source: str, features: FeatureKind = "mfcc") -> None:
    """End the reading of a dataset; what was extracted is kept."""
    job = _job(source, features)
    if read_reading(source, features).is_live:
        job.end()
        sweep_grown()
        job.write(Reading("absent"))


def read_reading(source: str, features: FeatureKind = "mfcc") -> Reading:
    """Return where the reading of a dataset stands, noticing a process that is gone."""
    return _job(source, features).read() or Reading("absent")


def run_reading(source: str, features: FeatureKind = "mfcc") -> Reading:
    """Read a dataset in this very process, writing down how far it is.

    Parameters
    ----------
    source : str
    features : str
        As for `start_reading`.

    Returns
    -------
    status : Reading
        ``ready``, or ``failed`` with the reason.
    """
    job = _job(source, features)
    job.status_file.parent.mkdir(parents=True, exist_ok=True)

    def on_progress(n_done: int, n_tracks: int, name: str) -> None:
        job.progress(Reading("reading", n_done=n_done, n_tracks=n_tracks))

    job.begin(Reading("reading"))
    try:
        data = load_dataset(source, features=USUAL_FEATURES[features], on_progress=on_progress)
    except GenreError as error:
        return job.conclude(state="failed", reason=str(error))
    n = len(data.tracks)
    return job.conclude(
        state="ready",
        n_done=n,
        n_tracks=n,
        overview=asdict(describe_dataset(data)),
        skipped=tuple((s.name, s.reason) for s in data.skipped),
    )


def _job(source: str, features: FeatureKind) -> Job[Reading]:
    """Return the reading of a source as a background job."""
    path = Path(source).expanduser().resolve()
    digest = hashlib.sha256(f"{features} {path}".encode()).hexdigest()
    return Job(Reading, cache_folder() / "readings" / f"{digest[:16]}.json")
