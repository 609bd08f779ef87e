"""Scene 1, from sound to sequence: two series of numbers, and what their order is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app_pages import inside_parts as parts
from app_pages import inside_state, resources
from app_pages.inside_state import Hearing, hold, keep

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

state = st.session_state
SETTINGS = {
    "n_mfcc": ((5, 13, 20, 40), "Numbers that describe a frame."),
    "n_fft": ((512, 1024, 2048, 4096), "Samples under a frame: more hear pitch finer."),
    "hop_length": ((256, 512, 1024, 2048), "Samples from one frame to the next."),
}


def show(hearing: Hearing, left: DeltaGenerator) -> None:
    """Show the scene: its picture on the left, what it is about here."""
    if state.place["part"] == "Series":
        show_series(hearing, left)
    else:
        show_shuffled(hearing, left)


def show_series(hearing: Hearing, left: DeltaGenerator) -> None:
    """Show the song as samples and as frames, with the settings beside it."""
    from genre.charts import cell as cell_charts
    from genre.charts import inside as inside_charts
    from genre.errors import GenreError
    from genre.text.inside import drawn_line, shape_lines

    features = hearing.classifier.features
    with left.container(horizontal=True):
        for name, (stops, about) in SETTINGS.items():
            value = getattr(features, name)
            state.setdefault(f"mfcc_{name}", value)
            st.select_slider(
                name,
                sorted({*stops, value, state[f"mfcc_{name}"]}),
                key=f"mfcc_{name}",
                help=about,
                persist_state="session",
                width=180,
            )
    settings = {name: state[f"mfcc_{name}"] for name in SETTINGS}
    try:
        sequence = inside_state.sequence_of(hearing, **settings)
    except GenreError as error:
        left.error(str(error), icon=":material/error:")
        return
    for line in (*shape_lines(sequence, features.sr), drawn_line(sequence)):
        if line:
            st.text(line)
    n_frames = len(sequence.frames)
    frame = state.place["frame"] = min(state.place["frame"], n_frames - 1)
    if n_frames > 1:
        st.slider("Frame", 0, n_frames - 1, key=hold("frame"), on_change=keep, args=("frame",))
    with left:
        key = f"series_{hearing.song.digest[:12]}"
        parts.draw(
            inside_charts.sequence_picture(sequence, frame),
            key,
            "The samples of the song over its MFCC frames; a line marks the picked frame.",
            height=290,
            on_select=lambda: keep_clicked(key),
            selection_mode="points",
        )
        parts.draw(
            cell_charts.frame_vector(sequence, frame),
            "vector",
            f"The values of frame {frame}, one bar for each MFCC.",
            height=150,
        )


def keep_clicked(key: str) -> None:
    """Pick the frame that was clicked."""
    points = state[key].selection.points
    if points and points[0].get("customdata") is not None:
        clicked = points[0]["customdata"]
        state.place["frame"] = int(clicked[0] if isinstance(clicked, list) else clicked)


def show_shuffled(hearing: Hearing, left: DeltaGenerator) -> None:
    """Show the verdict on the steps in order beside that on the same steps shuffled."""
    from genre.charts import inside as inside_charts
    from genre.interpret.sequence import shuffle_steps
    from genre.text.inside import shuffled_line

    prediction = hearing.analysis.prediction
    shuffled = shuffle_steps(
        hearing.classifier.network,
        hearing.analysis.steps,
        audible=prediction.audible,
        seed=state.get("seed", 0),
    )
    st.button("Shuffle again", icon=":material/shuffle:", key="shuffle", on_click=shuffle_again)
    st.markdown(f"**{resources.literal(shuffled_line(shuffled, prediction.genres))}**")
    moment = parts.show_moment(hearing, by_segment=True)
    with left:
        parts.draw(
            inside_charts.shuffled_picture(hearing.analysis.steps, shuffled, moment.segment),
            "shuffled_picture",
            "The steps of the segment in order, and shuffled.",
            height=180,
        )
        parts.draw(
            inside_charts.shuffled_verdict(shuffled, prediction.genres),
            "shuffled_verdict",
            "The probability of each genre for the song in order, and shuffled.",
            height=300,
        )


def shuffle_again() -> None:
    """Take another order."""
    state.seed = state.get("seed", 0) + 1
