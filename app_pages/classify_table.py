"""Several songs on the Classify page: a table whose rows open a song."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app_pages import interface
from app_pages.songs import Song, open_song
from genre.charts.waveform_picture import waveform_picture
from genre.errors import GenreError
from genre.export import result_table
from genre.export.result_table import Outcome, outcome_of
from genre.language import _
from genre.models.song_analysis import SongView
from genre.text.format import seconds_format
from genre.text.song import song_position

state = st.session_state


def outcomes_of(songs: list[Song], views: list[SongView | GenreError]) -> list[Outcome]:
    """Return the result of each song, under the name it is shown by."""
    return [outcome_of(song.name, view) for song, view in zip(songs, views, strict=True)]


def show_table(songs: list[Song], views: list[SongView | GenreError]) -> None:
    """Show several songs' outcomes; a click anywhere in a row opens the song."""
    rows = [
        {"picture": None if isinstance(view, GenreError) else waveform_picture(view)}
        | result_table.page_row(outcome)
        for outcome, view in zip(outcomes_of(songs, views), views, strict=True)
    ]
    if not any(row["problem"] for row in rows):
        rows = [{name: row[name] for name in row if name != "problem"} for row in rows]
    key = f"table_{interface.short_digest(*(song.digest for song in songs))}"
    share = partial(st.column_config.ProgressColumn, format="percent", width="small")
    st.dataframe(
        rows,
        hide_index=True,
        placeholder="",
        key=key,
        on_select=partial(keep_opened, key),
        selection_mode="single-cell",
        column_config={
            "picture": st.column_config.ImageColumn(_("Song"), width="medium"),
            "file": _("File"),
            "genre": _("Genre"),
            "certainty": _("Confidence"),
            "probability": share(_("Probability")),
            "second_guess": _("Second genre"),
            "second_probability": share(_("Its probability")),
            "seconds": st.column_config.NumberColumn(_("Length"), format=seconds_format()),
            "problem": st.column_config.TextColumn(_("Problem"), width="large"),
        },
        alt=_("The predicted genre of each song"),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        here = -1 if state.opened is None else state.opened
        for label, name, shortcut, to in (
            (_("Previous song"), "previous_song", "P", here - 1),
            (_("Next song"), "next_song", "N", here + 1),
        ):
            st.button(
                label,
                key=name,
                shortcut=shortcut,
                disabled=not 0 <= to < len(songs),
                on_click=open_song,
                args=(to,),
            )
        if state.opened is None:
            st.caption(_("Click a row to open that song."))
        else:
            st.text(song_position(here, len(songs)), width="content")


def keep_opened(key: str) -> None:
    """Open the song whose row was clicked."""
    if cells := state[key].selection.cells:
        open_song(cells[0][0])
