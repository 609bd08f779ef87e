"""GTZAN, or a part of it, downloaded to be trained on."""

from __future__ import annotations

import streamlit as st

from app_pages import interface
from genre.datasets.gtzan import SOURCES, GtzanSource, find_source
from genre.datasets.gtzan_download import read_download, start_download, stop_download
from genre.errors import GenreError
from genre.language import _
from genre.text import training_data as data_text

TICK_SECONDS = 1.0


def choose_gtzan() -> str:
    """Download GTZAN or a part of it; return its folder once it is here."""
    name = interface.choose_one(
        _("Part"),
        list(SOURCES),
        format_func={"mini": _("100 clips"), "full": _("All 1,000")}.get,
        default="mini",
        key="gtzan",
    )
    source = find_source(name)
    download = read_download(source)
    if download.state == "ready":
        return download.path
    if download.is_live:
        st.fragment(watch_download, run_every=TICK_SECONDS)(source)
        return ""
    st.caption(f"{_(source.title)}; {_(source.size)}.")
    st.caption(_(source.note))
    if download.reason:
        interface.show_error(download.reason)
    if st.button(_("Download"), icon=":material/download:", key="download_gtzan"):
        try:
            start_download(source)
        except GenreError as error:
            interface.show_error(error)
        else:
            st.rerun()
    return ""


def watch_download(source: GtzanSource) -> None:
    """Show how far a download is."""
    download = read_download(source)
    if not download.is_live:
        st.rerun()
    share = download.n_done / download.n_total if download.n_total else 0.0
    st.progress(min(1.0, share), text=data_text.download_line(download))
    st.button(_("Stop"), icon=":material/stop:", key="stop_download", on_click=stop_download,
              args=(source,))  # fmt: skip
