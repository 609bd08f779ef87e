"""How a song comes to the Classify page: dropped, pressed or recorded."""

from __future__ import annotations

import streamlit as st

from app_pages import resources

state = st.session_state


def keep_uploads() -> None:
    """Take what was dropped; what lay there before a sketch was pressed stays aside."""
    dropped = lying_in_the_drop_zone()
    aside = state.get("set_aside", set()) & {song.digest for song in dropped}
    state.set_aside = aside
    fresh = [song for song in dropped if song.digest not in aside]
    if fresh or state.get("songs_from") == "uploads":
        resources.take(fresh, "uploads")
    resources.note_taken("uploads")


def keep_sketch(key: str) -> None:
    """Take the pressed sketch; let go of the button, so that it can be pressed again."""
    if name := state[key]:
        state[key] = None
        set_uploads_aside()
        resources.take([resources.sketch(name)], "sketch")


def keep_recording() -> None:
    """Take what was recorded; a recording that is cleared is no longer in hand."""
    if state.recording:
        set_uploads_aside()
        song = resources.Song.of("Your recording", state.recording.getvalue())
        resources.take([song], "recording")
    elif state.get("songs_from") == "recording":
        resources.take([], "recording")
    resources.note_taken("recording")


def set_uploads_aside() -> None:
    """Remember what lies in the drop zone: the next drop is about what is new."""
    state.set_aside = {song.digest for song in lying_in_the_drop_zone()}


def lying_in_the_drop_zone() -> list[resources.Song]:
    """Return every file in the drop zone as a song."""
    files = state.get("uploads") or []
    return [resources.Song.of(file.name, file.getvalue()) for file in files]


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
    take_what_came()


def take_what_came() -> None:
    """Take up what an uploader holds and no callback has taken."""
    for uploader, keep in (("uploads", keep_uploads), ("recording", keep_recording)):
        if resources.has_untaken(uploader):
            keep()
            st.rerun()  # the header names the song as well


def show_sketches(key: str) -> None:
    """Offer the project's own ten pieces."""
    st.pills(
        "Press a sketch",
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
