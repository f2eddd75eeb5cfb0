"""Processes: the fork server that tasks' processes come from.

The driver is never forked itself: its progress display has threads, and a fork copies their locks in whatever state
they are. The fork server has no threads and has already imported what stages share, so a task costs milliseconds.
"""

import multiprocessing
from collections import Counter
from collections.abc import Iterable
from multiprocessing import forkserver

from pipelines.interrupts import deferred_interrupts

CONTEXT = multiprocessing.get_context("forkserver")
# The edit stage is light but for its imports, which take longer than its work.
_PRELOADED = ["pipelines.task_process", "pipelines.perform", "r2s2r.stages.edit.animate", "numpy", "cv2"]
# Imported once for several tasks of a stage; for one alone it would only hold up the first task of all.
_OF_SEVERAL = {"entity": ["r2s2r.stages.lift.entities.entity", "trimesh"], "render": ["r2s2r.stages.render.passes"]}


def start_fork_server(stages: Iterable[str] = ()) -> None:
    """Start the fork server for tasks of these stages, unless it runs; it imports while the driver goes on."""
    several = (stage for stage, count in Counter(stages).items() if count > 1)
    CONTEXT.set_forkserver_preload([*_PRELOADED, *(name for stage in several for name in _OF_SEVERAL.get(stage, ()))])
    with deferred_interrupts():
        forkserver.ensure_running()
