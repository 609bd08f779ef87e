"""The clips of a dataset in a table that can be corrected, and one of them to be heard."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app_pages import caches, header, interface, song_player
from app_pages.songs import Song
from genre.builder import edit, store
from genre.builder.check import DatasetCheck
from genre.builder.dataset import Clip, OwnDataset
from genre.errors import GenreError
from genre.language import _
from genre.text import builder as builder_text
from genre.text.format import seconds_format
from genre.text.genres import genre_name

state = st.session_state
MAX_SHOWN = 200
ALL = ""


def show_clips(dataset: OwnDataset, found: tuple[DatasetCheck, str] | None) -> None:
    """Show the clips that are searched for, the first of them, to be corrected and played."""
    st.subheader(_("Clips"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(
            _("Search"), key="built_words", placeholder=_("Title, artist or file")
        )
        if state.get("built_shown", ALL) not in (ALL, *dataset.classes):
            state.built_shown = ALL
        shown = st.selectbox(
            _("Class"),
            [ALL, *dataset.classes],
            format_func=lambda name: genre_name(name) if name else _("all"),
            key="built_shown",
        )
    clips = builder_text.search_clips(dataset, words, shown)
    if not clips:
        st.caption(_("No clip is found."))
        return
    first = clips[:MAX_SHOWN]
    rows = [{"file": clip.file, **editable(clip), "seconds": clip.seconds} for clip in first]
    if dataset.has_sound:
        show_editor(dataset, first, rows, interface.short_digest(words, shown))
    else:
        columns = columns_of(dataset)
        st.dataframe(
            rows, hide_index=True, key="build_clips", column_config=columns, alt=_("The clips")
        )
    if len(clips) > MAX_SHOWN:
        st.caption(builder_text.clips_line(MAX_SHOWN, len(clips)))
    interface.show_message("clips")
    if dataset.has_sound:
        show_clip(dataset, first)


def editable(clip: Clip) -> dict[str, str]:
    """Return what of a clip can be corrected in the table."""
    return {"title": clip.title, "artist": clip.artist, "genre": clip.genre}


def columns_of(dataset: OwnDataset) -> dict[str, Any]:
    """Return how the columns of the table are shown."""
    return {
        "remove": st.column_config.CheckboxColumn(_("Remove")),
        "file": st.column_config.TextColumn(_("File"), disabled=True),
        "title": st.column_config.TextColumn(_("Title"), max_chars=200),
        "artist": st.column_config.TextColumn(_("Artist"), max_chars=200),
        "genre": st.column_config.SelectboxColumn(
            _("Class"), options=list(dataset.classes), required=True
        ),
        "seconds": st.column_config.NumberColumn(
            _("Length"), format=seconds_format(), disabled=True
        ),
    }


def show_editor(
    dataset: OwnDataset, clips: list[Clip], rows: list[dict[str, Any]], searched: str
) -> None:
    """Show the table; what is corrected in it is saved at once."""
    # Another table after each change: what was typed into rows must not come to other ones.
    key = f"built_clips_{interface.short_digest(searched, str(store.stamp(dataset.slug)))}"
    files = [clip.file for clip in clips]
    edited = st.data_editor(
        [{"remove": False, **row} for row in rows],
        hide_index=True,
        key=key,
        num_rows="fixed",
        column_config=columns_of(dataset),
        on_change=save_edits,
        args=(dataset.slug, key, files),
    )
    marked = [row["file"] for row in edited if row["remove"]]
    if marked:
        st.button(
            _("Remove the marked clips"),
            icon=":material/delete:",
            key="build_remove",
            on_click=save,
            args=(dataset.slug, {}, marked),
        )


def save_edits(slug: str, key: str, files: list[str]) -> None:
    """Save what was typed into the table."""
    changes = {}
    for row, new in state[key]["edited_rows"].items():
        texts = {name: str(value or "") for name, value in new.items() if name != "remove"}
        if texts:
            changes[files[int(row)]] = texts
    if changes:
        save(slug, changes, [])


def save(slug: str, changes: dict[str, dict[str, str]], removed: list[str]) -> None:
    """Correct clips, or remove them."""
    try:
        if removed:
            edit.remove_clips(slug, removed)
        else:
            edit.correct_clips(slug, changes)
    except GenreError as error:
        interface.set_message("clips", error, is_error=True)


def show_clip(dataset: OwnDataset, clips: list[Clip]) -> None:
    """Choose a clip, play it and show its features."""
    files = [clip.file for clip in clips]
    chosen = dataset.clip(state.built_clip)
    if chosen and chosen.file not in files:
        files.insert(0, chosen.file)
    if not chosen:
        state.built_clip = ""
    state.built_listened = state.built_clip
    st.selectbox(
        _("Listen to a clip"),
        ["", *files],
        format_func=lambda file: file or _("none"),
        key="built_listened",
        on_change=choose_clip,
    )
    if not chosen:
        return
    path = dataset.path_of(chosen)
    if not path.is_file():
        interface.show_error(
            _("the file of {name} is missing. Remove the clip, or add it again.").format(
                name=chosen.file
            )
        )
        return
    classifier = header.chosen_classifier()
    if not classifier:
        return
    song = Song(chosen.file, path, chosen.digest)
    view = caches.view(song, classifier)
    if isinstance(view, GenreError):
        interface.show_error(view)
        return
    song_player.show_song(song, view, classifier)


def choose_clip() -> None:
    """Keep which clip is heard."""
    state.built_clip = state.built_listened
