"""The sentences of the film and of the running prediction on Inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from genre.audio.feature_config import ROW_NAMES
from genre.interpret.half_life import UnitMemory, half_life
from genre.interpret.occlusion import Occlusion, Part
from genre.interpret.running_prediction import RunningPrediction
from genre.interpret.silence import SilencedSecond
from genre.interpret.trace import LayerColumns
from genre.language import N_, _, ngettext
from genre.text.format import clock, percent
from genre.text.genres import genre_name

ORDERS = {
    "pull": N_("Pull on a genre"),
    "memory": N_("Longest memory"),
    "activity": N_("Most active"),
    "index": N_("Number"),
}
ALL = N_("All")


def words() -> dict[str, Any]:
    """Return what the film's own controls and rows are called."""
    return {
        "with": _("Play with it"),
        "without": _("Play without it"),
        "silence": _("Silence the second here"),
        "quiet": _("silent"),
        "gap": _("Silenced"),
        "range": _("{low} to {high}"),
        "pull": _("pull on {genre}"),
    }


def running_title() -> str:
    """Return what the prediction under the playhead is called."""
    return _("If the segment ended here")


def layer_name(layer: LayerColumns) -> str:
    """Return what a layer is called where one is chosen."""
    if layer.direction == "backward":
        return _("{layer} backwards").format(layer=layer.layer)
    return str(layer.layer)


def unit_label(layer: LayerColumns, unit: int, order: str, pulls: np.ndarray | None) -> str:
    """Return a unit where one is chosen, with the number that it is sorted by.

    Examples
    --------
    ``37 (+0.42)``, ``5 (half-life 12 steps)``.
    """
    if order == "pull" and pulls is not None:
        return f"{unit} ({signed(float(pulls[unit]))})"
    if order == "memory" and layer.mean_forget is not None:
        steps = float(half_life(layer.mean_forget[unit : unit + 1])[0])
        return _("{unit} (half-life {steps} steps)").format(unit=unit, steps=f"{steps:.3g}")
    if order == "index":
        return str(unit)
    return _("{unit} (activity {activity})").format(
        unit=unit, activity=f"{layer.activity[unit]:.2f}"
    )


def signed(value: float) -> str:
    """Write a number with its sign, a true minus.

    Examples
    --------
    >>> signed(0.416), signed(-2.0)
    ('+0.42', '−2.00')
    """
    return f"{value:+.2f}".replace("-", "−")


def pull_help() -> str:
    """Return what a pull is."""
    return _(
        "The part of a genre's score (its logit, minus the mean of all logits) that comes from a "
        "unit: gradient times pooled value, the mean over the song. Above zero it speaks for the "
        "genre, below against it."
    )


def no_pull() -> str:
    """Return why a layer has no pulls."""
    return _(
        "Units of this layer reach the genres only through the next layer, so none has a pull."
    )


def silenced_line(
    silenced: SilencedSecond,
    running: RunningPrediction,
    before: np.ndarray,
    genres: Sequence[str],
    genre: int,
) -> str:
    """Return what the song's prediction is with a second, and without it.

    Parameters
    ----------
    silenced : SilencedSecond
    running : RunningPrediction
        With the second.
    before : np.ndarray [shape=(n_genres,)]
        The song's probabilities.
    genres : sequence of str
    genre : int
        Index of the predicted one.
    """
    at, after = clock(silenced.second), silenced.probabilities
    if after is None:
        return _("Without the second at {time} nothing audible is left.").format(time=at)
    first = int(silenced.segments[0])
    line = _(
        "Without the second at {time}: {genre} {before} to {after} in its segment, {song_before} "
        "to {song_after} in the song."
    ).format(
        time=at,
        genre=genre_name(genres[genre]),
        before=percent(float(running.probabilities[first, -1, genre])),
        after=percent(float(silenced.running.probabilities[first, -1, genre])),
        song_before=percent(float(before[genre]), 1),
        song_after=percent(float(after[genre]), 1),
    )
    other = genres[int(after.argmax())]
    if other == genres[genre]:
        return line
    return f"{line} {_('The song becomes {genre}.').format(genre=genre_name(other))}"


def how_silenced() -> str:
    """Return what is silenced in the sound, and what in the network's input."""
    return _(
        "Heard: the player is mute for that second. Predicted: the samples of that second are set "
        "to 0, and the segments it lies in are analysed again."
    )


def bars_name(by: Part) -> str:
    """Return what the bars are about, where it is chosen."""
    if by == "second":
        return _("Each second")
    return _("Each {value}").format(value=ROW_NAMES[by])


def left_out(by: Part) -> str:
    """Return what the bars leave out."""
    if by == "second":
        return _("Each second silenced.")
    return _("Each {value} replaced in the whole song.").format(value=ROW_NAMES[by])


def with_second() -> str:
    """Return what the prediction with the second is called."""
    return _("With it")


def without_second() -> str:
    """Return what the prediction without the second is called."""
    return _("Without it")


def probability_with(genre: str) -> str:
    """Return what the curve of a genre's probability with the second is called."""
    return _("{genre}, with it").format(genre=genre_name(genre))


def probability_without(genre: str) -> str:
    """Return what the curve of a genre's probability without the second is called."""
    return _("{genre}, without it").format(genre=genre_name(genre))


def half_life_line(memory: UnitMemory) -> str:
    """Return the longest half-life, and how many are longer than a segment."""
    longest = _(
        "Unit {unit} has the longest half-life: {seconds} s ({steps} steps). Median: {median} s."
    ).format(
        unit=memory.units[0],
        seconds=f"{memory.half_life_seconds[0]:.1f}",
        steps=f"{memory.half_life_steps[0]:.0f}",
        median=f"{np.median(memory.half_life_seconds):.2f}",
    )
    n = memory.n_beyond_segment
    if not n:
        return longest
    beyond = ngettext(
        "{n} of {units} is longer than a segment.", "{n} of {units} are longer than a segment.", n
    )
    return f"{longest} {beyond.format(n=n, units=len(memory.units))}"


def final_prediction_line(running: RunningPrediction, segment: int, genres: Sequence[str]) -> str:
    """Return when the prediction for a segment became final."""
    final = genre_name(genres[int(running.top[segment, -1])])
    decided = int(running.decided[segment])
    if decided == 0:
        return _("The prediction is {genre} from the first step on.").format(genre=final)
    return _(
        "The prediction is final after {seconds} s (step {step} of {steps}): {genre} instead of "
        "{before}."
    ).format(
        seconds=f"{running.decided_seconds[segment]:.1f}",
        step=running.prefixes[decided],
        steps=running.prefixes[-1],
        genre=final,
        before=genre_name(genres[int(running.top[segment, decided - 1])]),
    )


def final_predictions_line(running: RunningPrediction) -> str:
    """Return when the prediction became final, over all segments."""
    seconds, n = running.decided_seconds, len(running.decided)
    if n == 1:
        return _("The prediction is final after {seconds} s.").format(seconds=f"{seconds[0]:.1f}")
    return _(
        "For half of the {n} segments the prediction is final within {median} s of {length} s; the "
        "longest takes {longest} s."
    ).format(
        n=n,
        median=f"{np.median(seconds):.1f}",
        length=f"{running.segment_seconds:g}",
        longest=f"{seconds.max():.1f}",
    )


def occlusion_line(occlusion: Occlusion, genre: str) -> str:
    """Return which occluded part changes a prediction most, as far as computed."""
    part = occlusion.strongest
    if part is None:
        return ""
    by, by_second = occlusion.by, occlusion.by == "second"
    points = 100 * float(occlusion.change[part])
    sentences = {
        (True, True): _(
            "Without {part} the probability of {genre} in its segment is {size} lower: the largest "
            "change."
        ),
        (True, False): _(
            "Without {part} the probability of {genre} in its segment is {size} higher: the "
            "largest change."
        ),
        (False, True): _(
            "Without {part} ({instead}) the probability of {genre} is {size} lower: the largest "
            "change."
        ),
        (False, False): _(
            "Without {part} ({instead}) the probability of {genre} is {size} higher: the largest "
            "change."
        ),
    }
    n = round(abs(points))
    line = sentences[by_second, points < 0].format(
        part=_("the second at {time}").format(time=clock(part))
        if by == "second"
        else f"{ROW_NAMES[by]} {part}",
        instead=_("replaced by the mean of the training data")
        if occlusion.replaced_by == "the mean of the training data"
        else _("replaced by the song's own mean"),
        genre=genre_name(genre),
        size=ngettext("{n} point", "{n} points", n).format(n=n)
        if abs(points) >= 1
        else _("less than 1 point"),
    )
    return line if occlusion.is_finished else f"{line} {_('As far as computed.')}"
