"""The sentences of the page Inside: the numbers of a song and a network.

Conventions
-----------
As `genre.text.song`: plain text, no markup, except that a formula is LaTeX.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genre.audio.feature_config import ROW_NAMES, FeatureConfig, MfccConfig, MusicnnConfig
from genre.interpret.cell import ForgetExample, RnnStep
from genre.interpret.gradients import MemoryCurve
from genre.interpret.half_life import UnitMemory
from genre.interpret.occlusion import Occlusion
from genre.interpret.position import Position
from genre.interpret.recall_task import BATCHES, N_SYMBOLS, RecallRun
from genre.interpret.running_prediction import RunningPrediction
from genre.interpret.sequence import Shuffled, SongSequence
from genre.interpret.unrolled import SlopeProduct, UnrolledNetwork
from genre.network.config import Cell, NetworkConfig
from genre.text.format import clock, interval, percent

CELLS = {"lstm": "LSTM", "simple_rnn": "simple RNN"}


def position_line(moment: Position) -> str:
    """Return the position of a step in the song.

    Examples
    --------
    ``0:07.4, segment 3 of 9, step 12 of 26``.
    """
    return (
        f"{clock(moment.seconds)}, segment {moment.segment + 1} of {moment.n_segments}, "
        f"step {moment.step + 1} of {moment.n_steps}"
    )


def segment_line(moment: Position) -> str:
    """Return which segment of the song it is.

    Examples
    --------
    ``Segment 3 of 9, from 0:06``.
    """
    return (
        f"Segment {moment.segment + 1} of {moment.n_segments}, from {clock(moment.segment_seconds)}"
    )


def step_line(features: FeatureConfig) -> str:
    """Return what a step of a model is.

    Examples
    --------
    >>> step_line(MfccConfig())
    'A step of this model: 13 MFCCs of a frame of 93 ms, every 23 ms.'
    """
    every = f"{1000 * features.step_seconds:.0f} ms"
    if isinstance(features, MusicnnConfig):
        window = features.window_frames * features.hop_length / features.sr
        every = f"{features.step_seconds:.2f} s"
        return (
            f"A step of this model: the {features.n_values} values of musicnn's penultimate layer "
            f"over {window:.2f} s, every {every}"
            f"{', so that steps overlap' if window > features.step_seconds else ''}."
        )
    if not isinstance(features, MfccConfig):
        raise TypeError(type(features).__name__)
    values = f"{features.n_mfcc} MFCCs{' and their deltas' if features.deltas else ''}"
    if features.texture_frames > 1:
        return (
            f"A step of this model: mean and standard deviation of {values} over "
            f"{features.texture_frames} frames, {features.n_values} values, every {every}."
        )
    frame = f"{1000 * features.n_fft / features.sr:.0f} ms"
    return f"A step of this model: {values} of a frame of {frame}, every {every}."


def number(value: float) -> str:
    """Write a number with three decimals and a true minus sign.

    Examples
    --------
    >>> number(-0.5)
    '−0.500'
    """
    return f"{value:.3f}".replace("-", "−")


def state_line(numbers: RnnStep, unit: int) -> str:
    """Return how one unit of a simple RNN computes its new state."""
    return (
        f"Unit {unit}: its previous state was {number(numbers.previous_hidden[unit])}, now it is "
        f"tanh({number(numbers.sums[unit])}) = {number(numbers.hidden[unit])}."
    )


def shape_lines(sequence: SongSequence, sr: int) -> tuple[str, str]:
    """Return a song's two shapes: as samples, and as frames."""
    samples, frames = sequence.univariate_shape, sequence.multivariate_shape
    often = (
        f"{sequence.frames_per_second:.1f} vectors per second"
        if sequence.row_name == ROW_NAMES["mfcc"]
        else f"{sequence.segment_shape[1]} vectors of {sequence.row_name}s in each segment"
    )
    return (
        f"Univariate: [{samples[0]:,}, 1], {sr:,} numbers per second.",
        f"Multivariate: [{frames[0]:,}, {frames[1]}], {often}.",
    )


def drawn_line(sequence: SongSequence) -> str:
    """Return how much of a long song is drawn; empty if all of it is."""
    if sequence.seconds - sequence.drawn_seconds < sequence.drawn_seconds / 10:
        return ""
    return f"Drawn: the first {sequence.drawn_seconds:.0f} s of {clock(sequence.seconds)}."


def shuffled_line(shuffled: Shuffled, genres: Sequence[str]) -> str:
    """Return how shuffling changes the prediction."""
    before, after = int(shuffled.before.argmax()), int(shuffled.after.argmax())
    moved = (
        f"The prediction changes from {genres[before]} to {genres[after]}"
        if before != after
        else f"The prediction stays {genres[before]} ({percent(shuffled.before[before])}, then "
        f"{percent(shuffled.after[before])})"
    )
    return (
        f"{moved}; {shuffled.n_changed} of {shuffled.n_segments} segments change. "
        "All averages stay the same."
    )


def unrolled_line(unrolled: UnrolledNetwork) -> str:
    """Return what the drawn network does, and whether it is the trained one."""
    does = (
        "The last recurrent layer returns every step (return_sequences=True)"
        if unrolled.returns_sequences
        else "The last recurrent layer returns its last state only (return_sequences=False)"
    )
    return f"{does}: {'as' if unrolled.is_as_trained else 'not as'} in this model."


def pooling_line(config: NetworkConfig) -> str:
    """Return what reaches the dense layer past the recurrent ones; empty for nothing."""
    if config.pooling != "mean_shortcut":
        return ""
    return "In this model the dense layer also reads the mean of the steps themselves."


def slope_line(product: SlopeProduct) -> str:
    """Return the effect of tanh on states and gradients."""
    return (
        f"All states are between {product.smallest_state:.2f} and {product.largest_state:.2f}. "
        f"After {product.distance[-1]} steps back the slopes alone leave "
        f"{product.median[-1]:.0e} of a gradient (median unit)."
    ).replace("-", "−")


def forgetting_lines(curves: dict[str, MemoryCurve], cells: dict[str, Cell]) -> list[str]:
    """Return how far back the end of a segment depends on its steps, a line per network."""
    lines = []
    is_same_step = len({round(curve.step_seconds, 3) for curve in curves.values()}) == 1
    for name, curve in curves.items():
        which = name if is_same_step else f"{name}, steps of {curve.step_seconds:.2f} s"
        last = percent(curve.relative[-1], 1) if curve.relative[-1] >= 0.0005 else "under 0.05%"
        reach = (
            f"below 10% from {curve.tenth} steps back ({curve.tenth * curve.step_seconds:.1f} s)"
            if curve.tenth is not None
            else "never below 10%"
        )
        lines.append(
            f"{CELLS[cells[name]]} ({which}): {reach}; the gradient of the first step is "
            f"{last} of that of the last."
        )
    return [line[0].upper() + line[1:] for line in lines]


def recall_run_line(run: RecallRun) -> str:
    """Return how far a recall task is, or how it ended."""
    what = f"{CELLS[run.task.cell]}, gap {run.task.gap}: "
    what = what[0].upper() + what[1:]
    if run.outcome is None:
        if not run.batches:
            return f"{what}starting."
        return (
            f"{what}{run.batches[-1]} batches, {percent(run.accuracies[-1])} recalled recently, "
            f"gaps up to {run.longest_gaps[-1]}."
        )
    learnt = f"learnt after {run.learnt_after}" if run.learnt_after else f"not learnt in {BATCHES}"
    return (
        f"{what}{percent(run.outcome.value)} of {run.outcome.n:,} recalled (95% interval "
        f"{interval(run.outcome.low, run.outcome.high)}; guessing gets {percent(1 / N_SYMBOLS)}), "
        f"{learnt} batches, {run.seconds:.0f} s."
    )


def forget_formula(example: ForgetExample) -> str:
    """Return the textbook's example with its numbers, in LaTeX.

    Examples
    --------
    ``C^f_t = [1, 2, 4] * [1, 0, 1] = [1, 0, 4]``.
    """
    cell, gate, kept = (
        f"[{', '.join(f'{value:.4g}' for value in values)}]"
        for values in (example.previous_cell, example.forget_gate, example.kept)
    )
    return rf"C^f_t = C_{{t-1}} * f_t = {cell} * {gate} = {kept}"


def half_life_line(memory: UnitMemory) -> str:
    """Return the longest half-life, and how many are longer than a segment."""
    beyond = (
        f" {memory.n_beyond_segment} of {len(memory.units)} are longer than a segment."
        if memory.n_beyond_segment
        else ""
    )
    return (
        f"Unit {memory.units[0]} has the longest half-life: "
        f"{memory.half_life_seconds[0]:.1f} s ({memory.half_life_steps[0]:.0f} steps). "
        f"Median: {np.median(memory.half_life_seconds):.2f} s.{beyond}"
    )


def final_prediction_line(running: RunningPrediction, segment: int, genres: Sequence[str]) -> str:
    """Return when the prediction for a segment became final."""
    final = genres[int(running.top[segment, -1])]
    decided = int(running.decided[segment])
    if decided == 0:
        return f"The prediction is {final} from the first step on."
    before = genres[int(running.top[segment, decided - 1])]
    return (
        f"The prediction is final after {running.decided_seconds[segment]:.1f} s (step "
        f"{running.prefixes[decided]} of {running.prefixes[-1]}): {final} instead of {before}."
    )


def final_predictions_line(running: RunningPrediction) -> str:
    """Return when the prediction became final, over all segments."""
    seconds, n = running.decided_seconds, len(running.decided)
    if n == 1:
        return f"The prediction is final after {seconds[0]:.1f} s."
    return (
        f"For half of the {n} segments the prediction is final within {np.median(seconds):.1f} s "
        f"of {running.segment_seconds:g} s; the longest takes {seconds.max():.1f} s."
    )


def occlusion_line(occlusion: Occlusion, genre: str) -> str:
    """Return which occluded part changes a prediction most, as far as computed."""
    if np.isnan(occlusion.change).all():
        return ""
    i = int(np.nanargmax(np.abs(occlusion.change)))
    change = 100 * occlusion.change[i]
    size = f"{abs(change):.0f} points" if abs(change) >= 1 else "less than 1 point"
    if occlusion.by == "second":
        what, where = f"the second at {clock(i)}", " in its segment"
    else:
        what, where = f"{ROW_NAMES[occlusion.by]} {i}", ""
    return (
        f"Without {what} (replaced by {occlusion.replaced_by}) the probability of "
        f"{genre}{where} is {size} {'lower' if change < 0 else 'higher'}: the "
        f"largest change"
        f"{'' if occlusion.is_finished else ' so far'}."
    )


def limitation(config: NetworkConfig, scene: str) -> str:
    """Return what a scene cannot show for a network; empty if it shows all."""
    if config.bidirectional:
        return {
            "network": "This model is bidirectional: its forward half is shown.",
            "cell": "This model is bidirectional: its forward half is shown.",
            "cinema": "This model is bidirectional: each layer has a second set of heat maps.",
            "verdict": "This model is bidirectional, so it is run again on some prefixes.",
        }.get(scene, "")
    if config.cell == "simple_rnn":
        return {
            "cell": "This model is a simple RNN, which has no gates. Choose an LSTM model above; "
            "the textbook example needs no model.",
            "cinema": "This model is a simple RNN: it only has hidden states, no gates.",
        }.get(scene, "")
    return ""
