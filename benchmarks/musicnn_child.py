"""Compute MSD-musicnn for 30 s of noise one way, and print what it took as JSON.

``python -m benchmarks.musicnn_child WAY N_CORES TIMES [MODEL.onnx]``.  WAY is ``ours``,
``patches`` (NumPy, the input copied out for each position of a filter) or ``onnx`` (the same
filters in ONNX Runtime, from the file that `benchmarks.musicnn_onnx` writes).
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from benchmarks.stopwatch import resident_bytes, timed

N_SEGMENTS = 10
N_FRAMES, N_MELS = 187, 96


def compute_ours(*_: Any) -> Callable[[np.ndarray], Any]:
    """Prepare the program's own way; threads take a segment each."""
    from genre.audio.musicnn import bundled_network
    from genre.system.threads import N_THREADS, one_blas_thread

    network = bundled_network()
    threads = ThreadPoolExecutor(N_THREADS)

    def compute(log_mels: np.ndarray) -> np.ndarray:
        with one_blas_thread():
            return np.stack([o.tags for o in threads.map(network.compute, log_mels)])

    return compute


def compute_patches(*_: Any) -> Callable[[np.ndarray], Any]:
    """Prepare the front-end with every patch copied out, one product for each kind of filter."""
    from genre.audio import musicnn_network as module

    def timbre_peaks(rows: np.ndarray, kernel: np.ndarray, _: np.ndarray) -> np.ndarray:
        n_filters, n_bands, depth = kernel.shape
        windows = np.lib.stride_tricks.sliding_window_view(
            rows[: N_MELS * depth], n_bands * depth, axis=0
        )[::depth]  # (n_positions, n_frames, n_taps)
        products = windows.reshape(-1, n_bands * depth) @ kernel.reshape(n_filters, -1).T
        return products.reshape(-1, N_FRAMES, n_filters).max(axis=0).T

    def time_peaks(rows: np.ndarray, kernel: np.ndarray, _: np.ndarray) -> np.ndarray:
        n_filters, n_taps = kernel.shape
        offset = 63 - (n_taps - 1) // 2
        windows = np.lib.stride_tricks.sliding_window_view(
            rows[offset : offset + N_FRAMES + n_taps - 1], n_taps, axis=0
        )  # (n_frames, n_mels, n_taps)
        products = windows.reshape(-1, n_taps) @ kernel.T
        return products.reshape(N_FRAMES, N_MELS, n_filters).max(axis=1).T

    module._timbre_peaks, module._time_peaks = timbre_peaks, time_peaks
    return compute_ours()


def compute_onnx(n_cores: int, model: str) -> Callable[[np.ndarray], Any]:
    """Prepare ONNX Runtime with the same filters; it takes all segments in one batch."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = n_cores
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda log_mels: session.run(None, {"log_mel": log_mels[:, np.newaxis]})[0]


WAYS: dict[str, Callable[..., Callable[[np.ndarray], Any]]] = {
    "ours": compute_ours,
    "patches": compute_patches,
    "onnx": compute_onnx,
}


def main(way: str, n_cores: int, times: int, *model: str) -> None:
    """Measure one way, and print what it took."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:n_cores])
    noise = np.random.default_rng(440).standard_normal((N_SEGMENTS, N_FRAMES, N_MELS))
    log_mels = (2 + noise).astype(np.float32)
    start = time.perf_counter()
    compute = WAYS[way](n_cores, *model)
    ready = time.perf_counter() - start
    tags = compute(log_mels)
    cpu_start = time.process_time()
    taken = [timed(lambda: compute(log_mels))() for _ in range(times)]
    cpu_seconds = (time.process_time() - cpu_start) / times
    measured = {
        "ready": ready,
        "seconds": statistics.median(taken),
        "cpu_seconds": cpu_seconds,
        "peak": resident_bytes(peak=True),
        "tags": np.asarray(tags).ravel().tolist(),
    }
    sys.stdout.write(json.dumps(measured) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
