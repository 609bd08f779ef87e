"""Numbers put into the sentences that visitors read.

Conventions
-----------
Plain text, no markup: what shows it decides how it looks.  Every accuracy comes
with what was counted, how many, and its interval.
"""

from __future__ import annotations

import unicodedata

from genre.audio.song_facts import SongFacts
from genre.evaluation.intervals import wilson_interval
from genre.models.card import ModelCard
from genre.models.prediction import Prediction
from genre.text.format import count, interval, percent

CLOSE = 0.5
"""How probable a second genre is, against the first, for a headline to name it too."""


def verdict(prediction: Prediction) -> str:
    """Return the verdict as a headline.

    Examples
    --------
    ``Clearly jazz``, ``Probably rock``, ``Not sure: jazz or blues``; where the second genre is
    less than half as probable as the first, ``Not sure: perhaps jazz``.
    """
    first, second = prediction.ranking[:2]
    if prediction.certainty == "not sure":
        top, next_best = sorted(prediction.probabilities, reverse=True)[:2]
        is_close = next_best >= CLOSE * top
        return f"Not sure: {first} or {second}" if is_close else f"Not sure: perhaps {first}"
    return f"{prediction.certainty.capitalize()} {first}"


def support(prediction: Prediction) -> str:
    """Return how much stands behind a verdict, as one sentence."""
    n_audible = int(prediction.audible.sum())
    share = f"{percent(prediction.probability)} for {prediction.genre}"
    if n_audible == 1:
        return f"{share}, from one segment of {prediction.segment_seconds:g} s."
    n_agree = round(prediction.agreement * n_audible)
    return (
        f"{share}; {n_agree} of {n_audible} segments of {prediction.segment_seconds:g} s say so "
        "by themselves."
    )


def notes(prediction: Prediction) -> list[str]:
    """Return what a visitor should know of how a recording was heard."""
    found = []
    if prediction.is_short:
        found.append(
            f"This recording lasts {prediction.seconds:.1f} s, less than a segment of "
            f"{prediction.segment_seconds:g} s: it was repeated to fill one, so trust this less."
        )
    if prediction.is_truncated:
        found.append(
            f"This recording is longer than {prediction.seconds / 60:.0f} minutes: only the first "
            f"{prediction.seconds / 60:.0f} were heard."
        )
    unheard = prediction.seconds - len(prediction.audible) * prediction.segment_seconds
    if unheard >= 0.5:
        found.append(
            f"The last {unheard:.1f} s do not fill a segment of {prediction.segment_seconds:g} s "
            "and were not heard."
        )
    n_silent = int((~prediction.audible).sum())
    if n_silent:
        found.append(
            f"{n_silent} of {len(prediction.audible)} segments are silent and have no vote."
        )
    return found


def accuracy(card: ModelCard) -> str:
    """Return what a model's card says of its accuracy on music it has not heard."""
    figure = card.honest_figure
    if figure is None:
        return (
            "How often this model is right on music it has not heard was never measured: "
            "do not rely on it."
        )
    data = f" of {card.data['name']}" if card.data.get("name") else ""
    return (
        f"Tested on {count(figure.n, figure.unit.removesuffix('s'))}{data} whose known artists "
        f"were kept out of training, this kind of model was right {percent(figure.value)} of the "
        f"time (95% interval {interval(figure.low, figure.high)}; {figure.what}). Guessing at "
        f"random among {len(card.genres)} genres gets about {percent(1 / len(card.genres))}."
    )


def track_record(prediction: Prediction, card: ModelCard) -> str:
    """Return how often a verdict worded like this one was right, where it was measured."""
    counts = card.certainty.get(prediction.certainty)
    if not counts or not counts["n"]:
        return ""
    figure = card.honest_figure
    n_verdicts = sum(of_word["n"] for of_word in card.certainty.values())
    n_rounds = max(1, round(n_verdicts / figure.n)) if figure else 1
    # Each round of folds gives every track a verdict; the interval is that of the tracks.
    n = max(1, round(counts["n"] / n_rounds))
    right = wilson_interval(n * counts["n_right"] / counts["n"], n)
    mean = f" (mean of {n_rounds} rounds)" if n_rounds > 1 else ""
    return (
        f"When that was measured, {n} of its verdicts{mean} were worded '{prediction.certainty}', "
        f"and {percent(right.value)} of those were right (95% interval "
        f"{interval(right.low, right.high)}); most of the tracks were excerpts of 3 s."
    )


def moments(prediction: Prediction) -> list[str]:
    """Return what to call each segment where one is chosen: when, and what it sounded like."""
    labels = []
    for segment, probabilities in enumerate(prediction.segment_probabilities):
        minutes, seconds = divmod(int(prediction.segment_span(segment)[0]), 60)
        heard = prediction.genres[int(probabilities.argmax())]
        sound = heard if prediction.audible[segment] else "silent"
        labels.append(f"{minutes}:{seconds:02d} {sound}")
    return labels


def card_lines(card: ModelCard) -> list[str]:
    """Return what a model's card says, a line each: what it is, its figures, how it was made."""
    lines = [card.about] if card.about else []
    if card.data:
        lines.append(
            f"Trained on {count(card.data['n_tracks'], 'track')} "
            f"({count(card.data['n_segments'], 'segment')}) of {card.data['name']}."
        )
    for figure in card.figures:
        warning = "" if figure.is_honest else " Leaky: says nothing about your music."
        lines.append(f"Right for {figure}.{warning}")
        lines.append(f"    measured by: {figure.command}")
    return [*lines, f"Made by: {card.command}"] if card.command else lines


def fact_lines(facts: SongFacts) -> list[tuple[str, str, str]]:
    """Return the facts of a song as (label, value, what to know about it).

    Parameters
    ----------
    facts : SongFacts

    Returns
    -------
    lines : list of (str, str, str)
    """
    heard = f"From the first {facts.analysed_seconds:.0f} s. "
    tempo = f"{facts.tempo_bpm:.0f} bpm" if facts.tempo_bpm else "no steady beat"
    shares = [
        "unknown" if share is None else percent(share)
        for share in (facts.harmonic_share, facts.percussive_share)
    ]
    return [
        ("Tempo", tempo, f"{heard}Half or double of what you feel is a common answer."),
        ("Likely key", facts.key or "none stands out", f"{heard}The key whose notes fit best."),
        ("Harmonic", shares[0], f"{heard}Share of the energy in tones that last."),
        ("Percussive", shares[1], f"{heard}Share of the energy in strokes."),
    ]


def display_name(name: str | None, n_characters: int = 60) -> str:
    """Return an uploaded file's name fit to be shown.

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
    """Return what a dataset is called, without the folders it lies in.

    Examples
    --------
    >>> dataset_name("/somewhere/my songs/")
    'my songs'
    """
    return display_name(source.rstrip("/\\"))
