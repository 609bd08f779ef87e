"""The synthesised sounds of ``models/ears/sounds.py``, by the name of their maker."""

import importlib.util
from functools import lru_cache

import numpy as np

from genre.audio.signal import Signal, encode_wav
from genre.paths import ROOT

SR = 22_050


@lru_cache(maxsize=1)
def sounds():
    """Import the module, which lies beside the script that it is for."""
    path = ROOT / "models" / "ears" / "sounds.py"
    spec = importlib.util.spec_from_file_location("genre_lab_sounds", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_signal(maker, seed=7):
    """Return one sound, about nine seconds."""
    samples = getattr(sounds(), maker)(np.random.default_rng([seed, *maker.encode()]))
    return Signal(samples.astype(np.float32), SR)


def make_wav(maker, seed=7):
    """Return one sound as a file."""
    return encode_wav(make_signal(maker, seed))
