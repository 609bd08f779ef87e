"""Sentences about how often a model is right, and about its card.

Conventions
-----------
Plain text, no markup.  Every accuracy comes with its unit, its count and its interval; the one line
of `trust` names none, and `accuracy` stands behind it.
"""

from __future__ import annotations

from genre.evaluation.intervals import wilson_interval
from genre.language import N_, _
from genre.models.card import ModelCard
from genre.models.measured_on import measured_on
from genre.models.prediction import Prediction
from genre.text.format import count, interval, percent
from genre.text.models import values_name
from genre.text.song import CONFIDENCE_LABELS

ALTERATIONS = (
    N_("as it is"),
    N_("gain +6 dB"),
    N_("gain -20 dB"),
    N_("gain -40 dB"),
    N_("mp3 128 kbit/s"),
    N_("mp3 32 kbit/s"),
    N_("starts 1 s later"),
    N_("telephone"),
    N_("radio"),
    N_("room"),
    N_("noise"),
    N_("clipping"),
)
"""What a card calls the alterations of `genre.audio.alterations`; translated where it is shown."""


def accuracy(card: ModelCard) -> str:
    """Return what a model's card says of its accuracy on unseen artists."""
    figure = card.leak_free_figure
    if figure is None:
        return _(
            "The accuracy of this model on unseen artists was never measured: do not rely on it."
        )
    said = (
        _(
            "Tested on {tested} of {data} whose known artists were kept out of training, this "
            "kind of model was right {share} of the time (95% interval {interval}; {what}). "
            "Guessing at random among {genres} gets about {chance}."
        )
        if card.data.get("name")
        else _(
            "Tested on {tested} whose known artists were kept out of training, this kind of "
            "model was right {share} of the time (95% interval {interval}; {what}). Guessing "
            "at random among {genres} gets about {chance}."
        )
    )
    return said.format(
        tested=count(figure.n, figure.unit.removesuffix("s")),
        data=card.data.get("name"),
        share=percent(figure.value),
        interval=interval(figure.low, figure.high),
        what=measured_on(figure.what),
        genres=count(len(card.genres), "genre"),
        chance=percent(1 / len(card.genres)),
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
    return _(
        "In that test, the predictions for {tracks} were '{level}', and {share} of those "
        "were right (95% interval {interval}); most of the tracks were excerpts of 3 s."
    ).format(
        tracks=count(n, "track"),
        level=_(CONFIDENCE_LABELS[prediction.confidence]),
        share=percent(right.value),
        interval=interval(right.low, right.high),
    )


def trust(prediction: Prediction, card: ModelCard) -> str:
    """Return in one line how often such predictions are right; `accuracy` has the figures.

    Examples
    --------
    ``Right for 9 songs in 10 when it is this confident; for 3 in 4 of all songs by artists not in
    training.``
    """
    figure = card.leak_free_figure
    if figure is None:
        return accuracy(card)
    n, d = in_few(figure.value)
    counts = card.certainty.get(prediction.confidence)
    if not counts or not counts["n"]:
        return _("Right for {n} in {d} of all songs by artists it had not heard.").format(n=n, d=d)
    said = (
        _(
            "Right for {n_sure} in {d_sure} when it is not sure; for {n} in {d} of all songs by "
            "artists it had not heard."
        )
        if prediction.confidence == "unsure"
        else _(
            "Right for {n_sure} in {d_sure} when it is this confident; for {n} in {d} of "
            "all songs by artists not in training."
        )
    )
    n_sure, d_sure = in_few(counts["n_right"] / counts["n"])
    return said.format(n_sure=n_sure, d_sure=d_sure, n=n, d=d)


def in_few(share: float) -> tuple[int, int]:
    """Return a share in small whole numbers.

    Examples
    --------
    >>> in_few(0.76), in_few(0.52), in_few(0.91)
    ((3, 4), (1, 2), (9, 10))
    """
    fractions = [(n, d) for d in (2, 3, 4, 5, 10) for n in range(1, d)]
    return min(fractions, key=lambda pair: (abs(pair[0] / pair[1] - share), pair[1]))


def card_lines(card: ModelCard) -> list[str]:
    """Return what a model's card says, a line each: what it is, its figures, how it was made."""
    lines = [measured_on(card.about)] if card.about else []
    if card.data:
        lines.append(
            _("Trained on {n_tracks} ({n_segments}) of {name}.").format(
                n_tracks=count(card.data["n_tracks"], "track"),
                n_segments=count(card.data["n_segments"], "segment"),
                name=card.data["name"],
            )
        )
    if card.features.kind != "mfcc":
        lines.append(
            _(
                "Reads {values}: musicnn was trained on the tags of other music, which may "
                "include these artists."
            ).format(values=values_name(card.features))
        )
    if card.is_taught_by_musicnn:
        lines.append(
            _(
                "Trained on the answers of a classifier that reads musicnn values: musicnn was "
                "trained on the tags of other music, which may include these artists."
            )
        )
    for figure in card.figures:
        said = (
            _("Right for {figure}.")
            if figure.is_honest
            else _("Right for {figure}. Data leakage: it says nothing about your music.")
        )
        lines.append(said.format(figure=figure))
        lines.append("    " + _("measured by: {command}").format(command=figure.command))
    if card.robustness:
        lines += robustness_lines(card)
    return [*lines, _("Made by: {command}").format(command=card.command)] if card.command else lines


def robustness_lines(card: ModelCard) -> list[str]:
    """Return how many predictions stayed the same when songs were altered, in two lines."""
    measured = card.robustness
    shares = [
        f"{_(name)} {percent(counts['n_same'] / counts['n'])}"
        for name, counts in measured["alterations"].items()
        if counts["n_same"] < counts["n"] or name.startswith("gain")
    ]
    tracks = count(measured["n_tracks"], "track")
    return [
        _("Same prediction for {tracks} by artists not in training after: {shares}.").format(
            tracks=tracks, shares=", ".join(shares)
        ),
        "    " + _("measured by: {command}").format(command=measured["command"]),
    ]
