"""The sentences and table rows of the page Compare.

Conventions
-----------
As `genre.text.song`.  Figures with data leakage do not count in the ranking, so they have a
column of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from genre.compare.confusion_tracks import CellTrack
from genre.compare.leaderboard import LeaderboardEntry, differing_settings
from genre.compare.leakage import LeakageRun, LeakageStudy
from genre.errors import DatasetError
from genre.evaluation.evaluation import Evaluation
from genre.evaluation.intervals import Accuracy
from genre.evaluation.paired_bootstrap import paired_difference
from genre.evaluation.track_predictions import TrackPrediction
from genre.models.card import Figure
from genre.recipes.command import changes_of, nearest_preset
from genre.recipes.musicnn import uses_musicnn
from genre.runs.names import read_name
from genre.text.format import count, interval, percent, with_interval

MIN_CONFIDENCE = 0.7
"""The confidence from which predictions are counted in a sentence."""
_WAYS = {
    (False, "course"): ("Segments at random", "Data leakage: most tracks are also in training."),
    (False, "track"): ("Tracks whole", "Their artists may be in the training set."),
    (False, "artist"): ("Artists whole", "No known artist of the test set is in the training set."),
    (True, "course"): ("Genres permuted", "Segments at random, nothing to learn."),
    (True, "track"): ("Permuted, tracks whole", "Nothing to learn."),
    (True, "artist"): ("Permuted, artists whole", "Nothing to learn."),
}


def titles(entries: Sequence[LeaderboardEntry]) -> list[str]:
    """Return a short and unique title for each entry.

    Parameters
    ----------
    entries : sequence of LeaderboardEntry

    Returns
    -------
    titles : list of str
        The end of a run's name, if the page named it; the command line accepts it too.  If
        two would be the same, the run gets its reference in links.
    """
    short = [read_name(c.name)[0] if c.kind == "run" else c.name for c in entries]
    n_called = Counter(short)
    return [
        entry.reference if n_called[title] > 1 and entry.kind == "run" else title
        for entry, title in zip(entries, short, strict=True)
    ]


def leaderboard_row(entry: LeaderboardEntry, title: str) -> dict[str, Any]:
    """Return an entry, by its title, as a row of the leaderboard.

    ``accuracy`` is in percent; what was not measured on unseen artists is None.
    """
    leak_free, leaky = entry.leak_free, entry.leaky
    quoted = leak_free or leaky
    measures = entry.measures if leak_free else {}
    return {
        "name": title,
        "kind": _kind(entry),
        "accuracy": 100 * leak_free.value if leak_free else None,
        "interval": interval(leak_free.low, leak_free.high) if leak_free else None,
        "tracks": leak_free.n if leak_free else None,
        "macro_f1": _measure(measures, "macro_f1"),
        "calibration_error": _measure(measures, "expected_calibration_error"),
        "leaky": _short_figure(leaky) if leaky else None,
        "seconds": entry.train_seconds,
        "data": entry.data,
        "recipe": recipe_line(entry),
        "measured": quoted.what if quoted else "never measured",
    }


def ranking_line(entries: Sequence[LeaderboardEntry]) -> str:
    """Return how the leaderboard is sorted, and a warning if the data differ."""
    line = "Sorted by the lower end of the interval, so that a few tracks cannot lead."
    if len({entry.data for entry in entries if entry.leak_free}) > 1:
        line += " Accuracies on different data cannot be compared."
    if any(entry.leak_free and entry.recipe and uses_musicnn(entry.recipe) for entry in entries):
        line += (
            " Entries that read musicnn features, or whose teacher does: musicnn may have been "
            "trained on the tracks."
        )
    return line


def recipe_line(entry: LeaderboardEntry) -> str:
    """Return the recipe of an entry: the preset, and the settings that differ from it."""
    if entry.recipe is None:
        return "not known"
    preset, _ = nearest_preset(entry.recipe)
    changes = changes_of(entry.recipe, preset)
    if not changes:
        return preset.preset
    return f"{preset.preset}, {', '.join(f'{k} {_setting(v)}' for k, v in changes.items())}"


def settings_rows(entries: Sequence[LeaderboardEntry]) -> list[dict[str, str]]:
    """Return the settings in which entries differ, a row each.

    Parameters
    ----------
    entries : sequence of LeaderboardEntry

    Returns
    -------
    rows : list of dict
        ``setting``, and a value by the title of each entry with a known recipe.
    """
    called = list(zip(titles(entries), entries, strict=True))
    known = [(title, entry) for title, entry in called if entry.recipe]
    rows = [
        {"setting": name.replace("_", " ")}
        | {title: _setting(value) for (title, _), value in zip(known, values, strict=True)}
        for name, values in differing_settings([c.recipe for _, c in known if c.recipe]).items()
    ]
    if len({entry.data for entry in entries}) > 1:
        rows.append({"setting": "data"} | {title: c.data for title, c in called})
    return rows


def figure_line(entry: LeaderboardEntry, title: str) -> str:
    """Return the accuracy of an entry as a sentence."""
    if entry.leak_free:
        return f"{title} is right for {entry.leak_free}."
    if entry.leaky:
        return (
            f"{title} was never measured on unseen artists; its {entry.leaky} "
            "says nothing about your music."
        )
    return f"The accuracy of {title} was never measured."


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
    return f"The split of {title} has data leakage: its dashed line is too high as well."


def confidence_line(
    evaluation: Evaluation, title: str, *, probability: float = MIN_CONFIDENCE
) -> str:
    """Return the accuracy of an entry from a confidence on."""
    points = [p for p in evaluation.coverage if p.probability >= probability - 1e-9]
    if not evaluation.coverage:
        return f"The predictions of {title} were not saved."
    if not points:
        return f"{title} has no prediction with a confidence of {percent(probability)} or more."
    return (
        f"With a confidence of {percent(probability)} or more, {title} is right for "
        f"{_accuracy(points[0].accuracy)}; these are {percent(points[0].coverage)} of all tracks."
    )


def evaluation_line(evaluation: Evaluation) -> str:
    """Return which tracks an entry's confusion matrix counts."""
    return f"Right for {_accuracy(evaluation.track_accuracy)}: {evaluation.about}."


def matrix_difference_line(one: str, two: str, n_tracks: int) -> str:
    """Return what the difference of two matrices shows, and of which tracks."""
    return (
        f"{one} minus {two} on the {count(n_tracks, 'track')} that both were tested on, in "
        f"percentage points of each genre's tracks. Blue: {one} predicts the genre more often; "
        "red: less often. On the diagonal, blue is better."
    )


def track_row(track: CellTrack, called: Sequence[str]) -> dict[str, str]:
    """Return a track as a row: the prediction and the confidence of each entry."""
    row = {"track": track.track_id, "artist": track.artist or "not known"}
    return row | {
        title: ", ".join(f"{a.given} {percent(max(a.probabilities))}" for a in predictions)
        or "not tested"
        for title, predictions in zip(called, track.predictions, strict=True)
    }


def prediction_line(answer: TrackPrediction, title: str) -> str:
    """Return the prediction of an entry for a track, with its segments."""
    segments = count(answer.n_segments, "segment")
    line = (
        f"{title}: {answer.given}, confidence {percent(max(answer.probabilities))}; "
        f"{answer.n_right} of its {segments} right."
    )
    if answer.n_siblings is None:
        return line
    seen = count(answer.n_siblings, "other segment") if answer.n_siblings else "No other segment"
    return f"{line} {seen} of this track in training."


def split_metric(run: LeakageRun) -> tuple[str, str, str]:
    """Return one of the recorded runs as a number: label, value, explanation."""
    label, what = _WAYS[run.recipe.permute_genres, run.recipe.split]
    accuracy = run.evaluation.track_accuracy
    tracks, between = count(accuracy.n, "track"), interval(accuracy.low, accuracy.high)
    return (
        label,
        percent(accuracy.value),
        f"of {tracks} (95% interval {between}). {what}",
    )


def leakage_line(picture: LeakageStudy) -> str:
    """Return what the recorded runs show: how much of the leaky accuracy is memorisation."""
    counted = picture.run("course", is_control=True).by_seen_track
    return (
        "With permuted genres there is nothing to learn. Yet with segments split at random, "
        f"the network is right for {_accuracy(counted.track_seen, 'segment')} with "
        "another segment of the same track in training, and for "
        f"{_accuracy(counted.track_unseen, 'segment')} without one: it recognises "
        "recordings, not genres."
    )


def _measure(measures: Mapping[str, float], name: str) -> str | None:
    """Return a measure with its interval; None if it was not measured."""
    ends = (measures.get(f"{name}_low"), measures.get(f"{name}_high"))
    return with_interval(measures[name], *ends) if name in measures else None


def _kind(entry: LeaderboardEntry) -> str:
    """Return the kind of an entry; for a run, with its start."""
    moment = read_name(entry.name)[1] if entry.kind == "run" else ""
    return f"{entry.kind}, {moment}" if moment else entry.kind


def _difference_line(first: LeaderboardEntry, other: LeaderboardEntry, one: str, two: str) -> str:
    """Return the paired difference of two entries, or why there is none."""
    if not (first.leak_free and other.leak_free):
        return f"{one} and {two} cannot be ranked: both need an accuracy on unseen artists."
    predictions = [c.evaluation.predictions if c.evaluation else () for c in (first, other)]
    if not all(predictions):
        return (
            f"{one} and {two}: the predictions per track were not saved for both, so only "
            "their intervals can be compared."
        )
    try:
        found = paired_difference(*predictions)
    except DatasetError:
        return (
            f"{one} and {two} were tested on different tracks, so only their intervals can be "
            "compared."
        )
    is_significant = found.low > 0 or found.high < 0
    conclusion = "significant" if is_significant else "not significant"
    n_tested = {len({a.key for a in answers}) for answers in predictions}
    where = "the same tracks" if n_tested == {found.n_tracks} else "the tracks that both have"
    return f"{one} minus {two}, on {where}: {found}: {conclusion}."


def _accuracy(accuracy: Accuracy, noun: str = "track") -> str:
    return (
        f"{percent(accuracy.value)} of {count(accuracy.n, noun)} (95% interval "
        f"{interval(accuracy.low, accuracy.high)})"
    )


def _short_figure(figure: Figure) -> str:
    return f"{percent(figure.value)} of {figure.n:,} ({interval(figure.low, figure.high)})"


def _setting(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
