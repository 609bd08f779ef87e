"""What the Classify page draws of a song, and of several."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from app_pages import drawing, resources

if TYPE_CHECKING:
    from genre.errors import GenreError
    from genre.export.result_table import Outcome
    from genre.models.prediction import Classifier
    from genre.models.song_analysis import SongView

state = st.session_state
PLAIN = {"displayModeBar": False}
VERDICT_SECONDS = 0.05


def show_verdict(song: resources.Song, view: SongView, classifier: Classifier) -> None:
    """Show the verdict, how sure it is, the player, and what the model is worth."""
    from genre.charts.probability_table import genre_bars
    from genre.text import song as song_text

    prediction = view.prediction
    st.title(song_text.verdict(prediction), anchor=False)
    st.write(song_text.support(prediction))
    show_player(song, view)
    drawing.show_html(genre_bars(prediction), key="genre_bars")
    for note in song_text.notes(prediction):
        st.caption(f":material/info: {note}")
    st.caption(song_text.accuracy(classifier.card))
    if record := song_text.track_record(prediction, classifier.card):
        st.caption(record)
    with st.expander("About this model"):
        for line in song_text.card_lines(classifier.card):
            st.text(line)


def show_player(song: resources.Song, view: SongView) -> None:
    """Play the song, or the chosen moment of it."""
    from genre.text.song import display_name

    st.caption(resources.literal(display_name(song.name)) + (f" ({song.about})" * bool(song.about)))
    content, media_type = resources.playable(song)
    start, end = (0.0, None)
    if state.moment is not None:
        start, end = view.prediction.segment_span(state.moment)
    # A new key makes a new player: a moment that is chosen again is heard again.
    with st.container(key=f"player_{state.n_plays}"):
        st.audio(
            content,
            format=media_type,
            start_time=start,
            end_time=end,
            autoplay=state.moment is not None,
            alt="The song in hand",
        )


def keep_clicked(key: str, slider: str) -> None:
    """Choose the moment whose bar was clicked, and let the slider name it too."""
    points = state[key].selection.points
    if points and points[0].get("customdata"):
        segment = int(points[0]["customdata"][0])
        state[slider] = segment
        resources.choose_moment(segment)


def keep_slid(key: str) -> None:
    """Choose the moment that the slider names."""
    resources.choose_moment(state[key])


def show_timeline(song: resources.Song, view: SongView) -> None:
    """Show what each segment sounded like to the network; choosing one plays it."""
    from genre.charts import song as song_charts
    from genre.text import song as song_text

    st.subheader("Moment by moment", anchor=False)
    st.caption(
        "What each three seconds sounded like to the network, over the waveform and the MFCCs it "
        "reads. Click a bar, or move the slider, to hear that moment."
    )
    key, slider = f"timeline_{song.digest[:12]}", f"slider_{song.digest[:12]}"
    figure = song_charts.song_timeline(
        view.prediction, view.envelope, view.mfcc, view.column_seconds, selected=state.moment
    )
    st.plotly_chart(
        song_charts.legible(figure, resources.ink()),
        key=key,
        on_select=partial(keep_clicked, key, slider),
        selection_mode="points",
        config=PLAIN,
        alt="The probabilities of all genres for each segment of the song, over its waveform "
        "and its MFCCs.",
    )
    moments = song_text.moments(view.prediction)
    if len(moments) > 1:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.select_slider(
                "Hear a moment",
                range(len(moments)),
                format_func=moments.__getitem__,
                key=slider,
                on_change=keep_slid,
                args=(slider,),
            )
            st.button(
                "Play it",
                icon=":material/play_arrow:",
                key="play_moment",
                on_click=keep_slid,
                args=(slider,),
            )


def show_facts(song: resources.Song) -> None:
    """Show tempo, key and character once the helper process has found them."""
    from genre.errors import GenreError

    try:
        waiting = resources.facts_job(song).poll() is None
    except GenreError:
        waiting = False
    st.subheader("Song facts", anchor=False)
    # The browser's clock ticks only while there is something to wait for.
    st.fragment(fill_facts, run_every=1.0 if waiting else None)(song, waiting)


def fill_facts(song: resources.Song, was_waiting: bool) -> None:
    """Show the facts, or that they are being worked out."""
    from genre.charts import song as song_charts
    from genre.errors import GenreError
    from genre.text import song as song_text

    try:
        facts = resources.facts_job(song).poll()
    except GenreError as error:
        st.info(f"No song facts: {error}", icon=":material/info:")
        if was_waiting:
            st.rerun()
        return
    if facts is None:
        st.caption(
            "Listening for tempo and key: some seconds, or a minute the first time on a computer."
        )
        st.skeleton(height=300)
        return
    if was_waiting:
        st.rerun()
    words, picture = st.columns([1, 2], vertical_alignment="center")
    with words.container(horizontal=True):
        for label, value, about in song_text.fact_lines(facts):
            st.metric(label, value, help=about, width="content")
    picture.plotly_chart(
        song_charts.legible(song_charts.chroma_picture(facts), resources.ink()),
        key=f"chroma_{song.digest[:12]}",
        config=PLAIN,
        alt="How strongly each of the twelve notes sounds over time.",
    )


def show_downloads(outcomes: list[Outcome]) -> None:
    """Offer the results as files."""
    from genre.export import result_table

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
    resources.open_song(rows[0] if rows else None)


def show_table(songs: list[resources.Song], outcomes: list[Outcome]) -> None:
    """Show several songs' outcomes; a row opens the song."""
    from genre.export import result_table

    key = f"table_{resources.digest_of_all(songs)}"
    share = partial(st.column_config.ProgressColumn, format="percent", width="small")
    st.dataframe(
        [result_table.page_row(outcome) for outcome in outcomes],
        hide_index=True,
        placeholder="",
        key=key,
        on_select=partial(keep_opened, key),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [] if state.opened is None else [state.opened]}},
        column_config={
            "file": "File",
            "genre": "Genre",
            "certainty": "How sure",
            "probability": share("Probability"),
            "second_guess": "Second guess",
            "second_probability": share("Its share"),
            "seconds": st.column_config.NumberColumn("Length", format="%.0f s"),
        },
        alt="What each song was classified as",
    )
    if state.opened is None:
        st.caption("Tick the box of a row to open that song.")


def show_problems(outcomes: list[Outcome]) -> None:
    """Say what is wrong with each song that could not be heard."""
    from genre.export import result_table

    for name, problem in result_table.problems(outcomes):
        st.error(f"{resources.literal(name)}: {problem}", icon=":material/error:")


def outcomes_of(songs: list[resources.Song], views: list[SongView | GenreError]) -> list[Outcome]:
    """Return what came of each song, under the name it is shown by."""
    from genre.export.result_table import outcome_of

    return [outcome_of(song.name, view) for song, view in zip(songs, views, strict=True)]


def listen_to_all(songs: list[resources.Song], classifier: Classifier) -> None:
    """Listen to every song, saying which one is in turn."""
    from genre.text.song import display_name

    bar = st.progress(0.0) if len(songs) > 1 else None
    st.skeleton(height=420)
    for i, song in enumerate(songs):
        text = f"Listening to {resources.literal(display_name(song.name))}"
        if bar:
            bar.progress(i / len(songs), text=text)
            resources.view(song, classifier)
        else:
            with st.spinner(text, show_time=True):
                resources.view(song, classifier)
    resources.note_heard(songs, classifier)


def let_verdict_appear(song: resources.Song, classifier: Classifier) -> None:
    """Leave the browser a moment to show a new verdict.

    The charts below it take several times as long to draw, and what arrives together is shown
    together.
    """
    shown = (song.digest, classifier.card.name)
    if state.get("shown") != shown:
        state.shown = shown
        time.sleep(VERDICT_SECONDS)
