"""Scene 6, the running verdict: what the network would say after each step, and without a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app_pages import inside_parts as parts
from app_pages import inside_state, resources
from app_pages.inside_state import Hearing

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

state = st.session_state
ADVANCE_SECONDS = 0.4
TICK_SECONDS = 0.5


def show(hearing: Hearing, left: DeltaGenerator) -> None:
    """Show the scene: its picture on the left, what it is about here."""
    parts.show_lack(hearing)
    if state.place["part"] == "This segment":
        show_segment(hearing, left)
    elif state.place["part"] == "Whole song":
        show_song(hearing, left)
    else:
        with left:
            for by in ("second", "mfcc"):
                show_ribbon(hearing, by)


def show_segment(hearing: Hearing, left: DeltaGenerator) -> None:
    """Show the ten probabilities step by step, over one segment."""
    from genre.charts import inside as inside_charts
    from genre.text.inside import decision_line

    verdict, genres = inside_state.verdict_of(hearing), hearing.analysis.prediction.genres
    moment = parts.show_moment(hearing, by_segment=True)
    line = resources.literal(decision_line(verdict, moment.segment, genres))
    st.markdown(f"**{line}**")
    if not hearing.analysis.prediction.audible[moment.segment]:
        st.caption("This segment is silent and has no vote.")
    with left:
        parts.draw(
            inside_charts.running_verdict(verdict, moment.segment, genres),
            "running",
            "The probability of each genre after each step of the segment.",
            height=450,
        )


def show_song(hearing: Hearing, left: DeltaGenerator) -> None:
    """Show the running verdict over the whole song: it starts anew at each segment."""
    from genre.charts import inside as inside_charts
    from genre.text.inside import decisions_line

    verdict, genres = inside_state.verdict_of(hearing), hearing.analysis.prediction.genres
    moment = parts.show_moment(hearing, by_segment=True)
    st.markdown(f"**{decisions_line(verdict)}**")
    with left:
        parts.draw(
            inside_charts.verdict_picture(verdict, genres, selected=moment.segment),
            "verdict_picture",
            "The probability of each genre after each step of the song, bright where it is high.",
            height=400,
        )


def show_ribbon(hearing: Hearing, by: str) -> None:
    """Show what silencing each part would have changed, filling in as it is computed."""
    is_finished = inside_state.ribbon_of(hearing, by).advance(0).is_finished
    tick = None if is_finished else TICK_SECONDS
    st.fragment(fill_ribbon, run_every=tick)(hearing, by, is_finished)


def fill_ribbon(hearing: Hearing, by: str, was_finished: bool) -> None:
    """Go on with a ribbon, and show it as far as it is."""
    from genre.charts import inside as inside_charts
    from genre.text.inside import occlusion_line

    occlusion = inside_state.ribbon_of(hearing, by).advance(ADVANCE_SECONDS)
    if occlusion.is_finished and not was_finished:
        st.rerun()
    what = "Each second silenced" if by == "second" else "Each MFCC silenced in the whole song"
    line = resources.literal(occlusion_line(occlusion, hearing.analysis.prediction.genre))
    st.markdown(f"**{what}.** {line}")
    parts.draw(
        inside_charts.occlusion_ribbon(occlusion), f"ribbon_{by}", f"{what}. {line}", height=170
    )
