"""Scene 1, from sound to sequence: two series of numbers, and why their order matters."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import inside_caches, interface, session
from app_pages import inside_parts as parts
from app_pages.inside_caches import AnalysedSong
from genre.audio.feature_config import MfccConfig
from genre.charts import cell as cell_charts
from genre.charts import inside as inside_charts
from genre.errors import GenreError
from genre.interpret.sequence import SongSequence, shuffle_steps
from genre.text.inside import drawn_line, shape_lines, shuffled_line

state = st.session_state
SETTINGS = {
    "n_mfcc": ((5, 13, 20, 40), "Numbers per frame."),
    "n_fft": ((512, 1024, 2048, 4096), "Samples per frame: more resolve pitch better."),
    "hop_length": ((256, 512, 1024, 2048), "Samples from one frame to the next."),
}


def show(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the scene: its charts on the left, its settings here."""
    if state.part == "Series":
        show_series(analysed, left)
    else:
        show_shuffled(analysed, left)


def show_series(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the song as samples and as frames: MFCCs of any settings, or what the model reads."""
    features = analysed.classifier.features
    if isinstance(features, MfccConfig):
        sequence = choose_mfccs(analysed, features, left)
    else:
        sequence = inside_caches.steps_of(analysed)
    if sequence is not None:
        show_frames(analysed, sequence, left)


def choose_mfccs(
    analysed: AnalysedSong, usual: MfccConfig, left: DeltaGenerator
) -> SongSequence | None:
    """Choose the settings of the MFCCs; return the song with them, None if there is an error."""
    with left.container(horizontal=True):
        for name, (stops, about) in SETTINGS.items():
            value = getattr(usual, name)
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
        return inside_caches.sequence_of(analysed, **settings)
    except GenreError as error:
        left.error(str(error), icon=":material/error:")
        return None


def show_frames(analysed: AnalysedSong, sequence: SongSequence, left: DeltaGenerator) -> None:
    """Show a song as two series, and one of its frames."""
    for line in (*shape_lines(sequence, analysed.classifier.features.sr), drawn_line(sequence)):
        if line:
            st.text(line)
    word = "frame" if isinstance(analysed.classifier.features, MfccConfig) else "step"
    n_frames = len(sequence.frames)
    frame = state.frame = min(state.frame, n_frames - 1)
    if n_frames > 1:
        st.slider(
            word.capitalize(),
            0,
            n_frames - 1,
            key=session.bind_widget("frame"),
            on_change=session.keep_widget,
            args=("frame",),
        )
    of = (*analysed.key, *(state.get(f"mfcc_{name}") for name in SETTINGS), frame)
    with left:
        key = f"series_{analysed.song.digest[:12]}"
        interface.draw_once(
            lambda: inside_charts.sequence_chart(sequence, frame),
            of,
            key,
            f"The samples of the song over its {sequence.row_name}s; a line marks the {word}.",
            height=290,
            on_select=lambda: keep_clicked(key),
            selection_mode="points",
        )
        interface.draw_once(
            lambda: cell_charts.frame_vector(sequence, frame),
            of,
            "vector",
            f"The values of {word} {frame}, one bar for each {sequence.row_name}.",
            height=150,
        )


def keep_clicked(key: str) -> None:
    """Choose the frame that was clicked."""
    point = interface.clicked(key)
    if point is not None:
        state.frame = int(point[0] if isinstance(point, list) else point)


def show_shuffled(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the prediction for the steps in order, and for the same steps shuffled."""
    prediction = analysed.result.prediction
    shuffled = shuffle_steps(
        analysed.classifier.network,
        analysed.result.steps,
        audible=prediction.audible,
        seed=state.seed,
    )
    st.button("Shuffle again", icon=":material/shuffle:", key="shuffle", on_click=shuffle_again)
    st.markdown(f"**{interface.literal(shuffled_line(shuffled, prediction.genres))}**")
    moment = parts.show_moment(analysed, by_segment=True)
    with left:
        interface.draw(
            inside_charts.shuffled_heatmaps(analysed.result.steps, shuffled, moment.segment),
            "shuffled_picture",
            "The steps of the segment in order, and shuffled.",
            height=180,
        )
        interface.draw(
            inside_charts.shuffled_prediction(shuffled, prediction.genres),
            "shuffled_prediction",
            "The probability of each genre for the song in order, and shuffled.",
            height=300,
        )


def shuffle_again() -> None:
    """Choose another order."""
    state.seed += 1
