"""The current song through a telephone, in a cathedral, faster or lower, on Classify.

The sound is changed in a process, one for all visitors at a time; the result is a song like any
other, known by the digest of its content.
"""

from __future__ import annotations

import streamlit as st

from app_pages import caches, drawing, interface
from app_pages.songs import Song
from genre.charts.probability_table import genre_bars
from genre.effects.effect_job import EffectJob
from genre.effects.names import EFFECT_NAMES, MAX_EFFECT_SECONDS
from genre.errors import GenreError
from genre.language import _
from genre.models.classifier import Classifier
from genre.models.prediction import Prediction
from genre.models.song_analysis import SongView
from genre.text import effects as effect_text
from genre.text import song as song_text

state = st.session_state
TICK_SECONDS = 0.5


def show(song: Song, view: SongView, classifier: Classifier) -> None:
    """Show what a model predicts for a song that is heard differently, beside what it did."""
    with st.container(key="effects"):
        st.header(_(effect_text.QUESTION), anchor=False)
        key = f"effect_{song.digest[:12]}"
        effect = st.pills(
            _("Heard differently"),
            EFFECT_NAMES,
            format_func=lambda name: _(effect_text.LABELS[name]),
            wrap=True,
            key=key,
            label_visibility="collapsed",
        )
        if effect is None:
            return
        try:
            changed = poll(song, effect)
        except GenreError as error:
            forget(song, effect)  # chosen again, it is tried again
            interface.show_error(error)
            return
        if changed is None:
            st.fragment(wait, run_every=TICK_SECONDS)(song, effect, key)
            return
        show_both(changed, effect, view.prediction, classifier)


def show_both(changed: Song, effect: str, prediction: Prediction, classifier: Classifier) -> None:
    """Show the prediction before and after side by side, and the changed song to play and keep."""
    try:
        with st.spinner(_("Classifying the changed sound"), show_time=True):
            heard = caches.view(changed, classifier)
            content = changed.content
    except GenreError as error:
        heard = error
    if isinstance(heard, GenreError):
        interface.show_error(heard)
        return
    before, after = prediction.beginning(MAX_EFFECT_SECONDS), heard.prediction
    st.write(interface.literal(effect_text.comparison(before, after)))
    left, right = st.columns(2)
    with left:
        show_prediction(_(effect_text.BEFORE), before, "before")
    with right:
        show_prediction(_(effect_text.LABELS[effect]), after, "after")
        # The song player has one sound for the tab: two of them would end each other's.
        st.audio(content, format="audio/flac", alt=_(effect_text.LABELS[effect]))
        st.download_button(
            _("Download this sound"),
            content,
            changed.name,
            "audio/flac",
            key="download_changed",
            on_click="ignore",
            icon=":material/download:",
        )
    if before is not prediction:
        st.caption(effect_text.only_beginning(MAX_EFFECT_SECONDS))
    st.caption(_(effect_text.ABOUT[effect]))


def show_prediction(title: str, prediction: Prediction, place: str) -> None:
    """Show what is predicted for one of the two sounds."""
    st.caption(title)
    said = song_text.not_music(prediction) or song_text.headline(prediction)
    st.markdown(f"**{interface.literal(said)}**")
    drawing.show_html(genre_bars(prediction), key=f"changed_bars_{place}")


def wait(song: Song, effect: str, key: str) -> None:
    """Show how far the sound is changed, and offer to stop."""
    try:
        is_over = state.get(key) != effect or poll(song, effect) is not None
    except GenreError:
        is_over = True  # it is said where the result would stand
    if is_over:
        st.rerun()
    job = job_of(song, effect)
    st.progress(job.share, text=effect_text.waiting(job.share, job.n_before))
    st.button(_("Stop"), key="stop_effect", on_click=stop, args=(song, effect, key))


def stop(song: Song, effect: str, key: str) -> None:
    """End the process, and choose no effect."""
    forget(song, effect)
    state[key] = None


def poll(song: Song, effect: str) -> Song | None:
    """Return the changed song, or None while it is made.  Never waits.

    Raises
    ------
    GenreError
        If it could not be made, or the song was swept away.
    """
    changed = job_of(song, effect).poll()
    if changed is None:
        return None
    return Song(effect_text.file_name(song.name, effect), changed.path, changed.digest)


@st.cache_resource(
    max_entries=16, ttl=caches.HOUR, show_spinner=False, on_release=lambda job: job.stop()
)
def _job(digest: str, effect: str, _song: Song) -> EffectJob:
    return EffectJob(_song.content, effect)


def job_of(song: Song, effect: str) -> EffectJob:
    """Return what changes a song, for all visitors who want the same."""
    return _job(song.digest, effect, song)


def forget(song: Song, effect: str) -> None:
    """End the process, if it runs; the next one who asks begins anew."""
    _job.clear(song.digest, effect, song)
