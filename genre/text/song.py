"""Sentences about a song, its prediction and its model.

Conventions
-----------
Plain text, no markup.  Every accuracy comes with its unit, its count and its interval.
"""

from __future__ import annotations

import unicodedata

from genre.audio.song_facts import SongFacts
from genre.models.prediction import Prediction
from genre.models.song_analysis import FirstImpression
from genre.text.format import percent

CONFIDENCE_LABELS = {"clearly": "clearly", "probably": "probably", "unsure": "not sure"}
"""What visitors read for each level of `genre.models.confidence`."""
NOT_MUSIC = {
    "speech": "speech",
    "noise": "noise",
    "tone": "a tone or a signal",
    "clicks": "clicks or knocks",
    "other": "something other than music",
}
"""What a recording sounds like that is not music, by `MusicCheck.looks_like`."""
REFUSAL_LIMITS = (
    "Decided by a classifier on musicnn's values for up to four segments. It refuses about 2% of "
    "real tracks (8 of 430, artists whole, 95% interval 1 to 4%; musicnn itself may have been "
    "trained on them), rapping and singing without instruments perhaps more often. Other "
    "sounds were synthesised."
)
"""The figures of "Not music" in docs/recipe.md."""
MISSED_EXAMPLES = {
    "hiphop": "nobody raps in it, and ear takes the beat for reggae",
    "metal": "its distorted guitars are synthesised, and ear takes them for rock",
}
"""Why the model ear is wrong about two of the examples."""
CLOSE = 0.5
"""From this share of the first genre's probability on, the headline also names the second."""

DEMO_LINE = "What you will see: the genre that the network predicts, every three seconds."
SEEN_IN_TRAINING = (
    "This model was trained on this recording: what it predicts here says nothing about its "
    "accuracy on other music."
)


def headline(prediction: Prediction) -> str:
    """Return the prediction as a headline.

    Examples
    --------
    ``Clearly jazz``, ``Probably rock``, ``Not sure: jazz or blues``; where the second genre is
    less than half as probable as the first, ``Not sure: perhaps jazz``.
    """
    first, second = prediction.ranking[:2]
    label = CONFIDENCE_LABELS[prediction.confidence].capitalize()
    if prediction.confidence == "unsure":
        top, next_best = sorted(prediction.probabilities, reverse=True)[:2]
        is_close = next_best >= CLOSE * top
        return f"{label}: {first} or {second}" if is_close else f"{label}: perhaps {first}"
    return f"{label} {first}"


def not_music(prediction: Prediction) -> str:
    """Return one sentence in place of the headline, where a recording is not music; else nothing.

    Examples
    --------
    ``This is not a song I can judge: it sounds like speech.``
    """
    kind = NOT_MUSIC.get(prediction.music.looks_like or "")
    return f"This is not a song I can judge: it sounds like {kind}." if kind else ""


def support(prediction: Prediction) -> str:
    """Return the probability of a prediction, and how many segments agree, as one sentence."""
    n_audible = int(prediction.audible.sum())
    share = f"{percent(prediction.probability)} for {prediction.genre}"
    if n_audible == 1:
        return f"{share}, from one segment of {prediction.segment_seconds:g} s."
    n_agree = round(prediction.agreement * n_audible)
    return f"{share}; {n_agree} of {n_audible} segments of {prediction.segment_seconds:g} s agree."


def first_impression(first: FirstImpression) -> str:
    """Return that a prediction is from a part of the segments, and its probability."""
    n = len(first.prediction.audible)
    return (
        f"First impression, from {n} of {first.n_segments} segments: "
        f"{percent(first.prediction.probability)} for {first.prediction.genre}. "
        "The others are being classified."
    )


def notes(prediction: Prediction) -> list[str]:
    """Return the limits of a prediction: a short, cut, partly silent or one-sided recording."""
    found = []
    if prediction.is_short:
        found.append(
            f"This recording lasts {prediction.seconds:.1f} s, less than a segment of "
            f"{prediction.segment_seconds:g} s: it was repeated to fill one, so the "
            "prediction is less reliable."
        )
    if prediction.is_truncated:
        found.append(
            f"This recording is longer than {prediction.seconds / 60:.0f} minutes: only the first "
            f"{prediction.seconds / 60:.0f} were analysed."
        )
    if prediction.is_one_side:
        found.append(
            "Averaged, the channels of this recording lose most of its sound, as sides that "
            "cancel each other do: only the loudest channel was analysed."
        )
    dropped = prediction.seconds - len(prediction.audible) * prediction.segment_seconds
    if dropped >= 0.5:
        shown = min(dropped, prediction.segment_seconds - 0.1)  # never a whole segment, rounded
        found.append(
            f"The last {shown:.1f} s do not fill a segment of {prediction.segment_seconds:g} s "
            "and were not analysed."
        )
    if prediction.music.problem:
        found.append(f"Whether this is music was not checked: {prediction.music.problem}")
    n_silent = int((~prediction.audible).sum())
    if n_silent:
        found.append(
            f"{n_silent} of {len(prediction.audible)} segments are silent and do not count."
        )
    return found


def about_example(genre: str) -> str:
    """Return where an example comes from, and why it is missed, where it is.

    Examples
    --------
    >>> about_example("jazz")
    'written for this app'
    """
    missed = MISSED_EXAMPLES.get(genre)
    return "written for this app" + (f"; an instructive failure: {missed}" if missed else "")


def fact_lines(facts: SongFacts) -> list[tuple[str, str, str]]:
    """Return the facts of a song as (label, value, explanation).

    Parameters
    ----------
    facts : SongFacts

    Returns
    -------
    lines : list of (str, str, str)
    """
    source = f"From the first {facts.analysed_seconds:.0f} s. "
    tempo = f"{facts.tempo_bpm:.0f} bpm" if facts.tempo_bpm else "no steady beat"
    shares = [
        "unknown" if share is None else percent(share)
        for share in (facts.harmonic_share, facts.percussive_share)
    ]
    return [
        ("Tempo", tempo, f"{source}Half or double the tempo you feel is a common error."),
        ("Likely key", facts.key or "none stands out", f"{source}The key whose notes fit best."),
        ("Harmonic", shares[0], f"{source}Share of the energy in sustained tones."),
        ("Percussive", shares[1], f"{source}Share of the energy in percussive sounds."),
    ]


def song_position(index: int, n_songs: int) -> str:
    """Return which of several songs is open.

    Examples
    --------
    >>> song_position(0, 3)
    'Song 1 of 3'
    """
    return f"Song {index + 1} of {n_songs}"


def display_name(name: str | None, n_characters: int = 60) -> str:
    """Return an uploaded file's name, safe to display.

    Parameters
    ----------
    name : str or None
        As the browser sent it: it may hold folders, control characters or nothing.
    n_characters : int
        The most to show; the middle is left out, so that the ending stays.

    Returns
    -------
    name : str

    Examples
    --------
    >>> display_name("../../etc/my song.mp3")
    'my song.mp3'
    >>> display_name(None)
    'unnamed recording'
    """
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()
    if not shown:
        return "unnamed recording"
    if len(shown) <= n_characters:
        return shown
    half = (n_characters - 1) // 2
    return f"{shown[:half]}…{shown[-half:]}"


def dataset_name(source: str) -> str:
    """Return what a dataset is called, without the folders it is in.

    Examples
    --------
    >>> dataset_name("/somewhere/my songs/")
    'my songs'
    """
    return display_name(source.rstrip("/\\"))
