"""Numbers put into the sentences that visitors read.

Conventions
-----------
Plain text, no markup: what shows it decides how it looks.  Every accuracy comes
with what was counted, how many, and its interval.
"""

from __future__ import annotations

import unicodedata

from genre.prediction import Prediction
from genre.registry import Figure, ModelCard
from genre.song_facts import SongFacts


def verdict(prediction: Prediction) -> str:
    """Return the verdict as a headline.

    Examples
    --------
    ``Clearly jazz``, ``Probably rock``, ``Not sure: jazz or blues``.
    """
    first, second = prediction.ranking[:2]
    if prediction.certainty == "not sure":
        return f"Not sure: {first} or {second}"
    return f"{prediction.certainty.capitalize()} {first}"


def support(prediction: Prediction) -> str:
    """Return how much stands behind a verdict, as one sentence."""
    n_audible = int(prediction.audible.sum())
    share = f"{prediction.probability:.0%} for {prediction.genre}"
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
    return (
        f"On {figure.n} {figure.unit} by artists it had not heard, this kind of model was right "
        f"{figure.value:.0%} of the time (95 % interval {figure.low:.0%} to {figure.high:.0%}; "
        f"{figure.what}). Always guessing one of {len(card.genres)} genres gets about "
        f"{1 / len(card.genres):.0%}."
    )


def track_record(prediction: Prediction, card: ModelCard) -> str:
    """Return how often a verdict worded like this one was right, where it was measured."""
    counts = card.certainty.get(prediction.certainty)
    if not counts or not counts["n"]:
        return ""
    return (
        f"Of {counts['n']:.0f} verdicts it worded '{prediction.certainty}' when that was measured, "
        f"{counts['n_right'] / counts['n']:.0%} were right."
    )


def figure_line(figure: Figure) -> str:
    """Return one figure of a card as a line, labelled leaky where it is."""
    label = "" if figure.is_honest else "Not to be quoted alone. "
    return f"{label}{figure}"


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
        "unknown" if share is None else f"{share:.0%}"
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
