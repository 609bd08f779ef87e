"""Exercises on the way from a recording to MFCCs."""

import numpy as np

from genre.audio.feature_config import MfccConfig
from genre.audio.mfcc import N_MELS
from genre.lesson.exercise import Exercise

FEATURES = MfccConfig()
BIN = 100
FREQUENCY = 440.0

SOUND = {
    "number of frames": Exercise(
        kind="a whole number",
        answer=lambda: FEATURES.n_frames,
        hint="one frame is centred on sample 0, and one on every hop_length-th sample after it.",
        moral="A segment is a sequence of so many frames: the steps that the network reads.",
        mistakes=(
            (lambda: FEATURES.n_frames - 1, "one too few: the frame centred on sample 0 counts."),
            (
                lambda: 1 + (FEATURES.segment_samples - FEATURES.n_fft) // FEATURES.hop_length,
                "the number without padding, but each frame is centred: the first on sample 0.",
            ),
        ),
        tolerance=0,
    ),
    "frequency of a bin": Exercise(
        kind="a number in hertz",
        answer=lambda: BIN * FEATURES.sr / FEATURES.n_fft,
        hint="the bins lie sr / n_fft apart, and bin 0 is 0 Hz.",
        moral="Two frequencies closer than about 11 Hz fall into one bin.",
        mistakes=(
            (
                lambda: BIN * FEATURES.sr / (FEATURES.n_fft // 2 + 1),
                "sr divided by the number of bins, but the bins end at sr / 2.",
            ),
        ),
        tolerance=1,
    ),
    "mel scale": Exercise(
        kind="a number of mels",
        answer=lambda: FREQUENCY * 3 / 200,
        hint="Slaney's scale is linear up to 1,000 Hz, which are 15 mels.",
        moral="Above 1,000 Hz the scale is logarithmic, as our hearing is.",
        mistakes=(
            (
                lambda: 2595 * np.log10(1 + FREQUENCY / 700),
                "mels by the HTK formula, but librosa's default is Slaney's scale.",
            ),
        ),
        tolerance=0.05,
    ),
    "decibels": Exercise(
        kind="a number of decibels",
        answer=lambda: 30.0,
        hint="decibels of power are 10 times the logarithm to the base 10.",
        moral="A factor of the power becomes a difference.",
        mistakes=((lambda: 60.0, "decibels of an amplitude; of a power they are half of it."),),
        tolerance=0.5,
    ),
    "twice as loud": Exercise(
        kind="a number",
        answer=lambda: 20 * np.log10(2) * np.sqrt(N_MELS),
        hint="every band gains the same decibels, and the first vector of the DCT has "
        "1 / sqrt(128) in each of its 128 places.",
        moral="Loudness is in the first coefficient alone: the others do not change.",
        mistakes=(
            (lambda: 20 * np.log10(2), "the gain of one band, but the DCT sums all 128."),
            (
                lambda: 10 * np.log10(2) * np.sqrt(N_MELS),
                "the gain for twice the power, but twice the amplitude is four times the power.",
            ),
        ),
        tolerance=0.5,
    ),
}
