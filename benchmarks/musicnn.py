"""The network trained elsewhere: NumPy's products against copies and against ONNX Runtime."""

from __future__ import annotations

import importlib.util
import json
import statistics
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.stopwatch import HAS_PROC, NO_PROC, run_child
from benchmarks.table import Bench, Row, benchmark, memory_row, skipped, time_row

WHAT = "MSD-musicnn, 30 s"
ONNX = "ONNX Runtime, the same filters"


@benchmark("musicnn")
def music_network(bench: Bench) -> list[Row]:
    """MSD-musicnn's live filters on the mel spectrograms of ten segments, in fresh processes.

    Beside it NumPy with every patch copied out, and ONNX Runtime where `onnx` and `onnxruntime`
    are installed (they are no requirements): medians of 3 processes in turns, 15 runs each after
    a warm-up.  Processor time is what all threads of the process used, with one core to run on:
    unlike wall time it hardly depends on what else the machine does.  Ready is from the first
    import, NumPy's excepted, to a network that can compute; memory is the process's high-water
    mark.
    """
    if not HAS_PROC:
        return skipped(WHAT, NO_PROC)
    ways: dict[str, list[str | Path]] = {"ours": [], "patches": []}
    if all(importlib.util.find_spec(name) for name in ("onnx", "onnxruntime")):
        from benchmarks.musicnn_onnx import write_onnx

        write_onnx(bench.folder / "musicnn.onnx")
        ways["onnx"] = [bench.folder / "musicnn.onnx"]
    one, two = (_measure(bench, ways, n_cores) for n_cores in (1, 2))
    ours = one["ours"]
    copies, cpu = "every patch copied out", "cpu_seconds"
    rows = [
        time_row(f"{WHAT}, one core: processor time", ours[cpu], one["patches"][cpu], than=copies)
    ]
    if "onnx" not in ways:
        return rows + skipped(f"{WHAT}, ONNX Runtime", "onnx and onnxruntime are not installed")
    onnx = one["onnx"]
    difference = np.abs(np.subtract(ours["tags"], onnx["tags"])).max()
    return [
        *rows,
        time_row(f"{WHAT}, one core: processor time", ours[cpu], onnx[cpu], than=ONNX),
        time_row(f"{WHAT}, one core", ours["seconds"], onnx["seconds"], than=ONNX),
        time_row(f"{WHAT}, two cores", two["ours"]["seconds"], two["onnx"]["seconds"], than=ONNX),
        time_row(f"{WHAT}: until ready", ours["ready"], onnx["ready"], than=ONNX),
        memory_row(f"{WHAT}: memory", ours["peak"], onnx["peak"], than=ONNX),
        Row(f"{WHAT}: largest difference of a tag", f"{difference:.0e}", ONNX),
    ]


def _measure(
    bench: Bench, ways: dict[str, list[str | Path]], n_cores: int
) -> dict[str, dict[str, Any]]:
    """Return the median figures of each way, and its tags."""
    found: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    for _ in range(bench.times(3)):
        for way, model in ways.items():
            module = "benchmarks.musicnn_child"
            child = run_child(["-m", module, way, str(n_cores), str(bench.times(15)), *model])
            found[way].append(json.loads(child.stdout))
    return {
        way: {
            key: of_way[0][key]
            if key == "tags"
            else statistics.median(measured[key] for measured in of_way)
            for key in of_way[0]
        }
        for way, of_way in found.items()
    }
