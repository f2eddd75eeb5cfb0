"""Runs a command in a process group of its own, ended when the pipe on stdin closes: `leash.py COMMAND...`.

Whoever started this holds the pipe's other end. When that process is gone, however it went, the kernel closes it; so a
worker never outlives the run that asked it, nor what it started. Imports the standard library only.
"""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress


def main() -> None:
    """Run the command; end with its exit code, or with 128 + the number of the signal that ended it."""
    try:
        child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a script's own stderr
        sys.exit(127)
    threading.Thread(target=_end_with_the_pipe, args=(child.pid,), daemon=True).start()
    # Not reaped yet, so that its number is not another's while its group is ended.
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    _end(child.pid)
    code = child.wait()
    sys.exit(code if code >= 0 else 128 - code)


def _end_with_the_pipe(group: int) -> None:
    while os.read(0, 1024):
        pass
    _end(group)


def _end(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
