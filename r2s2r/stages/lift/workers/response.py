"""Reading what a worker answered. It is not trusted: whatever is wrong with it is a StageError, and nothing is used."""

import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from r2s2r.errors import MissingError, StageError
from r2s2r.spec.workers import WorkerName
from r2s2r.workers.exchange import MISSING, PROTOCOL, RESPONSE, VERSION

Shape = tuple[int | None, ...]

_MAX_SAID_BYTES = 1_000_000
_MAX_FILE_BYTES = 500_000_000
SETUP = "docs/lift-workers.md says how to set its environment up"


class Said(BaseModel):
    """response.json. Strict, but open to what a later worker of the same version may add."""

    model_config = ConfigDict(frozen=True, strict=True)

    protocol: str
    version: int
    model: str
    ok: bool
    error: str = ""
    frames: list[int] = []
    colours: Literal["linear", "srgb"] = "linear"


def read_said(folder: Path, model: WorkerName) -> Said:
    """Read response.json. Raises StageError when it is not there, damaged, or of another protocol, version or model."""
    path = folder / RESPONSE
    try:
        check_size(path, _MAX_SAID_BYTES)
        said = Said.model_validate_json(path.read_bytes())
    except OSError as error:
        raise StageError(f"the worker {model} ended without an answer ({path} is not there)") from error
    except ValidationError as error:
        places = (".".join(map(str, one["loc"])) or "the whole file" for one in error.errors()[:3])
        what = "; ".join(f"{place}: {one['msg']}" for place, one in zip(places, error.errors(), strict=False))
        raise StageError(f"the worker {model} answered what is no answer: {path}: {what}") from error
    if (said.protocol, said.version) != (PROTOCOL, VERSION):
        raise StageError(
            f"the worker {model} speaks {said.protocol} {said.version}, and r2s2r {PROTOCOL} {VERSION}: take the "
            "worker that comes with this r2s2r"
        )
    if said.model != model:
        raise StageError(f"the worker for {model} answered as {said.model}; correct workers in r2s2r.yaml")
    return said


def raise_if_failed(said: Said, exit_code: int, stderr: str) -> None:
    """Raise what a worker said went wrong: MissingError when its environment lacks something, else StageError."""
    if said.ok and exit_code == 0:
        return
    if exit_code == MISSING and not said.ok:
        raise MissingError(f"the worker {said.model} lacks something: {said.error}; {SETUP}")
    memory = " (a GPU with more free memory would do)" if "out of memory" in said.error.lower() else ""
    why = said.error or f"it ended with exit code {exit_code}"
    raise StageError(f"the worker {said.model} failed: {why}{memory}{stderr}")


def read_arrays(path: Path, shapes: Mapping[str, Shape], kind: Literal["f", "i"]) -> dict[str, NDArray[np.float64]]:
    """Read named arrays of an .npz file, without pickles; each must be finite and have its shape (None: any length).

    ``kind``: numbers, or whole numbers. Raises StageError for whatever is wrong with it.
    """
    try:
        check_size(path, _MAX_FILE_BYTES)
        _check_unpacked(path)
        with np.load(path, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in shapes}
    except StageError:
        raise
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
        raise StageError(f"the worker's answer {path} cannot be read ({error})") from error
    for name, array in found.items():
        if array.dtype.kind not in (kind, "i", "u"):
            raise StageError(f"the worker's answer {path}: {name} is not of numbers but of {array.dtype}")
        if not _fits(array.shape, shapes[name]):
            raise StageError(f"the worker's answer {path}: {name} has the shape {array.shape}, not {shapes[name]}")
        if not np.isfinite(array).all():
            raise StageError(f"the worker's answer {path}: {name} has values that are not numbers (NaN or infinite)")
    return {name: array.astype(np.float64) for name, array in found.items()}


def check_size(path: Path, most_bytes: int = _MAX_FILE_BYTES) -> None:
    """Raise StageError for what is no file (a pipe never ends), or too large; OSError for one that is not there."""
    about = path.lstat()
    if not stat.S_ISREG(about.st_mode):
        raise StageError(f"the worker's answer {path} is a link, folder or pipe; a plain file is an answer")
    size = about.st_size
    if size > most_bytes:
        raise StageError(f"the worker's answer {path} has {size:,} bytes, more than {most_bytes:,}; that is no answer")


def _check_unpacked(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        size = sum(info.file_size for info in archive.infolist())
    if size > _MAX_FILE_BYTES:
        raise StageError(f"the worker's answer {path} unpacks to {size:,} bytes; that is no answer")


def _fits(shape: tuple[int, ...], wanted: Shape) -> bool:
    return len(shape) == len(wanted) and all(want in (None, size) for size, want in zip(shape, wanted, strict=True))
