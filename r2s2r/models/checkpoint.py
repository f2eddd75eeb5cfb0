"""Checkpoints: the finished segments of a shot, on disk, so that a killed run goes on where it was."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from r2s2r.artifacts.atomic import write_atomically

_FRAMES, _LAST, _GENERATOR = "frames", "last", "generator"
_PATTERN = "segment-*.safetensors"


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """One finished segment on disk; its pictures are read when they are asked for.

    Attributes:
        path: Its file.
        note: What was noted with it: the fallbacks that were on.
    """

    path: Path
    note: Mapping[str, Any] = field(default_factory=dict)

    def frames(self) -> NDArray[np.uint8]:
        """Return the segment's new frames [N, H, W, 3] uint8, as the model made them."""
        frames: NDArray[np.uint8] = self._tensor(_FRAMES).numpy()
        return frames

    def last(self) -> Tensor:
        """Return what the next segment is conditioned on [1, 3, N, H, W] float32, -1 to 1."""
        return self._tensor(_LAST)

    def generator_state(self) -> Tensor:
        """Return the state of the noise's generator after this segment, as ``torch.Generator.get_state`` gives it."""
        return self._tensor(_GENERATOR)

    def _tensor(self, name: str) -> Tensor:
        with safe_open(self.path, "pt") as file:
            tensor: Tensor = file.get_tensor(name)
        return tensor


class Checkpoints:
    """A folder with one safetensors file a finished segment. Whoever made the folder removes it when the shot is done.

    Attributes:
        folder: Is made with the first checkpoint; what is in it belongs to one request.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(
        self,
        segment: int,
        *,
        frames: NDArray[np.uint8],
        last: Tensor,
        generator: torch.Generator,
        note: Mapping[str, Any],
    ) -> Checkpoint:
        """Write a finished segment, whole or not at all; see ``Checkpoint`` for what the parts are."""
        tensors = {
            _FRAMES: torch.from_numpy(np.ascontiguousarray(frames)),
            _LAST: last.detach().to("cpu", torch.float32).contiguous(),
            _GENERATOR: generator.get_state(),
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        written = json.dumps(dict(note), sort_keys=True)
        write_atomically(self._path(segment), save(tensors, {"note": written, "digest": _digest(tensors, written)}))
        return Checkpoint(self._path(segment), dict(note))

    def resume(self) -> list[Checkpoint]:
        """Return the finished segments from the first on; a damaged or missing one ends the list."""
        found: list[Checkpoint] = []
        while (checkpoint := _opened(self._path(len(found)))) is not None:
            found.append(checkpoint)
        return found

    def clear(self) -> None:
        """Remove all checkpoints."""
        for path in self.folder.glob(_PATTERN):
            path.unlink(missing_ok=True)

    def _path(self, segment: int) -> Path:
        return self.folder / _PATTERN.replace("*", f"{segment:04d}")


def _opened(path: Path) -> Checkpoint | None:
    """Open a checkpoint; None where there is none, or where its bytes are not those that were written."""
    try:
        with safe_open(path, "pt") as file:
            about = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in (_FRAMES, _LAST, _GENERATOR)}
        intact = about["digest"] == _digest(tensors, about["note"])
        return Checkpoint(path, json.loads(about["note"])) if intact else None
    except (OSError, SafetensorError, KeyError, ValueError):
        return None


def _digest(tensors: Mapping[str, Tensor], note: str) -> str:
    """Return a hash over note, names, types, shapes and bytes: safetensors itself has none."""
    digest = hashlib.sha256(note.encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.numpy().data)
    return digest.hexdigest()
