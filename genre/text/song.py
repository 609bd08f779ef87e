"""Sentences about a song, its prediction and its model.

Conventions
-----------
Plain text, no markup.  Every accuracy comes with its unit, its count and its interval.
"""

from __future__ import annotations

import unicodedata

from genre.audio.song_facts import SongFacts
from genre.evaluation.intervals import wilson_interval
from genre.models.card import ModelCard
from genre.models.prediction import Prediction
from genre.models.song_analysis import FirstImpression
from genre.text.format import count, interval, percent

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
        found.append(
            f"The last {dropped:.1f} s do not fill a segment of {prediction.segment_seconds:g} s "
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


def accuracy(card: ModelCard) -> str:
    """Return what a model's card says of its accuracy on unseen artists."""
    figure = card.leak_free_figure
    if figure is None:
        return "The accuracy of this model on unseen artists was never measured: do not rely on it."
    data = f" of {card.data['name']}" if card.data.get("name") else ""
    return (
        f"Tested on {count(figure.n, figure.unit.removesuffix('s'))}{data} whose known artists "
        f"were kept out of training, this kind of model was right {percent(figure.value)} of the "
        f"time (95% interval {interval(figure.low, figure.high)}; {figure.what}). Guessing at "
        f"random among {len(card.genres)} genres gets about {percent(1 / len(card.genres))}."
    )


def track_record(prediction: Prediction, card: ModelCard) -> str:
    """Return how often predictions of this confidence level were right, where it was measured."""
    counts = card.certainty.get(prediction.confidence)
    if not counts or not counts["n"]:
        return ""
    figure = card.leak_free_figure
    n_counted = sum(of_level["n"] for of_level in card.certainty.values())
    # Cards of earlier versions count each track once for each round of folds.
    n_rounds = max(1, round(n_counted / figure.n)) if figure else 1
    n = max(1, round(counts["n"] / n_rounds))
    right = wilson_interval(n * counts["n_right"] / counts["n"], n)
    return (
        f"In that test, the predictions for {count(n, 'track')} were "
        f"'{CONFIDENCE_LABELS[prediction.confidence]}', and {percent(right.value)} of those were "
        f"right (95% interval {interval(right.low, right.high)}); most of the tracks were excerpts "
        "of 3 s."
    )


def about_example(genre: str) -> str:
    """Return where an example comes from, and why it is missed, where it is.

    Examples
    --------
    >>> about_example("jazz")
    'written for this app'
    """
    missed = MISSED_EXAMPLES.get(genre)
    return "written for this app" + (f"; an instructive failure: {missed}" if missed else "")


def segment_labels(prediction: Prediction) -> list[str]:
    """Return a label for each segment: its start and its predicted genre."""
    labels = []
    for segment, probabilities in enumerate(prediction.segment_probabilities):
        minutes, seconds = divmod(int(prediction.segment_span(segment)[0]), 60)
        genre = prediction.genres[int(probabilities.argmax())]
        label = genre if prediction.audible[segment] else "silent"
        labels.append(f"{minutes}:{seconds:02d} {label}")
    return labels


def card_lines(card: ModelCard) -> list[str]:
    """Return what a model's card says, a line each: what it is, its figures, how it was made."""
    lines = [card.about] if card.about else []
    if card.data:
        lines.append(
            f"Trained on {count(card.data['n_tracks'], 'track')} "
            f"({count(card.data['n_segments'], 'segment')}) of {card.data['name']}."
        )
    if card.features.kind != "mfcc":
        lines.append(
            f"Reads {card.features.row_name}s: musicnn was trained on the tags of other music, "
            "which may include these artists."
        )
    if card.is_taught_by_musicnn:
        lines.append(
            "Trained on the answers of a classifier that reads musicnn values: musicnn was trained "
            "on the tags of other music, which may include these artists."
        )
    for figure in card.figures:
        warning = "" if figure.is_honest else " Data leakage: it says nothing about your music."
        lines.append(f"Right for {figure}.{warning}")
        lines.append(f"    measured by: {figure.command}")
    if card.robustness:
        lines += robustness_lines(card)
    return [*lines, f"Made by: {card.command}"] if card.command else lines


def robustness_lines(card: ModelCard) -> list[str]:
    """Return how many predictions stayed the same when songs were altered, in two lines."""
    measured = card.robustness
    shares = [
        f"{name} {percent(counts['n_same'] / counts['n'])}"
        for name, counts in measured["alterations"].items()
        if counts["n_same"] < counts["n"] or name.startswith("gain")
    ]
    tracks = count(measured["n_tracks"], "track")
    return [
        f"Same prediction for {tracks} by artists not in training after: {', '.join(shares)}.",
        f"    measured by: {measured['command']}",
    ]


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
