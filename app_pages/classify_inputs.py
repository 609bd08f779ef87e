"""How a song comes to the Classify page: uploaded, chosen from the examples or recorded."""

from __future__ import annotations

import streamlit as st

from app_pages import caches, interface
from app_pages.songs import Song, choose_songs, has_unread_files, note_read_files
from genre import paths
from genre.text.song import MISSED_EXAMPLES

state = st.session_state


def keep_uploads() -> None:
    """Choose what was uploaded, without what was there before an example was chosen."""
    uploaded = uploaded_songs()
    state.ignored_uploads &= {song.digest for song in uploaded}
    new = [song for song in uploaded if song.digest not in state.ignored_uploads]
    if new or state.songs_from == "uploads":
        choose_songs(new, "uploads")
    note_read_files("uploads")


def keep_example(key: str) -> None:
    """Choose the example that was clicked; release its button, so it can be clicked again."""
    if name := state[key]:
        state[key] = None
        ignore_uploads()
        choose_songs([caches.example(name)], "example")


def keep_recording() -> None:
    """Choose what was recorded; a recording that is cleared is no longer a song."""
    if state.recording:
        ignore_uploads()
        choose_songs([Song.of("Your recording", state.recording.getvalue())], "recording")
    elif state.songs_from == "recording":
        choose_songs([], "recording")
    note_read_files("recording")


def ignore_uploads() -> None:
    """Ignore what the uploader holds now: the next upload is about what is new."""
    state.ignored_uploads = {song.digest for song in uploaded_songs()}


def uploaded_songs() -> list[Song]:
    """Return every file in the uploader as a song."""
    return [Song.of(file.name, file.getvalue()) for file in state.get("uploads") or []]


def show_inputs() -> None:
    """Show the three ways to choose a song."""
    upload, examples, record = st.tabs(
        [
            ":material/upload_file: Upload",
            ":material/library_music: Examples",
            ":material/mic: Record",
        ]
    )
    with upload:
        st.file_uploader(
            "Upload songs",
            accept_multiple_files=True,
            key="uploads",
            on_change=keep_uploads,
            max_upload_size=interface.max_upload_megabytes(),
            help="mp3, m4a, flac, wav, ogg, opus, webm, aiff, au, wma and more. "
            "Files stay on the computer that runs this app.",
        )
    with examples:
        show_examples("tab_example")
    with record:
        st.audio_input(
            "Record a song that plays near you",
            sample_rate=22_050,
            key="recording",
            on_change=keep_recording,
        )
        st.caption("Hold the microphone near the speaker. Ten seconds are enough.")
    keep_unread_files()


def keep_unread_files() -> None:
    """Choose what an uploader holds and no callback has read."""
    for uploader, keep in (("uploads", keep_uploads), ("recording", keep_recording)):
        if has_unread_files(uploader):
            keep()
            st.rerun()  # the header names the song as well


def show_examples(key: str) -> None:
    """Offer the project's own ten examples."""
    interface.show_examples(key, keep_example, key)
    st.caption(
        "Ten short pieces written for this app, one for each genre. Two are instructive failures: "
        f"the model ear is wrong about {' and '.join(MISSED_EXAMPLES)}."
    )


def show_welcome() -> None:
    """Say what will happen, while there is no song."""
    st.header("Drop in a song, see its genre")
    st.write(
        "A small recurrent network reads a song in segments of three seconds. You see the genre "
        "it predicts, its confidence, and its prediction for each segment."
    )
    show_examples("first_example")
    st.html(paths.ROOT / "app_pages" / "drop_zone.css")
