"""The parts of the Classify page: what brings a song, and what is drawn of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from app_pages import resources

if TYPE_CHECKING:
    from genre.errors import GenreError
    from genre.prediction import Classifier
    from genre.song_view import SongView

state = st.session_state


def keep_uploads() -> None:
    """Take what was dropped as the songs in hand."""
    files = state.uploads or []
    resources.take([resources.Song.of(file.name, file.getvalue()) for file in files])


def keep_sketch(key: str) -> None:
    """Take the pressed sketch as the song in hand."""
    if state[key]:
        resources.take([resources.sketch(state[key])])


def keep_recording() -> None:
    """Take what was recorded as the song in hand."""
    if state.recording:
        resources.take([resources.Song.of("Your recording", state.recording.getvalue())])


def show_inputs() -> None:
    """Show the three ways to bring a song."""
    upload, sketch, record = st.tabs(
        [
            ":material/upload_file: Upload",
            ":material/library_music: Sample",
            ":material/mic: Record",
        ]
    )
    with upload:
        st.file_uploader(
            "Drop a song, or several",
            accept_multiple_files=True,
            key="uploads",
            on_change=keep_uploads,
            help="mp3, m4a, flac, wav, ogg, opus, webm, aiff, au, wma and more. "
            "It stays on the computer this page runs on.",
        )
    with sketch:
        show_sketches("sketch")
    with record:
        st.audio_input(
            "Record what you hear", sample_rate=22_050, key="recording", on_change=keep_recording
        )
        st.caption("Hold the microphone near the speaker; ten seconds are plenty.")


def show_sketches(key: str) -> None:
    """Offer the project's own ten pieces."""
    st.pills(
        "Or press a sketch",
        resources.sketches(),
        format_func=str.capitalize,
        wrap=True,
        key=key,
        on_change=keep_sketch,
        args=(key,),
    )
    st.caption(
        "Ten short sketches written for this app, one per genre. They are no records: what the "
        "network says of them is shown as it is."
    )


def show_welcome() -> None:
    """Say what will happen, while there is no song."""
    st.header("Drop in a song, see its genre")
    st.write(
        "A small recurrent network listens three seconds at a time. You see its verdict, how sure "
        "it is, and what each moment of the song sounded like to it."
    )
    show_sketches("first_sketch")
    st.html(resources.ROOT / "app_pages" / "drop_zone.css")


def show_verdict(song: resources.Song, view: SongView, classifier: Classifier) -> None:
    """Show the verdict, how sure it is, and what the model is worth."""
    from genre import charts, wording

    prediction = view.prediction
    st.title(wording.verdict(prediction), anchor=False)
    st.write(wording.support(prediction))
    st.plotly_chart(
        charts.genre_bars(prediction),
        key="genre_bars",
        config={"displayModeBar": False},
        alt=charts.bars_alt(prediction),
    )
    for note in wording.notes(prediction):
        st.info(note, icon=":material/info:")
    st.caption(wording.accuracy(classifier.card))
    if record := wording.track_record(prediction, classifier.card):
        st.caption(record)


def show_timeline(song: resources.Song, view: SongView) -> None:
    """Show what each segment sounded like to the network; a click plays it."""
    from genre import charts

    st.subheader("Moment by moment", anchor=False)
    st.caption(
        "What each three seconds sounded like to the network, over the waveform and the MFCCs it "
        "reads. Click a bar to hear that moment."
    )
    selected = selected_segment(song)
    st.plotly_chart(
        charts.song_timeline(
            view.prediction, view.envelope, view.mfcc, view.column_seconds, selected=selected
        ),
        key=f"timeline_{song.digest[:12]}",
        on_select="rerun",
        selection_mode="points",
        config={"displayModeBar": False},
        alt="The probabilities of all genres for each segment of the song, over its waveform "
        "and its MFCCs.",
    )


def selected_segment(song: resources.Song) -> int | None:
    """Return the segment that was clicked in the timeline, if any."""
    chart = state.get(f"timeline_{song.digest[:12]}")
    points = chart.selection.points if chart else []
    return int(points[0]["customdata"][0]) if points and points[0].get("customdata") else None


def show_player(song: resources.Song, view: SongView | GenreError) -> None:
    """Play the song, or the chosen segment of it."""
    from genre.errors import GenreError
    from genre.wording import display_name

    st.text(display_name(song.name) + (f" ({song.about})" if song.about else ""))
    if isinstance(view, GenreError):
        return
    segment = selected_segment(song)
    start, end = (0.0, None) if segment is None else view.prediction.segment_span(segment)
    content, media_type = resources.playable(song)
    st.audio(
        content,
        format=media_type,
        start_time=start,
        end_time=end,
        autoplay=segment is not None,
        alt="The song in hand",
    )


def show_facts(song: resources.Song) -> None:
    """Show tempo, key and character once the helper process has found them."""
    from genre.errors import GenreError

    job = resources.facts_job(song)
    try:
        waiting = job.poll() is None
    except GenreError:
        waiting = False
    st.subheader("Song facts", anchor=False)
    # The browser's clock ticks only while there is something to wait for.
    st.fragment(fill_facts, run_every=1.0 if waiting else None)(song, waiting)


def fill_facts(song: resources.Song, was_waiting: bool) -> None:
    """Show the facts, or that they are being worked out."""
    from genre import charts, wording
    from genre.errors import GenreError

    try:
        facts = resources.facts_job(song).poll()
    except GenreError as error:
        st.info(f"No song facts: {error}", icon=":material/info:")
        return
    if facts is None:
        st.caption(
            "Listening for tempo and key: some seconds, or a minute the first time on a computer."
        )
        st.skeleton(height=220)
        return
    if was_waiting:
        st.rerun()
    words, picture = st.columns([1, 2], vertical_alignment="center")
    with words.container(horizontal=True):
        for label, value, about in wording.fact_lines(facts):
            st.metric(label, value, help=about, width="content")
    picture.plotly_chart(
        charts.chroma_picture(facts),
        key=f"chroma_{song.digest[:12]}",
        config={"displayModeBar": False},
        alt="How strongly each of the twelve notes sounds over time.",
    )


def show_downloads(outcomes: list[tuple[str, object]]) -> None:
    """Offer the results as files."""
    from genre import result_table

    with st.container(horizontal=True):
        st.download_button(
            "Download CSV",
            lambda: result_table.to_csv(outcomes),
            "genres.csv",
            "text/csv",
            key="csv",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            "Download JSON",
            lambda: result_table.to_json(outcomes),
            "genres.json",
            "application/json",
            key="json",
            on_click="ignore",
            icon=":material/download:",
        )


def keep_opened(key: str) -> None:
    """Open the song whose row was chosen."""
    rows = state[key].selection.rows
    state.opened = rows[0] if rows else None


def show_table(songs: list[resources.Song], outcomes: list[tuple[str, object]]) -> None:
    """Show several songs' outcomes; a row opens the song."""
    from genre import result_table

    key = f"table_{songs[0].digest[:12]}_{len(songs)}"
    rows = [result_table.table_row(outcome) for outcome in outcomes]
    problem = ["problem"] if any(row["problem"] for row in rows) else []
    second = ["second_guess", "second_probability", "seconds"]
    st.dataframe(
        rows,
        hide_index=True,
        column_order=["file", "genre", "certainty", "probability", *problem, *second],
        placeholder="",
        key=key,
        on_select=partial(keep_opened, key),
        selection_mode="single-row",
        column_config={
            "file": "File",
            "genre": "Genre",
            "certainty": "How sure",
            "probability": st.column_config.ProgressColumn("Probability", format="percent"),
            "second_guess": "Second guess",
            "second_probability": st.column_config.ProgressColumn("Its share", format="percent"),
            "seconds": st.column_config.NumberColumn("Length", format="%.0f s"),
            "problem": st.column_config.TextColumn("Problem", width="large"),
        },
        alt="What each song was classified as",
    )
    if state.opened is None:
        st.caption("Choose a row to open that song.")


def listen_to_all(
    songs: list[resources.Song], classifier: Classifier
) -> list[SongView | GenreError]:
    """Listen to every song, saying which one is in turn."""
    from genre.wording import display_name

    place = st.empty()
    views = []
    for i, song in enumerate(songs):
        place.progress(i / len(songs), text=f"Listening to {display_name(song.name)}")
        views.append(resources.view(song, classifier))
    place.empty()
    return views
