"""What the page Compare keeps between clicks: the leaderboard, differences, data for a track."""

from __future__ import annotations

import streamlit as st

from app_pages import access
from app_pages.caches import HOUR
from app_pages.songs import Song
from genre import paths
from genre.compare import leakage
from genre.compare.confusion_tracks import CellTrack, find_pack, find_recording
from genre.compare.leaderboard import LeaderboardEntry, entries_fingerprint, list_entries
from genre.compare.link import to_link
from genre.datasets.load import load_dataset
from genre.datasets.types import SegmentSet
from genre.errors import GenreError
from genre.language import _, current
from genre.models.keras_import import KerasModel, read_keras_model
from genre.runs.damaged import DamagedEntry
from genre.text import compare as compare_text

Stamp = tuple[tuple[str, int], ...]
"""Files and when each was last written: with other stamps, they are read again."""


def entries() -> tuple[list[LeaderboardEntry], list[DamagedEntry]]:
    """Return everything that can be compared, and what cannot be read."""
    with st.spinner(_("Reading models and runs")):
        stamp = entries_fingerprint(paths.MODELS, paths.RUNS, paths.RESULTS)
        return _contenders(current(), stamp)


@st.cache_resource(max_entries=4, ttl=HOUR, show_spinner=False)
def _contenders(language: str, stamp: Stamp) -> tuple[list[LeaderboardEntry], list[DamagedEntry]]:
    return list_entries(paths.MODELS, paths.RUNS, paths.RESULTS)


def difference_lines(chosen: list[LeaderboardEntry]) -> list[str]:
    """Return how much better the first of some entries is than each other one."""
    return _difference_lines(current(), *key_of(chosen), chosen)


def key_of(chosen: list[LeaderboardEntry]) -> tuple[str, Stamp]:
    """Return what the caches know some entries by."""
    return to_link(chosen), entries_fingerprint(paths.MODELS, paths.RUNS, paths.RESULTS)


@st.cache_data(max_entries=16, ttl=HOUR, show_spinner=False)
def _difference_lines(
    language: str, link: str, stamp: Stamp, _chosen: list[LeaderboardEntry]
) -> list[str]:
    return compare_text.difference_lines(_chosen)


def recorded_leakage() -> leakage.LeakageStudy | GenreError:
    """Return the recorded runs of the four splits, or what is wrong with them."""
    return _recorded_leakage(current(), leakage_stamp())


def leakage_stamp() -> Stamp:
    """Return the files of the recorded runs, and when each was last written."""
    files = sorted(paths.RECORDED_LEAKAGE.glob("*/*"))
    return tuple((str(file), file.stat().st_mtime_ns) for file in files)


@st.cache_resource(max_entries=2, ttl=HOUR, show_spinner=False)
def _recorded_leakage(language: str, stamp: Stamp) -> leakage.LeakageStudy | GenreError:
    try:
        return leakage.read_leakage_study(paths.RECORDED_LEAKAGE)
    except GenreError as error:
        return error


def keras_model(digest: str, name: str, content: bytes) -> KerasModel | GenreError:
    """Return what a Keras file holds, or why it cannot be imported."""
    with st.spinner(_("Reading the model")):
        return _keras_model(current(), digest, name, content)


@st.cache_resource(max_entries=2, ttl=HOUR, show_spinner=False)
def _keras_model(language: str, digest: str, name: str, _content: bytes) -> KerasModel | GenreError:
    try:
        return read_keras_model(_content, name)
    except GenreError as error:
        return error


def pack(source: str) -> SegmentSet | None:
    """Return a dataset whose MFCCs are on this computer."""
    folder = find_pack(source, is_home=access.is_local())
    if not folder:
        return None
    with st.spinner(_("Reading the MFCCs")):
        return _pack(str(folder), (folder / "pack.json").stat().st_mtime_ns)


@st.cache_resource(max_entries=2, ttl=HOUR, show_spinner=False)
def _pack(folder: str, stamp: int) -> SegmentSet:
    return load_dataset(folder)


def recording(track: CellTrack, source: str) -> Song | None:
    """Return the recording of a track, where it is here and only this computer reaches it."""
    path = find_recording(track, source) if access.is_local() else None
    return Song.of(path.name, path) if path else None
