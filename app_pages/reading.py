"""A reading of a result: sentences from its own figures, each with how it is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from app_pages import access, compare_caches, interface
from app_pages.caches import HOUR
from genre import paths
from genre.compare.leaderboard import LeaderboardEntry
from genre.errors import GenreError
from genre.language import _, current
from genre.models.registry import read_card
from genre.reading.figures import Earlier, Figures
from genre.reading.read import read_result
from genre.reading.sources import earlier_results, figures_of_folder, figures_of_model
from genre.runs.files import EVENTS_FILE, STATUS_FILE
from genre.text.reading import ReadingLine, reading_lines


def show_run(run: Path) -> None:
    """Show what the figures of a run that has ended say; nothing where they say nothing."""
    stamp = tuple((run / name).stat().st_mtime_ns for name in (EVENTS_FILE, STATUS_FILE))
    show_lines(_lines(f"runs/{run.name}", stamp, lambda earlier: figures_of_folder(run, earlier)))


def show_entry(entry: LeaderboardEntry) -> None:
    """Show what the figures of a model or a run on Compare say, or that they say nothing."""
    if entry.kind == "run":
        show_run(paths.RUNS / entry.name)
        return
    lines = _lines(entry.reference, (), lambda earlier: _of_model(entry, earlier))
    if not lines:
        st.caption(_("Its figures say nothing more."))
    show_lines(lines)


def show_lines(lines: tuple[ReadingLine, ...]) -> None:
    """Show the sentences of a reading as a list."""
    with st.container(gap=None):
        for line in lines:
            how = _("How do you know? {rule}").format(rule=line.how)
            st.markdown(f"- {interface.literal(line.text)}", help=interface.literal(how))


def _of_model(entry: LeaderboardEntry, earlier: tuple[Earlier, ...]) -> Figures:
    return figures_of_model(entry, read_card(entry.name, paths.MODELS), earlier)


def _lines(
    reference: str, stamp: tuple[int, ...], figures: Callable[[tuple[Earlier, ...]], Figures]
) -> tuple[ReadingLine, ...]:
    """Return the reading of a result, computed once until something of it changes."""
    listed, _damaged = compare_caches.entries()
    if access.is_public():  # the runs of other visitors are not for this one
        listed = [entry for entry in listed if entry.kind == "model"]
    return _kept(current(), reference, stamp, compare_caches.key_of(listed), listed, figures)


@st.cache_data(max_entries=64, ttl=HOUR, show_spinner=False)
def _kept(
    language: str,
    reference: str,
    stamp: tuple[int, ...],
    among: tuple[str, compare_caches.Stamp],
    _listed: list[LeaderboardEntry],
    _figures: Callable[[tuple[Earlier, ...]], Figures],
) -> tuple[ReadingLine, ...]:
    try:
        return reading_lines(read_result(_figures(earlier_results(_listed))))
    except (GenreError, OSError):  # what is damaged is said where it is opened
        return ()
