"""Does the order of the steps matter: the same steps shuffled, predicted again, and heard."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import inside_parts as parts
from app_pages import inside_pictures, interface
from app_pages.inside_caches import AnalysedSong
from genre.language import _
from genre.scenes import prediction_charts
from genre.scenes.sentences import shuffled_line

state = st.session_state


def show(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the prediction for the steps in order, and for the same steps shuffled."""
    prediction = analysed.result.prediction
    shuffled = inside_pictures.shuffled_of(analysed, state.seed)
    st.button(_("Shuffle again"), icon=":material/shuffle:", key="shuffle", on_click=shuffle_again)
    st.markdown(f"**{interface.literal(shuffled_line(shuffled, prediction.genres))}**")
    st.caption(_("How the shuffled steps sound: the same steps, cut together with short fades."))
    st.audio(inside_pictures.shuffled_sound_of(analysed, state.seed), format="audio/wav")
    moment = parts.show_moment(analysed, by_segment=True)
    with left:
        interface.draw(
            prediction_charts.shuffled_heatmaps(analysed.result.steps, shuffled, moment.segment),
            "shuffled_picture",
            _("The steps of the segment in order, and shuffled."),
            height=180,
            share=0.3,
        )
        interface.draw(
            prediction_charts.shuffled_prediction(shuffled, prediction.genres),
            "shuffled_prediction",
            _("The probability of each genre for the song in order, and shuffled."),
            height=300,
            share=0.5,
        )


def shuffle_again() -> None:
    """Choose another order."""
    state.seed += 1
