"""What holds at the stops on memory: gradients, forget gates, and the running prediction.

Conventions
-----------
As `genre.tour.song_reveals`.
"""

from __future__ import annotations

import numpy as np

from genre.charts.colours import TRAINING, VALIDATION, genre_colour
from genre.interpret.gradient_paths import measure_paths
from genre.interpret.half_life import UnitMemory, rank_memory
from genre.interpret.running_prediction import predict_prefixes
from genre.interpret.trace import LayerColumns, trace_song
from genre.language import _
from genre.text.format import percent
from genre.text.genres import genre_name
from genre.tour.reveal import Reveal, axis, even_ticks, line, lines
from genre.tour.song_reveals import MAX_DRAWN_SECONDS, N_BARS, Heard

SMALLEST_DRAWN = 1e-6
"""Where the logarithmic axis of the gradient ends at most."""


def reveal_forgetting(song: Heard, simple: Heard | None) -> Reveal:
    """Measure how much the last state depends on each step, for an LSTM and a simple RNN."""
    curves = {
        name: measure_paths(
            one.classifier.network,
            one.analysis.steps,
            step_seconds=one.classifier.features.step_seconds,
        )
        for name, one in (("lstm", song), ("simple", simple))
        if one is not None
    }
    asked = curves.get("simple", curves["lstm"])
    whole = {name: curve.relative() for name, curve in curves.items()}
    left = {name: float(one[-1]) for name, one in whole.items()}
    lowest = max(SMALLEST_DRAWN, min(float(one.min()) for one in whole.values()))
    exponent = int(np.floor(np.log10(lowest)))
    n_back = asked.last
    asked_left = float(asked.relative()[-1])
    if "simple" not in left:
        said = _("{n} steps back, {lstm} of the influence is left in this network.")
    elif left["lstm"] > 1.2 * left["simple"]:
        said = _(
            "After {n} steps back, {simple} is left in the simple RNN and {lstm} in the LSTM: on "
            "this song the LSTM reaches further back."
        )
    elif left["simple"] > 1.2 * left["lstm"]:
        said = _(
            "After {n} steps back, {simple} is left in the simple RNN and {lstm} in the LSTM: on "
            "this song the LSTM reaches no further back."
        )
    else:
        said = _(
            "After {n} steps back, {simple} is left in the simple RNN and {lstm} in the LSTM: "
            "about the same on this song."
        )
    shares = {name: small_percent(value) for name, value in left.items()}
    called = {"lstm": ("LSTM", TRAINING), "simple": (_("Simple RNN"), VALIDATION)}
    return Reveal(
        answer=int(asked_left < 0.5) + int(asked_left < 0.01),
        sentence=said.format(n=n_back, **shares),
        chart=lines(
            [
                line(*called[name], np.arange(len(one)), np.maximum(one, 10.0**exponent))
                for name, one in whole.items()
            ],
            axis(_("Steps before the end"), 0, n_back, even_ticks(0, n_back, _step_of(n_back))),
            axis(
                _("Influence on the last state"),
                10.0**exponent,
                max(1.0, *(float(one.max()) for one in whole.values())),
                [(10.0**e, small_percent(10.0**e)) for e in range(exponent, 1)],
            ),
            log=True,
        ),
        about=_("Norm of the gradient, relative to the last step; mean over this song's segments."),
        models=tuple(one.classifier.card.name for one in (song, simple) if one),
    )


def reveal_valve(song: Heard) -> Reveal:
    """Find the unit whose forget gate keeps longest, and draw its gate."""
    features = song.classifier.features
    trace = trace_song(song.classifier.network, song.analysis.steps, features)
    ranked = [(rank_memory(trace, layer), layer) for layer in trace.layers]
    memory, layer = max(ranked, key=lambda pair: float(pair[0].half_life_steps[0]))
    seconds, segment = float(memory.half_life_seconds[0]), features.segment_seconds
    median = len(memory.units) // 2
    numbers = {
        "unit": int(memory.units[0]),
        "layer": memory.layer,
        "gate": f"{memory.forget[0]:.2f}",
        "steps": f"{memory.half_life_steps[0]:,.0f}",
        "seconds": f"{seconds:.1f}",
        "median": f"{memory.half_life_seconds[median]:.2f}",
        "segment": f"{segment:g}",
    }
    said = (
        _(
            "Unit {unit} of layer {layer} has the longest memory: at the mean of its "
            "gate, {gate}, half is gone after {seconds} s ({steps} steps), within the "
            "segment of {segment} s. For the median unit of the layer it is {median} s."
        )
        if seconds <= segment
        else _(
            "Unit {unit} of layer {layer} has the longest memory: at the mean of its "
            "gate, {gate}, half would be gone after {seconds} s, longer than the segment "
            "of {segment} s. For the median unit of the layer it is {median} s."
        )
    )
    drawn = min(trace.n_columns, int(MAX_DRAWN_SECONDS / trace.column_seconds))
    end = drawn * trace.column_seconds
    times = (np.arange(drawn) + 0.5) * trace.column_seconds
    return Reveal(
        answer=int(seconds > segment / 10) + int(seconds > segment),
        sentence=said.format(**numbers),
        chart=lines(
            [
                _gate(memory, layer, 0, _("longest memory"), TRAINING, times),
                _gate(memory, layer, median, _("median unit"), VALIDATION, times),
            ],
            axis(_("Seconds"), 0, end, even_ticks(0, end, _step_of(end))),
            axis(_("Forget gate"), 0, 1, even_ticks(0, 1, 0.25)),
        ),
        about=_("1: keeps all that the cell holds. 0: forgets it."),
        models=(song.classifier.card.name,),
    )


def reveal_decision(song: Heard) -> Reveal:
    """Predict after every step, and find the last change of each segment's prediction."""
    features, prediction = song.classifier.features, song.analysis.prediction
    running = predict_prefixes(song.classifier.network, song.analysis.steps, features)
    audible = np.flatnonzero(prediction.audible)
    seconds = running.decided_seconds[audible]
    middle, whole = float(np.median(seconds)), running.segment_seconds
    slowest = int(audible[seconds.argmax()])
    top = np.argsort(-running.probabilities[slowest].max(axis=0), kind="stable")[:N_BARS]
    said = (
        _(
            "The one segment is decided after {longest:.1f} s of {whole:g} s: from then on the "
            "prediction does not change."
        )
        if len(audible) == 1
        else _(
            "For half of the {n} segments the prediction is final within {middle:.1f} s of "
            "{whole:g} s; the longest takes {longest:.1f} s."
        )
    )
    return Reveal(
        answer=int(middle > whole / 3) + int(middle > 2 * whole / 3),
        sentence=said.format(n=len(audible), middle=middle, whole=whole, longest=seconds.max()),
        chart=lines(
            [
                line(
                    genre_name(prediction.genres[i]),
                    genre_colour(prediction.genres[i], prediction.genres),
                    running.seconds,
                    running.probabilities[slowest, :, i],
                )
                for i in top
            ],
            axis(_("Seconds of the segment read"), 0, whole, even_ticks(0, whole, 0.5)),
            axis(_("Probability"), 0, 1, [(s / 4, percent(s / 4)) for s in range(5)]),
            mark=float(running.decided_seconds[slowest]),
        ),
        about=_("Segment {segment}; dashed: the last change of its prediction.").format(
            segment=slowest + 1
        ),
        models=(song.classifier.card.name,),
    )


def small_percent(share: float) -> str:
    """Write a share in percent with as many digits as a small one needs.

    Examples
    --------
    >>> small_percent(0.53), small_percent(0.0145), small_percent(0.00004), small_percent(1e-6)
    ('53%', '1.5%', '0.004%', '0.0001%')
    """
    if share <= 0:
        return percent(0)
    digits = max(0, -int(np.floor(np.log10(share))) - 2) if share < 0.01 else int(share < 0.1)
    written = f"{100 * share:.{min(digits, 8)}f}"
    return (written.rstrip("0").rstrip(".") if "." in written else written) + "%"


def _gate(
    memory: UnitMemory, layer: LayerColumns, place: int, name: str, colour: str, times: np.ndarray
) -> dict[str, object]:
    """Return the forget gate of one unit over time."""
    unit = int(memory.units[place])
    values = layer.columns["forget_gate"][: len(times), unit]
    return line(_("unit {unit}, {name}").format(unit=unit, name=name), colour, times, values)


def _step_of(length: float) -> float:
    """Return a round distance of ticks: at most six."""
    return next(step for step in (0.5, 1, 2, 5, 10, 20, 50, 100, 1000) if length / step <= 6)
