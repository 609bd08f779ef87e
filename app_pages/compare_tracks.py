"""Which genres are taken for which, and the tracks behind a cell of the matrix."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from app_pages import compare_state, resources

if TYPE_CHECKING:
    from genre.compare.confusion_tracks import CellTrack
    from genre.compare.leaderboard import Contender
    from genre.evaluation.evaluation import Evaluation

state = st.session_state
PLAIN = {"displayModeBar": False}


def show_matrices(chosen: list[Contender], called: list[str]) -> None:
    """Show a matrix each, the difference of two, and the tracks behind the chosen cell."""
    from genre.charts import song as song_charts
    from genre.text import compare as compare_text

    known = [
        (contender, contender.evaluation, title)
        for contender, title in zip(chosen, called, strict=True)
        if contender.evaluation
    ]
    for title in set(called) - {title for _, _, title in known}:
        st.caption(f":material/info: The matrix of {resources.literal(title)} was not kept.")
    if not known:
        return
    st.caption("In tracks. Click a cell to see which tracks are behind it.")
    cell = chosen_cell(known[0][1].genres)
    for pair in (known[i : i + 2] for i in range(0, len(known), 2)):
        for place, (contender, evaluation, title) in zip(
            st.columns(2, gap="medium"), pair, strict=False
        ):
            with place:
                st.markdown(f"**{resources.literal(title)}**")
                st.caption(resources.literal(compare_text.evaluation_line(evaluation)))
                figure = song_charts.confusion_matrix(
                    evaluation.genres, evaluation.confusion_matrix
                )
                key = f"matrix_{hashlib.sha256(contender.reference.encode()).hexdigest()[:8]}"
                show_cells(figure, evaluation, key, cell)
    left, right = st.columns(2, gap="medium")
    if len(known) > 1:
        with left:
            show_difference([(evaluation, title) for _, evaluation, title in known], cell)
    with right if len(known) > 1 else left:
        track = choose_track(known)
    if track:
        show_track(track, known)


def chosen_cell(genres: tuple[str, ...]) -> tuple[str, str] | None:
    """Return the cell on show, if there is one in a matrix of these genres."""
    cell = (state.get("cell_genre"), state.get("cell_given"))
    return cell if set(cell) <= set(genres) else None  # type: ignore[return-value]


def show_cells(figure: Any, evaluation: Evaluation, key: str, cell: tuple[str, str] | None) -> None:
    """Draw a matrix whose cells can be clicked."""
    from genre.charts import song as song_charts
    from genre.charts.confusion_tracks import with_cells

    st.plotly_chart(
        song_charts.legible(with_cells(figure, evaluation.genres, cell), resources.ink()),
        key=key,
        on_select=partial(keep_clicked, key),
        selection_mode="points",
        config=PLAIN,
        alt="Tracks by their true genre, down, and the genre they were given, across.",
    )


def keep_clicked(key: str) -> None:
    """Choose the cell that was clicked."""
    points = state[key].selection.points
    if points and points[0].get("customdata"):
        state.cell_genre, state.cell_given = points[0]["customdata"]


def show_difference(known: list[tuple[Evaluation, str]], cell: tuple[str, str] | None) -> None:
    """Show what another contender gives more often than the first, and what less."""
    from genre.charts.compare import confusion_difference
    from genre.errors import GenreError

    first, title = known[0]
    others = {other: evaluation for evaluation, other in known[1:]}
    st.markdown("**Their difference**")
    other = next(iter(others))
    if len(others) > 1:
        if state.get("other") not in others:
            state.other = other
        other = st.selectbox(f"Compare {title} with", list(others), key="other", width=320)
    st.caption(
        resources.literal(
            f"{title} minus {other}, in points of each genre's tracks: blue where {title} gives "
            "a genre more often, red where less often. On the diagonal, blue is better."
        )
    )
    try:
        figure = confusion_difference(others[other], first)
    except GenreError as error:
        st.info(resources.literal(str(error)), icon=":material/info:")
        return
    show_cells(figure, first, "matrix_difference", cell)


def choose_track(known: list[tuple[Contender, Evaluation, str]]) -> CellTrack | None:
    """Show the tracks behind the chosen cell; return the one that is ticked."""
    from genre.compare.confusion_tracks import tracks_behind
    from genre.text.compare import track_row

    genres = known[0][1].genres
    st.markdown("**The tracks behind a cell**")
    with st.container(horizontal=True):
        for key, label in (("cell_genre", "True genre"), ("cell_given", "Given genre")):
            if state.get(key) not in genres:
                state[key] = None
            st.selectbox(label, genres, key=key, index=None, placeholder="Choose", width=220)
    cell = chosen_cell(genres)
    if cell is None:
        return None
    tracks = tracks_behind(tuple(evaluation for _, evaluation, _ in known), *cell)
    if not any(evaluation.answers for _, evaluation, _ in known):
        st.info("Which tracks these are was not kept.", icon=":material/info:")
        return None
    if not tracks:
        st.caption(f"No track of {cell[0]} was taken for {cell[1]}.")
        return None
    called = [title for _, _, title in known]
    table = hashlib.sha256("\n".join([*cell, *called]).encode()).hexdigest()[:8]
    event = st.dataframe(
        [track_row(track, called) for track in tracks],
        hide_index=True,
        key=f"behind_{table}",
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [0]}},
        alt=f"The tracks of {cell[0]} that were taken for {cell[1]}",
    )
    rows = event.selection.rows
    return tracks[rows[0]] if rows and rows[0] < len(tracks) else None


def show_track(track: CellTrack, known: list[tuple[Contender, Evaluation, str]]) -> None:
    """Show what was said of a track, and the track: to hear, or its MFCCs to see."""
    from genre.charts import song as song_charts
    from genre.charts.confusion_tracks import answer_bars
    from genre.text.compare import answer_line

    left, right = st.columns(2, gap="large")
    called = [title for _, _, title in known]
    with left:
        st.markdown(f"**{resources.literal(track.track_id)}**")
        for title, answers in zip(called, track.answers, strict=True):
            for answer in answers:
                st.text(answer_line(answer, title))
        show_sound(track, list(dict.fromkeys(c.source for c, _, _ in known if c.source)))
    with right:
        st.plotly_chart(
            song_charts.legible(answer_bars(track, called, known[0][1].genres), resources.ink()),
            key="answer",
            config=PLAIN,
            alt="The probability of each genre for this track.",
        )


def show_sound(track: CellTrack, sources: list[str]) -> None:
    """Play a track where its audio is at hand, and show its MFCCs where it is not."""
    from genre.charts import song as song_charts
    from genre.charts.compare import track_mfccs
    from genre.compare.confusion_tracks import frames_behind
    from genre.errors import GenreError

    try:
        for source in sources:
            if song := compare_state.recording(track, source):
                content, media_type = resources.playable(song)
                st.audio(content, format=media_type, alt="The track")
                return
            data = compare_state.pack(source)
            if data and (behind := frames_behind(track, data)):
                st.caption("Its audio is not here; these MFCCs are all that the network was given.")
                st.plotly_chart(
                    song_charts.legible(track_mfccs(*behind), resources.ink()),
                    key="track_mfccs",
                    config=PLAIN,
                    alt="The MFCCs of the track over time.",
                )
                return
    except (GenreError, OSError) as error:
        st.error(resources.literal(str(error)), icon=":material/error:")
        return
    st.caption("Its audio is not at hand: the data has moved, or is no folder of recordings.")
