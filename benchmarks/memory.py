"""How much memory the longest song takes."""

from __future__ import annotations

import json

from benchmarks.recordings import make_mp3, make_wav
from benchmarks.stopwatch import HAS_PROC, NO_PROC, run_child
from benchmarks.table import Bench, Row, benchmark, memory_row, show_megabytes, skipped

SECONDS = 20 * 60
MOST_BYTES = 600e6


@benchmark("memory")
def long_song(bench: Bench) -> list[Row]:
    """Memory for 20 minutes of stereo at 48 kHz, above that of the idle process.

    The song is a WAV of 16 bits, 230 MB.  Idle is a process that has imported everything,
    loaded the model and classified a short song.  From bytes means an upload: its 230 MB
    are in the figure.  Beside it librosa's loading and MFCCs with the NumPy network.
    """
    if not HAS_PROC:
        return skipped("20 minutes of stereo WAV: memory", NO_PROC)
    song, clip = make_wav(bench.folder, SECONDS), make_mp3(bench.folder, 30)
    above = {}
    for way in ("classify-path", "classify-bytes", "view-bytes", "librosa"):
        child = run_child(["-m", "benchmarks.memory_child", way, song, clip])
        measured = json.loads(child.stdout)
        above[way] = measured["peak"] - measured["idle"]
    than = "librosa and the NumPy network, from a file"
    upload = f"of it {show_megabytes(song.stat().st_size)} the upload itself"
    kinds = {
        "classify-path": "classified from a file",
        "classify-bytes": f"classified from bytes ({upload})",
        "view-bytes": f"what the page does with an upload ({upload})",
    }
    return [
        memory_row(
            f"20 minutes of stereo WAV, {kind}: peak above idle",
            above[way],
            above["librosa"],
            than=than,
            under=MOST_BYTES,
        )
        for way, kind in kinds.items()
    ]
