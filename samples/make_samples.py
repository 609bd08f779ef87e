"""Render the scores: data -> MIDI file -> FluidSynth -> mix -> OGG Vorbis.

Run ``python samples/make_samples.py`` for all of them, or name some genres.  The
result for a genre is ``samples/<genre>.ogg``.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile as sf
from scores import SCORES
from scores.model import TONE_HERTZ, Score
from scores.performance import perform

SAMPLES = Path(__file__).resolve().parent
SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
"""Where Debian's package `fluid-soundfont-gm` puts it."""

SAMPLE_RATE = 44_100
MAX_SECONDS = 29.0
FADE_SECONDS = 1.2
MAX_BYTES = 300_000
SILENCE = 10 ** (-48 / 20)
"""Level, against the peak, under which the reverb's last tail is cut off."""
PEAK = 10 ** (-1 / 20)
LIMITER_BLOCK = 128
ATTACK_DB, RELEASE_DB = 1.5, 0.15
"""How fast the limiter's gain falls and recovers, in dB per block of 3 ms."""
MAX_PUSH_DB = 9.0
"""The most a mix may be pushed into the limiter, so that it stays gentle."""

Audio = np.ndarray


class RenderError(Exception):
    """A score cannot be rendered; the message says what to do about it."""


def find_synthesizer(soundfont: Path) -> str:
    """Return the FluidSynth program, having made sure that it has its instruments."""
    program = shutil.which("fluidsynth")
    if program is None:
        raise RenderError("FluidSynth is missing: install it with `apt-get install fluidsynth`.")
    if not soundfont.is_file():
        raise RenderError(
            f"The soundfont {soundfont} is missing: install it with "
            "`apt-get install fluid-soundfont-gm` or name another with --soundfont."
        )
    # FluidSynth would quietly take its default instead of a file it cannot read.
    with soundfont.open("rb") as file:
        if file.read(12)[8:] != b"sfbk":
            raise RenderError(f"The file {soundfont} is not a soundfont (.sf2).")
    return program


def synthesize(score: Score, soundfont: Path) -> Audio:
    """Let FluidSynth play the score; return (samples, 2) floats."""
    program = find_synthesizer(soundfont)
    with tempfile.TemporaryDirectory() as folder:
        midi_file, sound = Path(folder) / "score.mid", Path(folder) / "sound.wav"
        midi_file.write_bytes(perform(score))
        # The gain is low because the output is floating point and scaled later.
        command = [
            program, "-q", "-n", "-i", "-g", "0.3", "-r", str(SAMPLE_RATE), "-O", "float",
            "-o", f"synth.reverb.room-size={score.room}", "-o", "synth.reverb.level=0.6",
            "-F", str(sound), str(soundfont), str(midi_file),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or not sound.is_file():
            reason = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
            raise RenderError(f"FluidSynth could not render {score.genre}: {reason[0]}")
        audio: Audio = sf.read(sound, dtype="float64", always_2d=True)[0]
    return audio


def equalize(audio: Audio, tone: tuple[float, ...]) -> Audio:
    """Apply the decibels of a score at `TONE_HERTZ`, joined over a logarithmic axis."""
    frequencies = np.fft.rfftfreq(len(audio), 1 / SAMPLE_RATE)
    curve = np.interp(np.log(np.maximum(frequencies, 1.0)), np.log(TONE_HERTZ), tone)
    spectrum = np.fft.rfft(audio, axis=0) * (10 ** (curve / 20))[:, None]
    return np.fft.irfft(spectrum, n=len(audio), axis=0)


def limit(audio: Audio) -> Audio:
    """Keep every sample within full scale by turning loud moments down smoothly.

    The gain is found per block; then it may only fall and rise at a given pace, so
    it begins to fall before a peak (this is what looking ahead means).
    """
    count = -(-len(audio) // LIMITER_BLOCK)
    padded = np.zeros(count * LIMITER_BLOCK)
    padded[: len(audio)] = np.abs(audio).max(axis=1)
    peaks = padded.reshape(count, LIMITER_BLOCK).max(axis=1)
    gain_db = np.minimum(0.0, -20 * np.log10(np.maximum(peaks, 1e-9)))
    for block in range(1, count):
        gain_db[block] = min(gain_db[block], gain_db[block - 1] + RELEASE_DB)
    for block in range(count - 2, -1, -1):
        gain_db[block] = min(gain_db[block], gain_db[block + 1] + ATTACK_DB)
    # Edges take the smaller neighbour: a straight line between them never exceeds
    # what the block allows.
    edges = np.minimum(np.r_[gain_db[0], gain_db], np.r_[gain_db, gain_db[-1]])
    places = np.arange(len(audio)) / LIMITER_BLOCK
    return audio * 10 ** (np.interp(places, np.arange(count + 1), edges) / 20)[:, None]


def _rms_db(audio: Audio) -> float:
    """Loudness of the mono sum, as a root mean square in dBFS."""
    return float(10 * np.log10(np.mean(audio.mean(axis=1) ** 2)))


def level(audio: Audio, rms_db: float) -> Audio:
    """Bring the peak to `PEAK` and the loudness as near to `rms_db` as the limiter can.

    Pushing harder into the limiter always makes the result louder, so a bisection
    over the push (in dB) finds how hard.
    """
    audio = audio / np.max(np.abs(audio))
    low, high = 0.0, MAX_PUSH_DB
    for _ in range(7):
        push = (low + high) / 2
        limited = limit(audio * 10 ** (push / 20))
        limited *= PEAK / np.max(np.abs(limited))
        low, high = (push, high) if _rms_db(limited) < rms_db else (low, push)
    return limited


def mix(audio: Audio, score: Score) -> Audio:
    """Trim, balance, fade and level a rendering."""
    audible = np.flatnonzero(np.abs(audio).max(axis=1) > SILENCE * np.max(np.abs(audio)))
    audio = audio[: min(audible[-1] + 1, int(MAX_SECONDS * SAMPLE_RATE))]
    audio = equalize(audio, score.tone)
    fade = int(FADE_SECONDS * SAMPLE_RATE)
    audio[-fade:] *= np.cos(np.linspace(0, np.pi / 2, fade))[:, None]
    return level(audio, score.rms_db)


def write_ogg(path: Path, audio: Audio, compression: float) -> None:
    """Write OGG Vorbis, a second at a time: one long write can crash libsndfile."""
    with sf.SoundFile(
        path, "w", SAMPLE_RATE, audio.shape[1], format="OGG", subtype="VORBIS",
        compression_level=compression,
    ) as file:  # fmt: skip
        for start in range(0, len(audio), SAMPLE_RATE):
            file.write(audio[start : start + SAMPLE_RATE])


def save(path: Path, audio: Audio) -> None:
    """Write at the best quality that fits `MAX_BYTES` and decodes without clipping."""
    for compression in np.arange(0.4, 1.0, 0.05):
        write_ogg(path, audio, float(compression))
        if path.stat().st_size <= MAX_BYTES:
            break
    else:
        raise RenderError(f"{path.name} does not fit {MAX_BYTES} bytes at any quality.")
    # A lossy codec overshoots; the decoded peak decides, and is what a listener gets.
    decoded, _ = sf.read(path)
    overshoot = np.max(np.abs(decoded)) / PEAK
    if overshoot > 1.0:
        write_ogg(path, audio / overshoot, float(compression))


def render(score: Score, soundfont: Path = SOUNDFONT, folder: Path = SAMPLES) -> Path:
    """Render one score into `folder`; return the path of the recording."""
    path = folder / f"{score.genre}.ogg"
    save(path, mix(synthesize(score, soundfont), score))
    return path


def main() -> int:
    """Read the command line and render what it asks for."""
    parser = argparse.ArgumentParser(description="Render the genre scores as OGG Vorbis.")
    parser.add_argument("genres", nargs="*", metavar="genre", help=", ".join(SCORES))
    parser.add_argument("--soundfont", type=Path, default=SOUNDFONT, help="default: %(default)s")
    options = parser.parse_args()
    unknown = [genre for genre in options.genres if genre not in SCORES]
    if unknown:
        parser.error(f"no score for {', '.join(unknown)}; there are {', '.join(SCORES)}")
    try:
        for genre in options.genres or SCORES:
            path = render(SCORES[genre], options.soundfont)
            seconds = sf.info(path).duration
            sys.stdout.write(f"{path.name}: {seconds:.1f} s, {path.stat().st_size} bytes\n")
    except RenderError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
