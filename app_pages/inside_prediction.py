"""The running prediction: after each step of a segment, over the song, and without a second."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import inside_caches, inside_silence, interface, step_keys
from app_pages import inside_parts as parts
from app_pages.inside_caches import AnalysedSong
from genre.interpret.position import Position
from genre.language import _
from genre.scenes import prediction_charts
from genre.scenes.film_text import final_prediction_line, final_predictions_line
from genre.scenes.sentences import segment_line

state = st.session_state


def show(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the scene: its charts on the left, its settings here."""
    parts.show_limits(analysed)
    if state.part == "This segment":
        show_segment(analysed, left)
    elif state.part == "Whole song":
        show_song(analysed, left)
    else:
        inside_silence.show(analysed, left)


def show_segment(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the probability of each genre, step by step, over one segment."""
    predictions, genres = inside_caches.predictions_of(analysed), analysed.result.prediction.genres
    moment = choose_segment(analysed)
    line = interface.literal(final_prediction_line(predictions, moment.segment, genres))
    st.markdown(f"**{line}**")
    if not analysed.result.prediction.audible[moment.segment]:
        st.caption(_("This segment is silent: it does not count for the song."))
    with left:
        interface.draw_once(
            lambda: prediction_charts.prefix_curves(predictions, moment.segment, genres),
            (*analysed.key, moment.segment),
            "running",
            _("The probability of each genre after each step of the segment."),
            height=450,
        )


def show_song(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the running prediction over the whole song: it starts again at each segment."""
    predictions, genres = inside_caches.predictions_of(analysed), analysed.result.prediction.genres
    moment = choose_segment(analysed)
    st.markdown(f"**{final_predictions_line(predictions)}**")
    with left:
        interface.draw_once(
            lambda: prediction_charts.prefix_heatmap(predictions, genres, selected=moment.segment),
            (*analysed.key, moment.segment),
            "prediction_picture",
            _(
                "The probability of each genre after each step of the song, bright where "
                "it is high."
            ),
            height=400,
        )


def choose_segment(analysed: AnalysedSong) -> Position:
    """Choose a segment of the song; return the step that is chosen in it."""
    moment = inside_caches.moment_of(analysed)
    if moment.n_segments > 1:
        state.step += moment.n_steps * step_keys.show_steps()
        moment = inside_caches.moment_of(analysed)
    st.caption(segment_line(moment))
    return moment
