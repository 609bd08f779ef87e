"""A Dask cluster for long work: its address, and its workers; for who sits at this computer."""

from __future__ import annotations

import streamlit as st

from app_pages import access, interface
from genre.cluster.address import cluster_address, use_cluster
from genre.cluster.connection import check_cluster, list_workers
from genre.errors import GenreError
from genre.language import _
from genre.text import cluster as cluster_text

state = st.session_state
TICK_SECONDS = 3.0


def show_cluster() -> None:
    """Ask for the address of a scheduler, and show its workers where they are asked for."""
    if not access.is_local():
        return
    address, problem = "", None
    try:
        address = cluster_address()
    except GenreError as error:  # of the environment
        problem = error
    if "cluster" not in state:
        state.cluster = address
    with st.popover(cluster_text.label(address), icon=":material/lan:", key="cluster_part"):
        st.text_input(
            _("Address of a Dask scheduler"),
            key="cluster",
            placeholder="tcp://192.168.0.5:8786",
            on_change=take_address,
            help=_(cluster_text.HELP),
        )
        if problem:
            interface.show_error(problem)
        interface.show_message("cluster")
        if address and st.toggle(_("Show workers"), key="cluster_watched"):
            st.fragment(show_workers, run_every=TICK_SECONDS)(address)


def take_address() -> None:
    """Compute with the cluster whose address was typed, if that can be done."""
    use_cluster("")
    try:
        if n_workers := check_cluster(state.cluster):
            use_cluster(state.cluster)
            interface.set_message("cluster", cluster_text.used_line(n_workers))
    except GenreError as error:
        interface.set_message("cluster", error, is_error=True)


def show_workers(address: str) -> None:
    """Show what the scheduler knows of its workers."""
    try:
        workers = list_workers(address)
    except GenreError as error:
        interface.show_error(error)
        return
    st.dataframe(
        cluster_text.worker_rows(workers),
        hide_index=True,
        key="workers",
        column_config=cluster_text.worker_columns(),
        alt=_("Workers of the cluster: threads, memory and tasks"),
    )
