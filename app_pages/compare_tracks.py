"""Confusion matrices, and the tracks of a cell of the matrix."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from app_pages import compare_caches, interface, song_player
from genre.charts.compare import confusion_difference, track_features
from genre.charts.confusion_matrix import confusion_matrix
from genre.charts.confusion_tracks import prediction_bars, with_clickable_cells
from genre.compare.confusion_tracks import CellTrack, on_shared_tracks, track_frames, tracks_in_cell
from genre.compare.leaderboard import LeaderboardEntry
from genre.errors import GenreError
from genre.evaluation.evaluation import Evaluation
from genre.language import _
from genre.text import compare as compare_text
from genre.text.compare import prediction_line, track_row
from genre.text.genres import genre_name
from genre.text.models import values_name

state = st.session_state


def show_matrices(chosen: list[LeaderboardEntry], names: list[str]) -> None:
    """Show a matrix each, the difference of two, and the tracks of the chosen cell."""
    known = [
        (entry, entry.evaluation, title)
        for entry, title in zip(chosen, names, strict=True)
        if entry.evaluation
    ]
    for title in set(names) - {title for _entry, _evaluation, title in known}:
        st.caption(
            ":material/info: "
            + _("No confusion matrix for {title}.").format(title=interface.literal(title))
        )
    if not known:
        return
    st.caption(_("Counted in tracks. Click a cell to see its tracks."))
    cell = chosen_cell(known[0][1].genres)
    for pair in (known[i : i + 2] for i in range(0, len(known), 2)):
        for column, one in zip(st.columns(2, gap="medium"), pair, strict=False):
            with column:
                show_matrix(*one, cell)
    left, right = st.columns(2, gap="medium")
    if len(known) > 1:
        with left:
            show_difference([(evaluation, title) for _entry, evaluation, title in known], cell)
    with right if len(known) > 1 else left:
        track = choose_track(known)
    if track:
        show_track(track, known)


def show_matrix(
    entry: LeaderboardEntry, evaluation: Evaluation, title: str, cell: tuple[str, str] | None
) -> None:
    """Show the confusion matrix of one of them."""
    st.markdown(f"**{interface.literal(title)}**")
    st.caption(interface.literal(compare_text.evaluation_line(evaluation)))
    figure = confusion_matrix(evaluation.genres, evaluation.confusion_matrix)
    key = f"matrix_{interface.short_digest(entry.reference)}"
    show_cells(figure, evaluation, key, cell)


def chosen_cell(genres: tuple[str, ...]) -> tuple[str, str] | None:
    """Return the chosen cell, if a matrix of these genres has it."""
    cell = (state.get("cell_genre"), state.get("cell_given"))
    return cell if set(cell) <= set(genres) else None  # type: ignore[return-value]


def show_cells(figure: Any, evaluation: Evaluation, key: str, cell: tuple[str, str] | None) -> None:
    """Draw a matrix whose cells can be clicked."""
    interface.draw(
        with_clickable_cells(figure, evaluation.genres, cell),
        key,
        _("Tracks by true genre (rows) and predicted genre (columns)."),
        on_select=partial(keep_clicked, key),
        selection_mode="points",
    )


def keep_clicked(key: str) -> None:
    """Choose the cell that was clicked."""
    if cell := interface.clicked(key):
        state.cell_genre, state.cell_given = cell


def show_difference(known: list[tuple[Evaluation, str]], cell: tuple[str, str] | None) -> None:
    """Show what another model or run predicts more often than the first, and what less."""
    first, title = known[0]
    others = {other: evaluation for evaluation, other in known[1:]}
    st.markdown(interface.bold(_("Difference")))
    other = next(iter(others))
    if len(others) > 1:
        if state.get("other") not in others:
            state.other = other
        other = st.selectbox(
            _("Compare {title} with").format(title=title), list(others), key="other", width=320
        )
    try:
        one, two, n_tracks = on_shared_tracks(first, others[other])
        figure = confusion_difference(two, one)
    except GenreError as error:
        interface.show_info(error)
        return
    st.caption(interface.literal(compare_text.matrix_difference_line(title, other, n_tracks)))
    show_cells(figure, first, "matrix_difference", cell)


def choose_track(known: list[tuple[LeaderboardEntry, Evaluation, str]]) -> CellTrack | None:
    """Show the tracks of the chosen cell; return the selected one."""
    genres = known[0][1].genres
    st.markdown(interface.bold(_("Tracks of a cell")))
    with st.container(horizontal=True):
        for key, label in (("cell_genre", _("True genre")), ("cell_given", _("Predicted genre"))):
            if state.get(key) not in genres:
                state[key] = None
            st.selectbox(
                label, genres, key=key, index=None, placeholder=_("Choose"), width=220,
                format_func=genre_name,
            )  # fmt: skip
    cell = chosen_cell(genres)
    if cell is None:
        return None
    tracks = tracks_in_cell(tuple(evaluation for _entry, evaluation, _title in known), *cell)
    if not any(evaluation.predictions for _entry, evaluation, _title in known):
        interface.show_info(_("The prediction for each track is not known here."))
        return None
    if not tracks:
        st.caption(
            _("No {true} track was predicted as {predicted}.").format(
                true=genre_name(cell[0]), predicted=genre_name(cell[1])
            )
        )
        return None
    names = [title for _entry, _evaluation, title in known]
    table = interface.short_digest(*cell, *names)
    event = st.dataframe(
        [track_row(track, names) for track in tracks],
        hide_index=True,
        key=f"tracks_{table}",
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [0]}},
        column_config={"track": _("Track"), "artist": _("Artist")},
        alt=_("The {true} tracks that were predicted as {predicted}").format(
            true=genre_name(cell[0]), predicted=genre_name(cell[1])
        ),
    )
    rows = event.selection.rows
    return tracks[rows[0]] if rows and rows[0] < len(tracks) else None


def show_track(track: CellTrack, known: list[tuple[LeaderboardEntry, Evaluation, str]]) -> None:
    """Show the predictions for a track, and its recording or else its frames."""
    left, right = st.columns(2, gap="large")
    names = [title for _entry, _evaluation, title in known]
    with left:
        st.markdown(f"**{interface.literal(track.track_id)}**")
        for title, predictions in zip(names, track.predictions, strict=True):
            for answer in predictions:
                st.text(prediction_line(answer, title))
        sources = dict.fromkeys(
            entry.source for entry, _evaluation, _title in known if entry.source
        )
        show_sound(track, list(sources))
    with right:
        interface.draw(
            prediction_bars(track, names, known[0][1].genres),
            "answer",
            _("The probability of each genre for this track."),
        )


def show_sound(track: CellTrack, sources: list[str]) -> None:
    """Play a track where its recording is here, and show its frames where it is not."""
    try:
        for source in sources:
            if song := compare_caches.recording(track, source):
                song_player.show_recording(song)
                return
            data = compare_caches.pack(source)
            if data and (behind := track_frames(track, data)):
                row_name = data.features.row_name
                st.caption(
                    _("The recording is not here. These {values} are the network's input.").format(
                        values=values_name(data.features)
                    )
                )
                interface.draw(
                    track_features(*behind, row_name),
                    "track_mfccs",
                    _("The {values} of the track over time.").format(
                        values=values_name(data.features)
                    ),
                )
                return
    except (GenreError, OSError) as error:
        interface.show_error(error)
        return
    st.caption(_("The recording is not here: the data was moved, or has no recordings."))
