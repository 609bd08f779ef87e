"""What a visitor calls a run: a label, notes and tags, in any script.

Conventions
-----------
``label.json`` in the run's folder, beside its settings: it changes nothing of how a run is trained,
resumed or found.  Texts are in Unicode's composed form (NFC), without control characters and
without those that turn the direction of what follows.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from genre.errors import RunError
from genre.language import _
from genre.runs.names import read_name
from genre.system.files import write_text
from genre.system.names import one_line, seen
from genre.system.schema import (
    Check,
    Damaged,
    cause,
    items,
    parse_json,
    printable,
    read_content,
    record,
)
from genre.system.schema import text as any_text

LABEL_FILE, LABEL_VERSION = "label.json", 1
MAX_LABEL, MAX_NOTES, MAX_TAG, MAX_TAGS = 120, 4000, 40, 20
"""Characters of a label, of the notes and of a tag; and tags of a run."""
MAX_LABEL_BYTES = 64 * 2**10


@dataclass(frozen=True, slots=True)
class RunLabel:
    """What a run is called, what is to be remembered of it, and what it is sorted by."""

    label: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()


def read_label(run: Path) -> RunLabel:
    """Return what a run is called; nothing, where nothing was said or the file is damaged.

    Parameters
    ----------
    run : Path

    Returns
    -------
    label : RunLabel
    """
    try:
        return parse_label(read_content(run / LABEL_FILE, max_bytes=MAX_LABEL_BYTES))
    except Damaged:
        return RunLabel()


def parse_label(content: bytes) -> RunLabel:
    """Return what the content of a ``label.json`` says.

    Raises
    ------
    Damaged
        If it is not what `write_label` writes.
    """
    document = parse_json(content, max_bytes=MAX_LABEL_BYTES)
    _LABEL(document, _("the file"))
    return fitting(RunLabel(document["label"], document["notes"], tuple(document["tags"])))


def write_label(run: Path, label: RunLabel) -> None:
    """Say what a run is called, in place of what was said before.

    Parameters
    ----------
    run : Path
    label : RunLabel
        As typed: it is written as `fitting` gives it.

    Raises
    ------
    RunError
        If a text is too long or there are too many tags, the run is gone, or the disk refuses;
        what was said before stays.
    """
    kept = fitting(label)
    if problem := _too_much_of(kept):
        raise RunError(problem)
    try:
        write_text(run / LABEL_FILE, label_text(kept))
    except OSError as error:
        refused = _("the name of the run {name} could not be saved ({reason}). Save it again.")
        raise RunError(refused.format(name=printable(run.name), reason=cause(error))) from error


def label_text(label: RunLabel) -> str:
    """Return a label as the content of its file."""
    return json.dumps({"version": LABEL_VERSION} | asdict(label), indent=1)


def shown_name(run: Path) -> str:
    """Return what a run is called on pages: its label, or else its short name.

    Parameters
    ----------
    run : Path
        Its folder, which need not be there.

    Returns
    -------
    name : str
    """
    return read_label(run).label or printable(read_name(run.name)[0])


def fitting(label: RunLabel) -> RunLabel:
    """Return a label as it is kept.

    Composed (NFC), without what no one sees; the name and the tags in one line, without empty tags
    and those that differ from an earlier one in case alone.
    """
    tags = {(tag := one_line(one)).casefold(): tag for one in reversed(label.tags)}
    return RunLabel(
        one_line(label.label),
        seen(label.notes).strip(),
        tuple(tag for tag in reversed(tags.values()) if tag),
    )


def _too_much_of(label: RunLabel) -> str:
    """Return which part of a label is too long, and what to do; empty where none is."""
    longest_tag = max(map(len, label.tags), default=0)
    for n, n_most, sentence in (
        (len(label.label), MAX_LABEL, _("the name has {n} characters, {n_most} can be kept.")),
        (len(label.notes), MAX_NOTES, _("the notes have {n} characters, {n_most} can be kept.")),
        (longest_tag, MAX_TAG, _("a tag has {n} characters, {n_most} can be kept.")),
        (len(label.tags), MAX_TAGS, _("there are {n} tags, {n_most} can be kept.")),
    ):
        if n > n_most:
            return f"{sentence.format(n=n, n_most=n_most)} {_('Use fewer, and save again.')}"
    return ""


def _short(n_most: int) -> Check:
    """Return the check of a text of so many characters at most."""

    def check(value: Any, where: str) -> None:
        any_text(value, where)
        if len(value) > n_most:
            longest = _("{where} has {n:,} characters, expected at most {n_most:,}")
            raise Damaged(longest.format(where=where, n=len(value), n_most=n_most))

    return check


def _some_tags(value: Any, where: str) -> None:
    items(_short(MAX_TAG))(value, where)
    if len(value) > MAX_TAGS:
        most = _("{where} has {n} items, expected at most {n_most}")
        raise Damaged(most.format(where=where, n=len(value), n_most=MAX_TAGS))


def _this_version(value: Any, where: str) -> None:
    if value != LABEL_VERSION or type(value) is not int:
        expected = _("{where} is {value}, this program reads version {version}")
        raise Damaged(expected.format(where=where, value=repr(value)[:40], version=LABEL_VERSION))


_LABEL = record(
    version=_this_version, label=_short(MAX_LABEL), notes=_short(MAX_NOTES), tags=_some_tags
)
