"""What was heard of a dataset: its map, and the clips that stand out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from app_pages import collection_index, data_caches, interface
from app_pages.data_clips import save
from genre.builder.check import DatasetCheck
from genre.builder.dataset import OwnDataset
from genre.charts.dataset_map import dataset_map_chart
from genre.collection.index_job import read_index, start_index
from genre.collection.store import collection_of
from genre.errors import GenreError
from genre.language import _
from genre.text import builder as builder_text
from genre.text.genres import genre_name

state = st.session_state


def current_check(dataset: OwnDataset) -> tuple[DatasetCheck, str] | None:
    """Return what stands out in a dataset and what that depends on; None before it was heard."""
    try:
        return data_caches.check(dataset)
    except GenreError as error:
        interface.show_error(error)
        return None


def show_map(dataset: OwnDataset, found: tuple[DatasetCheck, str] | None) -> None:
    """Listen to all clips in the background; show the map, and what stands out."""
    st.subheader(_("How it sounds"), anchor=False, help=_(builder_text.SUSPECT_HELP))
    place = collection_of(dataset.folder)
    status = read_index(place)
    if status.is_live:
        collection_index.show_progress(place, "build_stop_listen")
    else:
        if status.state == "failed":
            interface.show_error(status.reason)
        if not found or found[0].n_heard < found[0].n_clips:
            st.button(
                _("Listen to all clips"),
                icon=":material/hearing:",
                key="build_listen",
                on_click=listen,
                args=(dataset.folder,),
                help=_(
                    "musicnn hears each clip once, in the background; then the map shows what "
                    "sounds alike, and which labels are doubted."
                ),
            )
    if found and found[0].clips:
        st.caption(builder_text.heard_line(found[0]))
        draw_map(*found)
        show_problems(dataset, found[0])


def listen(folder: Path) -> None:
    """Begin to listen to a dataset."""
    try:
        start_index(folder)
    except GenreError as error:
        interface.set_message("clips", error, is_error=True)


def draw_map(found: DatasetCheck, stamp: str) -> None:
    """Draw the map; a click chooses a clip."""
    key = f"built_map_{interface.short_digest(stamp)}"
    selected = state.built_clip
    interface.draw_once(
        partial(dataset_map_chart, found, selected=selected),
        (stamp, selected),
        key,
        builder_text.map_alt(found),
        on_select=partial(keep_point, key, found),
        selection_mode="points",
    )
    st.caption(_("Click a point to hear the clip above."))


def keep_point(key: str, found: DatasetCheck) -> None:
    """Choose the clip that was clicked."""
    point = interface.clicked(key)
    if point is not None and point < len(found.clips):
        state.built_clip = found.clips[point].file


def show_problems(dataset: OwnDataset, found: DatasetCheck) -> None:
    """Show what stands out; a row is heard, and moved to the class that is suggested."""
    rows = builder_text.check_rows(found)
    if not rows:
        st.caption(_("No label is doubted, and no clip stands out."))
        return
    key = f"built_problems_{interface.short_digest(dataset.slug, str(rows))}"
    st.dataframe(
        rows,
        hide_index=True,
        key=key,
        on_select=partial(keep_problem, key, [row["file"] for row in rows]),
        selection_mode="single-row",
        column_config={"file": _("File"), "class": _("Class"), "what": _("What stands out")},
        alt=_("Clips that stand out, and why"),
    )
    for one in found.suspects:
        if one.clip.file == state.built_clip:
            st.button(
                _("Move {file} to {genre}").format(
                    file=one.clip.file, genre=genre_name(one.suggested)
                ),
                icon=":material/move_item:",
                key="build_move",
                on_click=save,
                args=(dataset.slug, {one.clip.file: {"genre": one.suggested}}, []),
            )


def keep_problem(key: str, files: list[str]) -> None:
    """Choose the clip whose row was chosen."""
    rows = state[key].selection.rows
    if rows and rows[0] < len(files):
        state.built_clip = files[rows[0]]
