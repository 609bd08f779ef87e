"""What is said of datasets that are built here: their size, work on them, what looks wrong."""

from __future__ import annotations

from typing import Any

from genre.builder.check import DatasetCheck
from genre.builder.dataset import ClassRow, Clip, OwnDataset
from genre.builder.names import key_of
from genre.builder.work_job import Work
from genre.datasets.load import stored_features
from genre.language import N_, _
from genre.text.format import count, duration, number, percent
from genre.text.genres import genre_name

ABOUT = N_(
    "Build a dataset of your own recordings: name classes, add files, look at what stands out, "
    "then train on it. The recordings are copied; yours stay as they are."
)
NO_CLASS = N_("Name a class first: recordings are added to it.")
SUSPECT_HELP = N_(
    "A label is doubted where none of the ten nearest clips of other artists has it, and at least "
    "half of them have one other. On the 430 tracks of the bundled data with 20 labels exchanged "
    "at random, 15 of the 20 are found on average, and 46 tracks are marked in all: listen before "
    "you correct. Outliers are farther from their five nearest clips than the third quartile plus "
    "the interquartile range. Clips at a cosine distance of under 0.02 are mostly one recording in "
    "two forms."
)
FORM_NAMES = {
    "zip": N_("Recordings (.zip)"),
    "mfcc": N_("Feature pack: MFCCs"),
    "musicnn": N_("Feature pack: musicnn"),
}
"""How a dataset is exported."""
DATA_PREFIX = "dataset:"
"""How the list of data on Train marks a dataset that was built here: its slug follows."""


def size_line(dataset: OwnDataset) -> str:
    """Say how large a dataset is."""
    seconds = sum(clip.seconds for clip in dataset.clips)
    line = _("{n_classes}, {n_clips}, {seconds}").format(
        n_classes=count(len(dataset.classes), "class"),
        n_clips=count(len(dataset.clips), "clip"),
        seconds=duration(seconds),
    )
    if dataset.has_sound:
        return line
    return _("{line}; features, no sound").format(line=line)


def class_row(row: ClassRow) -> dict[str, Any]:
    """Return a class as a row of the table of classes."""
    return {
        "class": genre_name(row.name),
        "clips": row.n_clips,
        "artists": row.n_artists,
        "unknown": row.n_unknown,
        "minutes": row.seconds / 60,
    }


def work_line(status: Work) -> str:
    """Say how far the work on a dataset is."""
    if not status.n_files:
        return _("Looking at what is there") if status.task == "add" else _("Exporting")
    done, files = number(status.n_done), number(status.n_files)
    if status.task == "export":
        return _("Exporting: {n_done} of {n_files}").format(n_done=done, n_files=files)
    return _("Adding: {n_done} of {n_files}").format(n_done=done, n_files=files)


def added_line(status: Work) -> str:
    """Say how many recordings were added."""
    line = _("{n_clips} added, {n_skipped} skipped.").format(
        n_clips=count(status.n_added, "clip"), n_skipped=number(status.n_skipped)
    )
    if status.state == "stopped":
        return _("Stopped: {line} Add the same again to go on.").format(line=line)
    return line


def outcome_line(status: Work) -> str:
    """Say how the work on a dataset ended; empty where nothing is to be said."""
    if status.state in ("absent", "working") or status.reason:
        return status.reason
    if status.task == "add":
        return added_line(status)
    if status.state == "stopped":
        return _("Stopped: nothing was written.")
    return _("Written to {file}").format(file=status.out)


def heard_line(found: DatasetCheck) -> str:
    """Say how much of a dataset was heard and compared."""
    if found.n_heard > len(found.clips):
        return _(
            "{n_clips} of {n_heard} are compared and drawn, chosen by a digest of their content."
        ).format(n_clips=number(len(found.clips)), n_heard=count(found.n_heard, "clip"))
    return _("{n_heard} of {n_clips} were listened to.").format(
        n_heard=number(found.n_heard), n_clips=count(found.n_clips, "clip")
    )


def check_rows(found: DatasetCheck) -> list[dict[str, str]]:
    """Return what looks wrong in a dataset, the surest of each kind first."""
    rows = [
        {
            "file": one.clip.file,
            "class": genre_name(one.clip.genre),
            "what": _("likely {genre}: {n} of its {n_asked} nearest clips of other artists").format(
                genre=genre_name(one.suggested), n=one.n_votes, n_asked=one.n_asked
            ),
        }
        for one in found.suspects
    ]
    rows += [
        {
            "file": one.first.file,
            "class": genre_name(one.first.genre),
            "what": _("sounds the same as {file} in {genre} (distance {distance})").format(
                file=one.second.file,
                genre=genre_name(one.second.genre),
                distance=number(one.distance, 3),
            ),
        }
        for one in found.twins
    ]
    return rows + [
        {
            "file": one.clip.file,
            "class": genre_name(one.clip.genre),
            "what": _("an outlier: {distance} from its nearest clips").format(
                distance=number(one.distance, 2)
            ),
        }
        for one in found.outliers
    ]


def pack_form(dataset: OwnDataset) -> str:
    """Return the form as which a dataset of features is exported: a pack of their kind."""
    features = stored_features(dataset.folder)
    return features.kind if features else "mfcc"


def search_clips(dataset: OwnDataset, words: str, genre: str) -> list[Clip]:
    """Return the clips of a class, or of all, with these words in title, artist or file."""
    wanted = key_of(words).split()
    clips = [clip for clip in dataset.clips if genre in ("", clip.genre)]
    if not wanted:
        return clips
    texts = (key_of(f"{clip.title} {clip.artist} {clip.file}") for clip in clips)
    return [
        clip
        for clip, text in zip(clips, texts, strict=True)
        if all(word in text for word in wanted)
    ]


def clips_line(n_shown: int, n_found: int) -> str:
    """Say that more clips were found than the table shows."""
    return _("The first {n_shown} of {n_found} are shown: search for others.").format(
        n_shown=number(n_shown), n_found=count(n_found, "clip")
    )


def share_done(status: Work) -> float:
    """Return how much of the work is done, from 0 to 1."""
    return min(1.0, status.n_done / status.n_files) if status.n_files else 0.0


def map_alt(found: DatasetCheck) -> str:
    """Say what the map of a dataset shows, for who does not see it."""
    share = percent(len(found.suspects) / max(1, len(found.clips)))
    return _(
        "A map of {n_clips} by how they sound, coloured by class; {share} have a class that is "
        "doubted."
    ).format(n_clips=count(len(found.clips), "clip"), share=share)
