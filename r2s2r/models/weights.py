"""Weights on disk: where they are, and what is in them. Reads headers only; imports no torch, since ``doctor`` asks it.

Only safetensors: a pickle (.bin, .pt, .pth, .ckpt) runs whatever code it holds when it is opened.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from r2s2r.errors import InputError, MissingError
from r2s2r.models.machine import INSTALL
from r2s2r.spec.weights import HubName, is_path

PICKLES = (".bin", ".ckpt", ".pkl", ".pt", ".pth")
_BYTES = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2,
    "I32": 4, "U32": 4, "F32": 4, "I64": 8, "U64": 8, "F64": 8,
}  # fmt: skip
_LONGEST_HEADER = 100_000_000
_CONSENT = " (where its page on the hub asks for consent, as SAM 3's does: give it there, then `hf auth login`)"
_REFUSED = "is a pickle, which runs whatever code it holds when it is opened; give the same weights as .safetensors"


@dataclass(frozen=True)
class TensorInfo:
    """What a header says of a tensor.

    Attributes:
        dtype: As safetensors calls it: ``BF16``, ``F32``, ...
        shape: Sizes of its axes.
    """

    dtype: str
    shape: tuple[int, ...]

    @property
    def size_bytes(self) -> int:
        """Bytes of its values."""
        return _BYTES[self.dtype] * math.prod(self.shape)


def locate(written: str, *, folder: Path) -> Path:
    """Return the local folder of weights.

    Args:
        written: As in a scene: a path, relative to ``folder``, or a name on the hub, which is looked up among what was
            downloaded before; nothing is downloaded here.
        folder: Of the file it is written in.

    Raises:
        InputError: If it is a file, or the hub has no such names.
        MissingError: If there is no such folder, or a name on the hub was never downloaded; says what to do.
    """
    if not is_path(written):
        return _downloaded(HubName.parse(written))
    found = (folder / written).resolve()
    if found.is_dir():
        return found
    if found.exists():
        raise InputError(f"{found}: is a file; weights are named by the folder they are in")
    raise MissingError(f"{found}: no such folder of weights; put them there, or give their name on the hub")


def _downloaded(name: HubName) -> Path:
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
    except ImportError as error:
        raise MissingError(f"weights on the hub need huggingface_hub; {INSTALL}") from error
    try:
        snapshot = snapshot_download(name.repository, revision=name.revision, local_files_only=True)
    except HFValidationError as error:
        raise InputError(f"{name.repository}: cannot be a name on the hub ({error})") from error
    except LocalEntryNotFoundError as error:
        raise MissingError(f"{name.repository}: was not downloaded; `{_download(name)}`{_CONSENT}") from error
    found = Path(snapshot) / name.folder
    if not found.is_dir():
        raise MissingError(f"{name.repository}: has no folder {name.folder} here; `{_download(name)}`")
    return found


def _download(name: HubName) -> str:
    part = f" --include '{name.folder}/*'" if name.folder else ""
    revision = f" --revision {name.revision}" if name.revision else ""
    return f"hf download {name.repository}{part}{revision}"


def files(folder: Path) -> tuple[Path, ...]:
    """Return the safetensors files of a component's folder: those its index names, or the only one.

    Raises:
        InputError: If there are none, a shard is missing, or several lie there without an index.
    """
    indices = sorted(folder.glob("*.safetensors.index.json"))
    if len(indices) > 1:
        raise InputError(f"{folder}: has {len(indices)} index files ({some([i.name for i in indices])}); keep one")
    if indices:
        shards = sorted(set(_weight_map(indices[0]).values()))
        missing = [shard for shard in shards if not (folder / shard).is_file()]
        if missing:
            raise InputError(f"{folder}: lacks {some(missing)}, which {indices[0].name} names; download it again")
        return tuple(folder / shard for shard in shards)
    found = sorted(folder.glob("*.safetensors"))
    if len(found) > 1:
        raise InputError(f"{folder}: has {len(found)} safetensors files but no index that says which belong together")
    if not found:
        what = "has no safetensors file" if folder.is_dir() else "no such folder of weights"
        raise InputError(f"{folder}: {what}{_pickled(folder)}")
    return tuple(found)


def headers(folder: Path) -> dict[str, TensorInfo]:
    """Return all tensors of a component's folder, sharded or not.

    Raises:
        InputError: As ``files`` and ``read_header`` do, or if shards and index disagree.
    """
    tensors: dict[str, TensorInfo] = {}
    for file in files(folder):
        here = read_header(file)
        twice = sorted(here.keys() & tensors.keys())
        if twice:
            raise InputError(f"{file}: has {some(twice)}, which another shard has too")
        tensors |= here
    for index in folder.glob("*.safetensors.index.json"):
        differing = sorted(_weight_map(index).keys() ^ tensors.keys())
        if differing:
            raise InputError(f"{index}: does not fit its shards, which differ in {some(differing)}; download it again")
    return tensors


def file_in(folder: Path, name: str) -> Path:
    """Return a file of a folder.

    Raises:
        InputError: If it is not there; says so if there is a pickle instead.
    """
    if (folder / name).is_file():
        return folder / name
    raise InputError(f"{folder}: lacks {name}{_pickled(folder)}")


def read_header(file: Path) -> dict[str, TensorInfo]:
    """Return the tensors of a safetensors file without reading their values.

    Raises:
        InputError: If it is missing, a pickle, shorter than its header says, or no safetensors file.
    """
    if file.suffix in PICKLES:
        raise InputError(f"{file}: {_REFUSED}")
    header, available = _header_of(file)
    try:
        entries = json.loads(header)
        entries.pop("__metadata__", None)
        tensors = {name: TensorInfo(entry["dtype"], tuple(map(int, entry["shape"]))) for name, entry in entries.items()}
        spans = sorted((*map(int, entry["data_offsets"]), tensors[name].size_bytes) for name, entry in entries.items())
        ends = [0, *(end for _, end, _ in spans)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{file}: is no safetensors file (its header cannot be read)") from error
    if available < ends[-1]:
        said = f"is truncated: {ends[-1] - available} of {ends[-1]} bytes are missing"
        raise InputError(f"{file}: {said}; download it again")
    one_after_another = all(
        (start, end - start) == (at, size) for at, (start, end, size) in zip(ends, spans, strict=False)
    )
    if available > ends[-1] or not one_after_another:
        raise InputError(f"{file}: is damaged: its header does not fit its values; download it again")
    return tensors


def check_all_placed(file: Path, *, left: set[str], missing: set[str]) -> None:
    """Refuse a file with tensors that have no place, or without tensors that must be there.

    Raises:
        InputError: Names the first of them and says how many there are.
    """
    wrong = {"left over": left, "missing": missing}
    said = [f"tensors {what}: {some(sorted(names))}" for what, names in wrong.items() if names]
    if said:
        raise InputError(f"{file}: does not fit this model; {'; '.join(said)}")


def check_fit(file: Path, found: Mapping[str, TensorInfo], expected: Mapping[str, tuple[int, ...]]) -> None:
    """Refuse tensors that are left over, missing, or of other shapes than a model has.

    Raises:
        InputError: Names the first of them.
    """
    check_all_placed(file, left=found.keys() - expected.keys(), missing=expected.keys() - found.keys())
    for name, shape in expected.items():
        if found[name].shape != shape:
            raise InputError(f"{file}: {name} has shape {found[name].shape}, expected {shape} for this model")


def _header_of(file: Path) -> tuple[bytes, int]:
    """Return a file's header, and how many bytes come after it."""
    try:
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if not 2 <= length <= _LONGEST_HEADER:
                raise InputError(f"{file}: is no safetensors file")
            header, available = stream.read(length), file.stat().st_size - 8 - length
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from error
    if len(header) < length:
        raise InputError(f"{file}: is truncated in its header; download it again")
    return header, available


def _weight_map(index: Path) -> dict[str, str]:
    """Return tensor -> file of an index; the files lie beside it."""
    try:
        found = json.loads(index.read_bytes())["weight_map"]
        shards = {str(name): str(shard) for name, shard in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{index}: is no index of safetensors files") from error
    outside = sorted({shard for shard in shards.values() if Path(shard).name != shard})
    pickled = sorted({shard for shard in shards.values() if not shard.endswith(".safetensors")})
    if outside or pickled:
        raise InputError(f"{index}: names {some(outside or pickled)}, which is no safetensors file beside it")
    return shards


def _pickled(folder: Path) -> str:
    """Return what to say of the pickles in a folder, if there are any."""
    found = sorted(file.name for file in folder.glob("*") if file.suffix in PICKLES)
    return f"; {found[0]} {_REFUSED}" if found else ""


def some(names: list[str]) -> str:
    """Return the first few names, and how many there are if these are not all."""
    return ", ".join(names[:3]) + (f", ... ({len(names)} in all)" if len(names) > 3 else "")
