"""The six scenes of the page Inside: title, text, and what to try.

Conventions
-----------
part
    A screen of a scene.  Its name is in links, so it must not change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from genre.audio.feature_config import FeatureKind

BENGIO = "Bengio, Simard and Frasconi, 1994"
HOCHREITER = "Hochreiter and Schmidhuber, 1997"
GERS = "Gers, Schmidhuber and Cummins, 2000"


@dataclass(frozen=True, slots=True)
class Scene:
    """One idea on one screen.

    Parameters
    ----------
    label, title : str
        In the choice of scenes, and the heading.
    parts : dict of str to str
        Its screens by name, each with what to try.
    paragraph, source : str
    """

    label: str
    title: str
    parts: dict[str, str]
    paragraph: str
    source: str


SCENES = {
    "sequence": Scene(
        "Sequence",
        "From sound to sequence",
        {
            "Series": "Change the settings, and click the heat map to choose a frame.",
            "Shuffled": "Shuffle the steps again and see whether the prediction changes.",
        },
        "A recording is one long series of numbers. MFCCs summarise windows of it, n_fft samples "
        "long and hop_length apart: a shorter series of vectors, which a recurrent network reads "
        "in order. Shuffling the steps of a segment keeps every average. If the prediction "
        "changes, the network uses their order.",
        "Davis and Mermelstein, 1980 (MFCCs)",
    ),
    "network": Scene(
        "Network",
        "The recurrent network and its cell",
        {
            "Unrolled": "Change return_sequences and see what the last layer returns.",
            "One step": "Step through the song: each new state is computed from the previous one.",
            "Why tanh": "See where the units are on the curve, and how flat it is there.",
        },
        "The same cell processes every step: the new vector and the previous state go through a "
        "dense layer and a tanh. The tanh keeps states between -1 and 1. But gradients vanish: "
        "going back, each step multiplies them by the slope of tanh, which is at most 1.",
        f"Elman, 1990; {BENGIO}",
    ),
    "forgetting": Scene(
        "Forgetting",
        "Why it forgets",
        {
            "Gradients": "See how far back each gradient reaches, then try another song.",
            "Memory test": "Compare how fast each cell learns it, then run one yourself.",
        },
        "Training follows the gradient: if the end of a segment hardly depends on its beginning, "
        "the network cannot learn from the beginning. In a simple RNN the gradient shrinks by "
        "about the same factor at each step. An LSTM adds to its cell state at each step, so "
        "more of the gradient is left.",
        f"{BENGIO}; {HOCHREITER}",
    ),
    "cell": Scene(
        "Cell",
        "The LSTM cell, by hand",
        {
            "One unit": "Step forward and back, and check one line with a calculator.",
            "All units": "Look for units that keep their state: rows 1 and 3 look the same.",
            "Textbook": "Set a gate to 0 to forget, to 1 to keep, or to a value between.",
        },
        "Three gates between 0 and 1 control the cell state: how much of the old state stays "
        "(forget), how much of the candidate is added (input), how much of the result is output "
        "(output). The old state is only multiplied by the forget gate: near 1, it is kept.",
        f"{HOCHREITER}; forget gate: {GERS}",
    ),
    "cinema": Scene(
        "Gates",
        "Gates over time",
        {
            "Film": "Press play. Click to seek, hover over a heat map to read a value.",
            "Half-lives": "Find the units with the longest half-lives, then watch them over time.",
            "Live": "Press Start and sing: see the gates of the last layer as it listens.",
        },
        "Each row of a heat map is a unit, each column a time. Where a forget gate is bright, the "
        "unit keeps its cell state; where it is dark, it forgets. The thin lines are the ends of "
        "segments: there the state is reset.",
        GERS,
    ),
    "verdict": Scene(
        "Output",
        "The running prediction",
        {
            "This segment": "Choose a segment and see when its prediction becomes final.",
            "Whole song": "Look for segments whose prediction changes.",
            "Silenced": "Find the second or the value that changes the prediction most.",
        },
        "After every step the network can predict a genre as if the segment ended there. It was "
        "trained on whole segments only; the earlier predictions show how the last one develops. "
        "Occlusion replaces one part and predicts again: the change shows how much that part "
        "matters.",
        f"{HOCHREITER}; occlusion: Zeiler and Fergus, 2014",
    ),
}

_OF_MUSICNN = {
    "sequence": replace(
        SCENES["sequence"],
        parts=SCENES["sequence"].parts
        | {"Series": "Click the heat map to choose a step. The model starter reads MFCCs instead."},
        paragraph="A recording is one long series of numbers. musicnn, a network trained on the "
        "tags of other music, turns windows of it into vectors, the values of its penultimate "
        "layer: a much shorter series, which a recurrent network reads in order. Shuffling the "
        "steps of a segment keeps every average. If the prediction changes, the network uses "
        "their order.",
        source="Pons and Serra, 2019 (musicnn)",
    ),
    "verdict": replace(
        SCENES["verdict"],
        paragraph=SCENES["verdict"].paragraph
        + " A silenced second stands for the steps whose middle lies in it.",
    ),
}
"""What differs for a model that reads values of musicnn."""


def scene_of(name: str, features: FeatureKind) -> Scene:
    """Return a scene as it is for a model that reads such features."""
    return _OF_MUSICNN.get(name, SCENES[name]) if features == "musicnn" else SCENES[name]
