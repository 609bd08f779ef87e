"""Exercises on the split, the network's size and one step of its LSTM cell."""

from functools import cache

import numpy as np

from genre.datasets.load import load_dataset
from genre.lesson.exercise import Answer, Exercise, of_moment, sigmoid
from genre.network.config import NetworkConfig
from genre.recipes.config import PRESETS
from genre.recipes.prepare import prepare_datasets


def _network() -> NetworkConfig:
    return PRESETS["course"].network_config(n_genres=10)


def _layer_2(*, columns: int = 4, bias: int = 1) -> int:
    first, second = _network().units
    return columns * second * (first + second + bias)


@cache
def _shared_share() -> float:
    """Share of the tested segments whose track is also in training."""
    data, split = prepare_datasets(load_dataset("gtzan-subset"), PRESETS["course"])
    learnt, tested = (data.track_index[side] for side in (split.train, split.test))
    return float(np.isin(tested, learnt).mean())


def _gate(name: str) -> Answer:
    return of_moment(lambda moment: moment.gates[name])


NETWORK = {
    "shared tracks": Exercise(
        kind="a share between 0 and 1",
        answer=_shared_share,
        hint="np.isin(data.track_index[split.test], data.track_index[split.train]).",
        moral="Nearly every tested segment has a sibling in training: this is data leakage.",
    ),
    "parameters of layer 2": Exercise(
        kind="a whole number",
        answer=_layer_2,
        hint="four times a matrix for the 64 inputs, one for the 64 states before, and a bias.",
        moral="The number of steps plays no part: the same weights are used at each.",
        mistakes=(
            (lambda: _layer_2(columns=1), "those of a simple recurrent layer; an LSTM has four."),
            (lambda: _layer_2(bias=0), "those of the matrices, but the biases count too."),
            (
                lambda: dict((n, k) for n, _, k in _network().summary())["recurrent_1"],
                "those of layer 1, which reads 13 values; layer 2 reads 64.",
            ),
        ),
        tolerance=0,
    ),
    "forget by hand": Exercise(
        kind="3 numbers",
        answer=lambda: np.array([1, 2, 4]) * [1, 0, 1],
        hint="multiply element by element.",
        moral="A gate of 1 keeps a number, a gate of 0 forgets it.",
        mistakes=(
            (lambda: [2, 2, 5], "the sum, but a gate multiplies."),
            (lambda: [1, 2, 4], "the cell as it was, but the second number is multiplied by 0."),
        ),
        tolerance=1e-6,
    ),
    "input gate": Exercise(
        kind="64 numbers between 0 and 1",
        answer=_gate("input_gate"),
        hint="the first 64 columns of kernel, recurrent kernel and bias are the input gate's.",
        moral="Near 1 a unit takes in its candidate, near 0 it does not.",
        mistakes=(
            (_gate("forget_gate"), "the forget gate; in Keras the input gate's columns are first."),
            (
                of_moment(lambda moment: sigmoid(moment.sums["input_gate without bias"])),
                "the gate without its bias.",
            ),
            (of_moment(lambda moment: moment.sums["input_gate"]), "the sum, without the sigmoid."),
        ),
        tolerance=1e-4,
    ),
    "candidate": Exercise(
        kind="64 numbers between -1 and 1",
        answer=_gate("candidate"),
        hint="it is computed as a gate is, from the third 64 columns, but with tanh.",
        moral="It is what could be added to the cell; the input gate says how much of it is.",
        mistakes=(
            (
                of_moment(lambda moment: sigmoid(moment.sums["candidate"])),
                "a sigmoid of the right sum, but a candidate can be negative: use tanh.",
            ),
            (_gate("output_gate"), "the output gate, whose columns are the last."),
        ),
        tolerance=1e-4,
    ),
    "cell state": Exercise(
        kind="64 numbers",
        answer=_gate("cell"),
        hint="C_t = f_t * C_{t-1} + i_t * C'_t.",
        moral="What was there is only scaled, what is new is added: nothing else happens to it.",
        mistakes=(
            (
                of_moment(lambda moment: moment.gates["forget_gate"] * moment.previous_cell),
                "what is kept, without what is added.",
            ),
            (
                of_moment(lambda moment: moment.gates["input_gate"] * moment.gates["candidate"]),
                "what is added, without what is kept.",
            ),
            (
                of_moment(
                    lambda moment: (
                        moment.gates["forget_gate"] * moment.previous_cell
                        + moment.gates["candidate"]
                    )
                ),
                "all of the candidate, but the input gate lets only a share of it in.",
            ),
        ),
        tolerance=1e-4,
    ),
    "hidden state": Exercise(
        kind="64 numbers between -1 and 1",
        answer=_gate("hidden"),
        hint="h_t = o_t * tanh(C_t).",
        moral="The hidden state is what the next step and the next layer see of the cell.",
        mistakes=(
            (
                of_moment(lambda moment: moment.gates["output_gate"] * moment.gates["cell"]),
                "the gate times the cell, without tanh.",
            ),
            (
                of_moment(lambda moment: np.tanh(moment.gates["cell"])),
                "all of the cell, without the output gate.",
            ),
        ),
        tolerance=1e-4,
    ),
}
