"""The classes of a dataset, and what is added to them: files, recordings, a whole folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from app_pages import downloads, interface, uploads
from genre.builder import edit, inbox
from genre.builder.dataset import OwnDataset, class_rows
from genre.builder.work_job import (
    Work,
    exported_file,
    forget_work,
    read_work,
    start_adding,
    stop_work,
)
from genre.errors import GenreError
from genre.language import _
from genre.text import builder as builder_text
from genre.text.format import number
from genre.text.genres import genre_name

state = st.session_state
TICK_SECONDS = 1.0
BY_FOLDER, BY_CHOICE = "folders", "chosen"


def show_classes(dataset: OwnDataset) -> None:
    """Show the classes with what they hold, and change them."""
    st.subheader(_("Classes"), anchor=False)
    if dataset.classes:
        st.dataframe(
            [builder_text.class_row(row) for row in class_rows(dataset)],
            hide_index=True,
            key="build_classes",
            column_config={
                "class": _("Class"),
                "clips": _("Clips"),
                "artists": st.column_config.NumberColumn(_("Artists")),
                "unknown": st.column_config.NumberColumn(
                    _("Artist unknown"), help=_("Clips whose artist is not known.")
                ),
                "minutes": st.column_config.NumberColumn(_("Minutes"), format="%.1f"),
            },
            alt=_("The classes, with their clips, artists and minutes"),
        )
    if not dataset.has_sound:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(_("New class"), key="built_class_new", max_chars=60)
        st.button(
            _("Add class"),
            icon=":material/add:",
            key="build_class",
            on_click=change_by,
            args=(lambda: add_class(dataset.slug), "built_class_new"),
        )
        if dataset.classes:
            with st.popover(_("Change a class"), icon=":material/edit:"):
                show_class_changes(dataset)
    interface.show_message("classes")


def add_class(slug: str) -> None:
    """Add the class that was typed, and choose it for what is added next."""
    state.built_class = edit.add_class(slug, state.built_class_new).classes[-1]


def show_class_changes(dataset: OwnDataset) -> None:
    """Rename a class, merge it into another, remove it."""
    slug, classes = dataset.slug, list(dataset.classes)
    chosen = st.selectbox(_("Class"), classes, format_func=genre_name, key="built_class_changed")
    st.text_input(_("New name"), key="built_class_name", max_chars=60)
    st.button(
        _("Rename"),
        key="build_rename",
        on_click=change_by,
        args=(
            lambda: edit.rename_class(slug, chosen, state.built_class_name),
            "built_class_name",
        ),
    )
    others = [name for name in classes if name != chosen]
    if others:
        into = st.selectbox(_("Merge into"), others, format_func=genre_name, key="built_class_into")
        st.button(
            _("Merge"),
            key="build_merge",
            on_click=change_by,
            args=(lambda: edit.merge_classes(slug, chosen, into),),
        )
    st.button(
        _("Remove the class and its clips"),
        key="build_remove_class",
        on_click=change_by,
        args=(lambda: edit.remove_class(slug, chosen),),
    )


def change_by(make: Callable[[], Any], field: str = "") -> None:
    """Change the dataset, and empty the field that said how."""
    try:
        make()
        if field:
            state[field] = ""
    except GenreError as error:
        interface.set_message("classes", error, is_error=True)


def show_adding(dataset: OwnDataset) -> None:
    """Add files or recordings to a class, or a folder to all of them."""
    st.subheader(_("Add recordings"), anchor=False)
    if dataset.classes:
        if state.get("built_class") not in dataset.classes:
            state.built_class = dataset.classes[-1]
        st.selectbox(_("Class"), list(dataset.classes), format_func=genre_name, key="built_class")
        files, sound = f"built_files_{state.n_built}", f"built_sound_{state.n_built}"
        keep = (dataset.slug, files, sound)
        uploads.show_uploader(
            _("Upload files for this class"),
            key=files,
            accept_multiple_files=True,
            on_change=keep_files,
            args=keep,
        )
        uploads.show_recorder(
            _("Or record one"), key=sound, sample_rate=22_050, on_change=keep_files, args=keep
        )
        if uploads.has_unread(files) or uploads.has_unread(sound):
            keep_files(*keep)
            st.rerun()
    else:
        st.caption(_(builder_text.NO_CLASS))
    st.text_input(
        _("Or a folder, zip, table, pack or .json on this computer"),
        key="built_source",
        placeholder="~/music",
        help=_(
            "A folder with one folder for each class, or with a tracks.csv (path, genre, artist); "
            "a zip of one; Kaggle's GTZAN as it is unpacked; a feature pack or the course's "
            "data.json, which hold no sound and become a dataset of their own."
        ),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if dataset.classes:
            st.radio(
                _("Classes"),
                [BY_FOLDER, BY_CHOICE],
                format_func={
                    BY_FOLDER: _("As its folders say"),
                    BY_CHOICE: _("All into the class above"),
                }.get,
                key="built_how",
                horizontal=True,
            )
        st.button(
            _("Add"),
            icon=":material/create_new_folder:",
            key="build_add",
            on_click=add_typed,
            args=(dataset.slug,),
        )
    interface.show_message("adding")


def keep_files(slug: str, *keys: str) -> None:
    """Lay down what was uploaded or recorded, and begin to take it in."""
    genre = state.built_class

    def keep(file: UploadedFile) -> bool:
        inbox.put(slug, file.name, genre, file.getvalue())
        return True

    try:
        kept = [one for key in keys for one in uploads.take(key, keep)]
        if any(kept):
            for key in keys:
                state.uploaded.pop(key, None)
            state.n_built += 1  # other widgets: these show what was taken in
            if not read_work(slug).is_live:
                start_adding(slug)
    except GenreError as error:
        interface.set_message("adding", error, is_error=True)


def add_typed(slug: str) -> None:
    """Begin to add what was typed."""
    typed = state.built_source.strip().strip("'\"")
    if not typed:
        said = _("No path was given. Type the path of a folder, a zip, a table or a .json file.")
        interface.set_message("adding", said, is_error=True)
        return
    genre = state.built_class if state.get("built_how") == BY_CHOICE else ""
    try:
        start_adding(slug, str(Path(typed).expanduser().absolute()), genre)
        state.built_source = ""
    except GenreError as error:
        interface.set_message("adding", error, is_error=True)


def show_work(slug: str) -> None:
    """Show how far adding or exporting is, or how it ended."""
    status = read_work(slug)
    if not status.is_live and inbox.has_waiting(slug) and status.state in ("absent", "ready"):
        change_by(lambda: start_adding(slug))  # it came while other work went on
        status = read_work(slug)
    if status.is_live:
        st.fragment(watch_work, run_every=TICK_SECONDS)(slug)
        return
    said = builder_text.outcome_line(status)
    if not said:
        return
    if status.state == "failed":
        interface.show_error(said)
    else:
        interface.show_info(said)
    with st.container(horizontal=True):
        if exported := exported_file(status):
            downloads.show_download(_("Download"), exported, key="build_download")
        if inbox.has_waiting(slug):
            st.button(
                _("Go on adding"),
                icon=":material/play_arrow:",
                key="build_go_on",
                on_click=change_by,
                args=(lambda: start_adding(slug),),
            )
        if status.skipped:
            show_skipped(status)
        st.button(
            _("Dismiss"),
            icon=":material/close:",
            key="build_dismiss",
            on_click=forget_work,
            args=(slug,),
        )


def watch_work(slug: str) -> None:
    """Show how far adding or exporting is."""
    status = read_work(slug)
    if not status.is_live:
        st.rerun()
    st.progress(builder_text.share_done(status), text=builder_text.work_line(status))
    st.button(_("Stop"), icon=":material/stop:", key="build_stop", on_click=stop_work, args=(slug,))


def show_skipped(status: Work) -> None:
    """Show what was not added, and why."""
    said = _("{n} skipped").format(n=number(status.n_skipped))
    with st.popover(said, icon=":material/list:"):
        st.dataframe(
            [{"file": name, "why": why} for name, why in status.skipped],
            hide_index=True,
            key="build_skipped",
            column_config={"file": _("File"), "why": _("Why")},
            alt=_("Files that could not be used, and why"),
        )
