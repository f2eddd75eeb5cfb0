"""Processes: the fork server that tasks' processes come from.

The driver is never forked itself: its progress display has threads, and a fork copies their locks in whatever state
they are. The fork server has no threads and has already imported what stages share, so a task costs milliseconds.
"""

import multiprocessing
from multiprocessing import forkserver

from pipelines.interrupts import deferred_interrupts

CONTEXT = multiprocessing.get_context("forkserver")
# The edit stage is light but for its imports, which take longer than its work.
_PRELOADED = ["pipelines.task_process", "pipelines.perform", "r2s2r.stages.edit.animate", "numpy", "cv2"]


def start_fork_server() -> None:
    """Start the fork server, unless it runs; it imports while the driver goes on."""
    CONTEXT.set_forkserver_preload(_PRELOADED)
    with deferred_interrupts():
        forkserver.ensure_running()
