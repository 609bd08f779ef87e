"""The sentences and table rows of the page Compare.

Conventions
-----------
As `genre.text.song`.  Figures with data leakage do not count in the ranking, so they have a
column of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from genre.compare.confusion_tracks import CellTrack
from genre.compare.leaderboard import LeaderboardEntry
from genre.compare.leakage import LeakageRun, LeakageStudy
from genre.errors import DatasetError
from genre.evaluation.evaluation import Evaluation
from genre.evaluation.intervals import Accuracy
from genre.evaluation.paired_bootstrap import paired_difference
from genre.evaluation.track_predictions import TrackPrediction
from genre.language import N_, _
from genre.models.measured_on import measured_on
from genre.text.format import (
    count,
    interval,
    percent,
)
from genre.text.genres import genre_name
from genre.text.leaderboard import titles

MIN_CONFIDENCE = 0.7
"""The confidence from which predictions are counted in a sentence."""
_WAYS = {
    (False, "course"): (
        N_("Segments at random"),
        N_("Data leakage: most tracks are also in training."),
    ),
    (False, "track"): (N_("Tracks whole"), N_("Their artists may be in the training set.")),
    (False, "artist"): (
        N_("Artists whole"),
        N_("No known artist of the test set is in the training set."),
    ),
    (True, "course"): (N_("Genres permuted"), N_("Segments at random, nothing to learn.")),
    (True, "track"): (N_("Permuted, tracks whole"), N_("Nothing to learn.")),
    (True, "artist"): (N_("Permuted, artists whole"), N_("Nothing to learn.")),
}


def figure_line(entry: LeaderboardEntry, title: str) -> str:
    """Return the accuracy of an entry as a sentence."""
    if entry.leak_free:
        return _("{title} is right for {figure}.").format(title=title, figure=entry.leak_free)
    if entry.leaky:
        return _(
            "{title} was never measured on unseen artists; its {figure} says nothing about "
            "your music."
        ).format(title=title, figure=entry.leaky)
    return _("The accuracy of {title} was never measured.").format(title=title)


def difference_lines(entries: Sequence[LeaderboardEntry]) -> list[str]:
    """Return the paired differences of the first entry and each other one.

    Parameters
    ----------
    entries : sequence of LeaderboardEntry

    Returns
    -------
    lines : list of str
        A sentence each; the reason if they cannot be compared.
    """
    called = titles(entries)
    return [
        _difference_line(entries[0], other, called[0], title)
        for other, title in zip(entries[1:], called[1:], strict=True)
    ]


def leaky_curve_line(entry: LeaderboardEntry, title: str) -> str:
    """Return a warning if a run's validation accuracy is too high from leakage; else empty."""
    if entry.leak_free or not entry.leaky or not entry.history:
        return ""
    return _("The split of {title} has data leakage: its dashed line is too high as well.").format(
        title=title
    )


def confidence_line(
    evaluation: Evaluation, title: str, *, probability: float = MIN_CONFIDENCE
) -> str:
    """Return the accuracy of an entry from a confidence on."""
    points = [p for p in evaluation.coverage if p.probability >= probability - 1e-9]
    if not evaluation.coverage:
        return _("The predictions of {title} were not saved.").format(title=title)
    if not points:
        return _("{title} has no prediction with a confidence of {probability} or more.").format(
            title=title, probability=percent(probability)
        )
    return _(
        "With a confidence of {probability} or more, {title} is right for {accuracy}; "
        "these are {coverage} of all tracks."
    ).format(
        probability=percent(probability),
        title=title,
        accuracy=_accuracy(points[0].accuracy),
        coverage=percent(points[0].coverage),
    )


def evaluation_line(evaluation: Evaluation) -> str:
    """Return which tracks an entry's confusion matrix counts."""
    return _("Right for {accuracy}: {about}.").format(
        accuracy=_accuracy(evaluation.track_accuracy), about=measured_on(evaluation.about)
    )


def matrix_difference_line(one: str, two: str, n_tracks: int) -> str:
    """Return what the difference of two matrices shows, and of which tracks."""
    return _(
        "{one} minus {two} on the {tracks} that both were tested on, in percentage "
        "points of each genre's tracks. Blue: {one} predicts the genre more often; red: "
        "less often. On the diagonal, blue is better."
    ).format(one=one, two=two, tracks=count(n_tracks, "track"))


def track_row(track: CellTrack, called: Sequence[str]) -> dict[str, str]:
    """Return a track as a row: the prediction and the confidence of each entry."""
    row = {"track": track.track_id, "artist": track.artist or _("not known")}
    return row | {
        title: ", ".join(
            f"{genre_name(a.given)} {percent(max(a.probabilities))}" for a in predictions
        )
        or _("not tested")
        for title, predictions in zip(called, track.predictions, strict=True)
    }


def prediction_line(answer: TrackPrediction, title: str) -> str:
    """Return the prediction of an entry for a track, with its segments."""
    segments = count(answer.n_segments, "segment")
    line = _(
        "{title}: {genre}, confidence {confidence}; {n_right} of its {segments} right."
    ).format(
        title=title,
        genre=genre_name(answer.given),
        confidence=percent(max(answer.probabilities)),
        n_right=answer.n_right,
        segments=segments,
    )
    if answer.n_siblings is None:
        return line
    seen = (
        _("{segments} of this track in training.").format(
            segments=count(answer.n_siblings, "other segment")
        )
        if answer.n_siblings
        else _("No other segment of this track in training.")
    )
    return f"{line} {seen}"


def split_metric(run: LeakageRun) -> tuple[str, str, str]:
    """Return one of the recorded runs as a number: label, value, explanation."""
    label, what = _WAYS[run.recipe.permute_genres, run.recipe.split]
    accuracy = run.evaluation.track_accuracy
    about = _("of {tracks} (95% interval {interval}).").format(
        tracks=count(accuracy.n, "track"), interval=interval(accuracy.low, accuracy.high)
    )
    return _(label), percent(accuracy.value), f"{about} {_(what)}"


def leakage_line(picture: LeakageStudy) -> str:
    """Return what the recorded runs show: how much of the leaky accuracy is memorisation."""
    counted = picture.run("course", is_control=True).by_seen_track
    return _(
        "With permuted genres there is nothing to learn. Yet with segments split at "
        "random, the network is right for {seen} with another segment of the same track in "
        "training, and for {unseen} without one: it recognises recordings, not genres."
    ).format(
        seen=_accuracy(counted.track_seen, "segment"),
        unseen=_accuracy(counted.track_unseen, "segment"),
    )


def _difference_line(first: LeaderboardEntry, other: LeaderboardEntry, one: str, two: str) -> str:
    """Return the paired difference of two entries, or why there is none."""
    if not (first.leak_free and other.leak_free):
        return _(
            "{one} and {two} cannot be ranked: both need an accuracy on unseen artists."
        ).format(one=one, two=two)
    predictions = [c.evaluation.predictions if c.evaluation else () for c in (first, other)]
    if not all(predictions):
        return _(
            "{one} and {two}: the predictions per track were not saved for both, so only "
            "their intervals can be compared."
        ).format(one=one, two=two)
    try:
        found = paired_difference(*predictions)
    except DatasetError:
        return _(
            "{one} and {two} were tested on different tracks, so only their intervals can be "
            "compared."
        ).format(one=one, two=two)
    is_significant = found.low > 0 or found.high < 0
    conclusion = _("significant") if is_significant else _("not significant")
    n_tested = {len({a.key for a in answers}) for answers in predictions}
    said = (
        _("{one} minus {two}, on the same tracks: {found}: {conclusion}.")
        if n_tested == {found.n_tracks}
        else _("{one} minus {two}, on the tracks that both have: {found}: {conclusion}.")
    )
    return said.format(one=one, two=two, found=found, conclusion=conclusion)


def _accuracy(accuracy: Accuracy, noun: str = "track") -> str:
    return _("{share} of {counted} (95% interval {interval})").format(
        share=percent(accuracy.value),
        counted=count(accuracy.n, noun),
        interval=interval(accuracy.low, accuracy.high),
    )
