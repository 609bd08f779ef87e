"""Sentences about how often a model is right, and about its card.

Conventions
-----------
Plain text, no markup.  Every accuracy comes with its unit, its count and its interval; the one line
of `trust` names none, and `accuracy` stands behind it.
"""

from __future__ import annotations

from genre.evaluation.intervals import wilson_interval
from genre.models.card import ModelCard
from genre.models.prediction import Prediction
from genre.text.format import count, interval, percent
from genre.text.song import CONFIDENCE_LABELS


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


def trust(prediction: Prediction, card: ModelCard) -> str:
    """Return in one line how often such predictions are right; `accuracy` has the figures.

    Examples
    --------
    ``Right for 9 songs in 10 when it is this sure; for 3 in 4 of all songs by artists it had not
    heard.``
    """
    figure = card.leak_free_figure
    if figure is None:
        return accuracy(card)
    overall = f"{in_few(figure.value)} of all songs by artists it had not heard."
    counts = card.certainty.get(prediction.confidence)
    if not counts or not counts["n"]:
        return f"Right for {overall}"
    when = "not sure" if prediction.confidence == "unsure" else "this sure"
    return f"Right for {in_few(counts['n_right'] / counts['n'])} when it is {when}; for {overall}"


def in_few(share: float) -> str:
    """Return a share in small whole numbers.

    Examples
    --------
    >>> in_few(0.76), in_few(0.52), in_few(0.91)
    ('3 in 4', '1 in 2', '9 in 10')
    """
    fractions = [(n, d) for d in (2, 3, 4, 5, 10) for n in range(1, d)]
    n, d = min(fractions, key=lambda pair: (abs(pair[0] / pair[1] - share), pair[1]))
    return f"{n} in {d}"


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
