"""Labels of the effects that a song can be heard through, and what they changed.

Conventions
-----------
As `genre.text.song`.
"""

from __future__ import annotations

from genre.models.prediction import Prediction
from genre.text.format import count, percent

LABELS = {
    "telephone": "Through a telephone",
    "radio": "On an old radio",
    "cathedral": "In a cathedral",
    "faster": "20% faster",
    "lower": "A fourth lower",
    "drums": "Only its drums",
    "harmony": "Only its harmony",
    "street": "In a noisy street",
}
"""By `genre.effects.names.EFFECT_NAMES`."""
ABOUT = {
    "telephone": "300 to 3,400 Hz, 8 kHz, 8 bits (mu-law).",
    "radio": "100 to 5,000 Hz, overdriven, with hiss 20 dB below the song.",
    "cathedral": "Synthetic echoes that take 5 s to fall by 60 dB.",
    "faster": "1.2 times the tempo at the same pitch (phase vocoder).",
    "lower": "5 semitones lower at the same tempo (phase vocoder).",
    "drums": "What strikes, told from what lasts by median filters of the spectrogram.",
    "harmony": "What lasts, told from what strikes by median filters of the spectrogram.",
    "street": "Pink noise 5 dB below the song.",
}
"""What is done to the sound, by the same names."""
QUESTION = "What if the song were heard differently?"
BEFORE = "As it is"


def comparison(before: Prediction, after: Prediction) -> str:
    """Return what an effect changed in a prediction, as one sentence."""
    first, then = before.genre, after.genre
    if first != then:
        return f"The prediction changes from {first} to {then}."
    index = before.genres.index(first)
    shares = [percent(float(one.probabilities[index])) for one in (before, after)]
    if shares[0] == shares[1]:
        return f"The prediction stays {first}, at {shares[0]}."
    return f"The prediction stays {first}, at {shares[1]} instead of {shares[0]}."


def waiting(share: float, n_before: int) -> str:
    """Return how far a change is, or how many songs come first.

    Examples
    --------
    >>> waiting(0.4, 0), waiting(0, 2)
    ('Changing the sound: 40%.', 'Changing the sound after 2 other songs.')
    """
    if n_before:
        return f"Changing the sound after {count(n_before, 'other song')}."
    return f"Changing the sound: {percent(share)}."


def only_beginning(seconds: float) -> str:
    """Return that a long song is compared by its beginning.

    Examples
    --------
    >>> only_beginning(120)
    'Both are of the first 2 minutes.'
    """
    return f"Both are of the first {seconds / 60:.0f} minutes."


def file_name(song: str, effect: str) -> str:
    """Return a name for the changed song's file.

    Examples
    --------
    >>> file_name("my song.mp3", "faster")
    'my song (20% faster).flac'
    """
    stem, dot, ending = song.rpartition(".")
    stem = stem if dot and len(ending) <= 4 and ending.isalnum() else song
    label = LABELS[effect]
    return f"{stem} ({label[0].lower()}{label[1:]}).flac"
