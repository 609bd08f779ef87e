"""What the Classify page draws of a song, and of several."""

from __future__ import annotations

import time
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import caches, drawing, interface
from app_pages.songs import Song, choose_moment, note_classified, open_song
from genre.charts import song as song_charts
from genre.charts.probability_table import genre_bars
from genre.errors import GenreError
from genre.export import result_table
from genre.export.result_table import Outcome, outcome_of
from genre.models.classifier import Classifier
from genre.models.song_analysis import FirstImpression, SongView
from genre.text import models as model_text
from genre.text import song as song_text
from genre.text.format import clock
from genre.text.song import display_name
from genre.text.waiting import facts_wait

state = st.session_state
PAUSE_SECONDS = 0.05
TICK_SECONDS = 2.0


def show_prediction(song: Song, view: SongView, classifier: Classifier) -> None:
    """Show the prediction and its confidence, the player, and the model's accuracy."""
    prediction = view.prediction
    st.title(song_text.headline(prediction), anchor=False)
    st.write(song_text.support(prediction))
    if classifier.card.was_trained_on(view.as_track(song.name)):
        interface.show_info(song_text.SEEN_IN_TRAINING)
    show_tags(view)
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


def show_tags(view: SongView) -> None:
    """Show the tags that musicnn gives a song, or how to see them."""
    if view.tags is None:
        st.caption(f":material/sell: {model_text.NO_TAGS}")
        return
    words = model_text.tag_list(view.strongest_tags)
    st.markdown(f":material/sell: What musicnn heard: {words}", help=model_text.TAGS_HELP)


def show_refusal(song: Song, view: SongView) -> bool:
    """Say that a song is no music; return whether its prediction is to be shown all the same."""
    sentence = song_text.not_music(view.prediction)
    if not sentence:
        return True
    key = f"anyway_{song.digest[:12]}"
    if state.get(key):
        st.caption(sentence)
    else:
        st.title(sentence, anchor=False)
        show_player(song, view)
        st.caption(song_text.REFUSAL_LIMITS)
    return st.toggle("Show the prediction anyway", key=key)


def show_player(song: Song, view: SongView) -> None:
    """Play the song, or the chosen segment of it."""
    about = f" ({song.about})" if song.about else ""
    st.caption(interface.literal(display_name(song.name)) + about)
    moment = state.moment
    start, end = (0.0, None) if moment is None else view.prediction.segment_span(moment)
    # A new key makes a new player: a segment that is chosen again is played again.
    with st.container(key=f"player_{state.n_plays}"):
        interface.show_player(
            song,
            start_time=start,
            end_time=end,
            autoplay=moment is not None,
            alt="The current song",
        )


def keep_clicked(key: str, slider: str) -> None:
    """Choose the segment whose bar was clicked, and set the slider to it."""
    if point := interface.clicked(key):
        state[slider] = int(point[0])
        choose_moment(state[slider])


def keep_slider(key: str) -> None:
    """Choose the segment that the slider names."""
    choose_moment(state[key])


def show_timeline(song: Song, view: SongView, classifier: Classifier) -> None:
    """Show the prediction for each segment; choosing one plays it."""
    st.subheader("Segment by segment", anchor=False)
    st.caption(
        f"The network's prediction for every three seconds, over the waveform and the "
        f"{view.row_name}s it reads. Click a bar or move the slider to play a segment."
    )
    key, slider = f"timeline_{song.digest[:12]}", f"slider_{song.digest[:12]}"
    interface.draw_once(
        lambda: song_charts.song_timeline(
            view.prediction,
            view.envelope,
            view.columns,
            view.column_seconds,
            row_name=view.row_name,
            selected=state.moment,
        ),
        (*caches.key_of(song, classifier), state.moment),
        key,
        "The probabilities of all genres for each segment of the song, over its waveform "
        f"and its {view.row_name}s.",
        on_select=partial(keep_clicked, key, slider),
        selection_mode="points",
    )
    labels = song_text.segment_labels(view.prediction)
    if view.tags is not None and state.moment is not None:
        start, end = map(clock, view.prediction.segment_span(state.moment))
        words = model_text.tag_list(view.segment_tags(state.moment))
        st.markdown(f":material/sell: What musicnn heard from {start} to {end}: {words}")
    if len(labels) > 1:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.select_slider(
                "Segment",
                range(len(labels)),
                format_func=labels.__getitem__,
                key=slider,
                on_change=keep_slider,
                args=(slider,),
            )
            st.button(
                "Play",
                icon=":material/play_arrow:",
                key="play_moment",
                on_click=keep_slider,
                args=(slider,),
            )


def show_facts(song: Song) -> None:
    """Show tempo, key and character once the background process has found them."""
    try:
        waiting = caches.poll_facts(song)[0] is None
    except GenreError:
        waiting = False
    st.subheader("Song facts", anchor=False)
    # The browser's clock ticks only while there is something to wait for.
    st.fragment(fill_facts, run_every=TICK_SECONDS if waiting else None)(song, waiting)


def fill_facts(song: Song, was_waiting: bool) -> None:
    """Show the facts, or that they are not there yet."""
    try:
        facts, n_before = caches.poll_facts(song)
    except GenreError as error:
        interface.show_info(f"No song facts: {error}")
        if was_waiting:
            st.rerun()
        return
    if facts is None:
        st.caption(facts_wait(n_before))
        st.skeleton(height=300)
        return
    if was_waiting:
        st.rerun()
    words, picture = st.columns([1, 2], vertical_alignment="center")
    with words.container(horizontal=True):
        for label, value, about in song_text.fact_lines(facts):
            st.metric(label, value, help=about, width="content")
    with picture:
        interface.draw_once(
            lambda: song_charts.chroma_chart(facts),
            (song.digest,),
            f"chroma_{song.digest[:12]}",
            "How strong each of the twelve notes is over time.",
        )


def show_downloads(outcomes: list[Outcome]) -> None:
    """Offer the results as files."""
    files = {
        "csv": (result_table.to_csv, "text/csv"),
        "json": (result_table.to_json, "application/json"),
    }
    with st.container(horizontal=True):
        for ending, (write, media_type) in files.items():
            st.download_button(
                f"Download {ending.upper()}",
                partial(write, outcomes),
                f"genres.{ending}",
                media_type,
                key=ending,
                on_click="ignore",
                icon=":material/download:",
            )


def keep_opened(key: str) -> None:
    """Open the song whose row was chosen."""
    rows = state[key].selection.rows
    open_song(rows[0] if rows else None)


def show_table(songs: list[Song], outcomes: list[Outcome]) -> None:
    """Show several songs' outcomes; a row opens the song."""
    key = f"table_{interface.short_digest(*(song.digest for song in songs))}"
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
            "certainty": "Confidence",
            "probability": share("Probability"),
            "second_guess": "Second genre",
            "second_probability": share("Its probability"),
            "seconds": st.column_config.NumberColumn("Length", format="%.0f s"),
        },
        alt="The predicted genre of each song",
    )
    if state.opened is None:
        st.caption("Select a row to open that song.")


def show_problems(outcomes: list[Outcome]) -> None:
    """Say what is wrong with each song that could not be classified."""
    for name, problem in result_table.problems(outcomes):
        interface.show_error(f"{name}: {problem}")


def outcomes_of(songs: list[Song], views: list[SongView | GenreError]) -> list[Outcome]:
    """Return the result of each song, under the name it is shown by."""
    return [outcome_of(song.name, view) for song, view in zip(songs, views, strict=True)]


def classify_all(songs: list[Song], classifier: Classifier) -> None:
    """Classify every song, showing how far that is."""
    bar = st.progress(0.0) if len(songs) > 1 else None
    place = st.empty()
    place.skeleton(height=420)
    for i, song in enumerate(songs):
        text = f"Classifying {interface.literal(display_name(song.name))}"
        if bar:
            bar.progress(i / len(songs), text=text)
            caches.view(song, classifier)
            continue
        with st.spinner(text, show_time=True):
            for stage in caches.view_in_stages(song, classifier):
                if isinstance(stage, FirstImpression):
                    show_first_impression(place.container(), stage)
    note_classified(songs, classifier.card.name)


def show_first_impression(place: DeltaGenerator, first: FirstImpression) -> None:
    """Show the prediction from a part of a long song, where the one from all of it will be."""
    if first.prediction.music.is_refused:
        return  # what it is instead is said once all of it was read
    with place:
        st.title(song_text.headline(first.prediction), anchor=False)
        st.write(song_text.first_impression(first))
        st.skeleton(height=120)  # the tags and the player
        drawing.show_html(genre_bars(first.prediction), key="first_bars")


def wait_for_browser(song: Song, classifier: Classifier) -> None:
    """Leave the browser a moment to show a new prediction.

    The charts below it take several times as long to draw, and what arrives together is shown
    together.
    """
    shown = (song.digest, classifier.card.name)
    if state.shown != shown:
        state.shown = shown
        time.sleep(PAUSE_SECONDS)
