"""What doctor says of the machine itself: programs, packages, GPU, memory, disk."""

import platform
import shutil
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from pipelines.doctor import Check, ModelUse
from r2s2r.errors import MissingError
from r2s2r.media.ffmpeg import ffmpeg_path
from r2s2r.models.machine import PACKAGES, gpu, host_free_bytes, host_memory_bytes, missing_gpu, missing_kernel

_GB = 1e9
_ROOM_BYTES = 5 * 10**9
"""Frames of a long shot and its checkpoints, lossless, at 720p."""


def check_machine(uses: list[ModelUse], store: Path) -> Iterator[Check]:
    """Yield what every run needs, and what the video models need besides."""
    yield Check("machine", "python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield _ffmpeg()
    yield _memory()
    yield _disk(store)
    yield _gpu(wanted=any(use.spec.device == "auto" for use in uses))
    yield from _packages(wanted=bool(uses))
    for lacking in dict.fromkeys(filter(None, (missing_kernel(use.spec) for use in uses))):
        yield Check("packages", "attention", "missing", lacking)


def _ffmpeg() -> Check:
    try:
        return Check("machine", "ffmpeg", "ok", ffmpeg_path())
    except MissingError as error:
        return Check("machine", "ffmpeg", "missing", str(error))


def _memory() -> Check:
    said = f"{host_memory_bytes() / _GB:.0f} GB, {host_free_bytes() / _GB:.0f} GB of it unused"
    return Check("machine", "memory", "ok", said)


def _disk(store: Path) -> Check:
    there = next(folder for folder in (store, *store.parents) if folder.is_dir())
    free = shutil.disk_usage(there).free
    said = f"{free / _GB:.0f} GB free for {store}"
    if free < _ROOM_BYTES:
        return Check("machine", "disk", "warning", f"{said}; `r2s2r gc --max-size 0`, or set R2S2R_STORE elsewhere")
    return Check("machine", "disk", "ok", said)


def _gpu(*, wanted: bool) -> Check:
    found, lacking = gpu(), missing_gpu()
    if lacking:
        return Check("machine", "GPU", "missing" if wanted else "warning", f"no video model can run: needs {lacking}")
    assert found is not None, "that would be lacking"
    memory = f"{found.memory_bytes / _GB:.0f} GB, {found.free_bytes / _GB:.0f} GB of it unused"
    return Check("machine", "GPU", "ok", f"{found.name}, {memory}")


def _packages(*, wanted: bool) -> Iterator[Check]:
    for name in PACKAGES:
        try:
            yield Check("packages", name, "ok", metadata.version(name))
        except metadata.PackageNotFoundError:
            said = "not installed: `pip install 'r2s2r[neural]'`"
            yield Check("packages", name, "missing" if wanted else "warning", said)
