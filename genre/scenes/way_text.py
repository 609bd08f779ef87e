"""The words of the drawing of a song's way; fields in braces are filled in by the browser."""

from __future__ import annotations

from typing import Any

from genre.audio.feature_config import FeatureConfig
from genre.language import N_, _, ngettext
from genre.models.song_analysis import BEGINNING_SECONDS

TITLES = {
    "waveform": N_("Waveform"),
    "frames": N_("Frames"),
    "mfcc": N_("MFCCs"),
    "mel": N_("Mel bands"),
    "musicnn": N_("musicnn"),
    "deltas": N_("Deltas"),
    "textures": N_("Textures"),
    "scaling": N_("Scaling"),
    "recurrent": N_("Layer {n}"),
    "pooling": N_("Pooling"),
    "dense": N_("Dense {n}"),
    "softmax": N_("Softmax"),
    "verdict": N_("Verdict"),
}
"""By the kinds of `genre.interpret.way_stages.Stage`."""
ABOUT = {
    "waveform": N_("One number for each moment, cut into segments. The band is the present frame."),
    "frames": N_("Overlapping windows of samples; a Hann window fades the ends of each to zero."),
    "mfcc": N_("The spectrum of a frame in mel bands, then the first cosines that describe it."),
    "mel": N_("What musicnn reads: 96 mel bands. The frame is the window of the present step."),
    "musicnn": N_("The penultimate layer of a network that was trained on listeners' tags."),
    "deltas": N_("For each coefficient also its slope: a line through nine frames."),
    "textures": N_("Some frames become one step: the mean and the standard deviation of each."),
    "scaling": N_("Each value minus its mean over the training data, by its standard deviation."),
    "recurrent": N_("The same cell at every step: it reads the step and its own previous state."),
    "pooling": N_("From one vector a step to one vector a segment, here of the steps so far."),
    "dense": N_("Each unit adds weighted inputs and a bias; relu leaves out what is below zero."),
    "softmax": N_("A sum for each genre, turned into probabilities that add up to 1."),
    "verdict": N_("The mean of the probabilities of all segments that are not silent."),
}
GATES = {
    "forget_gate": N_("Forget gate"),
    "input_gate": N_("Input gate"),
    "output_gate": N_("Output gate"),
}
WHAT_GATES = {
    "forget_gate": N_("How much of the old cell state is kept."),
    "input_gate": N_("How much of the candidate is added to the cell state."),
    "output_gate": N_("How much of the cell state leaves as the hidden state."),
}
POOLED = {
    "last": N_("The last state"),
    "mean": N_("Mean of the states so far"),
    "mean_max": N_("Mean, then maximum, of the states so far"),
    "mean_shortcut": N_("Mean of the states so far, then of the scaled steps themselves"),
}
OPEN = {
    "cell": N_("Go on to the cell"),
    "cinema": N_("See all gates over time"),
    "forgetting": N_("Go on to why it forgets"),
    "verdict": N_("Go on to the running prediction"),
}
WORDS: dict[str, Any] = {
    "titles": TITLES,
    "about": ABOUT,
    "gates": GATES,
    "whatGates": WHAT_GATES,
    "pooled": POOLED,
    "open": OPEN,
    "path": N_("Where the drawing is zoomed to"),
    "drawing": N_("How the song is processed: arrow keys choose, Enter zooms in, Escape zooms out"),
    "whole": N_("Overview"),
    "previous": N_("Previous"),
    "next": N_("Next"),
    "zoomIn": N_("Zoom in"),
    "zoomOut": N_("Zoom out"),
    "shape": N_("shape"),
    "notAsTrained": N_("Not as in this model: it goes on with its own."),
    "when": N_("{time}, segment {segment} of {segments}, step {step} of {steps}"),
    "segment": N_("segment {n} of {total}"),
    "step": N_("step {n} of {total}"),
    "frame": N_("frame {n} of {total}"),
    "window": N_("window {n} of {total}"),
    "sample": N_("sample {n} of {total}: {value}"),
    "samplesOfSegment": N_("Samples of this segment"),
    "samplesOfWindow": N_("Samples of all segments that are drawn"),
    "samplesOfFrame": N_("Samples of this frame, and after the Hann window"),
    "frameInSegment": N_("The frame in its segment"),
    "middleSamples": N_("In its middle"),
    "bands": N_("128 mel bands of this frame, in decibels above the quietest"),
    "dct": N_("discrete cosine transform ↓"),
    "coefficients": N_("MFCCs of this frame; the bar of the first, its loudness, is cut off"),
    "coefficientsOfSegment": N_("MFCCs of this segment, each standardised"),
    "melOfSegment": N_("Mel bands of this segment"),
    "valuesOfStep": N_("Values of this step"),
    "valuesOfSegment": N_("Values of this segment, each standardised"),
    "mfcc": N_("MFCC"),
    "nineFrames": N_("One coefficient over nine frames, and its slope"),
    "slopes": N_("Slopes of all coefficients at this frame: click one"),
    "slopeIs": N_("Slope of MFCC {n}: {value} a frame. {total} MFCCs and {total} slopes: {all}."),
    "framesOfStep": N_("{n} frames × {values}"),
    "means": N_("{n} means"),
    "deviations": N_("{n} deviations"),
    "valuesTogether": N_("A step of {n} values, standardised: click one"),
    "groups": N_("{frames} frames, by {n}: {steps} steps in a segment"),
    "meanIs": N_("Mean of {name}: ({values}) → {value}"),
    "deviationIs": N_("Standard deviation of {name}: ({values}) → {value}"),
    "before": N_("Before: click a value"),
    "after": N_("After"),
    "value": N_("Value {n}"),
    "unit": N_("Unit {n} of layer {layer}"),
    "unitBack": N_("Unit {n} of layer {layer}, read backwards"),
    "statesOfSegment": N_("States of this segment: {n} units × {steps} steps"),
    "unitsNow": N_("The units now: click one"),
    "thisStep": N_("Zoom into this step"),
    "oneStep": N_("One step"),
    "allStates": N_("return_sequences=True: the states of all steps go on."),
    "lastState": N_("return_sequences=False: only the last state goes on."),
    "nextLayer": N_("The states of all steps go on to the next layer."),
    "input": N_("Input of this step: {n} values"),
    "stateBefore": N_("Hidden state before"),
    "stateNow": N_("Hidden state now"),
    "cellBefore": N_("Cell state before"),
    "cellNow": N_("Cell state now"),
    "candidate": N_("Candidate"),
    "cellOfSegment": N_("Cell state over this segment"),
    "hiddenOfSegment": N_("Hidden state over this segment"),
    "gateOfSegment": N_("Over this segment, from 0 (shut) to 1 (open)"),
    "isOpen": N_("{share} open: {value}"),
    "last": N_("Last state"),
    "mean": N_("Mean of the states"),
    "maximum": N_("Maximum of the states"),
    "meanOfSteps": N_("Mean of the scaled values"),
    "pooledIs": N_("{what}, number {n}, over {steps} steps: {value}"),
    "inputsOfDense": N_("Inputs x"),
    "products": N_("Products of weight and input of the chosen one"),
    "outputsOfDense": N_("Outputs: click one"),
    "denseUnit": N_("Unit {n}"),
    "genres": N_("Genres"),
    "softmaxIs": N_("e to the power of each sum, divided by the sum of all of these."),
    "meanOver": N_("Mean over {n} segments: {genre}, {share}."),
    "segmentsOfSong": N_("Probabilities of each segment, a row for each genre"),
}


def way_words(features: FeatureConfig, n_dense: int) -> dict[str, Any]:
    """Return the words of the drawing in the visitor's language.

    Parameters
    ----------
    features : FeatureConfig
        What the model reads.
    n_dense : int
        Dense layers before the output: a single one needs no number.

    Returns
    -------
    words : dict
        Of strings, and dictionaries of strings.

    Examples
    --------
    >>> from genre.audio.feature_config import MfccConfig
    >>> way_words(MfccConfig(), 1)["titles"]["dense"]
    'Dense'
    """
    words = {name: _translated(text) for name, text in WORDS.items()}
    if n_dense < 2:
        words["titles"]["dense"] = _("Dense")
    n = int(BEGINNING_SECONDS // features.segment_seconds * features.segment_seconds)
    words["noSound"] = ngettext(
        "Samples and frames are kept of the first {n} second of a song.",
        "Samples and frames are kept of the first {n} seconds of a song.",
        n,
    ).format(n=n)
    return words


def _translated(text: Any) -> Any:
    if isinstance(text, dict):
        return {name: _(one) for name, one in text.items()}
    return _(text)
