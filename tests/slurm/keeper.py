"""``python keeper.py PROGRAM ARGUMENT ...``: run a program, and end all that came of it when standard input closes.

Stands for a machine. What daemons detach (a job, which has its own session) becomes a child of the keeper, since it is
a "child subreaper" (prctl(2)), so that nothing is lost sight of. Standard input is a pipe from the test: it closes when
the test wants that, and also when the test's process is killed.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36


def main() -> int:
    """Run it."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # a Ctrl-C at the terminal is for the test, which closes the pipe
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, restore_signals=True, preexec_fn=_listen)
    while not select.select([sys.stdin], [], [], 0.2)[0]:
        _bury()
    while _bury():
        kill(descendants(os.getpid()))
        time.sleep(0.01)
    return 0


def descendants(pid: int) -> list[int]:
    """Return all processes below one; those that are dead and not buried are left out."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text(errors="replace").rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it has just ended
        if state != "Z":
            children.setdefault(int(parent), []).append(int(path.parent.name))
    found, level = list[int](), [pid]
    while level:
        level = [child for parent in level for child in children.get(parent, ())]
        found += level
    return found


def kill(pids: list[int]) -> None:
    """Kill processes, without a chance to say anything."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _listen() -> None:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_DFL)


def _bury() -> bool:
    """Take note of children that have ended; return whether there are others."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except ChildProcessError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
