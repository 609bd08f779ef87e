"""Sentences about the moments that a song's prediction rests on.

Conventions
-----------
As `genre.text.song`.
"""

from __future__ import annotations

from genre.interpret.why import Moment, Verdict, Why
from genre.text.format import clock, percent

HELP = (
    "The model judges every segment by itself; the song's probabilities are their mean. What "
    "speaks for the prediction makes it more probable than the whole song does, what speaks "
    "against it less. Without means: the mean of all other segments."
)


def title(why: Why) -> str:
    """Return the question.

    Examples
    --------
    >>> title(Why(Verdict("jazz", 0.6, 0.6)))
    'Why jazz?'
    """
    return f"Why {why.verdict.genre}?"


def moment_label(moment: Moment, predicted: str) -> str:
    """Return what a button says that plays a moment.

    Examples
    --------
    >>> moment_label(Moment(12, 15, "rock", 0.25), "jazz")
    '0:12 to 0:15: sounds like rock, jazz 25%'
    >>> moment_label(Moment(12, 15, "jazz", 0.9), "jazz")
    '0:12 to 0:15: jazz 90%'
    """
    heard = "" if moment.genre == predicted else f"sounds like {moment.genre}, "
    span = f"{clock(moment.start_seconds)} to {clock(moment.end_seconds)}"
    return f"{span}: {heard}{predicted} {percent(moment.probability)}"


def sentence(why: Why) -> str:
    """Return what the prediction would have been without these moments, in one sentence or two.

    Examples
    --------
    >>> sentence(Why(Verdict("jazz", 0.6, 0.6)))
    'All segments of this song say the same.'
    """
    sides = (("for", why.supporting, why.without_supporting),
             ("against", why.opposing, why.without_opposing))  # fmt: skip
    said = [
        f"Without {_these(moments)} that {_speak(moments)} most {side} it, "
        f"this would {_outcome(verdict, why)}."
        for side, moments, verdict in sides
        if verdict
    ]
    return " ".join(said) or "All segments of this song say the same."


def _these(moments: tuple[Moment, ...]) -> str:
    words = {1: "the moment", 2: "the two moments", 3: "the three moments"}
    return words[len(moments)]


def _speak(moments: tuple[Moment, ...]) -> str:
    return "speaks" if len(moments) == 1 else "speak"


def _outcome(verdict: Verdict, why: Why) -> str:
    before = why.verdict
    if verdict.genre != before.genre:
        return f"have been {verdict.genre} ({percent(verdict.probability)}), not {before.genre}"
    if percent(verdict.probability) == percent(before.probability):
        return f"still be {before.genre}, at {percent(before.probability)} as before"
    change = f"at {percent(verdict.probability)} instead of {percent(before.probability)}"
    return f"still be {before.genre}, {change}"
