"""How a song comes to the Classify page: uploaded, chosen from the examples or recorded."""

from __future__ import annotations

import streamlit as st

from app_pages import caches, interface, live, uploads
from app_pages.songs import Song, choose_songs, play_from, take_songs
from genre import paths
from genre.language import _
from genre.text.genres import both, genre_name
from genre.text.song import MISSED_EXAMPLES

state = st.session_state


def keep_uploads() -> None:
    """Choose what was uploaded, without what was there before an example was chosen."""
    uploaded = take_songs("uploads")
    state.ignored_uploads &= {song.digest for song in uploaded}
    new = [song for song in uploaded if song.digest not in state.ignored_uploads]
    # Called a second time without a change: once taken over, a file is another value.
    if (new or state.songs_from == "uploads") and new != state.songs:
        choose_songs(new, "uploads")


def keep_example(key: str) -> None:
    """Choose the example that was clicked; release its button, so it can be clicked again."""
    if name := state[key]:
        state[key] = None
        ignore_uploads()
        choose_songs([caches.example(name)], "example")
        play_from(0.0)


def keep_recording() -> None:
    """Choose what was recorded; a recording that is cleared is no longer a song."""
    is_new = uploads.has_unread("recording")
    recorded = take_songs("recording", _("Your recording"))
    if is_new and recorded:
        ignore_uploads()
        choose_songs(recorded, "recording")
    elif not recorded and state.songs_from == "recording":
        choose_songs([], "recording")


def keep_live(song: Song) -> None:
    """Choose what was kept of the live listening, which then ends."""
    state.live_open = False
    ignore_uploads()
    choose_songs([song], "live")


def ignore_uploads() -> None:
    """Ignore what the uploader holds now: the next upload is about what is new."""
    state.ignored_uploads = {song.digest for song in take_songs("uploads")}


def show_welcome() -> None:
    """Offer the ways to choose a song, while there is none."""
    st.title(_("Drop in a song, see its genre"), anchor=False)
    show_live()
    show_inputs("first_example")
    st.html(paths.ROOT / "app_pages" / "drop_zone.css")


def show_live() -> None:
    """Listen live, once a visitor asks for it: the model is sent to nobody else."""
    if state.get("live_open"):
        live.show(keep_live)


def show_inputs(examples: str) -> None:
    """Offer the ways to choose a song."""
    uploads.show_uploader(
        _("Upload songs"),
        key="uploads",
        accept_multiple_files=True,
        on_change=keep_uploads,
        help=_(
            "mp3, m4a, flac, wav, ogg, opus, webm, aiff, au, wma and more. Files stay on "
            "the computer that runs this app, for an hour. Anyone with the page's link "
            "can open them."
        ),
    )
    chosen, recorded = st.columns(2, gap="large")
    with chosen:
        show_examples(examples)
    with recorded:
        uploads.show_recorder(
            _("Record a song that plays near you"),
            key="recording",
            sample_rate=22_050,
            on_change=keep_recording,
        )
        st.toggle(":material/graphic_eq: " + _("Listen live"), key="live_open")
    keep_unread_files()


def keep_unread_files() -> None:
    """Choose what an uploader holds and no callback has read."""
    for uploader, keep in (("uploads", keep_uploads), ("recording", keep_recording)):
        if uploads.has_unread(uploader):
            keep()
            st.rerun()  # the header names the song as well


def show_examples(key: str) -> None:
    """Offer the project's own ten examples."""
    interface.show_examples(key, keep_example, key)
    st.caption(
        _(
            "Ten short pieces written for this app, one for each genre. Two are instructive "
            "failures: the model ear is wrong about {genres}."
        ).format(genres=both(map(genre_name, MISSED_EXAMPLES)))
    )
