"""What the Classify page draws of a song."""

from __future__ import annotations

import time
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import caches, drawing, interface, song_player
from app_pages.songs import Song, note_classified
from genre.charts.probability_table import genre_bars
from genre.errors import GenreError
from genre.export import result_table
from genre.export.result_table import Outcome
from genre.language import _
from genre.models.classifier import Classifier
from genre.models.song_analysis import FirstImpression, SongView
from genre.text import accuracy as accuracy_text
from genre.text import models as model_text
from genre.text import song as song_text
from genre.text.song import display_name
from genre.text.uploads import facts_wait

state = st.session_state
DEMO = "disco"
PAUSE_SECONDS = 0.25
TICK_SECONDS = 0.5


def show_prediction(song: Song, view: SongView, classifier: Classifier) -> None:
    """Show the prediction, in one line how far to trust it, and the player."""
    st.title(song_text.headline(view.prediction), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(song_text.support(view.prediction), width="content")
        st.text(accuracy_text.trust(view.prediction, classifier.card), width="content")
        with st.popover(_("How sure?"), key="trust", type="tertiary", width="content"):
            show_trust(view, classifier)
    if classifier.card.was_trained_on(view.as_track(song.name)):
        interface.show_info(_(song_text.SEEN_IN_TRAINING))
    show_player(song, view, classifier)
    for note in song_text.notes(view.prediction):
        st.caption(f":material/info: {note}")


def show_demo(classifier: Classifier) -> None:
    """Show an example as it would play, silent."""
    song = caches.example(DEMO)
    view = caches.view(song, classifier)
    if not isinstance(view, GenreError):
        st.text(_(song_text.DEMO_LINE))
        song_player.show_song(song, view, classifier, key="demo_player", size="demo")


def show_trust(view: SongView, classifier: Classifier) -> None:
    """Show the figures behind the line of trust, and the model's card."""
    st.text(accuracy_text.accuracy(classifier.card))
    if record := accuracy_text.track_record(view.prediction, classifier.card):
        st.text(record)
    for line in accuracy_text.card_lines(classifier.card):
        st.caption(interface.literal(line))


def show_more(view: SongView) -> None:
    """Show the probabilities of the whole song, and what was heard in it."""
    st.header(_("The whole song"), anchor=False)
    if view.tags is None:
        st.caption(f":material/sell: {_(model_text.NO_TAGS)}")
    else:
        words = model_text.tag_list(view.strongest_tags)
        st.markdown(
            ":material/sell: " + _("What musicnn heard: {words}").format(words=words),
            help=model_text.tags_help(),
        )
    drawing.show_html(genre_bars(view.prediction), key="genre_bars")


def show_problem(song: Song, error: GenreError) -> None:
    """Say what is wrong with a song."""
    interface.show_error(f"{display_name(song.name)}: {error}")


def show_refusal(song: Song, view: SongView, classifier: Classifier) -> bool:
    """Say that a song is no music; return whether its prediction is to be shown all the same."""
    sentence = song_text.not_music(view.prediction)
    if not sentence:
        return True
    key = f"anyway_{song.digest[:12]}"
    if state.get(key):
        st.caption(sentence)
    else:
        st.title(sentence, anchor=False)
        show_player(song, view, classifier)
        st.caption(_(song_text.REFUSAL_LIMITS))
    return st.toggle(_("Show the prediction anyway"), key=key)


def show_player(song: Song, view: SongView, classifier: Classifier) -> None:
    """Play the song; what was predicted at each moment moves with its sound."""
    song_player.show_song(song, view, classifier)
    about = f" ({song.about})" if song.about else ""
    st.caption(interface.literal(display_name(song.name)) + about)


def show_facts(song: Song) -> None:
    """Show tempo, key and character once the background process has found them."""
    try:
        waiting = caches.poll_facts(song)[0] is None
    except GenreError:
        waiting = False
    st.header(_("Song facts"), anchor=False)
    # The browser's clock ticks only while there is something to wait for.
    st.fragment(fill_facts, run_every=TICK_SECONDS if waiting else None)(song, waiting)


def fill_facts(song: Song, was_waiting: bool) -> None:
    """Show the facts, or that they are not there yet."""
    try:
        facts, n_before = caches.poll_facts(song)
    except GenreError as error:
        interface.show_info(_("No song facts: {error}").format(error=error))
        if was_waiting:
            st.rerun()
        return
    if facts is None:
        st.caption(facts_wait(n_before))
        st.skeleton(height=80)
        return
    if was_waiting:
        st.rerun()
    with st.container(horizontal=True):
        for label, value, about in song_text.fact_lines(facts):
            st.metric(label, value, help=about, width="content")


def show_downloads(outcomes: list[Outcome]) -> None:
    """Offer the results as files."""
    files = {
        "csv": (result_table.to_csv, "text/csv"),
        "json": (result_table.to_json, "application/json"),
    }
    with st.popover(_("Download"), icon=":material/download:", key="files"):
        for ending, (write, media_type) in files.items():
            st.download_button(
                _("Results as {format}").format(format=ending.upper()),
                partial(write, outcomes),
                f"genres.{ending}",
                media_type,
                key=ending,
                on_click="ignore",
            )


def classify_all(songs: list[Song], classifier: Classifier) -> None:
    """Classify every song, showing what is known so far."""
    if len(songs) > 1:
        classify_several(songs, classifier)
    else:
        classify_one(songs[0], classifier)
    note_classified(songs, classifier.card.name)


def classify_one(song: Song, classifier: Classifier) -> None:
    """Classify a song: of a long one, a first impression is there before the rest was read."""
    place = st.empty()
    place.skeleton(height=420)
    with st.spinner(classifying(song), show_time=True):
        for stage in caches.view_in_stages(song, classifier):
            if isinstance(stage, FirstImpression):
                show_first_impression(place.container(), stage)


def classify_several(songs: list[Song], classifier: Classifier) -> None:
    """Classify songs one after the other: each has a line as soon as anything is known of it."""
    bar, place = st.progress(0.0), st.empty()
    place.skeleton(height=420)
    lines: list[str] = []
    for i, song in enumerate(songs):
        bar.progress(i / len(songs), text=classifying(song))
        name = interface.literal(display_name(song.name))
        for stage in caches.view_in_stages(song, classifier):
            line = f"- **{name}**: {interface.literal(known(stage))}"
            place.markdown("\n".join([*lines, line]))
        lines.append(line)


def known(stage: FirstImpression | SongView | GenreError) -> str:
    """Return in one line what is known of a song: its headline, or why it has none."""
    if isinstance(stage, GenreError):
        return str(stage)
    return song_text.not_music(stage.prediction) or song_text.headline(stage.prediction)


def classifying(song: Song) -> str:
    """Return what is being done with a song."""
    return _("Classifying {name}").format(name=interface.literal(display_name(song.name)))


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
