"""Whose turn it is: one worker at a time on each GPU of a machine, and only with enough free memory."""

import fcntl
import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from r2s2r.errors import MissingError
from r2s2r.models.machine import gpu
from r2s2r.spec.workers import WorkerSpec

_GB = 10**9
_log = logging.getLogger(__name__)


@contextmanager
def turn(worker: WorkerSpec, model: str) -> Iterator[None]:
    """Wait until no other worker of this user runs on the GPU (or, without one, in the same environment).

    Raises MissingError when the GPU is not there, or has less free memory than the worker needs.
    """
    path = Path(tempfile.gettempdir()) / f"r2s2r-worker-{os.getuid()}-{_place(worker)}.lock"
    file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _log.warning("waiting: another lift worker is at work there (%s)", path)
            fcntl.flock(file, fcntl.LOCK_EX)
        _check_memory(worker, model)
        yield
    finally:
        os.close(file)  # the kernel ends the lock with it, and with us


def _place(worker: WorkerSpec) -> str:
    where = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0] if worker.gpu_memory_gb else worker.python
    return hashlib.sha256(where.encode()).hexdigest()[:12]


def _check_memory(worker: WorkerSpec, model: str) -> None:
    if not worker.gpu_memory_gb:
        return
    found = gpu()
    need = f"the worker {model} needs a GPU with {worker.gpu_memory_gb:g} GB free (workers.{model}.gpu_memory_gb)"
    advice = "run where one is, or set lift.backend: inflate"
    if found is None:
        raise MissingError(f"{need}; nvidia-smi and CUDA_VISIBLE_DEVICES show none: {advice}")
    if found.free_bytes < worker.gpu_memory_gb * _GB:
        raise MissingError(f"{need}; {found.name} has {found.free_bytes / _GB:.1f}: end what uses it, {advice}")
