"""What a song can be heard through, or as: each effect from a `Signal` to another.

What is random is drawn from one seed, so the same song is changed in the same way each time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from genre.audio.alterations import (
    RADIO_BAND,
    add_noise,
    alter,
    clip,
    limit_band,
    reverberate,
)
from genre.audio.signal import Signal
from genre.effects.names import EFFECT_NAMES, MAX_EFFECT_SECONDS
from genre.effects.stretch import Share, change_pitch, change_tempo
from genre.errors import ParameterError
from genre.language import _
from genre.spectra.separation import harmonic_mask
from genre.spectra.stft import istft, stft

SEED = 0
RADIO_CLIPPED_SHARE = 0.02
RADIO_SNR_DB = 20.0
CATHEDRAL_SECONDS = 5.0
"""Until its echoes have fallen by 60 dB."""
FASTER = 1.2
FOURTH = 5
"""Semitones of a fourth."""
STREET_SNR_DB = 5.0
N_FFT, HOP_LENGTH = 2048, 1024
"""Of the spectrogram in which drums and harmony are told apart."""


def apply_effect(signal: Signal, name: str, on_progress: Share = lambda share: None) -> Signal:
    """Return the first two minutes of a recording, changed.

    Parameters
    ----------
    signal : Signal
    name : str
        One of `EFFECT_NAMES`.
    on_progress : callable
        Called with the share that is done, 0 to 1.

    Returns
    -------
    signal : Signal
        At the same rate, within full scale.

    Raises
    ------
    ParameterError
        If there is no effect of that name.
    """
    if name not in EFFECTS:
        raise ParameterError(
            _("there is no effect {name!r}. Choose one of {effect_names}.").format(
                name=name, effect_names=", ".join(EFFECT_NAMES)
            )
        )
    on_progress(0.0)
    n = round(MAX_EFFECT_SECONDS * signal.sr)
    was_cut = signal.is_truncated or len(signal.samples) > n
    beginning = replace(signal, samples=signal.samples[:n], is_truncated=was_cut)
    changed = EFFECTS[name](beginning, on_progress)
    peak = float(np.abs(changed.samples).max(initial=0.0))
    on_progress(1.0)
    return replace(changed, samples=changed.samples / np.float32(max(1.0, peak)))


def _radio(signal: Signal) -> Signal:
    """Return a recording as an old radio plays it: a narrow band, overdriven, and its hiss."""
    narrow = clip(limit_band(signal, *RADIO_BAND), RADIO_CLIPPED_SHARE)
    return limit_band(add_noise(narrow, _rng(), RADIO_SNR_DB), *RADIO_BAND)


def _part(signal: Signal, on_progress: Share, *, is_harmonic: bool) -> Signal:
    """Return what lasts in a recording, or what strikes."""
    spectrum = stft(signal.samples, n_fft=N_FFT, hop_length=HOP_LENGTH)
    on_progress(0.3)
    mask = harmonic_mask(np.abs(spectrum))
    on_progress(0.8)
    spectrum *= mask if is_harmonic else 1 - mask
    samples = istft(spectrum, hop_length=HOP_LENGTH, n_samples=len(signal.samples))
    return replace(signal, samples=samples)


def _rng() -> np.random.Generator:
    return np.random.default_rng(SEED)


EFFECTS: dict[str, Callable[[Signal, Share], Signal]] = {
    "telephone": lambda signal, _: alter(signal, "telephone", SEED),
    "radio": lambda signal, _: _radio(signal),
    "cathedral": lambda signal, _: reverberate(signal, _rng(), CATHEDRAL_SECONDS),
    "faster": lambda signal, on_progress: change_tempo(signal, FASTER, on_progress),
    "lower": lambda signal, on_progress: change_pitch(signal, -FOURTH, on_progress),
    "drums": lambda signal, on_progress: _part(signal, on_progress, is_harmonic=False),
    "harmony": lambda signal, on_progress: _part(signal, on_progress, is_harmonic=True),
    "street": lambda signal, _: add_noise(signal, _rng(), STREET_SNR_DB),
}
"""By the names of `EFFECT_NAMES`."""
