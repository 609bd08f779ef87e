"""Which moments of a song speak for its prediction, and which against it, on Classify."""

from __future__ import annotations

import streamlit as st

from app_pages import interface
from app_pages.songs import Song, play_from
from genre.interpret.why import Moment, Why, explain
from genre.language import _
from genre.models.song_analysis import SongView
from genre.text import why as why_text


def show(song: Song, view: SongView) -> None:
    """Show the moments for and against a song's prediction, each a button that plays it."""
    prediction = view.prediction
    if prediction.audible.sum() < 2:  # it has no moments to compare
        return
    why = explain(
        prediction.segment_probabilities,
        prediction.genres,
        audible=prediction.audible,
        segment_seconds=prediction.segment_seconds,
        seconds=prediction.seconds,
    )
    with st.container(key="why"):
        st.header(why_text.title(why), anchor=False, help=_(why_text.HELP))
        st.write(interface.literal(why_text.sentence(why)))
        sides = (
            ("for", why.supporting, _("Most for it")),
            ("against", why.opposing, _("Most against it")),
        )
        for (side, moments, title), column in zip(sides, st.columns(2), strict=True):
            if moments:
                column.markdown(f"**{title}**")
            with column:
                show_moments(song, why, side, moments)


def show_moments(song: Song, why: Why, side: str, moments: tuple[Moment, ...]) -> None:
    """Show a button for each moment, the strongest first."""
    for place, moment in enumerate(moments):
        st.button(
            interface.literal(why_text.moment_label(moment, why.verdict.genre)),
            icon=":material/play_arrow:",
            key=f"moment_{side}_{place}_{song.digest[:12]}",
            on_click=play_from,
            args=(moment.start_seconds,),
            width="stretch",
        )
