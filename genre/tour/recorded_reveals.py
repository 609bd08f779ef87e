"""What holds at the stops about training: recorded memory tests, runs and splits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from genre.charts.colours import NEUTRAL, TRAINING, VALIDATION
from genre.compare.leakage import LeakageStudy
from genre.errors import RunError
from genre.interpret.memory_run import MemoryRun
from genre.interpret.memory_test import GUESSING
from genre.language import N_, _, ngettext
from genre.paths import RECORDED
from genre.runs.files import history_of, read_events
from genre.text.format import percent
from genre.tour.reveal import Reveal, axis, bars, line, lines

LENGTH = 100
"""Of the stop's question, in steps."""
RECALLED = 0.5
"""A cell recalls where more than half is recalled, in the mean over the seeds."""
CELLS = {
    "simple_rnn": (N_("Simple RNN"), VALIDATION),
    "lstm": (N_("LSTM"), TRAINING),
    "open_lstm": (N_("LSTM, forget gates open at first"), NEUTRAL),
}


def reveal_memory(runs: Sequence[MemoryRun]) -> Reveal:
    """Compare what cells recalled of the first symbol of a sequence, in the recorded runs.

    Raises
    ------
    RunError
        If no finished run of each cell has the length of the question.
    """
    shares: dict[str, dict[int, list[float]]] = {cell: {} for cell in CELLS}
    for run in runs:
        if run.outcome is not None and run.task.task == "recall":
            shares[run.task.cell].setdefault(run.task.length, []).append(run.outcome.value)
    if not all(LENGTH in of for of in shares.values()):
        raise RunError(
            _(
                "there are no recorded memory tests of all cells with {length} steps here. Record "
                "them with: python -m genre memory-test --record."
            ).format(length=LENGTH)
        )
    means = {cell: float(np.mean(of[LENGTH])) for cell, of in shares.items()}
    is_simple, is_lstm, is_open = (means[cell] > RECALLED for cell in CELLS)
    if is_lstm and not is_simple:
        said = _("The LSTM recalls it, and the simple RNN does not.")
    elif is_open and not is_simple:
        said = _("Only the LSTM whose forget gates are open at first recalls it.")
    elif is_open and is_simple and is_lstm:
        said = _("All of them recall it.")
    elif not (is_open or is_simple or is_lstm):
        said = _("None of them recalls it.")
    else:
        said = _("None of the answers matches these runs.")
    n_seeds = len(shares["lstm"][LENGTH])
    numbers = ngettext(
        "After {length} steps the simple RNN recalls {simple_rnn}, the LSTM {lstm}, with forget "
        "gates open at first {open_lstm} ({n} seed; guessing gets {chance}).",
        "After {length} steps the simple RNN recalls {simple_rnn}, the LSTM {lstm}, with forget "
        "gates open at first {open_lstm} (means of {n} seeds; guessing gets {chance}).",
        n_seeds,
    ).format(
        length=LENGTH,
        n=n_seeds,
        chance=percent(GUESSING["recall"], 1),
        **{cell: percent(mean) for cell, mean in means.items()},
    )
    return Reveal(
        answer=0 if is_lstm and not is_simple else 1 if is_open and not is_simple else 2,
        sentence=f"{said} {numbers}",
        chart=_memory_chart(shares),
        about=_("Each dot is a recorded run; the lines join the means."),
    )


def _memory_chart(shares: dict[str, dict[int, list[float]]]) -> dict[str, Any]:
    """Draw the share recalled by the length, evenly spaced: a line of means, a dot each run."""
    lengths = sorted({length for of in shares.values() for length in of})
    series = []
    for i, (cell, (name, colour)) in enumerate(CELLS.items()):
        own = sorted(shares[cell])
        places = [lengths.index(length) for length in own]
        means = [float(np.mean(shares[cell][length])) for length in own]
        series.append(line(_(name), colour, np.array(places), np.array(means)))
        dots = [
            (place + 0.06 * (i - 1), value)
            for place, length in zip(places, own, strict=True)
            for value in shares[cell][length]
        ]
        series.append(line("", colour, *zip(*dots, strict=True), isDotted=True))
    ticks = [(i, f"{length:,}") for i, length in enumerate(lengths)]
    return lines(
        series,
        axis(_("Steps of a sequence"), -0.3, len(lengths) - 0.7, ticks),
        axis(_("Recalled"), 0, 1, [(s / 4, percent(s / 4)) for s in range(5)]),
    )


def reveal_training(
    history: Sequence[dict[str, Any]], name: str, *, n_epochs: int, is_recorded: bool
) -> Reveal:
    """Compare the validation accuracy after the first epoch with the one after the last.

    Parameters
    ----------
    history : sequence of dict
        A row for each epoch.
    name : str
        Of the run.
    n_epochs : int
        The planned ones: the end of the axis.
    is_recorded : bool
        Whether the run comes with the program.

    Raises
    ------
    RunError
        If fewer than two epochs have a validation accuracy.
    """
    rows = [row for row in history if row.get("val_accuracy") is not None]
    if len(rows) < 2:
        raise RunError(
            _(
                "the run {name} has {n} epochs with a validation accuracy, expected two "
                "or more. Wait for them, or open another run."
            ).format(name=name, n=len(rows))
        )
    first, last = (float(row["val_accuracy"]) for row in (rows[0], rows[-1]))
    share = first / last if last else 1.0
    said = _(
        "{first} of the validation segments are right after the first epoch, {last} after epoch "
        "{n}: the first epoch brings {share} of that. In training, {training} are right at last."
    ).format(
        first=percent(first),
        last=percent(last),
        n=rows[-1]["epoch"],
        share=percent(share),
        training=percent(float(rows[-1]["accuracy"])),
    )
    about = _("Recorded run of the preset {name}.") if is_recorded else _("Run {name}.")
    end = max(n_epochs, rows[-1]["epoch"])
    step = max(1, -(-end // 6))
    return Reveal(
        answer=0 if share < 0.5 else 1 if share < 0.9 else 2,
        sentence=said,
        chart=lines(
            [
                line(called, colour, [r["epoch"] for r in rows], [r[key] for r in rows])
                for called, colour, key in (
                    (_("training"), TRAINING, "accuracy"),
                    (_("validation"), VALIDATION, "val_accuracy"),
                )
            ],
            axis(_("Epoch"), 0, end, [(i, str(i)) for i in range(0, end + 1, step)]),
            axis(_("Accuracy"), 0, 1, [(s / 4, percent(s / 4)) for s in range(5)]),
        ),
        about=about.format(name=name),
    )


def reveal_leakage(study: LeakageStudy) -> Reveal:
    """Compare the accuracy of one network under three splits of the same data, as recorded."""
    values = {
        split: study.run(split).evaluation.segment_accuracy.value
        for split in ("course", "track", "artist")
    }
    seen = study.run("course", is_control=True).by_seen_track.track_seen
    left = values["artist"] / values["course"]
    said = _(
        "{course} of the segments are right when segments are split at random, {track} with whole "
        "tracks, {artist} with whole artists. With permuted genres, where there is nothing to "
        "learn, it is still right for {control} of the segments of songs it trained on: it "
        "recognises recordings."
    ).format(
        **{name: percent(value) for name, value in values.items()}, control=percent(seen.value)
    )
    called = {
        "course": _("segments at random"),
        "track": _("whole tracks"),
        "artist": _("whole artists"),
    }
    return Reveal(
        answer=0 if left >= 0.9 else 1 if left >= 0.5 else 2,
        sentence=said,
        chart=bars(
            [
                (
                    called[split],
                    [
                        (one, percent(one))
                        for one in (
                            values[split],
                            study.run(split, is_control=True).evaluation.segment_accuracy.value,
                        )
                    ],
                )
                for split in values
            ],
            [(_("true genres"), TRAINING), (_("permuted: nothing to learn"), VALIDATION)],
        ),
        about=_("Accuracy on test segments, by type of split; recorded runs."),
    )


def recorded_history(preset: str, folder: Path = RECORDED) -> list[dict[str, Any]]:
    """Return a row for each epoch of the run of a preset that comes with the program.

    Raises
    ------
    RunError
        If it is not there, or cannot be read.
    """
    history = history_of(read_events(folder / preset)[0])
    if not history:
        raise RunError(
            _(
                "there is no recorded run of the preset {preset} here. Install the program again."
            ).format(preset=preset)
        )
    return history
