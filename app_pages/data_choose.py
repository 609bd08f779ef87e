"""Which dataset is built: chosen, created, imported; and what is done with all of it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app_pages import data_caches, interface, session
from genre.builder import store
from genre.builder.dataset import OwnDataset, class_rows
from genre.builder.sharing import FORMS, begin_import, export_path
from genre.builder.work_job import read_work, start_adding, start_export
from genre.errors import GenreError
from genre.language import _
from genre.text import builder as builder_text

state = st.session_state


def show_choice() -> OwnDataset | None:
    """Choose a dataset, create one or import one; return the chosen one."""
    slugs = store.list_datasets()
    if state.dataset not in slugs:
        if state.dataset:
            interface.show_not_here(state.dataset)
        state.dataset = next(iter(slugs), "")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if slugs:
            st.selectbox(
                _("Dataset"),
                slugs,
                format_func={slug: store.label_of(slug) for slug in slugs}.get,
                key=session.bind_widget("dataset"),
                on_change=session.keep_widget,
                args=("dataset",),
                width=320,
            )
        else:
            show_new()
        if slugs:
            with st.popover(_("New dataset"), icon=":material/add:"):
                show_new()
        with st.popover(_("Import"), icon=":material/upload:"):
            st.text_input(
                _("Path of an exported dataset (.zip)"),
                key="built_import",
                placeholder="~/music.zip",
            )
            st.button(_("Import dataset"), key="build_import", on_click=import_typed)
    interface.show_message("dataset")
    if not state.dataset:
        return None
    try:
        return data_caches.dataset(state.dataset)
    except GenreError as error:
        interface.show_error(error)
        show_delete(state.dataset)
        return None


def show_new() -> None:
    """Ask for the name of a new dataset."""
    st.text_input(_("Name"), key="built_label", max_chars=60, placeholder=_("My songs"))
    st.button(_("Create"), icon=":material/add:", key="build_create", on_click=create_typed)


def create_typed() -> None:
    """Create a dataset of the name that was typed."""
    try:
        state.dataset = store.create(state.built_label).slug
        state.built_label = ""
    except GenreError as error:
        interface.set_message("dataset", error, is_error=True)


def import_typed() -> None:
    """Make a dataset of the file that was named."""
    path = Path(state.built_import.strip().strip("'\"")).expanduser().absolute()
    try:
        state.dataset = begin_import(path)
        start_adding(state.dataset, str(path))
        state.built_import = ""
    except GenreError as error:
        interface.set_message("dataset", error, is_error=True)


def show_actions(dataset: OwnDataset) -> None:
    """Say how large a dataset is; train on it, export it, delete it."""
    st.caption(builder_text.size_line(dataset))
    n_full = sum(row.n_clips > 0 for row in class_rows(dataset))
    with st.container(horizontal=True):
        if st.button(
            _("Train on it"),
            icon=":material/model_training:",
            key="build_train",
            type="primary",
            disabled=n_full < 2,
            help=_("Two classes with clips are needed.") if n_full < 2 else None,
        ):
            state.data = f"{builder_text.DATA_PREFIX}{dataset.slug}"
            st.switch_page("app_pages/train.py")
        with st.popover(_("Export"), icon=":material/download:"):
            forms = FORMS if dataset.has_sound else (builder_text.pack_form(dataset),)
            st.radio(
                _("As"),
                forms,
                format_func=lambda form: _(builder_text.FORM_NAMES[form]),
                key="built_form",
            )
            st.button(
                _("Export dataset"),
                key="build_export",
                disabled=not dataset.clips,
                on_click=export,
                args=(dataset.slug,),
            )
        show_delete(dataset.slug)


def export(slug: str) -> None:
    """Write a dataset as a file, in the background."""
    try:
        start_export(slug, export_path(slug, state.built_form), state.built_form)
    except GenreError as error:
        interface.set_message("dataset", error, is_error=True)


def show_delete(slug: str) -> None:
    """Offer to delete a dataset."""
    with st.popover(_("Delete"), icon=":material/delete:", key="build_deleting"):
        st.caption(
            _("The dataset and its copies of the recordings are deleted; your own files stay.")
        )
        st.button(
            _("Delete dataset"),
            key="build_delete",
            disabled=read_work(slug).is_live,
            on_click=delete,
            args=(slug,),
        )


def delete(slug: str) -> None:
    """Delete a dataset."""
    try:
        store.delete(slug)
        state.dataset = ""
    except GenreError as error:
        interface.set_message("dataset", error, is_error=True)
