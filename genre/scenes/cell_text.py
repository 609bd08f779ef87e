"""What the pictures of a cell say: their words, and what a held gate changes in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genre.language import N_, _, ngettext
from genre.network.config import Cell, Direction
from genre.network.held import HeldGate
from genre.text.format import clock, percent
from genre.text.genres import genre_name

GATE_NAMES = {
    "forget": N_("Forget gate"),
    "input": N_("Input gate"),
    "output": N_("Output gate"),
}
HELD_UNITS = {"all": N_("All units"), "one": N_("One unit")}
_WORDS = {
    "picture": N_("The cell as a picture"),
    "layers": N_("Layer"),
    "units": N_("Unit"),
    "moments": N_("Moment of the song"),
    "segments": N_("Predictions of the segments"),
    "silent": N_("silent"),
    "forget_gate": N_("Forget gate"),
    "input_gate": N_("Input gate"),
    "candidate": N_("Candidate"),
    "output_gate": N_("Output gate"),
    "cell": N_("Cell state"),
    "hidden": N_("Hidden state"),
    "sum": N_("Sum"),
    "absent": N_("left out"),
    "position": N_("{clock}, segment {segment} of {segments}, step {step} of {steps}"),
    "unitTold": N_("Unit {unit}: {state}"),
    "gateNow": N_("The gate is at {value}"),
    "holdCaption": N_(
        "All units: cell state above, held gate below. Bars over the song: cell state of the "
        "chosen unit; line: its hidden state."
    ),
    "momentsCaption": N_("The state of this unit over the song. Click to choose a moment."),
    "besideCaption": N_("The cell state of the LSTM over the same song."),
}
_UNITS_CAPTIONS: dict[Cell, str] = {
    "lstm": N_("All units: cell state above, forget gate below. Click to choose a unit."),
    "simple_rnn": N_("The hidden states of all units. Click to choose a unit."),
}
_LAYERS: dict[Direction, str] = {
    "forward": N_("Layer {layer}"),
    "backward": N_("Layer {layer}, read backwards"),
}
_UNITS: dict[Direction, str] = {
    "forward": N_("Unit {unit} of layer {layer}"),
    "backward": N_("Unit {unit} of layer {layer}, read backwards"),
}


def picture_words(cell: Cell) -> dict[str, str]:
    """Return the words of the pictures, in the visitor's language."""
    words = {name: _(word) for name, word in _WORDS.items()}
    return words | {"unitsCaption": _(_UNITS_CAPTIONS[cell])}


def layer_label(layer: int, direction: Direction) -> str:
    """Return what a layer is called."""
    return _(_LAYERS[direction]).format(layer=layer)


def unit_label(unit: int, layer: int, direction: Direction) -> str:
    """Return what a unit is called."""
    return _(_UNITS[direction]).format(unit=unit, layer=layer)


def beside_label(model: str, unit: str) -> str:
    """Return what an LSTM is called whose unit is shown beside a simple RNN's."""
    return _("An LSTM on the same steps ({model}): {unit}").format(model=model, unit=unit)


def held_label(held: HeldGate) -> str:
    """Return which gate is held at what.

    Examples
    --------
    >>> held_label(HeldGate(2, "forget", 0.5, unit=3))
    'Held: forget gate of unit 3 of layer 2 at 0.50'
    """
    messages = {
        ("forget", False): N_("Held: forget gate of all units of layer {layer} at {value}"),
        ("input", False): N_("Held: input gate of all units of layer {layer} at {value}"),
        ("output", False): N_("Held: output gate of all units of layer {layer} at {value}"),
        ("forget", True): N_("Held: forget gate of unit {unit} of layer {layer} at {value}"),
        ("input", True): N_("Held: input gate of unit {unit} of layer {layer} at {value}"),
        ("output", True): N_("Held: output gate of unit {unit} of layer {layer} at {value}"),
    }
    message = _(messages[held.gate, held.unit is not None])
    return message.format(unit=held.unit, layer=held.layer, value=f"{held.value:.2f}")


def verdict_line(verdict: np.ndarray, genres: Sequence[str]) -> str:
    """Return the most probable genre of the segments and its probability."""
    best = int(verdict.argmax())
    return _("Verdict: {genre} {share}").format(
        genre=genre_name(genres[best]), share=percent(verdict[best])
    )


def held_line(
    before: np.ndarray, after: np.ndarray, genres: Sequence[str], *, n_changed: int, n_segments: int
) -> str:
    """Return what a held gate does to the verdict.

    Parameters
    ----------
    before, after : np.ndarray [shape=(n_genres,)]
        As trained, and held.
    genres : sequence of str
    n_changed, n_segments : int
        Of the audible segments: with another most probable genre, and all.

    Returns
    -------
    sentence : str
    """
    old, new = int(before.argmax()), int(after.argmax())
    if old == new:
        verdict = _("The verdict stays {genre}, from {before} to {after}.").format(
            genre=genre_name(genres[old]), before=percent(before[old]), after=percent(after[old])
        )
    else:
        verdict = _("The verdict changes from {old} ({before}) to {new} ({after}).").format(
            old=genre_name(genres[old]),
            before=percent(before[old]),
            new=genre_name(genres[new]),
            after=percent(after[new]),
        )
    segments = ngettext(
        "{n} of {total} segments changes its prediction.",
        "{n} of {total} segments change their prediction.",
        n_changed,
    ).format(n=n_changed, total=n_segments)
    return f"{verdict} {segments}"


def stretch_line(stretch: range, n_segments: int, segment_seconds: float) -> str:
    """Return which part of a long song is run again; empty if all of it is."""
    if len(stretch) == n_segments:
        return ""
    return _("This song is long: only the part from {start} to {end} is run again.").format(
        start=clock(stretch.start * segment_seconds), end=clock(stretch.stop * segment_seconds)
    )


def other_model_line(name: str, cell: Cell) -> str:
    """Return that a cell is shown of another model than the chosen one."""
    if cell == "lstm":
        return _(
            "The chosen model is made of simple RNN cells, which have no gates. "
            "The cell that is shown is of the model {name}."
        ).format(name=name)
    return _(
        "The chosen model is made of LSTM cells. The simple RNN that is shown is the model {name}, "
        "on the same song."
    ).format(name=name)


def no_model_line(cell: Cell) -> str:
    """Return that no model has such cells."""
    if cell == "lstm":
        return _(
            "This model is made of simple RNN cells, which have no gates, and there is no model "
            "with LSTM cells here. Import one on Compare, or train one."
        )
    return _(
        "There is no model with simple RNN cells here. Train one: on the page Train, under More, "
        "Network, choose the cell Simple RNN."
    )


def textbook_line(name: str, values: Sequence[float]) -> str:
    """Return a list of numbers as the textbook writes it.

    Examples
    --------
    >>> textbook_line("C", [1.0, 0.5])
    'C = [1, 0.5]'
    """
    return f"{name} = [{', '.join(f'{value:.4g}' for value in values)}]".replace("-", "−")
