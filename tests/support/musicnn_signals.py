"""The signals on which `genre.audio.musicnn` is compared with the published network."""

import numpy as np

from genre.audio.load import load_audio
from genre.paths import ROOT, SAMPLES

SR = 16_000
N_SAMPLES = 3 * SR
FRAMES = np.array([0, 1, 2, 3, 31, 63, 93, 130, 160, 183, 184, 185, 186])
"""Those of which the maps are kept: the ends, where padding counts, and some between."""
GTZAN = ROOT.parent / "shared" / "data" / "gtzan-subset"
TRACKS = ("classical/classical.00000", "metal/metal.00001")


def made_up_signals():
    """Three seconds each of what a formula gives, and of three of the samples."""
    time = np.arange(N_SAMPLES) / SR
    rng = np.random.default_rng(440)
    signals = {
        "noise": 0.1 * rng.standard_normal(N_SAMPLES),
        "loud noise": 0.5 * rng.standard_normal(N_SAMPLES),
        "tone": 0.9 * np.sin(2 * np.pi * 440 * time),
        "chord": sum(0.2 * np.sin(2 * np.pi * f * time) for f in (220, 277.18, 329.63)),
        "silence": np.zeros(N_SAMPLES),
    }
    for name in ("jazz", "metal", "hiphop"):
        signals[name] = load_audio(SAMPLES / f"{name}.ogg", sr=SR).samples[SR : SR + N_SAMPLES]
    return {name: samples.astype(np.float32) for name, samples in signals.items()}


def recorded_signal(track):
    """Three seconds of a recording that lies beside the checkout."""
    path = GTZAN / f"{track}.flac"
    return load_audio(path, sr=SR).samples[:N_SAMPLES]
