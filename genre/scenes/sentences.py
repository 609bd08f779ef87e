"""The sentences of the page Inside: the numbers of a song and a network.

Conventions
-----------
As `genre.text.song`: plain text, no markup, except that a formula is LaTeX.
"""

from __future__ import annotations

from collections.abc import Sequence

from genre.audio.feature_config import FeatureConfig, MfccConfig, MusicnnConfig
from genre.interpret.position import Position
from genre.interpret.sequence import Shuffled
from genre.language import _
from genre.network.config import NetworkConfig
from genre.text.format import clock, percent
from genre.text.genres import genre_name


def position_line(moment: Position) -> str:
    """Return the position of a step in the song.

    Examples
    --------
    ``0:07.4, segment 3 of 9, step 12 of 26``.
    """
    return _("{time}, segment {segment} of {n_segments}, step {step} of {n_steps}").format(
        time=clock(moment.seconds),
        segment=moment.segment + 1,
        n_segments=moment.n_segments,
        step=moment.step + 1,
        n_steps=moment.n_steps,
    )


def segment_line(moment: Position) -> str:
    """Return which segment of the song it is.

    Examples
    --------
    ``Segment 3 of 9, from 0:06``.
    """
    return _("Segment {segment} of {n}, from {time}").format(
        segment=moment.segment + 1, n=moment.n_segments, time=clock(moment.segment_seconds)
    )


def step_line(features: FeatureConfig) -> str:
    """Return what a step of a model is.

    Examples
    --------
    >>> step_line(MfccConfig())
    'A step of this model: 13 MFCCs of a frame of 93 ms, every 23 ms.'
    """
    ms = f"{1000 * features.step_seconds:.0f}"
    if isinstance(features, MusicnnConfig):
        window = features.window_frames * features.hop_length / features.sr
        said = (
            _(
                "A step of this model: the {n} values of musicnn's penultimate layer over "
                "{window:.2f} s, every {every:.2f} s, so that steps overlap."
            )
            if window > features.step_seconds
            else _(
                "A step of this model: the {n} values of musicnn's penultimate layer over "
                "{window:.2f} s, every {every:.2f} s."
            )
        )
        return said.format(n=features.n_values, window=window, every=features.step_seconds)
    if not isinstance(features, MfccConfig):
        raise TypeError(type(features).__name__)
    values = (_("{n} MFCCs and their deltas") if features.deltas else _("{n} MFCCs")).format(
        n=features.n_mfcc
    )
    if features.texture_frames > 1:
        return _(
            "A step of this model: mean and standard deviation of {values} over {frames} frames, "
            "{n} values, every {ms} ms."
        ).format(values=values, frames=features.texture_frames, n=features.n_values, ms=ms)
    return _("A step of this model: {values} of a frame of {frame} ms, every {ms} ms.").format(
        values=values, frame=f"{1000 * features.n_fft / features.sr:.0f}", ms=ms
    )


def number(value: float) -> str:
    """Write a number with three decimals and a true minus sign.

    Examples
    --------
    >>> number(-0.5)
    '−0.500'
    """
    return f"{value:.3f}".replace("-", "−")


def shuffled_line(shuffled: Shuffled, genres: Sequence[str]) -> str:
    """Return how shuffling changes the prediction."""
    before, after = int(shuffled.before.argmax()), int(shuffled.after.argmax())
    said = (
        _(
            "The prediction changes from {before} to {after}; {n_changed} of {n} segments change. "
            "All averages stay the same."
        )
        if before != after
        else _(
            "The prediction stays {before} ({share}, then {then}); {n_changed} of {n} segments "
            "change. All averages stay the same."
        )
    )
    return said.format(
        before=genre_name(genres[before]),
        after=genre_name(genres[after]),
        share=percent(shuffled.before[before]),
        then=percent(shuffled.after[before]),
        n_changed=shuffled.n_changed,
        n=shuffled.n_segments,
    )


def pooling_line(config: NetworkConfig) -> str:
    """Return what reaches the dense layer past the recurrent ones; empty for nothing."""
    if config.pooling != "mean_shortcut":
        return ""
    return _("In this model the dense layer also reads the mean of the steps themselves.")


def limitation(config: NetworkConfig, scene: str) -> str:
    """Return what a scene cannot show for a network; empty if it shows all."""
    if config.bidirectional:
        return {
            "cinema": _("This model is bidirectional: each layer has a second set of units."),
            "verdict": _("This model is bidirectional, so it is run again on some prefixes."),
        }.get(scene, "")
    if config.cell == "simple_rnn":
        return {
            "cinema": _("This model is a simple RNN: it only has hidden states, no gates."),
        }.get(scene, "")
    return ""
