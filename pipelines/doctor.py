"""Doctor: what this machine and its weights lack for scenes, found without loading a model."""

import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from pipelines.forecast import ELSEWHERE, earlier_runs
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.store import Store
from r2s2r.errors import InputError, MissingError
from r2s2r.media.ffmpeg import ffmpeg_path
from r2s2r.models.estimate import describe, estimate
from r2s2r.models.hashes import hashed, weight_files
from r2s2r.models.machine import (
    INSTALL,
    INSTEAD_OF_VIDEO,
    PACKAGES,
    gpu,
    host_free_bytes,
    host_memory_bytes,
    missing_gpu,
    missing_kernel,
)
from r2s2r.models.size import config_of
from r2s2r.models.weights import locate, read_header
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.generation import release_size
from r2s2r.spec.resolved import Scene
from r2s2r.spec.vace import VaceSpec

State = Literal["ok", "warning", "missing", "wrong"]
_GB = 1e9
_ROOM_BYTES = 5 * 10**9
"""Frames of a long shot and its checkpoints, lossless, at 720p."""
_ASPECT = (16, 9)
_ROLES = ("weights", "adapter", "distillation")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        area: ``machine``, ``packages``, ``weights``, ``hashes`` or ``cost``.
        name: What of it.
        state: ``warning`` does not keep anything from running; ``missing`` can be got; ``wrong`` cannot be used.
        said: What was found, and what to do.
    """

    area: str
    name: str
    state: State
    said: str


@dataclass(frozen=True)
class ModelUse:
    """A video model that scenes want, and for what.

    Attributes:
        spec: Its settings.
        written: Role -> absolute folder, or name on the hub.
        height: Rows that are generated.
        width: Columns.
        frames: Of the shot.
        label: The shot, or the backend.
    """

    spec: AnimateSpec | VaceSpec
    written: dict[str, str]
    height: int
    width: int
    frames: int
    label: str

    @cached_property
    def found(self) -> dict[str, Path | InputError | MissingError]:
        """Role -> local folder, or why there is none."""
        found: dict[str, Path | InputError | MissingError] = {}
        for role, written in self.written.items():
            try:
                found[role] = locate(written, folder=Path())
            except (InputError, MissingError) as error:
                found[role] = error
        return found

    @property
    def folders(self) -> dict[str, Path]:
        """Role -> folder of the weights that are here."""
        return {role: one for role, one in self.found.items() if isinstance(one, Path)}


def model_uses(scenes: list[Scene]) -> list[ModelUse]:
    """Return the video models of the scenes' shots; without scenes, both published ones with their defaults."""
    if not scenes:
        return [_published(spec) for spec in (AnimateSpec(), VaceSpec())]
    uses = []
    for scene in scenes:
        for shot in scene.shots.values():
            spec, size = shot.diffuse.model, shot.edit.output
            if spec is not None:
                written = {role: shot.files[role] for role in _ROLES if role in shot.files}
                label = f"{scene.name}/{shot.name}"
                uses.append(ModelUse(spec, written, size.height, size.width, shot.edit.frames, label))
    return uses


def _published(spec: AnimateSpec | VaceSpec) -> ModelUse:
    width, height = release_size(area_side_px=spec.area_side_px, width=_ASPECT[0], height=_ASPECT[1])
    written = {"weights": spec.weights} | ({"adapter": spec.adapter} if isinstance(spec, AnimateSpec) else {})
    label = "animate" if isinstance(spec, AnimateSpec) else "vace"
    return ModelUse(spec, written, height, width, spec.segment_frames, label)


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
    found, lacking = gpu(), missing_gpu(INSTEAD_OF_VIDEO)
    if lacking:
        return Check("machine", "GPU", "missing" if wanted else "warning", f"video models need {lacking}")
    assert found is not None, "that would be lacking"
    memory = f"{found.memory_bytes / _GB:.0f} GB, {found.free_bytes / _GB:.0f} GB of it unused"
    return Check("machine", "GPU", "ok", f"{found.name}, {memory}")


def _packages(*, wanted: bool) -> Iterator[Check]:
    for name in PACKAGES:
        try:
            yield Check("packages", name, "ok", metadata.version(name))
        except metadata.PackageNotFoundError:
            said = f"not installed: {INSTALL}"
            yield Check("packages", name, "missing" if wanted else "warning", said)


def check_weights(uses: list[ModelUse]) -> Iterator[Check]:
    """Yield what is known of each model's weights, once for each set of them."""
    sets: dict[tuple[tuple[str, str], ...], ModelUse] = {}
    for use in uses:
        sets.setdefault(tuple(sorted(use.written.items())), use)
    for use in sets.values():
        for role, found in use.found.items():
            state: State = "ok" if isinstance(found, Path) else _state(found)
            yield Check("weights", f"{use.label} {role}", state, str(found))
        yield from _parts(use)


def _parts(use: ModelUse) -> Iterator[Check]:
    if not all(find_spec(package) for package in ("torch", "diffusers", "transformers", "peft")):
        yield from _headers_only(use)
        return
    from r2s2r.models.expected import examine

    for part in examine(use.folders, use.spec):
        state: State = "ok" if part.error is None else _state(part.error)
        yield Check("weights", f"{use.label} {part.name}", state, str(part.error or part.said))


def _headers_only(use: ModelUse) -> Iterator[Check]:
    """Yield whether the files are whole; whether they fit their model needs the packages."""
    for file in dict.fromkeys(file for folder in use.folders.values() for file in weight_files(folder)):
        try:
            said = f"{len(read_header(file))} tensors, whole; whether they fit the model cannot be said without torch"
            yield Check("weights", str(file), "ok", said)
        except InputError as error:
            yield Check("weights", str(file), "wrong", str(error))


def check_hashes(uses: list[ModelUse], progress: Progress) -> Iterator[Check]:
    """Read all weights and yield their hashes; progress counts bytes."""
    folders = sorted({folder for use in uses for folder in use.folders.values()})
    files = list(dict.fromkeys(file for folder in folders for file in weight_files(folder)))
    for one in hashed(files, progress):
        said = f"SHA-256 {one.sha256}"
        if one.is_damaged:
            yield Check("hashes", str(one.file), "wrong", f"{said}, but {one.published} was published; download again")
        else:
            yield Check("hashes", str(one.file), "ok", said + (", as published" if one.published else ""))


def _state(error: InputError | MissingError) -> State:
    return "missing" if isinstance(error, MissingError) else "wrong"


def check_cost(uses: list[ModelUse], store: Store) -> Iterator[Check]:
    """Yield what each shot will cost on this machine, or without a GPU on an H100, as ``plan`` says."""
    chip, host, runs = gpu(), host_memory_bytes(), earlier_runs(store)
    for use in uses:
        cost = estimate(
            use.spec,
            config_of(use.folders.get("weights")),
            height=use.height,
            width=use.width,
            frames=use.frames,
            gpu=chip or ELSEWHERE,
            history=runs.get("animate" if isinstance(use.spec, AnimateSpec) else "vace", []),
        )
        where = "" if chip or use.spec.device == "cpu" else "no GPU here; "
        said = f"{use.width}x{use.height}, {use.frames} frames: {where}{describe(cost)}"
        if not cost.fits:
            said += "; set precision: fp8, vae_tiling: true or a smaller area_side_px"
        if cost.host_bytes > host:
            said += f"; needs {cost.host_bytes / _GB:.0f} GB of the host's memory, which has {host / _GB:.0f} GB"
        tight = not cost.fits or cost.host_bytes > host
        yield Check("cost", use.label, "warning" if tight else "ok", said)
