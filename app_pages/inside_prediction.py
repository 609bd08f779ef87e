"""Scene 6, the running prediction: after each step, and with a part silenced."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import inside_caches, interface
from app_pages import inside_parts as parts
from app_pages.inside_caches import AnalysedSong
from genre.charts import inside as inside_charts
from genre.interpret.occlusion import Part
from genre.text.inside import final_prediction_line, final_predictions_line, occlusion_line

state = st.session_state
ADVANCE_SECONDS = 0.4
TICK_SECONDS = 0.5


def show(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the scene: its charts on the left, its settings here."""
    parts.show_limits(analysed)
    if state.part == "This segment":
        show_segment(analysed, left)
    elif state.part == "Whole song":
        show_song(analysed, left)
    else:
        with left:
            for by in ("second", analysed.classifier.features.kind):
                show_occlusion(analysed, by)


def show_segment(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the probability of each genre, step by step, over one segment."""
    predictions, genres = inside_caches.predictions_of(analysed), analysed.result.prediction.genres
    moment = parts.show_moment(analysed, by_segment=True)
    line = interface.literal(final_prediction_line(predictions, moment.segment, genres))
    st.markdown(f"**{line}**")
    if not analysed.result.prediction.audible[moment.segment]:
        st.caption("This segment is silent: it does not count for the song.")
    with left:
        interface.draw_once(
            lambda: inside_charts.prefix_curves(predictions, moment.segment, genres),
            (*analysed.key, moment.segment),
            "running",
            "The probability of each genre after each step of the segment.",
            height=450,
        )


def show_song(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the running prediction over the whole song: it starts again at each segment."""
    predictions, genres = inside_caches.predictions_of(analysed), analysed.result.prediction.genres
    moment = parts.show_moment(analysed, by_segment=True)
    st.markdown(f"**{final_predictions_line(predictions)}**")
    with left:
        interface.draw_once(
            lambda: inside_charts.prefix_heatmap(predictions, genres, selected=moment.segment),
            (*analysed.key, moment.segment),
            "prediction_picture",
            "The probability of each genre after each step of the song, bright where it is high.",
            height=400,
        )


def show_occlusion(analysed: AnalysedSong, by: Part) -> None:
    """Show what silencing each part changes, filled in as it is computed."""
    is_finished = inside_caches.occlusion_of(analysed, by).advance(0).is_finished
    tick = None if is_finished else TICK_SECONDS
    st.fragment(fill_occlusion, run_every=tick)(analysed, by, is_finished)


def fill_occlusion(analysed: AnalysedSong, by: Part, was_finished: bool) -> None:
    """Compute more of an occlusion map, and show it as far as it is known."""
    occlusion = inside_caches.occlusion_of(analysed, by).advance(ADVANCE_SECONDS)
    if occlusion.is_finished and not was_finished:
        st.rerun()
    row = analysed.classifier.features.row_name
    what = "Each second silenced" if by == "second" else f"Each {row} silenced in the whole song"
    line = interface.literal(occlusion_line(occlusion, analysed.result.prediction.genre))
    st.markdown(f"**{what}.** {line}")
    interface.draw(
        inside_charts.occlusion_bars(occlusion), f"occlusion_{by}", f"{what}. {line}", height=170
    )
