"""A second of the song silenced: heard with it and without, and what each changes in the input."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import inside_caches, interface, song_player
from app_pages.inside_caches import AnalysedSong
from genre.errors import GenreError
from genre.interpret.occlusion import Part
from genre.interpret.silence import SilencedSecond, count_seconds
from genre.language import _
from genre.scenes import film_text, prediction_charts
from genre.scenes.gate_lanes import running_band, running_lane
from genre.text.genres import genre_name

state = st.session_state
ADVANCE_SECONDS = 0.4
TICK_SECONDS = 0.5
PART = "Silence a second"


def show(analysed: AnalysedSong, left: DeltaGenerator) -> None:
    """Show the part: the song with and without a second on the left, its settings here."""
    prediction = analysed.result.prediction
    genre = prediction.genres.index(prediction.genre)
    try:
        second = choose_second(analysed)
        with left, st.spinner(_("Analysing the song without this second"), show_time=True):
            silenced = inside_caches.silenced_of(analysed, second)
    except GenreError as error:  # swept away, or no longer readable
        with left:
            interface.show_error(error)
        return
    line = film_text.silenced_line(
        silenced,
        inside_caches.predictions_of(analysed),
        prediction.probabilities,
        prediction.genres,
        genre,
    )
    st.markdown(f"**{interface.literal(line)}**")
    by = interface.choose_one(
        _("Bars"),
        ["second", analysed.classifier.features.kind],
        default="second",
        format_func=lambda by: film_text.bars_name(by),
        key="occluded",
        label_visibility="collapsed",
        persist_state="session",
    )
    st.caption(film_text.how_silenced())
    with left:
        show_versions(analysed, silenced, genre)
        show_occlusion(analysed, by, second)


def choose_second(analysed: AnalysedSong) -> int:
    """Return the chosen second; at first the one that changes the prediction most."""
    n_seconds = count_seconds(len(analysed.result.steps), analysed.classifier.features)
    if state.second < 0:
        occlusion = inside_caches.occlusion_of(analysed, "second").advance(ADVANCE_SECONDS)
        state.second = occlusion.strongest or 0
    state.second = min(state.second, n_seconds - 1)
    return state.second


def show_versions(analysed: AnalysedSong, silenced: SilencedSecond, genre: int) -> None:
    """Show the player with both running predictions, and the genre's probability in both."""
    prediction, before = analysed.result.prediction, inside_caches.predictions_of(analysed)
    name = prediction.genres[genre]
    length = analysed.classifier.features.segment_seconds
    n_seconds = count_seconds(len(prediction.audible), analysed.classifier.features)
    song_player.show_song(
        analysed.song,
        analysed.result.view,
        analysed.classifier,
        (
            running_lane(film_text.probability_with(name), before, genre, genre_name(name)),
            running_lane(
                film_text.probability_without(name), silenced.running, genre, genre_name(name)
            ),
        ),
        size="film",
        film={
            "bands": [
                running_band(film_text.with_second(), before, prediction.audible),
                running_band(film_text.without_second(), silenced.running, silenced.audible),
            ],
            "silenced": {
                "second": silenced.second,
                "start": float(silenced.segments[0] * length),
                "last": n_seconds - 1,
            },
        },
        on_second_change=keep_second,
    )


def keep_second() -> None:
    """Silence the second that was chosen in the player."""
    if state.song_player.second is not None:
        state.second = max(0, int(state.song_player.second))


def show_occlusion(analysed: AnalysedSong, by: Part, second: int) -> None:
    """Show what leaving out each part changes, filled in as it is computed."""
    is_finished = inside_caches.occlusion_of(analysed, by).advance(0).is_finished
    tick = None if is_finished else TICK_SECONDS
    st.fragment(fill_occlusion, run_every=tick)(analysed, by, second, is_finished)


def fill_occlusion(analysed: AnalysedSong, by: Part, second: int, was_finished: bool) -> None:
    """Compute more of an occlusion map, and show it as far as it is known."""
    try:
        occlusion = inside_caches.occlusion_of(analysed, by).advance(ADVANCE_SECONDS)
    except GenreError as error:  # swept away meanwhile
        interface.show_error(error)
        return
    if state.second != second or (occlusion.is_finished and not was_finished):
        st.rerun()
    what = film_text.left_out(by)
    line = interface.literal(film_text.occlusion_line(occlusion, analysed.result.prediction.genre))
    st.markdown(f"**{what}** {line}")
    key = f"occlusion_{by}"
    interface.draw(
        prediction_charts.occlusion_bars(occlusion, second if by == "second" else None),
        key,
        f"{what} {line}",
        height=150,
        on_select=partial(keep_clicked, key) if by == "second" else "ignore",
        selection_mode="points",
    )


def keep_clicked(key: str) -> None:
    """Silence the second whose bar was clicked."""
    second = interface.clicked(key)
    if second is not None:
        state.second = int(second)
