"""The scenes of the page Inside: title, text, and what to try.

Conventions
-----------
part
    A screen of a scene.  Its name is in links and a message, so it must not change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from genre.audio.feature_config import FeatureKind
from genre.language import N_


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
    "way": Scene(
        N_("Way"),
        N_("From sound to verdict"),
        {
            N_("Drawing"): N_("Press play, then zoom into any part: click it, or turn the wheel."),
            N_("Shuffled"): N_(
                "Shuffle the steps again, hear them, and see whether the prediction changes."
            ),
        },
        N_(
            "Under each arrow is the shape of what is passed on: (segments, steps, "
            "values). Nothing before layer 1 is learnt; everything from there on is. If "
            "shuffled steps change the prediction, the network uses their order."
        ),
        N_("Davis and Mermelstein, 1980 (MFCCs); Elman, 1990 (recurrent networks)"),
    ),
    "forgetting": Scene(
        N_("Forgetting"),
        N_("Why it forgets"),
        {
            N_("Paths"): N_("Compare the lines, then try another song."),
            N_("Memory test"): N_("Choose a task, then run one yourself."),
            N_("Why tanh"): N_("See how flat the curve is at the units."),
        },
        N_(
            "What the end of a segment hardly depends on cannot be learned from. An LSTM's cell "
            "is a second path for the gradient, through forget gates alone. What it carries "
            "depends on how they start and on training."
        ),
        N_("Bengio, Simard and Frasconi, 1994; Hochreiter and Schmidhuber, 1997"),
    ),
    "cell": Scene(
        N_("Cell"),
        N_("The LSTM cell"),
        {
            N_("Picture"): N_(
                "Play the song and watch the valves. Click a unit, a moment, or use the arrow keys."
            ),
            N_("Hold"): N_("Hold a gate open or shut, and see what becomes of state and verdict."),
            N_("Textbook"): N_("Type other numbers: 0 in a gate forgets, 1 keeps."),
            N_("Simple RNN"): N_("Compare: here the whole state goes through the tanh each step."),
        },
        N_(
            "The cell state runs along a belt. Three gates between 0 and 1 are valves: how much of "
            "the old state stays (forget), how much of the candidate is added (input), how much "
            "is output (output)."
        ),
        N_("Hochreiter and Schmidhuber, 1997; forget gate: Gers, Schmidhuber and Cummins, 2000"),
    ),
    "cinema": Scene(
        N_("Gates"),
        N_("Gates over time"),
        {
            N_("Film"): N_("Press play and watch one unit. Then show more, and sort them."),
            N_("Half-lives"): N_("Find the units with the longest half-lives, then watch them."),
            N_("Live"): N_("Press Start and sing: see the gates of the last layer as it listens."),
        },
        N_(
            "A unit keeps its cell state where its forget gate is near 1, and loses it where the "
            "gate is near 0. The thin lines are the ends of segments: there the state is reset, "
            "and the prediction starts again. More units than 16 are a heat map: a row each, "
            "bright where a gate is open."
        ),
        N_("Gers, Schmidhuber and Cummins, 2000"),
    ),
    "verdict": Scene(
        N_("Output"),
        N_("The running prediction"),
        {
            N_("This segment"): N_("Choose a segment and see when its prediction becomes final."),
            N_("Whole song"): N_("Look for segments whose prediction changes."),
            N_("Silence a second"): N_(
                "Click a second in the waveform: hear the song without it, then with it."
            ),
        },
        N_(
            "After every step the network can predict a genre as if the segment ended there; it "
            "was trained on whole segments only. Without one part it may predict another genre: "
            "the change shows how much that part matters (occlusion)."
        ),
        N_("Hochreiter and Schmidhuber, 1997; Zeiler and Fergus, 2014 (occlusion)"),
    ),
}
RENAMED_PARTS = {"Silenced": "Silence a second", "One step": "Simple RNN"}
"""Parts by what they were called: old links still have it."""

_OF_MUSICNN = {
    "way": replace(
        SCENES["way"], source=N_("Pons and Serra, 2019 (musicnn); Elman, 1990 (recurrent networks)")
    ),
}
"""What differs for a model that reads values of musicnn."""


def scene_of(name: str, features: FeatureKind) -> Scene:
    """Return a scene as it is for a model that reads such features."""
    return _OF_MUSICNN.get(name, SCENES[name]) if features == "musicnn" else SCENES[name]
