"""Sounds that are no music, and melodies on one instrument, made of a seed.

Conventions
-----------
kind
    What a sound is called on the page: `speech`, `noise`, `tone` or `clicks`; `music` for the
    melodies.
maker
    Takes a random generator, returns mono samples [shape=(n,), dtype=float64] at `SR`, of about
    `SECONDS`; the level means nothing.

`TRAINING` is what the check is trained on; `HELD_OUT` are sounds of other kinds, other voices and
other languages, for measuring it.  Speech needs espeak-ng (`has_speech`), the plucked melodies of
`HELD_OUT` need sox (`has_sox`); all else is NumPy.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from functools import partial

import numpy as np
import soundfile as sf
import soxr

SR = 22_050
SECONDS = 9
N = SR * SECONDS
TIME = np.arange(N) / SR

Rng = np.random.Generator
Maker = Callable[[Rng], np.ndarray]

SENTENCES = {
    "en": "The morning was cold and clear. I walked to the station and waited for the train, "
    "which was late again. Nobody seemed to mind, and the man beside me read his paper.",
    "de": "Am Morgen war es kalt und klar. Ich ging zum Bahnhof und wartete auf den Zug, der "
    "wieder zu spät kam. Niemand schien sich daran zu stören.",
    "fr": "Le matin était froid et clair. Je suis allé à la gare et j'ai attendu le train, qui "
    "était encore en retard. Personne ne semblait s'en soucier.",
    "es": "La mañana estaba fría y clara. Caminé hasta la estación y esperé el tren, que llegó "
    "tarde otra vez. A nadie parecía importarle.",
    "it": "La mattina era fredda e limpida. Andai alla stazione e aspettai il treno, che era di "
    "nuovo in ritardo. Nessuno sembrava farci caso.",
}
"""Voices of other languages read numbers."""


def has_speech() -> bool:
    """Tell whether espeak-ng is installed."""
    return shutil.which("espeak-ng") is not None


def has_sox() -> bool:
    """Tell whether sox is installed."""
    return shutil.which("sox") is not None


def fit(samples: np.ndarray) -> np.ndarray:
    """Repeat or cut to `SECONDS`."""
    return np.resize(samples, N)


def level(samples: np.ndarray) -> np.ndarray:
    """Scale to a root mean square of 0.1."""
    return samples * (0.1 / max(1e-9, float(np.sqrt(np.mean(samples**2)))))


def band(rng: Rng, low: float, high: float, slope: float = 0.0, n: int = N) -> np.ndarray:
    """Noise between two frequencies, falling by ``slope`` (power over frequency)."""
    spectrum = np.fft.rfft(rng.standard_normal(n))
    frequency = np.fft.rfftfreq(n, 1 / SR)
    spectrum *= (frequency >= low) & (frequency <= high)
    return level(np.fft.irfft(spectrum / np.maximum(frequency, 20) ** (slope / 2), n))


def place(sound: Callable[[], np.ndarray], starts: np.ndarray) -> np.ndarray:
    """Add a sound at each start, in seconds."""
    out = np.zeros(N)
    for start in starts:
        one, at = sound(), int(start * SR)
        end = min(N, at + len(one))
        if 0 <= at < end:
            out[at:end] += one[: end - at]
    return level(out)


def decay(seconds: float, n_seconds: float | None = None) -> np.ndarray:
    """An exponential decay to a thousandth, in so many seconds."""
    n = round((n_seconds or seconds) * SR)
    return np.exp(-6.9 * np.arange(n) / (seconds * SR))


def random_starts(rng: Rng, per_second: float) -> np.ndarray:
    """Starts without a beat."""
    return np.cumsum(rng.exponential(1 / per_second, int(SECONDS * per_second * 2) + 2))


def slow(rng: Rng, seconds: float) -> np.ndarray:
    """A random curve between 0 and 1 that changes over so many seconds."""
    points = rng.random(int(SECONDS / seconds) + 3)
    return np.interp(TIME / seconds, np.arange(len(points)), points)


def glide(frequency: np.ndarray | float, harmonics: int = 1, fall: float = 1.0) -> np.ndarray:
    """A tone of a frequency that may change, with harmonics that fall off."""
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(frequency, N)) / SR
    return level(sum(np.sin(k * phase) / k**fall for k in range(1, harmonics + 1)))


def as_recorded(rng: Rng, samples: np.ndarray) -> np.ndarray:
    """As a microphone in a room would have it: echoes, band limits, some noise."""
    echo = rng.standard_normal(int(0.4 * SR)) * decay(rng.uniform(0.1, 0.5), 0.4)
    echo[0] = rng.uniform(5, 15)
    n = len(samples) + len(echo)
    spectrum = np.fft.rfft(samples, n) * np.fft.rfft(echo, n)
    frequency = np.fft.rfftfreq(n, 1 / SR)
    spectrum *= (frequency > rng.uniform(20, 200)) & (frequency < rng.uniform(3500, 11_000))
    wet = level(np.fft.irfft(spectrum, n)[: len(samples)])
    noise = band(rng, 20, 11_000, rng.uniform(0, 1.5), len(samples))
    return wet + noise * 10 ** (rng.uniform(-55, -25) / 20)


# --- speech ---------------------------------------------------------------------------------


def say(rng: Rng, languages: str, variants: str) -> np.ndarray:
    """Let espeak-ng read something in one of its voices."""
    language, variant = rng.choice(languages.split()), rng.choice(variants.split())
    text = SENTENCES.get(language.split("-")[0]) or " ".join(
        f"{number}{rng.choice([',', '.', ''])}" for number in rng.integers(2, 9999, 14)
    )
    words = text.split()
    text = " ".join(np.roll(words, rng.integers(len(words))))
    voice = [f"-v{language}+{variant}", f"-s{rng.integers(110, 240)}", f"-p{rng.integers(20, 80)}"]
    command = ["espeak-ng", "--stdout", *voice, text]
    for _ in range(5):  # on a busy machine it now and then says nothing
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        if done.stdout[:4] == b"RIFF":
            break
    samples, sr = sf.read(io.BytesIO(done.stdout))
    return level(fit(soxr.resample(samples, sr, SR)))


def speaker(rng: Rng) -> np.ndarray:
    """One speaker."""
    return say(rng, "en-us en-gb de fr-fr es it", "m1 m2 m3 m4 f1 f2 f3 Alex Andrea boris linda")


def two_speakers(rng: Rng) -> np.ndarray:
    """Two speakers in turns."""
    turn = np.floor(TIME / rng.uniform(1.5, 3)) % 2
    return level(speaker(rng) * turn + speaker(rng) * (1 - turn))


def noisy_speaker(rng: Rng) -> np.ndarray:
    """One speaker in noise 10 to 25 dB below."""
    return speaker(rng) + coloured(rng) * 10 ** (rng.uniform(-25, -10) / 20)


def other_speaker(rng: Rng) -> np.ndarray:
    """One speaker in a voice and a language that are not in training."""
    return say(
        rng,
        "pt-br nl pl ru sv tr hi ja ko sw fi el hu cmn ar en-gb-scotland",
        "m7 m8 f4 f5 croak Annie Mario steph klatt2 grandma Michael belinda victor",
    )


def whisper(rng: Rng) -> np.ndarray:
    """A whispering voice."""
    return say(rng, "en-us pt-br nl", "whisper whisperf")


def telephone(rng: Rng) -> np.ndarray:
    """A speaker on the telephone."""
    spectrum = np.fft.rfft(other_speaker(rng))
    frequency = np.fft.rfftfreq(N, 1 / SR)
    return level(np.fft.irfft(spectrum * ((frequency > 300) & (frequency < 3400)), N))


def interview(rng: Rng) -> np.ndarray:
    """Two of the other speakers, now and then at once, in a room."""
    first, second = other_speaker(rng), other_speaker(rng)
    return as_recorded(rng, first * (slow(rng, 1.5) > 0.4) + second * (slow(rng, 1.5) > 0.5))


def crowd(rng: Rng) -> np.ndarray:
    """Eight of the other speakers at once."""
    return level(sum(other_speaker(rng) for _ in range(8)))


# --- noise ----------------------------------------------------------------------------------


def coloured(rng: Rng) -> np.ndarray:
    """White, pink, brown noise, or between."""
    return band(rng, 20, 11_000, rng.uniform(-0.3, 2.2))


def narrow(rng: Rng) -> np.ndarray:
    """Noise in a band."""
    low = np.exp(rng.uniform(np.log(100), np.log(4000)))
    return band(rng, low, low * rng.uniform(1.3, 4))


def rain(rng: Rng) -> np.ndarray:
    """Hiss and many drops."""
    drops = np.zeros(N)
    drops[rng.integers(0, N, 9000)] = rng.exponential(1, 9000)
    drops = np.convolve(drops, band(rng, 800, 9000, 0, 400) * decay(0.018, 400 / SR), "same")
    return level(level(drops) + coloured(rng) * rng.uniform(0.1, 1))


def wind(rng: Rng) -> np.ndarray:
    """Gusts of low noise."""
    low = band(rng, 20, rng.uniform(300, 1500), 1.5)
    return level(low * (0.2 + slow(rng, 0.8)) + 0.3 * narrow(rng) * slow(rng, 1.2))


def applause(rng: Rng) -> np.ndarray:
    """Many hands, each with a sound and a tempo of its own."""
    out = np.zeros(N)
    for _ in range(int(rng.integers(15, 60))):
        clap = band(rng, rng.uniform(400, 1200), rng.uniform(2500, 7000), 0, 800)
        clap *= decay(rng.uniform(0.015, 0.036), 800 / SR)
        starts = np.cumsum(rng.normal(rng.uniform(0.2, 0.4), 0.03, 60))
        out += rng.uniform(0.3, 1) * place(lambda clap=clap: clap, starts)
    return level(out)


def waves(rng: Rng) -> np.ndarray:
    """The sea."""
    swell = np.sin(np.pi * TIME / rng.uniform(3, 5) + rng.uniform(0, 3)) ** 2
    return level(band(rng, 50, 6000, 0.7) * (0.15 + swell) ** 1.5)


def vacuum_cleaner(rng: Rng) -> np.ndarray:
    """Noise with the hum of a motor."""
    return level(coloured(rng) + 0.4 * glide(rng.uniform(150, 400), 12, 0.7))


def train_ride(rng: Rng) -> np.ndarray:
    """Low rumble with pairs of knocks."""
    knock = band(rng, 60, 900, 1, 3000) * decay(0.1, 3000 / SR)
    at = np.arange(0.3, SECONDS, rng.uniform(0.9, 1.4))
    knocks = place(lambda: knock, np.sort(np.concatenate([at, at + 0.17])))
    return level(band(rng, 30, 2500, 1.6) + 0.7 * knocks)


def frying(rng: Rng) -> np.ndarray:
    """Hiss and crackle."""
    crackle = place(
        lambda: band(rng, 1500, 10_000, 0, 60) * rng.exponential(1), random_starts(rng, 60)
    )
    return level(band(rng, 2000, 11_000) + crackle)


def fireworks(rng: Rng) -> np.ndarray:
    """Bangs with long tails."""

    def bang() -> np.ndarray:
        length = int(1.5 * SR)
        return rng.exponential(1) * band(rng, 30, 5000, 1.2, length) * decay(1.2, 1.5)

    return place(bang, random_starts(rng, 1.2))


def radio_static(rng: Rng) -> np.ndarray:
    """Between stations: noise with whistles that drift."""
    return level(coloured(rng) * (0.5 + slow(rng, 0.2)) + 0.3 * glide(500 + 2500 * slow(rng, 2)))


# --- tones ----------------------------------------------------------------------------------


def sine(rng: Rng) -> np.ndarray:
    """One sine."""
    return glide(np.exp(rng.uniform(np.log(80), np.log(5000))))


def buzz(rng: Rng) -> np.ndarray:
    """One tone with harmonics."""
    return glide(rng.uniform(60, 1200), int(rng.integers(2, 30)), rng.uniform(0.5, 1.5))


def sweep(rng: Rng) -> np.ndarray:
    """A sine that rises or falls over seconds."""
    low, high = rng.uniform(50, 300), rng.uniform(2000, 8000)
    at = (TIME % rng.uniform(2, 9)) / 9
    return glide(low * (high / low) ** (at if rng.random() < 0.6 else 1 - at))


def keys(rng: Rng) -> np.ndarray:
    """The tones of a telephone's keys."""
    rows, columns = (697, 770, 852, 941), (1209, 1336, 1477)
    on, off = rng.uniform(0.06, 0.2), rng.uniform(0.05, 0.2)
    out = np.zeros(N)
    for start in np.arange(0.1, SECONDS - 0.4, on + off):
        at = slice(int(start * SR), int((start + on) * SR))
        for f in (rng.choice(rows), rng.choice(columns)):
            out[at] += np.sin(2 * np.pi * f * TIME[at])
    return level(out)


def dial_tone(rng: Rng) -> np.ndarray:
    """Two sines, steady or in turns with silence."""
    a, b = rng.choice([(350, 440), (440, 480), (480, 620), (425, 425), (400, 450)])
    on = rng.choice([0.25, 0.5, 1, 20])
    return level((glide(float(a)) + glide(float(b))) * (TIME % (2 * on) < on))


def hum(rng: Rng) -> np.ndarray:
    """Mains hum and some noise."""
    return level(glide(rng.choice([50.0, 60.0]), 8, rng.uniform(0.3, 2)) + 0.1 * coloured(rng))


def siren(rng: Rng) -> np.ndarray:
    """Up and down, or two tones in turns."""
    low, high, period = rng.uniform(350, 700), rng.uniform(800, 1600), rng.uniform(0.3, 4)
    turn = 0.5 + 0.5 * np.sin(2 * np.pi * TIME / period)
    if rng.random() < 0.4:
        turn = (turn > 0.5) * 1.0
    return glide(low + (high - low) * turn, int(rng.integers(1, 6)))


def engine(rng: Rng) -> np.ndarray:
    """A buzz whose speed drifts, with noise."""
    rate = rng.uniform(25, 120) * (0.8 + 0.5 * slow(rng, 1.5))
    return level(glide(rate, 40, rng.uniform(0.3, 1)) + rng.uniform(0.1, 0.6) * coloured(rng))


def birds(rng: Rng) -> np.ndarray:
    """Short chirps."""

    def chirp() -> np.ndarray:
        n = int(rng.uniform(0.04, 0.25) * SR)
        at = np.linspace(0, 1, n)
        f = rng.uniform(1800, 5500) * (1 + rng.uniform(-0.4, 0.4) * at)
        f += rng.uniform(0, 500) * np.sin(2 * np.pi * rng.uniform(2, 30) * at)
        return np.sin(np.pi * at) * np.sin(2 * np.pi * np.cumsum(f) / SR) * rng.exponential(1)

    return level(place(chirp, random_starts(rng, rng.uniform(2, 8))) + 0.05 * coloured(rng))


def beeps(rng: Rng) -> np.ndarray:
    """An alarm clock."""
    period = rng.uniform(0.5, 1.5)
    at = TIME % period
    return level(
        glide(rng.uniform(900, 3500), int(rng.integers(1, 4)))
        * (at < 0.5 * period)
        * (at % 0.14 < 0.09)
    )


def crickets(rng: Rng) -> np.ndarray:
    """High chirps in fast groups."""
    at = TIME % rng.uniform(0.5, 1.2)
    on = (at < 0.3) * (0.5 + 0.5 * np.sin(2 * np.pi * rng.uniform(25, 40) * TIME))
    return level(glide(rng.uniform(3500, 5500)) * on + 0.05 * coloured(rng))


def morse(rng: Rng) -> np.ndarray:
    """Long and short beeps."""
    unit, on = rng.uniform(0.05, 0.1), []
    while len(on) < SECONDS / unit:
        on += [1] * int(rng.choice([1, 3])) + [0] * int(rng.choice([1, 1, 3, 7]))
    return level(glide(rng.uniform(500, 900)) * np.array(on)[(TIME / unit).astype(int)])


def modem(rng: Rng) -> np.ndarray:
    """Two tones in fast turns."""
    bits = rng.integers(0, 2, SECONDS * 300 + 1)
    return glide(np.array([1070.0, 1270.0])[bits[(TIME * 300).astype(int)]])


def phone_ring(rng: Rng) -> np.ndarray:
    """A bell's trill, two seconds on, two off."""
    trill = 0.6 + 0.4 * np.sign(np.sin(2 * np.pi * 20 * TIME))
    return level(
        (glide(rng.uniform(900, 1500)) + glide(rng.uniform(1500, 2600))) * trill * (TIME % 4 < 2)
    )


def helicopter(rng: Rng) -> np.ndarray:
    """Noise in fast pulses, and a whine."""
    beat = np.clip(np.sin(2 * np.pi * rng.uniform(10, 18) * TIME), 0, 1) ** 3
    return level(band(rng, 40, 2500, 1) * (0.2 + beat) + 0.1 * glide(rng.uniform(600, 1500), 3))


def mosquito(rng: Rng) -> np.ndarray:
    """A thin buzz that comes and goes."""
    return level(glide(500 + 150 * slow(rng, 0.7), 15, 0.6) * slow(rng, 1.0))


# --- clicks ---------------------------------------------------------------------------------


def click_track(rng: Rng) -> np.ndarray:
    """The same click, at an even pace."""
    n = int(rng.uniform(0.002, 0.04) * SR)
    f = rng.uniform(600, 4000)
    click = np.sin(2 * np.pi * f * TIME[:n]) * decay(n / SR)[:n]
    if rng.random() < 0.4:
        click = band(rng, 500, 10_000, 0, n) * decay(n / SR)[:n]
    return place(lambda: click, np.arange(rng.uniform(0, 0.3), SECONDS, rng.uniform(0.25, 1)))


def metronome(rng: Rng) -> np.ndarray:
    """A wooden knock, the first of the bar higher."""
    beats, bar, f = (
        np.arange(0.1, SECONDS, 60 / rng.uniform(50, 200)),
        rng.integers(2, 5),
        rng.uniform(700, 1500),
    )

    def knock(pitch: float) -> np.ndarray:
        return np.sin(2 * np.pi * pitch * TIME[: int(0.06 * SR)]) * decay(0.06)[: int(0.06 * SR)]

    high = place(lambda: knock(1.5 * f), beats[::bar])
    return level(high + place(lambda: knock(f), np.delete(beats, np.s_[::bar])))


def crackle(rng: Rng) -> np.ndarray:
    """Silence with crackle, as on an old record with no music."""
    pop = partial(band, rng, 300, 10_000, 0)
    return level(
        place(
            lambda: pop(int(rng.integers(8, 80))) * rng.exponential(1),
            random_starts(rng, rng.uniform(3, 30)),
        )
        + rng.uniform(0, 0.1) * coloured(rng)
    )


def typing(rng: Rng) -> np.ndarray:
    """Key strokes in runs."""

    def stroke() -> np.ndarray:
        n = int(0.05 * SR)
        down = band(rng, 800, 8000, 0.3, n) * decay(0.02, 0.05)[:n] * rng.uniform(0.4, 1)
        return down + np.roll(down, n // 2) * 0.3

    starts = random_starts(rng, rng.uniform(5, 9))
    return place(stroke, starts[(starts % 3) < 2.3])


def heartbeat(rng: Rng) -> np.ndarray:
    """Two low thuds, again and again."""
    n = int(0.15 * SR)
    thud = np.sin(2 * np.pi * rng.uniform(35, 70) * TIME[:n]) * np.hanning(n)
    at = np.arange(0.2, SECONDS, 60 / rng.uniform(50, 110))
    return level(place(lambda: thud, np.concatenate([at, at + 0.3])) + 0.02 * coloured(rng))


def footsteps(rng: Rng) -> np.ndarray:
    """Steps on gravel."""
    at = np.arange(0.3, SECONDS, rng.uniform(0.45, 0.7))
    step = lambda: band(rng, 200, 6000, 0.8, int(0.15 * SR)) * np.hanning(int(0.15 * SR))  # noqa: E731
    return level(place(step, at + rng.normal(0, 0.03, len(at))) + 0.02 * coloured(rng))


def water_drops(rng: Rng) -> np.ndarray:
    """Drops in a cave."""

    def drop() -> np.ndarray:
        n, f = int(0.07 * SR), rng.uniform(700, 1800)
        at = np.linspace(0, 1, n)
        return np.sin(2 * np.pi * np.cumsum(f * (1 + at)) / SR) * decay(0.07)[:n]

    return as_recorded(rng, place(drop, random_starts(rng, 2)))


def hammering(rng: Rng) -> np.ndarray:
    """Blows on metal, not quite even."""
    partials = rng.uniform(400, 5000, 6)
    blow = sum(np.sin(2 * np.pi * f * TIME[: SR // 4]) for f in partials) * decay(0.2, 0.25)
    at = np.cumsum(rng.normal(0.6, 0.08, 16))
    return level(place(lambda: blow * rng.uniform(0.5, 1), at) + 0.02 * coloured(rng))


def ticking(rng: Rng) -> np.ndarray:
    """A clock's tick and tock, in a quiet room."""
    n = int(0.012 * SR)
    tick, tock = (band(rng, low, 9000, 0, n) * decay(0.012)[:n] for low in (3000, 1800))
    at = np.arange(0.1, SECONDS, rng.choice([0.5, 1.0]))
    both = place(lambda: tick, at[::2]) + 0.8 * place(lambda: tock, at[1::2])
    return level(both + 0.03 * coloured(rng))


# --- any of a kind: a source and an envelope drawn at random ---------------------------------


def envelope(rng: Rng) -> np.ndarray:
    """Steady, swelling, trembling, or on and off with or without a beat."""
    kind = rng.integers(5)
    if kind == 0:
        return np.ones(N)
    if kind == 1:
        return slow(rng, np.exp(rng.uniform(-2.3, 1))) ** rng.uniform(0.5, 3)
    if kind == 2:
        rate = np.exp(rng.uniform(np.log(1), np.log(60)))
        return (0.5 + 0.5 * np.sin(2 * np.pi * rate * TIME)) ** rng.uniform(0.5, 6)
    period = np.exp(rng.uniform(np.log(0.08), np.log(4)))
    if kind == 3:
        return (TIME % period < rng.uniform(0.1, 0.9) * period) * 1.0
    return (slow(rng, period / 3) > rng.uniform(0.3, 0.6)) + 0.02


def any_noise(rng: Rng) -> np.ndarray:
    """Noise of some colour and band, some envelope, perhaps another below."""
    out = band(
        rng, rng.choice([20, 100, 500, 2000]), rng.choice([800, 3000, 11_000]), rng.uniform(-0.3, 2)
    )
    if not out.any():
        return narrow(rng) * envelope(rng)
    return level(out * envelope(rng)) + rng.choice([0, 0.1, 0.5]) * coloured(rng) * envelope(rng)


def any_tone(rng: Rng) -> np.ndarray:
    """One or two tones: steady, rising, falling, drifting or jumping, in some envelope."""
    out = np.zeros(N)
    for _ in range(int(rng.integers(1, 3))):
        f = np.exp(rng.uniform(np.log(60), np.log(5000)))
        ramp = (TIME / np.exp(rng.uniform(np.log(0.1), np.log(9)))) % 1
        wave = 0.5 + 0.5 * np.sin(2 * np.pi * ramp)
        turns = (
            slow(rng, rng.uniform(0.1, 3)),
            envelope(rng),
            ramp,
            -ramp,
            wave,
            wave > 0.5,
            0 * TIME,
        )
        turn = 1.0 * turns[rng.integers(len(turns))]
        harmonics = int(rng.choice([1, 1, 3, 10, 30]))
        out += glide(f * 2 ** (rng.exponential(1) * turn), harmonics, rng.uniform(0.3, 1.5))
    return level(out * envelope(rng)) + rng.choice([0, 0.03, 0.3]) * coloured(rng)


def any_clicks(rng: Rng) -> np.ndarray:
    """Short sounds of one make, with or without a beat, silence or noise between."""
    n = round(np.exp(rng.uniform(np.log(0.002), np.log(0.15))) * SR)
    f, width, pitch = (
        np.exp(rng.uniform(np.log(40), np.log(6000))),
        rng.uniform(1.5, 6),
        rng.random() < 0.4,
    )
    spread = rng.choice([0, 0.4])

    def click() -> np.ndarray:
        shift = np.exp(rng.normal(0, 1) * spread)
        tone = np.sin(2 * np.pi * f * shift * TIME[:n])
        sound = (
            tone if pitch else band(rng, f * shift / 2, f * shift * width + 50, 0, max(n, 200))[:n]
        )
        return sound * decay(n / SR)[:n] * np.exp(rng.normal(0, 1) * spread)

    rate = np.exp(rng.uniform(np.log(0.7), np.log(10)))
    even = np.arange(rng.uniform(0, 0.5), SECONDS, 1 / rate)
    starts = (even, np.abs(even + rng.normal(0, 0.05, len(even))), random_starts(rng, rate))[
        rng.integers(3)
    ]
    return place(click, starts) + rng.choice([0, 0.02, 0.2]) * coloured(rng)


# --- some more kinds -------------------------------------------------------------------------


def bursts(rng: Rng, tone: np.ndarray, per_second: float, seconds: float) -> np.ndarray:
    """Cut a sound into bursts without a beat, with a little noise between."""
    n = round(seconds * SR)
    starts = random_starts(rng, per_second)
    gate = np.clip(place(lambda: np.hanning(n), starts), 0, None)
    return level(tone * gate) + 0.03 * coloured(rng)


def bark(rng: Rng) -> np.ndarray:
    """Barks, or other short cries of animals."""
    f = rng.uniform(150, 700) * (1 + 0.8 * slow(rng, 0.15))
    cry = glide(f, 20, rng.uniform(0.3, 1)) + rng.uniform(0, 1) * narrow(rng)
    return bursts(rng, cry, rng.uniform(0.8, 2.5), rng.uniform(0.1, 0.4))


def crying(rng: Rng) -> np.ndarray:
    """Long cries that fall: a baby, a cat, a gull."""
    f = rng.uniform(350, 900) * (1.5 - rng.uniform(0.3, 0.7) * (TIME % rng.uniform(0.7, 1.5)))
    f *= 1 + 0.02 * np.sin(2 * np.pi * rng.uniform(5, 12) * TIME)
    return bursts(rng, glide(f, 12, rng.uniform(0.5, 1.2)), rng.uniform(0.5, 1.2), 0.9)


def drill(rng: Rng) -> np.ndarray:
    """A drill or a saw: a buzz that starts, sags and stops."""
    load = slow(rng, rng.uniform(0.3, 2))
    f = rng.uniform(100, 500) * (0.6 + 0.6 * load)
    return level(glide(f, 30, 0.4) * (load > 0.2) + rng.uniform(0.2, 2) * coloured(rng) * load)


def horn(rng: Rng) -> np.ndarray:
    """A car's or a ship's horn: a chord of two tones, now and then."""
    f = rng.uniform(80, 450)
    both = glide(f, 20, rng.uniform(0.2, 1)) + glide(f * rng.uniform(1.15, 1.35), 20, 0.6)
    return level(both * (slow(rng, rng.uniform(0.3, 1.5)) > 0.45)) + 0.05 * coloured(rng)


def kettle(rng: Rng) -> np.ndarray:
    """A whistle that rises out of steam."""
    f = rng.uniform(1200, 3000) * (1 + 0.3 * TIME / SECONDS)
    return level(glide(f, 2, 2) * TIME / SECONDS + rng.uniform(0.2, 1) * band(rng, 1500, 11_000))


def bouncing(rng: Rng) -> np.ndarray:
    """A ball that bounces faster and faster, again and again."""
    n, f = round(0.04 * SR), rng.uniform(200, 2500)
    hit = np.sin(2 * np.pi * f * TIME[:n]) * decay(0.03, 0.04) + 0.05 * rng.standard_normal(n)
    gaps = np.cumsum(0.5 * rng.uniform(0.75, 0.92) ** np.arange(18))
    starts = np.concatenate([start + gaps for start in np.arange(0, SECONDS, 2.5)])
    return place(lambda: hit, starts) + 0.02 * coloured(rng)


def rattle(rng: Rng) -> np.ndarray:
    """Glass, cutlery or keys: short high rings without a beat."""

    def ring() -> np.ndarray:
        n = round(0.2 * SR)
        partials = rng.uniform(1500, 9000, 4)
        tone = sum(np.sin(2 * np.pi * f * TIME[:n]) for f in partials)
        return tone * decay(rng.uniform(0.02, 0.2), 0.2) * rng.exponential(1)

    return level(place(ring, random_starts(rng, rng.uniform(2, 12)))) + 0.03 * coloured(rng)


def thunder(rng: Rng) -> np.ndarray:
    """Rolls of thunder in rain."""
    roll = band(rng, 20, rng.uniform(150, 600), 1) * slow(rng, 0.2) * slow(rng, 2) ** 2
    return level(level(roll) + rng.uniform(0, 0.5) * rain(rng))


def stream(rng: Rng) -> np.ndarray:
    """Running water: many short rising tones in noise."""

    def bubble() -> np.ndarray:
        n = round(rng.uniform(0.01, 0.05) * SR)
        f = rng.uniform(400, 2500) * np.linspace(1, 1.4, n)
        return np.sin(2 * np.pi * np.cumsum(f) / SR) * np.hanning(n) * rng.exponential(1)

    water = place(bubble, random_starts(rng, rng.uniform(30, 90)))
    return level(water + rng.uniform(0.1, 1) * coloured(rng))


# --- melodies on one instrument: music ------------------------------------------------------


def _notes(rng: Rng) -> list[tuple[float, float, float]]:
    """A melody, or chords, as (start, seconds, frequency)."""
    scale = np.array(rng.choice([[0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 10]]))
    beat, root, notes = 60 / rng.uniform(60, 150), rng.integers(45, 70), []
    start, degree, has_chords = 0.0, int(rng.integers(0, 7)), rng.random() < 0.4
    while start < SECONDS:
        length = beat * rng.choice([0.5, 0.5, 1, 1, 2])
        degree = int(np.clip(degree + rng.integers(-3, 4), -5, 12))
        for up in (0, 2, 4) if has_chords else (0,):
            octave, step = divmod(degree + up, 7)
            notes.append((start, length, 440 * 2 ** ((root + scale[step] + 12 * octave - 69) / 12)))
        start += length
    return notes


def _play(rng: Rng, note: Callable[[float, float], np.ndarray]) -> np.ndarray:
    out = np.zeros(N + 6 * SR)
    for start, length, frequency in _notes(rng):
        sound, at = note(length, frequency), int(start * SR)
        out[at : at + len(sound)] += sound
    return level(out[:N])


def string(rng: Rng) -> np.ndarray:
    """A plucked string: Karplus and Strong's."""
    dull = rng.uniform(0.3, 0.5)

    def note(length: float, frequency: float) -> np.ndarray:
        period, n = max(2, round(SR / frequency)), int((length + 0.4) * SR)
        row, rows = rng.uniform(-1, 1, period), []
        for _ in range(n // period + 1):
            rows.append(row)
            row = 0.997 * ((1 - dull) * row + dull * np.roll(row, 1))
        return np.concatenate(rows)[:n]

    return _play(rng, note)


def keyboard(rng: Rng) -> np.ndarray:
    """Struck tones whose harmonics fade."""
    fall, ring = rng.uniform(0.8, 2), rng.uniform(0.5, 2)

    def note(length: float, frequency: float) -> np.ndarray:
        t = np.arange(int((length + 0.3) * SR)) / SR
        return sum(
            np.sin(2 * np.pi * k * frequency * t) * np.exp(-t * k**0.7 / ring) / k**fall
            for k in range(1, 9)
        )

    return _play(rng, note)


def wind_player(rng: Rng) -> np.ndarray:
    """Blown tones with vibrato and breath."""
    fall, odd = rng.uniform(0.8, 2), int(rng.integers(1, 3))

    def note(length: float, frequency: float) -> np.ndarray:
        t = np.arange(int(length * SR)) / SR
        phase = 2 * np.pi * frequency * t + 0.25 * np.sin(2 * np.pi * 5.5 * t)
        tone = sum(np.sin(k * phase) / k**fall for k in range(1, 12, odd))
        envelope = np.minimum(1, t / 0.05) * np.minimum(1, (length - t) / 0.05)
        return (tone + 0.03 * rng.standard_normal(len(t))) * envelope

    return _play(rng, note)


def organ(rng: Rng) -> np.ndarray:
    """Steady tones in octaves and fifths."""

    def note(length: float, frequency: float) -> np.ndarray:
        t = np.arange(int(length * SR)) / SR
        tone = sum(np.sin(2 * np.pi * k * frequency * t) / k**0.5 for k in (0.5, 1, 1.5, 2, 3, 4))
        return tone * np.minimum(1, t / 0.02) * np.minimum(1, (length - t) / 0.02)

    return _play(rng, note)


def bass(rng: Rng) -> np.ndarray:
    """Low plucked tones."""

    def note(length: float, frequency: float) -> np.ndarray:
        t = np.arange(int((length + 0.1) * SR)) / SR
        f = frequency / 4
        return sum(np.sin(2 * np.pi * k * f * t) * np.exp(-t * k * 1.5) / k for k in range(1, 12))

    return _play(rng, note)


def singer(rng: Rng) -> np.ndarray:
    """Sung vowels: a buzz through formants, with vibrato."""
    vowels = ((700, 1150, 2600), (300, 2200, 2900), (400, 800, 2500), (550, 1800, 2500))
    reach = rng.uniform(0.1, 0.3)

    def note(length: float, frequency: float) -> np.ndarray:
        t, peaks = np.arange(int(length * SR)) / SR, vowels[rng.integers(4)]
        phase = 2 * np.pi * frequency * t + reach * np.sin(2 * np.pi * 5.5 * t) * np.minimum(
            1, 3 * t
        )
        tone = np.zeros(len(t))
        for k in range(1, int(5000 / frequency)):
            gain = sum(np.exp(-(((k * frequency - p) / 150) ** 2)) for p in peaks) + 0.02
            tone += gain / k**0.5 * np.sin(k * phase)
        return tone * np.minimum(1, t / 0.06) * np.minimum(1, (length - t) / 0.06)

    return as_recorded(rng, _play(rng, note))


def drums(rng: Rng) -> np.ndarray:
    """A pattern of bass drum, snare and cymbal."""
    sixteenth, n = 60 / rng.uniform(70, 160) / 4, SR // 4
    at = TIME[:n]
    kick = np.sin(2 * np.pi * rng.uniform(40, 60) * at + 8 * (1 - np.exp(-30 * at))) * np.exp(
        -12 * at
    )
    snare = (0.5 * np.sin(2 * np.pi * 190 * at) + 10 * band(rng, 800, 9000, 0, n)) * np.exp(
        -18 * at
    )
    cymbal = 4 * band(rng, 5000, 11_000, 0, n) * np.exp(-rng.uniform(15, 60) * at)
    out = np.zeros(N)
    for sound, often, gain in (
        (kick, (0, 8), 1.0),
        (snare, (4, 12), 0.8),
        (cymbal, (0, 2, 4, 6, 8, 10, 12, 14), 0.3),
    ):
        steps = [i for i in range(16) if (i in often) != (rng.random() < 0.12)]
        starts = [16 * sixteenth * bar + i * sixteenth for bar in range(9) for i in steps]
        out += gain * place(lambda sound=sound: sound, np.array(starts))
    return level(out)


def sox_pluck(rng: Rng) -> np.ndarray:
    """Sox's plucked string."""

    def note(length: float, frequency: float) -> np.ndarray:
        asked = ["synth", f"{length + 0.3:.3f}", "pluck", f"{frequency:.2f}"]
        command = ["sox", "-R", "-n", "-r", str(SR), "-t", "wav", "-", *asked]
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        return sf.read(io.BytesIO(done.stdout))[0]

    return _play(rng, note)


def fm_bell(rng: Rng) -> np.ndarray:
    """Bells of frequency modulation."""
    ratio = rng.choice([1.4, 2.0, 3.5])

    def note(length: float, frequency: float) -> np.ndarray:
        t = np.arange(int((length + 1) * SR)) / SR
        fade = np.exp(-3 * t)
        return fade * np.sin(
            2 * np.pi * frequency * t + 4 * fade * np.sin(2 * np.pi * ratio * frequency * t)
        )

    return _play(rng, note)


def bowed(rng: Rng) -> np.ndarray:
    """A bowed string in a room."""

    def note(length: float, frequency: float) -> np.ndarray:
        t = np.arange(int(length * SR)) / SR
        phase = 2 * np.pi * frequency * t + 0.4 * np.sin(2 * np.pi * 5 * t)
        tone = sum(np.sin(k * phase) / k for k in range(1, 25) if k * frequency < SR / 2)
        return tone * np.minimum(1, t / 0.12) * np.minimum(1, (length - t) / 0.08)

    return as_recorded(rng, _play(rng, note))


def hand_drums(rng: Rng) -> np.ndarray:
    """Two drums and a shaker in a cycle of seven, in a room."""
    pulse, n = rng.uniform(0.14, 0.22), SR // 4
    at = TIME[:n]
    low, high = (
        np.sin(2 * np.pi * f * (at + 0.002 * np.exp(-40 * at))) * np.exp(-d * at)
        for f, d in ((95, 10), (240, 20))
    )
    shake = band(rng, 3000, 9000, 0, n) * np.exp(-40 * at)
    out = np.zeros(N)
    for sound, steps, gain in ((low, (0, 3), 1), (high, (2, 4, 6), 0.6), (shake, range(7), 0.2)):
        starts = [7 * pulse * bar + i * pulse for bar in range(9) for i in steps]
        out += gain * place(
            lambda sound=sound: sound, np.array(starts) + rng.normal(0, 0.006, len(starts))
        )
    return as_recorded(rng, level(out))


# --- kept out of training --------------------------------------------------------------------


def new_speaker(rng: Rng) -> np.ndarray:
    """One speaker in a third set of voices and languages."""
    return say(
        rng,
        "cs da ro ca et lv id vi bg hr af en-us-nyc",
        "m5 m6 Alicia Andy Denis Gene Hugo Lee anika iven paul quincy travis zac",
    )


def argument(rng: Rng) -> np.ndarray:
    """Two of them at once, in some noise."""
    return level(new_speaker(rng) + rng.uniform(0.4, 1) * new_speaker(rng)) + 0.05 * coloured(rng)


def loudspeaker(rng: Rng) -> np.ndarray:
    """An announcement: one of them, clipped, in a large hall."""
    echo = rng.standard_normal(2 * SR) * decay(rng.uniform(1, 2), 2.0)
    echo[0] = 20
    said = np.clip(new_speaker(rng), -0.1, 0.1)
    n = len(said) + len(echo)
    return level(np.fft.irfft(np.fft.rfft(said, n) * np.fft.rfft(echo, n), n)[:N])


def shower(rng: Rng) -> np.ndarray:
    """Hiss that is moved about."""
    return level(band(rng, 400, 9000, 0.5) * (0.6 + 0.4 * slow(rng, 0.5)) + 0.3 * rain(rng))


def jet(rng: Rng) -> np.ndarray:
    """A plane that passes: noise and its moving echo."""
    noise = band(rng, 40, 7000, 0.9)
    delay = (20 + 300 * np.abs(TIME / SECONDS - 0.5)).astype(int)
    passing = np.exp(-(((TIME - 4.5) / 3) ** 2)) + 0.1
    return level((noise + 0.8 * noise[np.maximum(np.arange(N) - delay, 0)]) * passing)


def printer(rng: Rng) -> np.ndarray:
    """Rows of short bursts of noise, with a motor's whine between."""
    row = rng.uniform(0.5, 1.1)
    printing = (TIME % row < 0.6 * row) * (np.sin(2 * np.pi * rng.uniform(20, 60) * TIME) > 0)
    moving = (TIME % row >= 0.6 * row) * glide(rng.uniform(200, 900), 5)
    return level(band(rng, 300, 8000) * printing + 0.4 * moving + 0.03 * coloured(rng))


def snow(rng: Rng) -> np.ndarray:
    """Steps in snow: slow crunches of many grains."""
    grains = band(rng, 800, 9000) * (rng.random(N) < 0.05)
    return level(grains * np.clip(np.sin(2 * np.pi * TIME / rng.uniform(0.9, 1.3)), 0, 1))


def fax(rng: Rng) -> np.ndarray:
    """A steady tone, then a warble of two."""
    turn = np.where(TIME < 3, 2100.0, 1650 + 200 * np.sign(np.sin(2 * np.pi * 35 * TIME)))
    return level(glide(turn)) + rng.uniform(0, 0.1) * coloured(rng)


def whale(rng: Rng) -> np.ndarray:
    """Slow low calls under water."""
    f = rng.uniform(80, 300) * 2 ** (1.2 * slow(rng, rng.uniform(0.6, 1.5)))
    return level(glide(f, 6, 1) * slow(rng, 0.8) ** 2 + 0.2 * band(rng, 20, 400, 1))


def transformer(rng: Rng) -> np.ndarray:
    """The buzz of a bad lamp, that flickers."""
    buzzing = glide(rng.choice([100.0, 120.0]), 50, rng.uniform(0.1, 0.6))
    return level(buzzing * (0.3 + (slow(rng, 0.1) > rng.uniform(0, 0.5))))


def reversing(rng: Rng) -> np.ndarray:
    """A lorry that backs up: beeps over its motor."""
    beep = glide(rng.uniform(1000, 1400), 3) * (TIME % 1 < 0.5)
    return level(beep + rng.uniform(0.1, 0.6) * engine(rng))


def geiger(rng: Rng) -> np.ndarray:
    """Clicks of one sample's length, denser and denser."""
    out = np.zeros(N)
    out[(rng.random(int(rng.integers(50, 400))) ** 0.6 * (N - 1)).astype(int)] = 1.0
    return level(out) + rng.choice([0, 0.02]) * coloured(rng)


def woodpecker(rng: Rng) -> np.ndarray:
    """Fast rows of knocks, with pauses and birds far off."""
    n = round(0.03 * SR)
    knock = band(rng, 500, 3000, 0.5, n) * decay(0.02, 0.03)
    rows = [start + np.arange(0, 0.6, 1 / 18) for start in np.arange(0.3, SECONDS, 2.2)]
    return level(place(lambda: knock, np.concatenate(rows)) + 0.1 * birds(rng))


def scissors(rng: Rng) -> np.ndarray:
    """Pairs of short scrapes."""

    def cut() -> np.ndarray:
        n = round(rng.uniform(0.08, 0.15) * SR)
        return band(rng, 2000, 10_000, 0, n) * np.linspace(0.1, 1, n) ** 2

    return place(cut, random_starts(rng, 1.8)) + 0.02 * coloured(rng)


def xylophone(rng: Rng) -> np.ndarray:
    """Struck bars."""

    def note(length: float, frequency: float) -> np.ndarray:
        t = np.arange(round((length + 0.2) * SR)) / SR
        bar = ((1, 6, 1), (3.9, 20, 0.4), (9.2, 50, 0.2))
        return sum(g * np.sin(2 * np.pi * k * frequency * t) * np.exp(-d * t) for k, d, g in bar)

    return _play(rng, note)


def accordion(rng: Rng) -> np.ndarray:
    """Two reeds a little apart, with the swell of the bellows, in a room."""

    def note(length: float, frequency: float) -> np.ndarray:
        t = np.arange(round(length * SR)) / SR
        reeds = sum(
            np.sin(2 * np.pi * k * f * t) / k**0.7
            for k in range(1, 15)
            for f in (frequency, frequency * 1.006)
            if k * f < SR / 2
        )
        return reeds * np.minimum(1, t / 0.05) * np.minimum(1, (length - t) / 0.05)

    return as_recorded(rng, _play(rng, note) * (0.6 + 0.4 * slow(rng, 1.5)))


TRAINING: dict[str, tuple[Maker, ...]] = {
    "speech": (
        *(speaker, two_speakers, noisy_speaker, other_speaker),
        *(whisper, telephone, interview, crowd),
    ),
    "noise": (
        *(*[any_noise] * 3, coloured, narrow, rain, wind, applause, thunder, stream),
        *(waves, vacuum_cleaner, train_ride, frying, fireworks, radio_static),
    ),
    "tone": (
        *(*[any_tone] * 6, sine, buzz, sweep, keys, dial_tone, hum, siren, engine, birds),
        *(bark, crying, drill, horn, kettle, beeps, crickets, morse, modem, phone_ring),
        *(helicopter, mosquito),
    ),
    "clicks": (
        *(*[any_clicks] * 3, click_track, metronome, crackle, typing, bouncing, rattle),
        *(heartbeat, footsteps, water_drops, hammering, ticking),
    ),
    "music": (
        *(string, keyboard, wind_player, organ, bass, singer, *[drums] * 3),
        *(fm_bell, bowed, hand_drums),
    ),
}
"""A maker that stands more than once makes more of the sounds."""
HELD_OUT: dict[str, tuple[Maker, ...]] = {
    "speech": (new_speaker, argument, loudspeaker),
    "noise": (shower, jet, printer, snow),
    "tone": (fax, whale, transformer, reversing),
    "clicks": (geiger, woodpecker, scissors),
    "music": (sox_pluck, xylophone, accordion),
}
"""No sound of these makers is in training."""
