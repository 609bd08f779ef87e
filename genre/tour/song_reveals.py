"""What holds at the stops on the song: each function computes its numbers on it.

Conventions
-----------
A `Heard` is a song as one classifier read it.  A sentence follows from the numbers that it names,
so it is right for any song and model; where these do not show what the stop is about, it says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genre.audio.signal import Signal, waveform_envelope
from genre.charts.colours import TRAINING, VALIDATION
from genre.interpret.sequence import Shuffled, play_shuffled, shuffle_steps
from genre.language import _
from genre.models.card import ModelCard
from genre.models.classifier import Classifier
from genre.models.song_analysis import SongAnalysis
from genre.text.format import interval, percent
from genre.text.genres import genre_name
from genre.tour.reveal import Reveal, axis, bars, even_ticks, heat, wave

N_BARS = 5
"""Genres that are compared: the most probable ones."""
ABOUT_AS_SURE = 0.05
MAX_DRAWN_SECONDS = 12.0
N_BUCKETS = 600


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A song as one classifier read it."""

    analysis: SongAnalysis
    classifier: Classifier

    @property
    def first_audible(self) -> int:
        """Index of the first segment that is not silent; of the first, if all are."""
        return int(self.analysis.prediction.audible.argmax())


def reveal_waveform(song: Heard) -> Reveal:
    """Count the samples of a segment, and draw them."""
    features = song.classifier.features
    seconds, rate = features.segment_seconds, features.sr
    n = features.segment_samples
    begin = song.first_audible * n
    samples = song.analysis.beginning.samples
    begin = begin if begin + n <= len(samples) else 0
    segment = Signal(samples[begin : begin + n], rate)
    return Reveal(
        answer=int(n >= 1000) + int(n >= 10_000),
        sentence=_(
            "{rate:,} numbers a second: a segment of {seconds:g} s is {n:,} of them, the whole "
            "song {total:,}. None of them means anything alone."
        ).format(rate=rate, seconds=seconds, n=n, total=song.analysis.n_samples),
        chart=wave(
            waveform_envelope(segment, N_BUCKETS),
            axis(_("Seconds of the segment"), 0, segment.seconds, even_ticks(0, seconds, 0.5)),
        ),
        about=_("The waveform of segment {segment}.").format(segment=begin // n + 1),
        models=(song.classifier.card.name,),
    )


def reveal_frames(song: Heard) -> Reveal:
    """Compare the steps of a segment with its samples, and draw what the network reads."""
    features = song.classifier.features
    n_samples = features.segment_samples
    steps = song.analysis.steps[song.first_audible]  # (n_steps, n_values)
    deviation = steps.std(axis=0)
    standard = (steps - steps.mean(axis=0)) / np.where(deviation > 0, deviation, 1)
    return Reveal(
        answer=0,
        sentence=_(
            "A segment is {n_samples:,} samples, but {n_steps} steps of {n_values} values: the way "
            "back from the last step to the first is {ratio:,.0f} times shorter."
        ).format(
            n_samples=n_samples,
            n_steps=len(steps),
            n_values=features.n_values,
            ratio=n_samples / len(steps),
        ),
        chart=heat(
            standard.T,
            axis(_("Step"), 0, len(steps), even_ticks(0, len(steps), max(1, len(steps) // 5))),
            axis(_("Value"), 0, steps.shape[1]),
        ),
        about=_("What the network reads of segment {segment}.").format(
            segment=song.first_audible + 1
        ),
        models=(song.classifier.card.name,),
    )


def shuffle(song: Heard) -> Shuffled:
    """Shuffle the steps of every segment, once for picture and sound."""
    analysis = song.analysis
    return shuffle_steps(
        song.classifier.network, analysis.steps, audible=analysis.prediction.audible
    )


def reveal_order(song: Heard) -> Reveal:
    """Shuffle the steps of every segment, and predict again."""
    shuffled, genres = shuffle(song), song.analysis.prediction.genres
    before, after = int(shuffled.before.argmax()), int(shuffled.after.argmax())
    moved = float(shuffled.after[before] - shuffled.before[before])
    numbers = {
        "genre": genre_name(genres[before]),
        "other": genre_name(genres[after]),
        "before": percent(shuffled.before[before]),
        "after": percent(shuffled.after[before]),
        "n": shuffled.n_changed,
        "total": shuffled.n_segments,
    }
    if before != after:
        answer = 2
        said = _(
            "Shuffled, {genre} becomes {other}; {n} of {total} segments change. The averages are "
            "the same, so the network used the order."
        )
    elif abs(moved) > ABOUT_AS_SURE:
        answer = 1
        said = _(
            "It stays {genre}, but its probability moves from {before} to {after}; {n} of {total} "
            "segments change. The averages are the same, so the network used the order."
        )
    else:
        answer = 0
        said = _(
            "It stays {genre}, {before} and then {after}; {n} of {total} segments change. For this "
            "song the averages tell the network nearly all that it uses."
        )
    return Reveal(
        answer,
        said.format(**numbers),
        _compared(genres, [shuffled.before, shuffled.after], [_("in order"), _("shuffled")]),
        _("Mean over the audible segments."),
        models=(song.classifier.card.name,),
    )


def hear_shuffled(song: Heard, seconds: float = MAX_DRAWN_SECONDS) -> tuple[Signal, Signal]:
    """Return the beginning of a song, and the same with its steps shuffled as in `reveal_order`.

    Returns
    -------
    in_order, shuffled : Signal
        Of at most so many seconds: whole segments, at least one, or all of a shorter song.
    """
    features, beginning = song.classifier.features, song.analysis.beginning
    n = max(1, int(seconds // features.segment_seconds)) * features.segment_samples
    begin = Signal(beginning.samples[:n], beginning.sr)
    shuffled = play_shuffled(begin, shuffle(song).order, features)
    return Signal(begin.samples[: len(shuffled.samples)], begin.sr), shuffled


def reveal_ear(course: Heard, ear: Heard) -> Reveal:
    """Compare what the course's network and the trained ear say about a song."""
    one, two = course.analysis.prediction, ear.analysis.prediction
    said = (
        _("Both say {one}: the course with {a}, the trained ear with {b}.")
        if one.genre == two.genre
        else _("The course says {one} with {a}, the trained ear {two} with {b}.")
    ).format(
        one=genre_name(one.genre),
        two=genre_name(two.genre),
        a=percent(one.probability),
        b=percent(two.probability),
    )
    figures = [_figure_line(heard.classifier.card) for heard in (course, ear)]
    names = [heard.classifier.card.name for heard in (course, ear)]
    genres = one.genres
    values = [one.probabilities, np.array([_of(two.genres, two.probabilities, g) for g in genres])]
    differ = 1 if one.probability >= two.probability else 2
    return Reveal(
        answer=0 if one.genre == two.genre else differ,
        sentence=" ".join([said, *(figure for figure in figures if figure)]),
        chart=_compared(genres, values, names),
        about=_("Mean over the audible segments."),
        models=tuple(names),
    )


def _compared(
    genres: Sequence[str], values: Sequence[np.ndarray], names: Sequence[str]
) -> dict[str, object]:
    """Return bars of the most probable genres, two for each."""
    top = np.argsort(-np.maximum(*values), kind="stable")[:N_BARS]
    return bars(
        [
            (genre_name(genres[i]), [(float(one[i]), percent(float(one[i]))) for one in values])
            for i in top
        ],
        list(zip(names, (TRAINING, VALIDATION), strict=True)),
    )


def _figure_line(card: ModelCard) -> str:
    """Return the accuracy of a model on artists that it has not met; empty if not measured."""
    figure = card.leak_free_figure
    if figure is None:
        return ""
    said = _(
        "Over the folds, artists whole, {name} is right for {value} of {n} tracks "
        "({between}{caveat})."
    )
    return said.format(
        name=card.name,
        value=percent(figure.value),
        n=figure.n,
        between=interval(figure.low, figure.high),
        caveat=card.caveat,
    )


def _of(genres: Sequence[str], probabilities: np.ndarray, genre: str) -> float:
    """Return the probability of a genre; 0 where the model does not know it."""
    return float(probabilities[genres.index(genre)]) if genre in genres else 0.0
