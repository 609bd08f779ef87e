"""What the page says of models and runs side by side, in sentences and rows of tables.

Conventions
-----------
As `genre.text.song`: plain text, and every accuracy with what was counted, how many, and its
interval.  Measures of a split that leaks rank nothing, so they stand in no column beside
honest ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from genre.compare.confusion_tracks import CellTrack
from genre.compare.leaderboard import Contender, differing_settings
from genre.compare.leakage import HonestyPicture, HonestyRun
from genre.errors import DatasetError
from genre.evaluation.evaluation import Evaluation
from genre.evaluation.intervals import Accuracy
from genre.evaluation.paired_bootstrap import paired_difference
from genre.evaluation.track_predictions import TrackAnswer
from genre.models.card import Figure
from genre.recipes.command import changes_of, nearest_preset
from genre.runs.names import read_name
from genre.text.format import count, interval, percent

SURE = 0.7
"""The certainty whose verdicts are counted in a sentence."""
_WAYS = {
    (False, "course"): ("Segments at random", "Leaky: most have siblings in training."),
    (False, "track"): ("Tracks whole", "Their artists may have been heard in training."),
    (False, "artist"): ("Artists whole", "No known artist of the test was heard in training."),
    (True, "course"): ("Genres permuted", "Segments at random, and nothing to learn."),
    (True, "track"): ("Permuted, tracks whole", "Nothing to learn."),
    (True, "artist"): ("Permuted, artists whole", "Nothing to learn."),
}


def titles(contenders: Sequence[Contender]) -> list[str]:
    """Return what to call contenders side by side: short, and each differently.

    Parameters
    ----------
    contenders : sequence of Contender

    Returns
    -------
    titles : list of str
        A run that the page named goes by the end of its name, which the command line
        takes as well; where two would be called the same, one by its reference in links.
    """
    short = [read_name(c.name)[0] if c.kind == "run" else c.name for c in contenders]
    n_called = Counter(short)
    return [
        contender.reference if n_called[title] > 1 and contender.kind == "run" else title
        for contender, title in zip(contenders, short, strict=True)
    ]


def leaderboard_row(contender: Contender, title: str) -> dict[str, Any]:
    """Return a contender as a row of the leaderboard.

    Parameters
    ----------
    contender : Contender
    title : str
        As `titles` calls it.

    Returns
    -------
    row : dict
        ``accuracy`` in percent; None where something was not measured on artists unheard.
    """
    honest, leaky = contender.honest, contender.leaky
    quoted = honest or leaky
    return {
        "name": title,
        "kind": _kind(contender),
        "accuracy": 100 * honest.value if honest else None,
        "interval": interval(honest.low, honest.high) if honest else None,
        "tracks": honest.n if honest else None,
        "macro_f1": contender.macro_f1 if honest else None,
        "calibration_error": contender.expected_calibration_error if honest else None,
        "leaky": _short_figure(leaky) if leaky else None,
        "seconds": contender.train_seconds,
        "data": contender.data,
        "recipe": recipe_line(contender),
        "measured": quoted.what if quoted else "never measured",
    }


def ranking_line(contenders: Sequence[Contender]) -> str:
    """Return what the leaderboard goes by, and what it does not make comparable."""
    line = "Ordered by the lower end of the interval: a handful of tracks ranks nobody high."
    if len({contender.data for contender in contenders if contender.honest}) > 1:
        line += " Figures on different data say little about who is better."
    return line


def recipe_line(contender: Contender) -> str:
    """Return by what a contender was trained: the preset, and the settings that differ from it."""
    if contender.recipe is None:
        return "not known"
    preset, _ = nearest_preset(contender.recipe)
    changes = changes_of(contender.recipe, preset)
    if not changes:
        return preset.preset
    return f"{preset.preset}, {', '.join(f'{k} {_setting(v)}' for k, v in changes.items())}"


def settings_rows(contenders: Sequence[Contender]) -> list[dict[str, str]]:
    """Return the settings in which contenders differ, a row each; what they share is left out.

    Parameters
    ----------
    contenders : sequence of Contender

    Returns
    -------
    rows : list of dict
        ``setting``, and a value by the title of each contender; without those whose recipe is
        not known.
    """
    called = list(zip(titles(contenders), contenders, strict=True))
    known = [(title, contender) for title, contender in called if contender.recipe]
    rows = [
        {"setting": name.replace("_", " ")}
        | {title: _setting(value) for (title, _), value in zip(known, values, strict=True)}
        for name, values in differing_settings([c.recipe for _, c in known if c.recipe]).items()
    ]
    if len({contender.data for contender in contenders}) > 1:
        rows.append({"setting": "data"} | {title: c.data for title, c in called})
    return rows


def figure_line(contender: Contender, title: str) -> str:
    """Return what a contender is worth as a sentence."""
    if contender.honest:
        return f"{title} is right for {contender.honest}."
    if contender.leaky:
        return (
            f"{title} was never measured on artists it had not heard; its {contender.leaky} "
            "says nothing about your music."
        )
    return f"How often {title} is right was never measured."


def difference_lines(contenders: Sequence[Contender]) -> list[str]:
    """Return how much more of the same tracks each contender is right for than the last ones.

    Parameters
    ----------
    contenders : sequence of Contender

    Returns
    -------
    lines : list of str
        The first against each other one; why they cannot be compared, where they cannot.
    """
    called = titles(contenders)
    return [
        _difference_line(contenders[0], other, called[0], title)
        for other, title in zip(contenders[1:], called[1:], strict=True)
    ]


def leaky_curve_line(contender: Contender, title: str) -> str:
    """Return a warning where a run's validation side flatters as well; empty where it does not."""
    if contender.honest or not contender.leaky or not contender.history:
        return ""
    return f"The split of {title} leaks: its dashed line flatters as well."


def sure_line(evaluation: Evaluation, title: str, *, probability: float = SURE) -> str:
    """Return how often a contender is right when it is at least so sure."""
    points = [p for p in evaluation.coverage if p.probability >= probability - 1e-9]
    if not evaluation.coverage:
        return f"Of {title} the verdicts were not kept."
    if not points:
        return f"{title} was never {percent(probability)} sure of any track."
    return (
        f"When {title} is {percent(probability)} sure or more, it is right in "
        f"{_accuracy(points[0].accuracy)}; it is that sure of {percent(points[0].coverage)} of "
        "them all."
    )


def evaluation_line(evaluation: Evaluation) -> str:
    """Return over which tracks a contender's matrix counts."""
    return f"Right for {_accuracy(evaluation.track_accuracy)}: {evaluation.about}."


def track_row(track: CellTrack, called: Sequence[str]) -> dict[str, str]:
    """Return a track as a row: what each contender took it for, and how sure it was."""
    row = {"track": track.track_id, "artist": track.artist or "not known"}
    return row | {
        title: ", ".join(f"{a.given} {percent(max(a.probabilities))}" for a in answers)
        or "not asked"
        for title, answers in zip(called, track.answers, strict=True)
    }


def answer_line(answer: TrackAnswer, title: str) -> str:
    """Return what a contender said of a track, segment by segment."""
    segments = count(answer.n_segments, "segment")
    line = (
        f"{title}: {answer.given}, {percent(max(answer.probabilities))} sure; {answer.n_right} of "
        f"its {segments} right by themselves."
    )
    if answer.n_siblings is None:
        return line
    heard = count(answer.n_siblings, "other segment") if answer.n_siblings else "No other segment"
    return f"{line} {heard} of this track in training."


def way_to_count(run: HonestyRun) -> tuple[str, str, str]:
    """Return one of the recorded runs as a number: label, value, what stands behind it."""
    label, what = _WAYS[run.recipe.permute_genres, run.recipe.split]
    accuracy = run.evaluation.track_accuracy
    tracks, between = count(accuracy.n, "track"), interval(accuracy.low, accuracy.high)
    return (
        label,
        percent(accuracy.value),
        f"of {tracks} (95% interval {between}). {what}",
    )


def honesty_line(picture: HonestyPicture) -> str:
    """Return what the recorded runs show: how much of the leaky figure is recognition."""
    counted = picture.run("course", is_control=True).siblings
    return (
        "With the genres permuted between tracks there is nothing to learn. Yet split at random, "
        f"the network is right for {_accuracy(counted.with_sibling, 'segment')} that have a "
        "sibling in training, another segment of the same recording, and for "
        f"{_accuracy(counted.without_sibling, 'segment')} that have none: it recognises, and "
        "hears no genre."
    )


def _kind(contender: Contender) -> str:
    """Return what a contender is; of a run, when it was started."""
    moment = read_name(contender.name)[1] if contender.kind == "run" else ""
    return f"{contender.kind}, {moment}" if moment else contender.kind


def _difference_line(first: Contender, other: Contender, one: str, two: str) -> str:
    """Return the paired difference of two contenders, or why there is none."""
    if not (first.honest and other.honest):
        return f"{one} and {two} cannot be ranked: both need a figure on artists unheard."
    answers = [c.evaluation.answers if c.evaluation else () for c in (first, other)]
    if not all(answers):
        return (
            f"{one} and {two}: which tracks were right was not kept for both, so only their "
            "intervals can be compared."
        )
    try:
        found = paired_difference(*answers)
    except DatasetError:
        return (
            f"{one} and {two} were tested on different tracks, so only their intervals can be "
            "compared."
        )
    verdict = "more than chance explains" if found.low > 0 or found.high < 0 else "too close to say"
    return f"{one} minus {two}, on the same tracks: {found}: {verdict}."


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
