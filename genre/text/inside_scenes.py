"""The six scenes of the page Inside: what each is called, says, and asks a visitor to try.

Conventions
-----------
part
    What can be looked at within a scene; a scene has one idea, and one screen for each part.
"""

from __future__ import annotations

from dataclasses import dataclass

BENGIO = "Bengio, Simard and Frasconi, 1994"
HOCHREITER = "Hochreiter and Schmidhuber, 1997"
GERS = "Gers, Schmidhuber and Cummins, 2000"


@dataclass(frozen=True, slots=True)
class Scene:
    """One idea on one screen.

    Parameters
    ----------
    label, title : str
        In the choice of scenes, and above its words.
    parts : dict of str to str
        What can be looked at in it, by name: each with what to try.
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
            "Series": "Turn the settings, and click the heat map to pick a frame.",
            "Shuffled": "Shuffle the steps again and see whether the verdict moves.",
        },
        "A recording is one long series of single numbers. MFCCs sum up stretches of it, n_fft "
        "samples long and hop_length apart: a shorter series, of vectors, which a recurrent "
        "network reads in order. Shuffled, a segment keeps every average and loses its order: "
        "what then changes is what the order had told.",
        "Davis and Mermelstein, 1980 (MFCCs)",
    ),
    "network": Scene(
        "Network",
        "The recurrent network and its cell",
        {
            "Unrolled": "Switch return_sequences and watch what leaves the second layer.",
            "One step": "Step through the song: each new state is made of the last one.",
            "Why tanh": "Look where the units stand on the curve, and how flat it is there.",
        },
        "One cell serves every step: the new vector and its own last state go through a dense "
        "layer and a tanh. The tanh keeps states between -1 and 1. It does not keep gradients "
        "alive: on the way back each step multiplies them by its slope, which is never above 1.",
        f"Elman, 1990; {BENGIO}",
    ),
    "forgetting": Scene(
        "Forgetting",
        "Why it forgets",
        {
            "Gradients": "Read how far back each network still hears, then try another song.",
            "Memory test": "Compare how soon each cell learns it, then run one now.",
        },
        "Learning follows the gradient: where the end of a segment hardly depends on its "
        "beginning, nothing can be learnt from the beginning. In a simple RNN each step shrinks "
        "that dependence by about the same factor. An LSTM's cell is added to at each step, not "
        "squashed, so more survives.",
        f"{BENGIO}; {HOCHREITER}",
    ),
    "cell": Scene(
        "Cell",
        "The LSTM cell, by hand",
        {
            "One unit": "Step forward and back, and check one line by hand.",
            "All units": "Look for units that keep: as strong in the third row as in the first.",
            "Textbook": "Set a gate to 0 to forget, to 1 to keep, or between.",
        },
        "Three gates between 0 and 1 guard one memory: how much of the old one stays (forget), "
        "how much of the candidate is added (input), how much of the result is shown (output). "
        "What stays is multiplied by the forget gate and nothing else: near 1, it lasts.",
        f"{HOCHREITER}; forget gate: {GERS}",
    ),
    "cinema": Scene(
        "Gates",
        "Gate cinema",
        {
            "Film": "Press play. Click to seek, point at a picture to read a number.",
            "Half-lives": "Find the units that remember longest, then watch them in the film.",
        },
        "Each row of a picture is a unit, each column a moment. A forget gate that stays bright "
        "holds a memory, one that goes dark lets it go. The thin lines are the ends of segments: "
        "there the state starts anew.",
        GERS,
    ),
    "verdict": Scene(
        "Verdict",
        "The running verdict",
        {
            "This segment": "Choose a segment and see when the network makes up its mind.",
            "Whole song": "Look for segments that change their mind.",
            "Silenced": "Find the second, or the MFCC, without which it would say something else.",
        },
        "After every step one can ask what the network would say if the segment ended there. "
        "Only the whole segment was trained to be an answer; the steps before show where it "
        "comes from. Silencing a part and asking again shows what the part was worth.",
        f"{HOCHREITER}; occlusion: Zeiler and Fergus, 2014",
    ),
}
