"""The command ``change``: a recording through an effect, written to a file.

Conventions
-----------
As `genre.cli.songs`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import soundfile

from genre.audio.load import load_audio
from genre.audio.signal import Signal
from genre.cli.outputs import check_file
from genre.cli.songs import progress_bar
from genre.cli.terminal import printable
from genre.effects.effects import apply_effect
from genre.effects.names import MAX_EFFECT_SECONDS
from genre.errors import ParameterError
from genre.system.files import replacing
from genre.text.effects import ABOUT, LABELS

FORMATS = {".flac": "FLAC", ".wav": "WAV"}


def change(arguments: argparse.Namespace) -> int:
    """Change a recording and write it."""
    out = Path(arguments.out)
    if out.suffix.lower() not in FORMATS:
        raise ParameterError(
            f"'{printable(str(out))}' was given for the result, a name that ends in "
            f"{' or '.join(FORMATS)} was expected."
        )
    check_file(out)
    source = sys.stdin.buffer.read() if arguments.file == "-" else arguments.file
    # A second more than is changed tells that there is more.
    signal = load_audio(source, max_seconds=MAX_EFFECT_SECONDS + 1)
    if arguments.progress:
        changed = apply_effect(signal, arguments.effect, _print_share)
    else:
        with progress_bar("%") as on_progress:
            changed = apply_effect(
                signal, arguments.effect, lambda share: on_progress(round(100 * share), 100, "")
            )
    _write(changed, out)
    if not arguments.progress:
        print(f"{printable(str(out))}: {changed.seconds:.1f} s, {LABELS[arguments.effect].lower()}")
        print(ABOUT[arguments.effect])
    return 0


def _print_share(share: float) -> None:
    """Write a line that `genre.effects.effect_job` reads."""
    sys.stdout.write(f"{share:.3f}\n")
    sys.stdout.flush()


def _write(signal: Signal, path: Path) -> None:
    with replacing(path) as file:
        soundfile.write(
            file, signal.samples, signal.sr, format=FORMATS[path.suffix.lower()], subtype="PCM_16"
        )
