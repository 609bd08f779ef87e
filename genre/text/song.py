"""Sentences about a song, its prediction and its model.

Conventions
-----------
Plain text, no markup.  Every accuracy comes with its unit, its count and its interval.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

from genre.audio.song_facts import SongFacts
from genre.datasets.data_files import label_in
from genre.language import N_, _
from genre.models.prediction import Prediction
from genre.models.song_analysis import FirstImpression
from genre.text.format import general, number, percent
from genre.text.genres import genre_name

CONFIDENCE_LABELS = {
    "clearly": N_("clearly"),
    "probably": N_("probably"),
    "unsure": N_("not sure"),
}
"""What visitors read for each level of `genre.models.confidence`."""
NOT_MUSIC = {
    "speech": N_("speech"),
    "noise": N_("noise"),
    "tone": N_("a tone or a signal"),
    "clicks": N_("clicks or knocks"),
    "other": N_("something other than music"),
}
"""What a recording sounds like that is not music, by `MusicCheck.looks_like`."""
REFUSAL_LIMITS = N_(
    "Decided by a classifier on musicnn's values for up to four segments. It refuses "
    "about 2% of real tracks (8 of 430, artists whole, 95% interval 1 to 4%; musicnn "
    "itself may have been trained on them), rapping and singing without instruments "
    "perhaps more often. Other sounds were synthesised."
)
"""The figures of "Not music" in docs/recipe.md."""
MISSED_EXAMPLES = {
    "hiphop": N_("nobody raps in it, and ear takes the beat for reggae"),
    "metal": N_("its distorted guitars are synthesised, and ear takes them for rock"),
}
"""Why the model ear is wrong about two of the examples."""
CLOSE = 0.5
"""From this share of the first genre's probability on, the headline also names the second."""

DEMO_LINE = N_("What you will see: the genre that the network predicts, every three seconds.")
SEEN_IN_TRAINING = N_(
    "This model was trained on this recording: what it predicts here says nothing "
    "about its accuracy on other music."
)


def headline(prediction: Prediction) -> str:
    """Return the prediction as a headline.

    Examples
    --------
    ``Clearly jazz``, ``Probably rock``, ``Not sure: jazz or blues``; where the second genre is
    less than half as probable as the first, ``Not sure: perhaps jazz``.
    """
    first, second = map(genre_name, prediction.ranking[:2])
    if prediction.confidence == "clearly":
        return _("Clearly {genre}").format(genre=first)
    if prediction.confidence == "probably":
        return _("Probably {genre}").format(genre=first)
    top, next_best = sorted(prediction.probabilities, reverse=True)[:2]
    if next_best >= CLOSE * top:
        return _("Not sure: {first} or {second}").format(first=first, second=second)
    return _("Not sure: perhaps {genre}").format(genre=first)


def verdict_line(confidence: str, genre: str) -> str:
    """Return a confidence level and a genre, within a line.

    Examples
    --------
    >>> verdict_line("unsure", "jazz")
    'not sure jazz'
    """
    said = {
        "clearly": _("clearly {genre}"),
        "probably": _("probably {genre}"),
        "unsure": _("not sure {genre}"),
    }
    return said[confidence].format(genre=genre_name(genre))


def not_music(prediction: Prediction) -> str:
    """Return one sentence in place of the headline, where a recording is not music; else nothing.

    Examples
    --------
    ``This is not a song I can judge: it sounds like speech.``
    """
    kind = NOT_MUSIC.get(prediction.music.looks_like or "")
    if not kind:
        return ""
    return _("This is not a song I can judge: it sounds like {kind}.").format(kind=_(kind))


def support(prediction: Prediction) -> str:
    """Return the probability of a prediction, and how many segments agree, as one sentence."""
    n_audible = int(prediction.audible.sum())
    said = (
        _("{share} for {genre}, from one segment of {seconds} s.")
        if n_audible == 1
        else _("{share} for {genre}; {n_agree} of {n_audible} segments of {seconds} s agree.")
    )
    return said.format(
        share=percent(prediction.probability),
        genre=genre_name(prediction.genre),
        n_agree=number(round(prediction.agreement * n_audible)),
        n_audible=number(n_audible),
        seconds=general(prediction.segment_seconds),
    )


def first_impression(first: FirstImpression) -> str:
    """Return that a prediction is from a part of the segments, and its probability."""
    n = len(first.prediction.audible)
    return _(
        "First impression, from {n} of {n_segments} segments: {probability} for {genre}. "
        "The others are being classified."
    ).format(
        n=n,
        n_segments=first.n_segments,
        probability=percent(first.prediction.probability),
        genre=genre_name(first.prediction.genre),
    )


def notes(prediction: Prediction) -> list[str]:
    """Return the limits of a prediction: a short, cut, partly silent or one-sided recording."""
    found = []
    if prediction.is_short:
        found.append(
            _(
                "This recording lasts {seconds} s, less than a segment of {segment_seconds} s: "
                "it was repeated to fill one, so the prediction is less reliable."
            ).format(
                seconds=number(prediction.seconds, 1),
                segment_seconds=general(prediction.segment_seconds),
            )
        )
    if prediction.is_truncated:
        found.append(
            _(
                "This recording is longer than {minutes} minutes: only the first {minutes} were "
                "analysed."
            ).format(minutes=number(prediction.seconds / 60))
        )
    if prediction.is_one_side:
        found.append(
            _(
                "When averaged, the channels of this recording cancel each other and most of "
                "its sound is lost: only the loudest channel was analysed."
            )
        )
    dropped = prediction.seconds - len(prediction.audible) * prediction.segment_seconds
    if dropped >= 0.5:
        shown = min(dropped, prediction.segment_seconds - 0.1)  # never a whole segment, rounded
        found.append(
            _(
                "The last {shown} s do not fill a segment of {segment_seconds} s and were not "
                "analysed."
            ).format(shown=number(shown, 1), segment_seconds=general(prediction.segment_seconds))
        )
    if prediction.music.problem:
        found.append(
            _("Whether this is music was not checked: {problem}").format(
                problem=prediction.music.problem
            )
        )
    n_silent = int((~prediction.audible).sum())
    if n_silent:
        found.append(
            _("{n} of {n_segments} segments are silent and do not count.").format(
                n=n_silent, n_segments=len(prediction.audible)
            )
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
    if not missed:
        return _("written for this app")
    return _("written for this app; an instructive failure: {why}").format(why=_(missed))


def fact_lines(facts: SongFacts) -> list[tuple[str, str, str]]:
    """Return the facts of a song as (label, value, explanation).

    Parameters
    ----------
    facts : SongFacts

    Returns
    -------
    lines : list of (str, str, str)
    """
    source = _("From the first {seconds} s.").format(seconds=number(facts.analysed_seconds))
    tempo = (
        _("{n} bpm").format(n=number(facts.tempo_bpm)) if facts.tempo_bpm else _("no steady beat")
    )
    shares = [
        _("unknown") if share is None else percent(share)
        for share in (facts.harmonic_share, facts.percussive_share)
    ]
    lines = (
        (_("Tempo"), tempo, _("Half or double the tempo you feel is a common error.")),
        (
            _("Likely key"),
            key_name(facts.key) if facts.key else _("none stands out"),
            _("The key whose notes fit best."),
        ),
        (_("Harmonic"), shares[0], _("Share of the energy in sustained tones.")),
        (_("Percussive"), shares[1], _("Share of the energy in percussive sounds.")),
    )
    return [(label, value, f"{source} {about}") for label, value, about in lines]


def key_name(key: str) -> str:
    """Return what a key is called.

    Examples
    --------
    >>> key_name("C sharp minor"), key_name("A major")
    ('C sharp minor', 'A major')
    """
    note, _space, mode = key.rpartition(" ")
    said = {"major": _("{note} major"), "minor": _("{note} minor")}
    return said[mode].format(note=note) if mode in said else key


def song_position(index: int, n_songs: int) -> str:
    """Return which of several songs is open.

    Examples
    --------
    >>> song_position(0, 3)
    'Song 1 of 3'
    """
    return _("Song {n} of {n_songs}").format(n=index + 1, n_songs=n_songs)


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
        return _("unnamed recording")
    if len(shown) <= n_characters:
        return shown
    half = (n_characters - 1) // 2
    return f"{shown[:half]}…{shown[-half:]}"


def dataset_name(source: str) -> str:
    """Return what a dataset is called: its label if it was built here, else without its folders.

    Examples
    --------
    >>> dataset_name("/somewhere/my songs/")
    'my songs'
    """
    return label_in(Path(source)) or display_name(source.rstrip("/\\"))
