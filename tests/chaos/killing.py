"""Work in a process that is killed at a random moment."""

import os
import signal
import sys
import time
import traceback


def start_fork(work) -> int:
    """Do a work in a copy of this process; its number.  What the work raises ends it with 1."""
    sys.stdout.flush()
    if pid := os.fork():
        return pid
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 (the parent sees the code, the terminal the reason)
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def kill_after(pid: int, seconds: float) -> bool:
    """Kill a process after some seconds; whether it was still at work."""
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)  # its parent has not waited for it yet: the number is its own
    _, status = os.waitpid(pid, 0)
    if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status):
        raise AssertionError("the work failed by itself")
    return os.WIFSIGNALED(status)


def undisturbed_seconds(work) -> float:
    """Return how long a work takes."""
    start = time.monotonic()
    work()
    return time.monotonic() - start
