"""The sentences of the scene on forgetting: what carries a gradient, and what the tests say.

Conventions
-----------
As `genre.scenes.sentences`.  Each sentence is chosen by the numbers it is about, so that it
holds for any model and song.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genre.interpret.gradient_paths import PATHS, GradientPaths
from genre.interpret.memory_run import MemoryRun
from genre.interpret.memory_test import (
    BATCHES,
    GUESSING,
    CellName,
    MemoryTask,
    TaskName,
)
from genre.interpret.slopes import SlopeProduct
from genre.language import N_, _, ngettext
from genre.text.format import percent

CELL_NAMES: dict[str, str] = {
    "simple_rnn": N_("Simple RNN"),
    "lstm": N_("LSTM"),
    "open_lstm": N_("LSTM, open at first"),
}
TASK_NAMES: dict[TaskName, str] = {
    "recall": N_("One symbol"),
    "order": N_("Two in order"),
    "adding": N_("Adding"),
    "growing": N_("With curriculum"),
}
TASK_ABOUT: dict[TaskName, str] = {
    "recall": N_("The task is to recall the first symbol after all others."),
    "order": N_(
        "The task is to name two symbols in the order in which they appeared, one "
        "early, one from the middle."
    ),
    "adding": N_("The task is to give the mean of two marked numbers of the first half."),
    "growing": N_(
        "The first symbol again, but sequences start with 10 steps and grow with success."
    ),
}
SOURCES = {
    "input": N_("what it read: dh_T / dx_t"),
    "cell": N_("its cell state: dc_T / dc_t"),
    "hidden": N_("its hidden state: dh_T / dh_t"),
}
_LARGEST = {
    "cell": N_("Most of it stayed in cells all the way, multiplied by forget gates alone."),
    "hidden": N_("Most of it went through a hidden state at every step, as in a simple RNN."),
    "mixed": N_(
        "Most of it took both paths in turns: cells held it for some steps, and gates that read "
        "the hidden state handed it on to other cells."
    ),
}


def share_left(share: float) -> str:
    """Return a share that may be tiny.

    Examples
    --------
    >>> share_left(0.173), share_left(0.0049), share_left(1.7e-5), share_left(2.6e-18)
    ('17%', '0.5%', '0.002%', '3 · 10⁻¹⁸')
    """
    if abs(share) >= 0.0095:
        return percent(share)
    if abs(share) >= 1e-6 or share == 0:
        return f"{100 * share:.1g}%".replace("-", "−")
    digit, _e, power = f"{share:.0e}".partition("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digit} · 10{raised}".replace("-", "−")


def path_lines(paths: GradientPaths, model: str) -> list[str]:
    """Return how far back the end of a segment depends on its steps, and what carried that."""
    n = paths.last
    named = {
        "cell": _(CELL_NAMES[paths.kind]),
        "model": model,
        "n": n,
        "seconds": f"{n * paths.step_seconds:.1f}",
        "left": share_left(float(paths.relative()[-1])),
    }
    lines = [
        ngettext(
            "{cell} ({model}): {n} step back ({seconds} s), {left} of the last step's influence "
            "is left.",
            "{cell} ({model}): {n} steps back ({seconds} s), {left} of the last step's influence "
            "is left.",
            n,
        ).format(**named)
    ]
    if paths.kind == "simple_rnn":
        return [*lines, _("A simple RNN has one path: through the hidden state at every step.")]
    if n == 0:
        return lines
    ends = {path: float(paths.shares[path][-1]) for path in PATHS}
    lines.append(
        _(
            "Of that, {cell} came by the cell alone, {hidden} by hidden states alone and {mixed} "
            "by both in turns."
        ).format(**{path: _whole(share) for path, share in ends.items()})
    )
    lines.append(_(_LARGEST[max(ends, key=lambda path: ends[path])]))
    alone = float(paths.relative("cell")[-1])
    lines.append(
        _("Without the hidden states, the forget gates would leave {left}.").format(
            left=share_left(alone)
        )
    )
    reach = cell_reach(paths)
    if 0 < reach < n:
        lines.append(
            ngettext(
                "Up to {n} step back the cell alone carries most.",
                "Up to {n} steps back the cell alone carries most.",
                reach,
            ).format(n=reach)
        )
    return lines


def _whole(share: float) -> str:
    """Return a share in whole percent, none of which is below zero by rounding alone."""
    return percent(round(share, 2) + 0.0).replace("-", "−")


def cell_reach(paths: GradientPaths) -> int:
    """Return the distance up to which the cell alone carries half or more at every step."""
    less = np.flatnonzero(paths.shares["cell"] < 0.5)
    return int(less[0]) - 1 if len(less) else paths.last


def slope_line(product: SlopeProduct) -> str:
    """Return the effect of tanh on states and gradients."""
    n = int(product.distance[-1])
    return ngettext(
        "All states are between {low} and {high}. {n} step back the slopes alone leave {left} of "
        "a gradient (median unit).",
        "All states are between {low} and {high}. {n} steps back the slopes alone leave {left} of "
        "a gradient (median unit).",
        n,
    ).format(
        low=f"{product.smallest_state:.2f}".replace("-", "−"),
        high=f"{product.largest_state:.2f}".replace("-", "−"),
        n=n,
        left=share_left(float(product.median[-1])),
    )


def answer_lines(runs: Sequence[MemoryRun], task: TaskName, lengths: Sequence[int]) -> list[str]:
    """Return for each cell how many runs learnt a task at some lengths.

    Parameters
    ----------
    runs : sequence of MemoryRun
    task : {"recall", "order", "adding", "growing"}
    lengths : sequence of int

    Returns
    -------
    lines : list of str
        A run has learnt where its last batches were right to `LEARNT`, as in
        `genre.interpret.memory_run.MemoryRun.learnt_after`.
    """
    lines = []
    for cell in CELL_NAMES:
        found = []
        for length in lengths:
            those = [run for run in runs if run.outcome and _is(run.task, task, cell, length)]
            if those:
                n_learnt = sum(run.learnt_after is not None for run in those)
                found.append(
                    _("{length} steps in {n} of {total} runs").format(
                        length=f"{length:,}", n=n_learnt, total=len(those)
                    )
                )
        if found:
            lines.append(
                _("{cell}: {found}.").format(cell=_(CELL_NAMES[cell]), found=", ".join(found))
            )
    return lines


def promise_line(recorded: Sequence[MemoryRun], most: int) -> str:
    """Return how long a run will take, before it is started.

    Parameters
    ----------
    recorded : sequence of MemoryRun
        Runs like it.
    most : int
        Seconds after which it is stopped.
    """
    if not recorded:
        return _("It ends within {most} s.").format(most=most)
    seconds = [run.cpu_seconds for run in recorded]
    return _(
        "Recorded runs took {low} to {high} s of a processor; yours ends within {most} s."
    ).format(low=f"{min(seconds):.0f}", high=f"{max(seconds):.0f}", most=most)


def run_line(run: MemoryRun) -> str:
    """Return how far a memory test is, or how it ended."""
    named = {
        "cell": _(CELL_NAMES[run.task.cell]),
        "task": _(TASK_NAMES[run.task.task]),
        "length": f"{run.task.length:,}",
        "batches": f"{run.batches[-1] if run.batches else 0:,}",
        "seconds": f"{run.at[-1] if run.at else run.cpu_seconds:.0f}",
    }
    if run.outcome is None:
        recent = percent(run.right[-1]) if run.right else percent(0)
        return _("{cell}, {task}, {length} steps: {batches} batches, {recent} right.").format(
            recent=recent, **named
        )
    named |= {
        "right": percent(run.outcome.value),
        "n": f"{run.outcome.n:,}",
        "guessing": percent(GUESSING[run.task.task]),
    }
    if run.learnt_after:
        return _(
            "{cell}, {task}, {length} steps: learnt after {batches} batches and {seconds} s. "
            "{right} of {n} new sequences are right; guessing gets {guessing}."
        ).format(**named)
    return _(
        "{cell}, {task}, {length} steps: not learnt in {batches} batches and {seconds} s. "
        "{right} of {n} new sequences are right; guessing gets {guessing}."
    ).format(**named)


def left_line(left: tuple[float, float] | None, until_test: float, until_stop: float) -> str:
    """Return how long a run still takes: likely, and at most.

    Parameters
    ----------
    left : tuple of float or None
        Likely and at most by its own pace (`genre.interpret.memory_run.seconds_left`); None
        while that is not known.
    until_test, until_stop : float
        Until it trains no more, and until it is stopped whatever it does.
    """
    if left is None:
        return _("At most {most} s left.").format(most=f"{max(0.0, until_stop):.0f}")
    likely, most = left
    return _("About {likely} s left, at most {most} s.").format(
        likely=f"{max(0.0, min(likely, until_test)):.0f}",
        most=f"{max(0.0, until_stop if most > until_test else min(most + 5, until_stop)):.0f}",
    )


def learning_line(task: MemoryTask) -> str:
    """Return what the curves of the recorded runs are."""
    return _("How the recorded runs learnt it: {task}, {length} steps.").format(
        task=_(TASK_NAMES[task.task]), length=f"{task.length:,}"
    )


def budget_line(runs: Sequence[MemoryRun]) -> str:
    """Return under which conditions the runs were recorded; empty without any."""
    if not runs:
        return ""
    counts = [run.task.n_parameters for run in runs]
    seeds = len({run.task.seed for run in runs})
    return ngettext(
        "Up to {n} seed each; {low} to {high} parameters; {batches} batches at most.",
        "Up to {n} seeds each; {low} to {high} parameters; {batches} batches at most.",
        seeds,
    ).format(n=seeds, low=f"{min(counts):,}", high=f"{max(counts):,}", batches=f"{BATCHES:,}")


def _is(of: MemoryTask, task: TaskName, cell: CellName | str, length: int) -> bool:
    return (of.task, of.cell, of.length) == (task, cell, length)
