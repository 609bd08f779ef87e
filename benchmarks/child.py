"""Run a command and write down its time and its memory: ``child.py RESULT COMMAND...``.

A process inherits the high-water mark of its parent, so a benchmark that
holds librosa would lend its hundreds of megabytes to every program it starts.  This
small process stands between the two.  It imports the standard library only.
"""

import json
import os
import subprocess
import sys
import time


def main(result: str, command: list[str]) -> None:
    """Run the command, and write seconds, peak memory and exit code as JSON."""
    start = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes there, kilobytes here
    measured = {
        "seconds": seconds,
        "peak": usage.ru_maxrss * unit,
        "code": os.waitstatus_to_exitcode(status),
    }
    with open(result, "w", encoding="utf-8") as file:
        json.dump(measured, file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
