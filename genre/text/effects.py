"""Labels of the effects that a song can be heard through, and what they changed.

Conventions
-----------
As `genre.text.song`.
"""

from __future__ import annotations

from genre.language import N_, _, ngettext
from genre.models.prediction import Prediction
from genre.text.format import count, number, percent
from genre.text.genres import genre_name

LABELS = {
    "telephone": N_("Through a telephone"),
    "radio": N_("On an old radio"),
    "cathedral": N_("In a cathedral"),
    "faster": N_("20% faster"),
    "lower": N_("A fourth lower"),
    "drums": N_("Only its drums"),
    "harmony": N_("Only its harmony"),
    "street": N_("In a noisy street"),
}
"""By `genre.effects.names.EFFECT_NAMES`."""
ABOUT = {
    "telephone": N_("300 to 3,400 Hz, 8 kHz, 8 bits (mu-law)."),
    "radio": N_("100 to 5,000 Hz, overdriven, with hiss 20 dB below the song."),
    "cathedral": N_("Synthetic echoes that take 5 s to fall by 60 dB."),
    "faster": N_("1.2 times the tempo at the same pitch (phase vocoder)."),
    "lower": N_("5 semitones lower at the same tempo (phase vocoder)."),
    "drums": N_(
        "Percussive sounds, separated from sustained ones by median filters of the spectrogram."
    ),
    "harmony": N_(
        "Sustained sounds, separated from percussive ones by median filters of the spectrogram."
    ),
    "street": N_("Pink noise 5 dB below the song."),
}
"""What is done to the sound, by the same names."""
QUESTION = N_("What if the song were heard differently?")
BEFORE = N_("As it is")


def comparison(before: Prediction, after: Prediction) -> str:
    """Return what an effect changed in a prediction, as one sentence."""
    first = before.genre
    if first != after.genre:
        return _("The prediction changes from {first} to {then}.").format(
            first=genre_name(first), then=genre_name(after.genre)
        )
    index = before.genres.index(first)
    shares = [percent(float(one.probabilities[index])) for one in (before, after)]
    if shares[0] == shares[1]:
        return _("The prediction stays {genre}, at {share}.").format(
            genre=genre_name(first), share=shares[0]
        )
    return _("The prediction stays {genre}, at {share} instead of {before}.").format(
        genre=genre_name(first), share=shares[1], before=shares[0]
    )


def waiting(share: float, n_before: int) -> str:
    """Return how far a change is, or how many songs come first.

    Examples
    --------
    >>> waiting(0.4, 0), waiting(0, 2)
    ('Changing the sound: 40%.', 'Changing the sound after 2 other songs.')
    """
    if n_before:
        return _("Changing the sound after {songs}.").format(songs=count(n_before, "other song"))
    return _("Changing the sound: {share}.").format(share=percent(share))


def only_beginning(seconds: float) -> str:
    """Return that a long song is compared by its beginning.

    Examples
    --------
    >>> only_beginning(120)
    'Both are of the first 2 minutes.'
    """
    minutes = round(seconds / 60)
    said = ngettext("Both are of the first minute.", "Both are of the first {n} minutes.", minutes)
    return said.format(n=number(minutes))


def file_name(song: str, effect: str) -> str:
    """Return a name for the changed song's file.

    Examples
    --------
    >>> file_name("my song.mp3", "faster")
    'my song (20% faster).flac'
    """
    stem, dot, ending = song.rpartition(".")
    stem = stem if dot and len(ending) <= 4 and ending.isalnum() else song
    label = _(LABELS[effect])
    return f"{stem} ({label[0].lower()}{label[1:]}).flac"
