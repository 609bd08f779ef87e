"""What to train on: bundled data, a folder, a zip, a JSON file, or GTZAN fetched here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from app_pages import resources

if TYPE_CHECKING:
    from genre.datasets.gtzan import GtzanSource
    from genre.datasets.read_job import Reading

state = st.session_state
LOCAL, GTZAN = "on this computer", "get GTZAN"
TITLES = {LOCAL: "Yours: a folder, zip or data.json", GTZAN: "Get GTZAN"}
TICK_SECONDS = 1.0


def show_data() -> tuple[str, dict[str, Any] | None]:
    """Choose the data.

    Returns
    -------
    source : str
        Its name or path; empty until there is one.
    overview : dict or None
        What is in it (`genre.datasets.summary.DatasetOverview`), once it was read.
    """
    from genre.datasets.load import bundled_datasets

    names = [*bundled_datasets(), *([LOCAL, GTZAN] if resources.is_home() else [])]
    if state.get("data") not in names:
        state.data = names[0]
    choice = st.selectbox(
        "Data", names, format_func=lambda name: TITLES.get(name, name), key="data"
    )
    if choice == LOCAL:
        source = choose_path()
    elif choice == GTZAN:
        source = choose_gtzan()
    else:
        overview = resources.overview(choice)
        show_overview(overview)
        return choice, overview
    return read(source) if source else ("", None)


def use_data(source: str) -> None:
    """Choose a dataset by its name or path."""
    from genre.datasets.load import bundled_datasets

    if source in bundled_datasets():
        state.data = source
    elif resources.is_home():
        state.data, state.data_path = LOCAL, source


def choose_path() -> str:
    """Ask for a path, or for a zip; return the path."""
    from genre.datasets.uploads import keep_zip
    from genre.errors import GenreError

    typed = st.text_input(
        "Path",
        key="data_path",
        placeholder="~/music",
        help="A folder with one folder of recordings for each genre and, if you like, an "
        "artists.csv; a zip of such a folder; or the course's data.json.",
    )
    file = st.file_uploader("Or drop a zip of genre folders", type="zip", key="data_zip")
    if file and typed:
        st.caption(":material/info: The path is read. Clear it to use the zip that was dropped.")
    elif file:
        if state.get("zip_kept", ("", ""))[0] != file.file_id:
            try:
                state.zip_kept = (file.file_id, str(keep_zip(file.getvalue(), file.name)))
            except GenreError as error:
                st.error(resources.literal(str(error)), icon=":material/error:")
                return ""
        return str(state.zip_kept[1])
    return str(Path(typed.strip().strip("'\"")).expanduser().absolute()) if typed else ""


def read(source: str) -> tuple[str, dict[str, Any] | None]:
    """Have a dataset read, showing how far it is.

    Returns
    -------
    source : str
        Empty where it cannot be read: there is nothing to start with.
    overview : dict or None
        What is in it, once that is known.
    """
    from genre.datasets.read_job import read_reading, start_reading
    from genre.errors import GenreError

    asked = state.setdefault("asked", set())
    if source not in asked:
        asked.add(source)
        try:
            start_reading(source)
        except GenreError as error:
            st.error(resources.literal(str(error)), icon=":material/error:")
            return "", None
    reading = read_reading(source)
    if reading.state == "reading":
        st.fragment(watch_reading, run_every=TICK_SECONDS)(source)
        return source, None
    if reading.state == "ready":
        show_overview(reading.overview or {}, reading)
    elif reading.reason:
        st.error(resources.literal(reading.reason), icon=":material/error:")
    st.button(
        "Read it again", icon=":material/refresh:", key="reread", on_click=asked.discard,
        args=(source,),
    )  # fmt: skip
    return (source if reading.state == "ready" else ""), reading.overview


def watch_reading(source: str) -> None:
    """Show how far the reading of a dataset is."""
    from genre.datasets.read_job import read_reading, stop_reading

    reading = read_reading(source)
    if reading.state != "reading":
        st.rerun()
    share = reading.n_done / reading.n_tracks if reading.n_tracks else 0.0
    of = f"track {reading.n_done} of {reading.n_tracks}" if reading.n_tracks else "the tracks"
    st.progress(share, text=f"Reading {of}")
    st.button("Stop", icon=":material/stop:", key="stop_reading", on_click=stop_reading,
              args=(source,))  # fmt: skip


def show_overview(overview: dict[str, Any], reading: Reading | None = None) -> None:
    """Show what is in the data: tracks, minutes and artists of each genre, and what was skipped."""
    from genre.text import training as training_text

    line = training_text.overview_line(overview)
    with st.popover(line, icon=":material/list:", width="stretch", help="What is in the data"):
        st.dataframe(
            [training_text.overview_row(row) for row in overview["genres"]],
            hide_index=True,
            key="overview",
            alt="Tracks, minutes and artists of each genre",
        )
        skipped = reading.skipped if reading else ()
        if skipped:
            st.markdown(f"**{len(skipped)} skipped**")
            st.dataframe(
                [{"file": name, "why": why} for name, why in skipped],
                hide_index=True,
                key="skipped",
                alt="Files that could not be used, and why",
            )


def choose_gtzan() -> str:
    """Fetch GTZAN, or a part of it, once its note was read; return its folder once it is here."""
    from genre.datasets.gtzan import SOURCES, find_source
    from genre.datasets.gtzan_download import read_download, start_download
    from genre.errors import GenreError

    name = st.segmented_control(
        "Which",
        list(SOURCES),
        format_func={"mini": "100 clips", "full": "All 1,000"}.get,
        default="mini",
        key="gtzan",
        required=True,
    )
    source = find_source(name or "mini")
    download = read_download(source)
    if download.state == "ready":
        return download.path
    if download.is_live:
        st.fragment(watch_download, run_every=TICK_SECONDS)(source)
        return ""
    st.caption(f"{source.title}; {source.size}.")
    st.caption(source.note)
    if download.reason:
        st.error(resources.literal(download.reason), icon=":material/error:")
    if st.button("Fetch it", icon=":material/download:", key="fetch"):
        try:
            start_download(source)
        except GenreError as error:
            st.error(resources.literal(str(error)), icon=":material/error:")
        else:
            st.rerun()
    return ""


def watch_download(source: GtzanSource) -> None:
    """Show how far a download is."""
    from genre.datasets.gtzan_download import read_download, stop_download
    from genre.text import training as training_text

    download = read_download(source)
    if not download.is_live:
        st.rerun()
    share = download.n_done / download.n_total if download.n_total else 0.0
    st.progress(min(1.0, share), text=training_text.download_line(download))
    st.button("Stop", icon=":material/stop:", key="stop_download", on_click=stop_download,
              args=(source,))  # fmt: skip
