"""What the live listener says: its labels, and what is wrong where it cannot listen."""

from __future__ import annotations

from genre.text.song import display_name

LIVE_RECORDING = "Live recording"
PRIVATE = (
    "What is heard is computed in this browser: nothing recorded leaves the computer before you "
    "press Keep."
)
LIMITS = (
    "Live, everything counts as music; what is kept is checked like any song, and judged by the "
    "chosen model."
)
NOT_KEPT = (
    "What was kept is no recording of at most 30 s that this page made. Press Start, listen, and "
    "press Keep again."
)
WORDS = {
    "title": "Listening live",
    "start": "Start listening",
    "starting": "Starting",
    "stop": "Stop",
    "keep": "Keep the last 30 s",
    "keeping": "Keeping",
    "source": "Listen to",
    "microphone": "Microphone",
    "tab": "A tab's sound",
    "file": "An audio file",
    "choose_file": "Audio file to play",
    "level": "Level in dB of full scale",
    "ready": "Press Start, then play music near the microphone, or sing.",
    "ready_tab": "Press Start, choose a tab, and share its sound.",
    "ready_file": "Choose an audio file, then press Start: it is played and heard here.",
    "listening": "Listening.",
    "quiet": "Hardly anything is heard. Is the source muted, or far away?",
    "refused": "The microphone was refused. Allow it beside the browser's address, then press "
    "Start again.",
    "absent": "No microphone was found. Connect one and press Start again, or choose another "
    "source.",
    "busy": "The microphone cannot be read: another program may be using it. Close that, then "
    "press Start again.",
    "insecure": "Browsers let only pages on localhost or https listen, and this page was opened "
    "otherwise. Open it on the computer that runs it, or through https.",
    "not_shared": "No tab was shared. Press Start again and choose a tab.",
    "without_sound": "What was shared has no sound. Press Start again, choose a tab, and tick "
    "its sound.",
    "no_file": "No audio file was chosen. Choose one, then press Start.",
    "unplayable": "This browser cannot play that file. Upload it instead, or choose another one.",
    "ended": "The sound has ended. Press Start to listen again.",
    "failed": "Listening failed. Press Start again, or reload the page.",
    "now": "The last {seconds} s",
    "waiting": "Waiting for sound",
    "so_far": "All that was heard",
    "others": "The others",
    "waveform": "Waveform, coloured by genre",
    "mfcc": "MFCCs",
    "ago": "10 s ago",
    "now_mark": "now",
    "lag": "The picture is {ms} ms behind what the browser hears.",
}
"""By their place in the component."""


def other_model(listening: str, chosen: str) -> str:
    """Say which model listens, where the chosen one does not run in the browser.

    Examples
    --------
    >>> other_model("starter", "ear")
    'starter listens: ear reads values of musicnn, which does not run in the browser.'
    """
    return (
        f"{display_name(listening)} listens: {display_name(chosen)} reads values of musicnn, which "
        "does not run in the browser."
    )


def no_model() -> str:
    """Say that no model here can listen."""
    return (
        "There is no model of MFCCs here, and only these run in the browser. Train one: on the "
        "page Train, choose the preset Recommended."
    )


def lane_titles(layer: int) -> dict[str, str]:
    """Return the titles of the last layer's lanes, by quantity."""
    names = {
        "forget": "Forget gate",
        "input": "Input gate",
        "output": "Output gate",
        "cell": "Cell",
        "hidden": "Hidden state",
    }
    return {quantity: f"{name}, layer {layer}" for quantity, name in names.items()}
