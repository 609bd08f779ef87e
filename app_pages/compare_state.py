"""What is compared: the contenders, which are chosen, and what is kept of them between clicks.

The names in ``st.session_state`` stand in the table of `resources`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app_pages import resources
from app_pages.resources import HOUR

if TYPE_CHECKING:
    from genre.compare.confusion_tracks import CellTrack
    from genre.compare.leaderboard import Contender
    from genre.compare.leakage import HonestyPicture
    from genre.datasets.types import SegmentSet
    from genre.errors import GenreError

state = st.session_state


def contenders() -> tuple[list[Contender], list[str]]:
    """Return everything that can be compared, and a sentence for what cannot be read."""
    from genre.compare.leaderboard import contenders_stamp

    return _contenders(contenders_stamp(resources.MODELS, resources.RUNS))


@st.cache_resource(max_entries=2, ttl=HOUR, show_spinner="Reading models and runs")
def _contenders(stamp: tuple[tuple[str, int], ...]) -> tuple[list[Contender], list[str]]:
    from genre.compare.leaderboard import list_contenders

    return list_contenders(resources.MODELS, resources.RUNS)


def chosen(listed: list[Contender]) -> tuple[list[Contender], list[str]]:
    """Return the contenders this visit, or its link, has chosen, and the names of none."""
    from genre.compare.link import from_link

    wanted = state.setdefault("compared", st.query_params.get("compare", ""))
    if wanted and st.query_params.get("compare") != wanted:
        st.query_params["compare"] = wanted
    return from_link(wanted, listed)


def choose(contenders: list[Contender]) -> None:
    """Look at these contenders from now on."""
    from genre.compare.link import to_link

    state.compared = to_link(contenders)
    if not contenders:
        st.query_params.pop("compare", None)


def honesty() -> HonestyPicture | GenreError:
    """Return the recorded runs, or what is wrong with them."""
    from genre.paths import RECORDED_LEAKAGE

    files = sorted(RECORDED_LEAKAGE.glob("*/*"))
    return _honesty(tuple((str(file), file.stat().st_mtime_ns) for file in files))


@st.cache_resource(max_entries=2, ttl=HOUR, show_spinner=False)
def _honesty(stamp: tuple[tuple[str, int], ...]) -> HonestyPicture | GenreError:
    from genre.compare.leakage import read_honesty
    from genre.errors import GenreError

    try:
        return read_honesty()
    except GenreError as error:
        return error


def difference_lines(contenders: list[Contender]) -> list[str]:
    """Return how much better the first of some contenders is than each other one."""
    from genre.compare.leaderboard import contenders_stamp
    from genre.compare.link import to_link

    stamp = contenders_stamp(resources.MODELS, resources.RUNS)
    return _difference_lines(to_link(contenders), stamp, contenders)


@st.cache_data(max_entries=16, ttl=HOUR, show_spinner=False)
def _difference_lines(
    link: str, stamp: tuple[tuple[str, int], ...], _contenders: list[Contender]
) -> list[str]:
    from genre.text.compare import difference_lines

    return difference_lines(_contenders)


def pack(source: str) -> SegmentSet | None:
    """Return a dataset whose MFCCs are at hand."""
    from genre.compare.confusion_tracks import find_pack

    folder = find_pack(source, is_home=resources.is_home())
    return _pack(str(folder), (folder / "pack.json").stat().st_mtime_ns) if folder else None


@st.cache_resource(max_entries=2, ttl=HOUR, show_spinner="Reading the MFCCs")
def _pack(folder: str, stamp: int) -> SegmentSet:
    from genre.datasets.load import load_dataset

    return load_dataset(folder)


def recording(track: CellTrack, source: str) -> resources.Song | None:
    """Return the recording of a track, where it is at hand and only this computer reaches it."""
    from genre.compare.confusion_tracks import find_recording

    path = find_recording(track, source) if resources.is_home() else None
    return resources.Song.of(path.name, path.read_bytes()) if path else None
