"""What the live listener and the song player say: labels, and what is wrong."""

from __future__ import annotations

from genre.language import N_, _
from genre.text.song import display_name

LIVE_RECORDING = N_("Live recording")
NOT_KEPT = N_(
    "What was kept is no recording of at most 30 s that this page made. Press Start, "
    "listen, and press Keep again."
)
_WORDS = {
    "title": N_("Listening live"),
    "start": N_("Start listening"),
    "starting": N_("Starting"),
    "stop": N_("Stop"),
    "keep": N_("Keep the last 30 s"),
    "keeping": N_("Keeping"),
    "source": N_("Listen to"),
    "microphone": N_("Microphone"),
    "tab": N_("A tab's sound"),
    "file": N_("An audio file"),
    "choose_file": N_("Audio file to play"),
    "level": N_("Level in dB of full scale"),
    "ready": N_("Press Start, then play music near the microphone, or sing."),
    "ready_tab": N_("Press Start, choose a tab, and share its sound."),
    "ready_file": N_("Choose an audio file, then press Start: it is played and heard here."),
    "listening": N_("Listening."),
    "quiet": N_("Hardly anything is heard. Is the source muted, or far away?"),
    "refused": N_(
        "The microphone was refused. Allow it beside the browser's address, then press Start again."
    ),
    "absent": N_(
        "No microphone was found. Connect one and press Start again, or choose another source."
    ),
    "busy": N_(
        "The microphone cannot be read: another program may be using it. Close that, "
        "then press Start again."
    ),
    "insecure": N_(
        "Browsers let only pages on localhost or https listen, and this page was opened "
        "otherwise. Open it on the computer that runs it, or through https."
    ),
    "not_shared": N_("No tab was shared. Press Start again and choose a tab."),
    "without_sound": N_(
        "What was shared has no sound. Press Start again, choose a tab, and tick its sound."
    ),
    "no_file": N_("No audio file was chosen. Choose one, then press Start."),
    "unplayable": N_(
        "This browser cannot play that file. Upload it instead, or choose another one."
    ),
    "ended": N_("The sound has ended. Press Start to listen again."),
    "failed": N_("Listening failed. Press Start again, or reload the page."),
    "now": N_("The last {seconds} s"),
    "waiting": N_("Waiting for sound"),
    "so_far": N_("Everything heard so far ({seconds} s): {genres}"),
    "others": N_("The others"),
    "waveform": N_("Waveform, coloured by genre"),
    "mfcc": N_("MFCCs"),
    "ago": N_("10 s ago"),
    "now_mark": N_("now"),
    "to": N_("{low} to {high}"),
    "note": N_(
        "What is heard is computed in this browser: nothing recorded leaves the computer before "
        "you press Keep. Live, everything counts as music; what is kept is checked like any song, "
        "and judged by the chosen model."
    ),
    "lag": N_("The picture is {ms} ms behind what the browser hears."),
}
"""By their place in the component."""


def words() -> dict[str, str]:
    """Return all of these in the current language."""
    return {place: _(message) for place, message in _WORDS.items()}


def other_model(listening: str, chosen: str) -> str:
    """Say which model listens, where the chosen one does not run in the browser.

    Examples
    --------
    >>> other_model("starter", "ear")
    'starter listens: ear reads values of musicnn, which does not run in the browser.'
    """
    return _(
        "{listening} listens: {chosen} reads values of musicnn, which does not run in the browser."
    ).format(listening=display_name(listening), chosen=display_name(chosen))


def no_model() -> str:
    """Say that no model here can listen."""
    return _(
        "There is no model of MFCCs here, and only these run in the browser. Train one: "
        "on the page Train, choose the preset Recommended."
    )


def lane_titles(layer: int) -> dict[str, str]:
    """Return the titles of the last layer's lanes, by quantity."""
    titles = {
        "forget": _("Forget gate, layer {layer}"),
        "input": _("Input gate, layer {layer}"),
        "output": _("Output gate, layer {layer}"),
        "cell": _("Cell, layer {layer}"),
        "hidden": _("Hidden state, layer {layer}"),
    }
    return {quantity: title.format(layer=layer) for quantity, title in titles.items()}


def player_words() -> dict[str, str]:
    """Return what the controls of the song player are called, by their place in the component."""
    return {
        "play": _("Play"),
        "pause": _("Pause"),
        "loop": _("Repeat the stretch at the playhead"),
        "loopStart": _("Start of the repeated stretch"),
        "loopEnd": _("End of the repeated stretch"),
        "speed": _("Speed"),
        "volume": _("Volume"),
        "position": _("Position in the song"),
        "time": _("{now} of {length}"),
        "valueAt": _("{lane}, {row} at {time}: {value}"),
        "lanes": _("Over the time of the song"),
        "timeline": _("Genres over time"),
        "tags": _("Heard"),
        "others": _("All genres"),
        "silent": _("silent"),
        "failed": _("This browser cannot play the sound; the pictures can still be read."),
    }
