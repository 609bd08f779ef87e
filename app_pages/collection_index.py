"""Index a folder in the background: its path, how far that is, what could not be read."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app_pages import cluster, interface, session
from genre.collection.index_job import read_index, start_index, stop_index
from genre.collection.search import Overview, list_problems
from genre.collection.store import delete_collection, list_collections
from genre.errors import GenreError
from genre.language import _
from genre.text import collection as collection_text
from genre.text.format import count, one_line

state = st.session_state
TICK_SECONDS = 1.0


def show_index() -> None:
    """Ask for a folder and index it; of several collections, ask which one is shown."""
    st.caption(_(collection_text.ABOUT))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(_("Folder of songs"), key="collection_folder", placeholder="~/music")
        st.button(
            _("Index"), icon=":material/library_music:", key="index_songs", on_click=index_typed
        )
        cluster.show_cluster()
    interface.show_message("collection")
    places = {place.name: place for place in list_collections()}
    if state.get("collection") not in places:
        state.collection = next(iter(places), "")
    if len(places) > 1:
        st.selectbox(
            _("Collection"),
            list(places),
            format_func={name: name_of(place) for name, place in places.items()}.get,
            key=session.bind_widget("collection"),
            on_change=session.keep_widget,
            args=("collection",),
        )
    if state.collection:
        show_status(places[state.collection])


def name_of(place: Path) -> str:
    """Return what to call a collection: the folder it is of."""
    return one_line(read_index(place).folder) or place.name


def index_typed() -> None:
    """Index the folder that was typed."""
    if typed := state.collection_folder.strip().strip("'\""):
        index(Path(typed))
    else:
        interface.set_message("collection", _(collection_text.NO_FOLDER), is_error=True)


def index(folder: Path) -> None:
    """Start indexing a folder, and show its collection."""
    try:
        state.collection = start_index(folder).name
    except GenreError as error:
        interface.set_message("collection", error, is_error=True)


def show_status(place: Path) -> None:
    """Show how far the indexing of a collection is, or how it ended."""
    status = read_index(place)
    if status.is_live:
        show_progress(place, "stop_index")
    elif said := collection_text.outcome_line(status):
        interface.show_info(said)


def show_progress(place: Path, stop_key: str) -> None:
    """Show how far the indexing of a collection is, until it ends, and a button that stops it."""
    st.fragment(_watch, run_every=TICK_SECONDS)(place, stop_key)


def _watch(place: Path, stop_key: str) -> None:
    status = read_index(place)
    if not status.is_live:
        st.rerun()
    share = status.n_done / status.n_files if status.n_files else 0.0
    st.progress(min(1.0, share), text=collection_text.progress_line(status))
    st.button(_("Stop"), icon=":material/stop:", key=stop_key, on_click=stop_index, args=(place,))


def show_overview(place: Path, overview: Overview) -> None:
    """Show what is in a collection, what could not be read, and what can be done with it."""
    st.markdown(f"**{interface.literal(one_line(str(overview.folder)))}**")
    st.caption(collection_text.overview_line(overview))
    with st.container(horizontal=True):
        st.button(
            _("Index again"), icon=":material/refresh:", key="index_again", on_click=index,
            args=(overview.folder,), help=_("Reads what is new or changed since the last time."),
        )  # fmt: skip
        if overview.n_problems:
            with st.popover(count(overview.n_problems, "problem"), icon=":material/error:"):
                st.dataframe(
                    [{"file": name, "why": why} for name, why in list_problems(place)],
                    hide_index=True,
                    key="song_problems",
                    column_config={"file": _("File"), "why": _("Why")},
                    alt=_("Files that could not be used, and why"),
                )
        with st.popover(_("Delete"), icon=":material/delete:", key="delete_songs"):
            st.caption(_("What was heard of these songs is deleted. The songs stay."))
            st.button(
                _("Delete collection"), key="delete_collection", on_click=delete, args=(place,)
            )


def delete(place: Path) -> None:
    """Delete a collection."""
    try:
        delete_collection(place)
    except GenreError as error:
        interface.set_message("collection", error, is_error=True)
