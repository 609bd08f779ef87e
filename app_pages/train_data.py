"""The data to train on: bundled data, a folder, a zip, a JSON file, or GTZAN, downloaded."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, get_args

import streamlit as st

from app_pages import (
    access,
    caches,
    interface,
    session,
    train_caches,
    train_check,
    train_gtzan,
    train_link,
    uploads,
)
from genre import paths
from genre.audio.feature_config import FeatureKind
from genre.builder.dataset import folder_of
from genre.builder.store import label_of, list_datasets
from genre.datasets.identity import find_place, is_identity, name_in, note_place
from genre.datasets.load import bundled_datasets
from genre.datasets.read_job import Reading, read_reading, start_reading, stop_reading
from genre.datasets.uploads import keep_zip
from genre.errors import GenreError
from genre.language import N_, _
from genre.recipes.config import BUNDLED_DATA
from genre.runs.files import read_config
from genre.runs.store import find_run
from genre.text import training_data as data_text
from genre.text.builder import DATA_PREFIX
from genre.text.format import number

state = st.session_state
LOCAL, GTZAN = "on this computer", "get GTZAN"
TITLES = {LOCAL: N_("Your data: folder, table, zip or data.json"), GTZAN: N_("Download GTZAN")}
TICK_SECONDS = 1.0


def show_data(features: FeatureKind) -> tuple[str, dict[str, Any] | None]:
    """Choose the data.

    Parameters
    ----------
    features : str
        What the recipe reads: what own audio is read as.

    Returns
    -------
    source : str
        Its name or path; empty until there is one.
    overview : dict or None
        What is in it (`genre.datasets.summary.DatasetOverview`), once it was read.
    """
    own = [f"{DATA_PREFIX}{slug}" for slug in list_datasets()]
    names = [*bundled_datasets(), *([*own, LOCAL, GTZAN] if access.is_local() else [])]
    missing = find_linked_data()
    if missing:
        names.append(missing)
    if state.get("data") not in names:
        state.data = BUNDLED_DATA[features]
    choice = st.selectbox(_("Data"), names, format_func=title_of, key="data")
    if note := state.messages.pop("data", None):
        st.caption(interface.literal(note[1]))
    if choice == missing:
        train_link.show_missing_data(missing, run_places(), use_data)
        return "", None
    if choice == LOCAL:
        source = choose_path()
    elif choice == GTZAN:
        source = train_gtzan.choose_gtzan()
    elif choice in own:
        source = str(folder_of(choice.removeprefix(DATA_PREFIX)))
    else:
        state.data_id = ""
        overview = caches.overview(choice)
        show_overview(overview)
        return choice, overview
    state.data_id = train_caches.data_identity(source) if source else ""
    if state.data_id:
        note_place(source)
    is_usable = source and train_check.is_large_enough(source)
    return read(source, features) if is_usable else ("", None)


def title_of(data: str) -> str:
    """Return what stands in the list for data, or for a way to it."""
    if data.startswith(DATA_PREFIX):
        return label_of(data.removeprefix(DATA_PREFIX))
    return _(TITLES[data]) if data in TITLES else name_of(data)


def name_of(data: str) -> str:
    """Return what to call data in the list: of what a link means and is not here, its name."""
    return (
        _("{data} (not here)").format(data=label_of(name_in(data))) if is_identity(data) else data
    )


def find_linked_data() -> str:
    """Choose the data that the link means, where it is here.

    Returns
    -------
    missing : str
        Its identity where it is not here, or was changed since; empty otherwise.
    """
    wanted = state.get("data") or state.data_id  # another page forgets the list, not its data
    if wanted == LOCAL and not state.data_id:
        wanted = session.in_link("data")  # a restarted server has the list, not where the data is
    if not is_identity(wanted):
        return ""
    place, is_same = find_place(wanted, run_places()) if access.is_local() else ("", False)
    if not is_same:
        return wanted
    choose_place(place)
    return ""


def choose_place(place: str) -> None:
    """Choose data by its path: a dataset that was built here by its name."""
    slug = Path(place).name
    if Path(place) == folder_of(slug) and slug in list_datasets():
        state.data = f"{DATA_PREFIX}{slug}"
    else:
        state.data, state.data_path = LOCAL, place


def run_places() -> list[str]:
    """Return where the data of the run is that the link names."""
    with contextlib.suppress(GenreError):
        return [read_config(find_run(Path(state.run).name, paths.RUNS))[1]] if state.run else []
    return []


def fit_data(features: FeatureKind) -> None:
    """Choose the bundled data of such features, if other bundled data is chosen."""
    fitting = BUNDLED_DATA[features]
    if state.data in BUNDLED_DATA.values() and state.data != fitting:
        state.data = fitting
        interface.set_message("data", data_text.switched_data_line(fitting, features))


def show_fit_data(features: FeatureKind) -> None:
    """Offer the bundled data of such features, where other bundled data is chosen."""
    if state.data in BUNDLED_DATA.values():
        st.button(
            _("Use {name}").format(name=BUNDLED_DATA[features]),
            icon=":material/swap_horiz:",
            key="fit_data",
            on_click=fit_data,
            args=(features,),
        )


def use_data(source: str) -> None:
    """Choose a dataset by its name, its path, or its identity."""
    named = name_in(source)  # also bundled data have an identity
    if named in bundled_datasets() and train_caches.data_identity(named) == source:
        source = named
    if source in bundled_datasets() or is_identity(source):
        state.data = source
    elif access.is_local():
        choose_place(source)


def choose_path() -> str:
    """Ask for a path, or for a zip; return the path."""
    typed = st.text_input(
        _("Path"),
        key="data_path",
        placeholder="~/music",
        help=_(
            "A folder with one folder per genre (artists and albums may have folders in it), "
            "or with a tracks.csv (track_id or path, genre, artist); such a table; a zip of "
            "such a folder; or the course's data.json."
        ),
    )
    uploads.show_uploader(_("Or upload a zip of such a folder"), type="zip", key="data_zip")
    try:
        stored = uploads.take("data_zip", lambda file: str(keep_zip(file.getvalue(), file.name)))
    except GenreError as error:
        interface.show_error(error)
        return ""
    kept = stored[0] if stored else None
    if typed and kept:
        st.caption(":material/info: " + _("The path is used. Clear it to use the uploaded zip."))
    elif stored and not typed:
        if kept and Path(kept).exists():
            return str(kept)
        interface.show_error(_(uploads.LOST))
        return ""
    return str(Path(typed.strip().strip("'\"")).expanduser().absolute()) if typed else ""


def read(source: str, features: FeatureKind) -> tuple[str, dict[str, Any] | None]:
    """Read a dataset in the background, showing how far that is.

    Reading it as other features ends: one is of use at a time, and it goes on where it was.

    Returns
    -------
    source : str
        Empty where it cannot be read: there is nothing to start with.
    overview : dict or None
        What is in it, once that is known.
    """
    wanted = (source, features)
    for other in get_args(FeatureKind):
        if other != features and read_reading(source, other).is_live:
            stop_reading(source, other)
            state.read_sources.discard((source, other))
    if wanted not in state.read_sources:
        state.read_sources.add(wanted)
        try:
            start_reading(*wanted)
        except GenreError as error:
            interface.show_error(error)
            return "", None
    reading = read_reading(*wanted)
    if reading.state == "reading":
        st.fragment(watch_reading, run_every=TICK_SECONDS)(*wanted)
        return source, None
    if reading.state == "ready":
        show_overview(reading.overview or {}, reading)
    elif reading.reason:
        interface.show_error(reading.reason)
    st.button(
        _("Read again"), icon=":material/refresh:", key="read_again", 
        on_click=state.read_sources.discard,
        args=(wanted,),
    )  # fmt: skip
    return (source if reading.state == "ready" else ""), reading.overview


def watch_reading(source: str, features: FeatureKind) -> None:
    """Show how far the reading of a dataset is."""
    reading = read_reading(source, features)
    if reading.state != "reading":
        st.rerun()
    share = reading.n_done / reading.n_tracks if reading.n_tracks else 0.0
    text = data_text.reading_line(reading.n_done, reading.n_tracks, features)
    st.progress(share, text=text)
    st.button(_("Stop"), icon=":material/stop:", key="stop_reading", on_click=stop_reading,
              args=(source, features))  # fmt: skip


def show_overview(overview: dict[str, Any], reading: Reading | None = None) -> None:
    """Show what is in the data: tracks, minutes and artists of each genre, and what was skipped."""
    line = data_text.overview_line(overview)
    with st.popover(line, icon=":material/list:", width="stretch", help=_("What is in the data")):
        st.dataframe(
            [data_text.overview_row(row) for row in overview["genres"]],
            hide_index=True,
            key="overview",
            column_config=data_text.overview_columns(),
            alt=_("Tracks, minutes and artists of each genre"),
        )
        skipped = reading.skipped if reading else ()
        if skipped:
            said = _("{n} skipped").format(n=number(len(skipped)))
            st.markdown(f"**{said}**")
            st.dataframe(
                [{"file": name, "why": why} for name, why in skipped],
                hide_index=True,
                key="skipped",
                column_config={"file": _("File"), "why": _("Why")},
                alt=_("Files that could not be used, and why"),
            )
