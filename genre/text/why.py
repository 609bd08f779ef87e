"""Sentences about the moments that a song's prediction rests on.

Conventions
-----------
As `genre.text.song`.
"""

from __future__ import annotations

from genre.interpret.why import Moment, Verdict, Why
from genre.language import N_, _
from genre.text.format import clock, percent
from genre.text.genres import genre_name

HELP = N_(
    "The model judges every segment by itself; the song's probabilities are their "
    "mean. What speaks for the prediction makes it more probable than the whole "
    "song does, what speaks against it less. “Without” is the mean of all other "
    "segments."
)


def title(why: Why) -> str:
    """Return the question.

    Examples
    --------
    >>> title(Why(Verdict("jazz", 0.6, 0.6)))
    'Why jazz?'
    """
    return _("Why {genre}?").format(genre=genre_name(why.verdict.genre))


def moment_label(moment: Moment, predicted: str) -> str:
    """Return what a button says that plays a moment.

    Examples
    --------
    >>> moment_label(Moment(12, 15, "rock", 0.25), "jazz")
    '0:12 to 0:15: sounds like rock, jazz 25%'
    >>> moment_label(Moment(12, 15, "jazz", 0.9), "jazz")
    '0:12 to 0:15: jazz 90%'
    """
    said = (
        _("{start} to {end}: {predicted} {share}")
        if moment.genre == predicted
        else _("{start} to {end}: sounds like {heard}, {predicted} {share}")
    )
    return said.format(
        start=clock(moment.start_seconds),
        end=clock(moment.end_seconds),
        heard=genre_name(moment.genre),
        predicted=genre_name(predicted),
        share=percent(moment.probability),
    )


def sentence(why: Why) -> str:
    """Return what the prediction would have been without these moments, in one sentence or two.

    Examples
    --------
    >>> sentence(Why(Verdict("jazz", 0.6, 0.6)))
    'All segments of this song say the same.'
    """
    said = [
        condition.format(outcome=_outcome(verdict, why))
        for condition, verdict in (
            (_without_supporting(len(why.supporting)), why.without_supporting),
            (_without_opposing(len(why.opposing)), why.without_opposing),
        )
        if verdict
    ]
    return " ".join(said) or _("All segments of this song say the same.")


def _without_supporting(n: int) -> str:
    """Return the sentence on the moments for a prediction, of which there are up to three."""
    return {
        1: _("Without the moment that speaks most for it, this would {outcome}."),
        2: _("Without the two moments that speak most for it, this would {outcome}."),
    }.get(n, _("Without the three moments that speak most for it, this would {outcome}."))


def _without_opposing(n: int) -> str:
    """Return the sentence on the moments against a prediction."""
    return {
        1: _("Without the moment that speaks most against it, this would {outcome}."),
        2: _("Without the two moments that speak most against it, this would {outcome}."),
    }.get(n, _("Without the three moments that speak most against it, this would {outcome}."))


def _outcome(verdict: Verdict, why: Why) -> str:
    """Return what the prediction would have been: the end of such a sentence."""
    before = why.verdict
    was, now = percent(before.probability), percent(verdict.probability)
    if verdict.genre != before.genre:
        said = _("have been {genre} ({now}), not {before}")
    elif was == now:
        said = _("still be {genre}, at {now} as before")
    else:
        said = _("still be {genre}, at {now} instead of {was}")
    return said.format(
        genre=genre_name(verdict.genre), before=genre_name(before.genre), now=now, was=was
    )
