"""The same song as it reaches a listener: another gain, codec, band, room, or too loud.

For training on what recordings are like elsewhere, and for measuring what a model makes of it.
Everything is drawn from a seed, so the same recording is altered in the same way each time.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from genre.audio.level import measure_level
from genre.audio.load import load_audio
from genre.audio.signal import Signal, to_int16
from genre.errors import ParameterError
from genre.language import _

TELEPHONE_BAND = (300.0, 3400.0)
RADIO_BAND = (100.0, 5000.0)


def alter(signal: Signal, name: str, seed: int = 0) -> Signal:
    """Return a recording altered in one of the ways of `ALTERATIONS`.

    Parameters
    ----------
    signal : Signal
    name : str
    seed : int
        Of what is drawn at random: noise, the room's echoes.

    Returns
    -------
    signal : Signal
        At the same rate; as long, but where its beginning was cut off.

    Raises
    ------
    ParameterError
        If there is no alteration of that name.
    """
    if name not in ALTERATIONS:
        raise ParameterError(
            _("there is no alteration {name!r}. Choose one of {alterations}.").format(
                name=name, alterations=", ".join(ALTERATIONS)
            )
        )
    return ALTERATIONS[name](signal, np.random.default_rng(seed))


def alter_at_random(signal: Signal, seed: int) -> Signal:
    """Return a recording altered in ways and strengths drawn at random, for training.

    Half are narrowed to a band; the others come from a room, are clipped, or noisy; and any may
    be noisy, clipped or encoded on top.

    Parameters
    ----------
    signal : Signal
    seed : int
        The same seed alters in the same way.

    Returns
    -------
    signal : Signal
        As long as before.
    """
    rng = np.random.default_rng(seed)
    kind = rng.random()
    if kind < 0.5:
        high = np.exp(rng.uniform(np.log(2800), np.log(4500)))
        signal = limit_band(signal, rng.uniform(150, 400), high)
    elif kind < 0.7:
        signal = reverberate(signal, rng, seconds=rng.uniform(0.2, 1.5))
    if rng.random() < 0.3:
        signal = encode_mp3(signal, int(rng.choice([24, 32, 48, 64])))
    if 0.7 <= kind < 0.85 or rng.random() < 0.2:
        signal = clip(signal, share=np.exp(rng.uniform(np.log(0.005), np.log(0.3))))
    if kind >= 0.85 or rng.random() < 0.3:
        signal = add_noise(signal, rng, snr_db=rng.uniform(8, 30))
    return signal


def change_gain(signal: Signal, decibels: float) -> Signal:
    """Return a recording turned up or down, as 16 bits keep it: too loud, it clips."""
    changed = signal.samples * np.float32(10 ** (decibels / 20))
    return replace(signal, samples=to_int16(changed) / np.float32(32_768))


def encode_mp3(signal: Signal, kbit: int) -> Signal:
    """Return what is left of a recording after MP3 at so many kbit/s, as long as before.

    Parameters
    ----------
    signal : Signal
        Below 32 kHz, at which MP3 knows 8 to 160 kbit/s; above, 32 to 320.
    kbit : int
        Of the mono signal.

    Returns
    -------
    signal : Signal
        Up to 0.1 s late: some encoders' delay is not in the file.
    """
    import soundfile

    low, high = (8, 160) if signal.sr < 32_000 else (32, 320)
    peak = max(1.0, float(np.abs(signal.samples).max(initial=0.0)))
    file = io.BytesIO()
    soundfile.write(
        file,
        signal.samples / peak,
        signal.sr,
        format="MP3",
        bitrate_mode="CONSTANT",
        compression_level=(high - kbit) / (high - low),
    )
    decoded = load_audio(file.getvalue(), sr=signal.sr).samples[: len(signal.samples)]
    samples = np.zeros(len(signal.samples), np.float32)
    samples[: len(decoded)] = decoded * np.float32(peak)
    return replace(signal, samples=samples)


def limit_band(signal: Signal, low: float, high: float) -> Signal:
    """Return a recording without what lies outside a band, in Hz (Butterworth, 24 dB an octave)."""
    from scipy.signal import butter, sosfilt

    top = 0.49 * signal.sr
    if high < top:
        filters = butter(4, (low, high), "bandpass", fs=signal.sr, output="sos")
    else:
        filters = butter(4, low, "highpass", fs=signal.sr, output="sos")
    return replace(signal, samples=sosfilt(filters, signal.samples).astype(np.float32))


def clip(signal: Signal, share: float) -> Signal:
    """Return a recording turned up until a share of its samples is cut off at full scale."""
    ceiling = float(np.quantile(np.abs(signal.samples), 1 - share))
    if ceiling == 0:
        return signal
    return replace(signal, samples=np.clip(signal.samples / ceiling, -1, 1).astype(np.float32))


def add_noise(signal: Signal, rng: np.random.Generator, snr_db: float) -> Signal:
    """Return a recording with pink noise so many dB below its level."""
    n = len(signal.samples)
    spectrum = np.fft.rfft(rng.standard_normal(n))
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 20)), n)
    noise *= 10 ** ((measure_level(signal) - snr_db) / 20) / max(1e-12, float(noise.std()))
    return replace(signal, samples=signal.samples + noise.astype(np.float32))


def reverberate(signal: Signal, rng: np.random.Generator, seconds: float) -> Signal:
    """Return a recording as a room sounds whose echoes fall by 60 dB in so many seconds."""
    from scipy.signal import fftconvolve

    t = np.arange(round(seconds * signal.sr)) / signal.sr
    echoes = rng.standard_normal(len(t)) * 10 ** (-3 * t / seconds)
    echoes[0] = 0
    echoes *= 0.7 / np.sqrt((echoes**2).sum())
    echoes[0] = 0.7
    heard = fftconvolve(signal.samples, echoes)[: len(signal.samples)]
    return replace(signal, samples=heard.astype(np.float32))


def _telephone(signal: Signal, rng: np.random.Generator) -> Signal:
    """Return a recording through a telephone: its band, and 8-bit mu-law at 8 kHz."""
    import soxr

    narrow = limit_band(signal, *TELEPHONE_BAND).samples
    low = soxr.resample(narrow, signal.sr, 8000)
    scale = max(1e-9, float(np.abs(low).max(initial=0.0)))
    curved = np.sign(low) * np.log1p(255 * np.abs(low) / scale) / np.log(256)
    rounded = np.rint(curved * 127) / 127
    linear = np.sign(rounded) * scale * (256 ** np.abs(rounded) - 1) / 255
    samples = soxr.resample(linear.astype(np.float32), 8000, signal.sr)
    return replace(signal, samples=samples[: len(signal.samples)])


ALTERATIONS: dict[str, Callable[[Signal, np.random.Generator], Signal]] = {
    "gain +6 dB": lambda signal, rng: change_gain(signal, 6),
    "gain -20 dB": lambda signal, rng: change_gain(signal, -20),
    "gain -40 dB": lambda signal, rng: change_gain(signal, -40),
    "mp3 128 kbit/s": lambda signal, rng: encode_mp3(signal, 128),
    "mp3 32 kbit/s": lambda signal, rng: encode_mp3(signal, 32),
    "starts 1 s later": lambda signal, rng: replace(signal, samples=signal.samples[signal.sr :]),
    "telephone": _telephone,
    "radio": lambda signal, rng: limit_band(signal, *RADIO_BAND),
    "room": lambda signal, rng: reverberate(signal, rng, 1.0),
    "noise": lambda signal, rng: add_noise(signal, rng, 15),
    "clipping": lambda signal, rng: clip(signal, 0.1),
}
"""By name, as a table of results shows them."""
