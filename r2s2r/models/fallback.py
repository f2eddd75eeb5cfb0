"""Going on when memory does not suffice, with what the spec allows for that. Imports torch only after a failure."""

import gc
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar, get_args

from r2s2r.artifacts.atomic import write_atomically
from r2s2r.errors import StageError
from r2s2r.models.placement import Placement
from r2s2r.spec.video_model import Fallback, VideoModelSpec

T = TypeVar("T")

# What CUDA, cuBLAS, cuDNN and the host's allocator say, where torch raises a plain RuntimeError.
_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "alloc_failed", "allocation_failed")

HOST_NOTE = "fallbacks-host.json"
"""Beside a request's checkpoints: the fallbacks it goes on with on every machine."""

_AS_SETTINGS: dict[Fallback, str] = {"fp8": "precision: fp8", "tiling": "vae_tiling: true"}


def with_fallbacks(
    make: Callable[[tuple[Fallback, ...]], T],
    spec: VideoModelSpec,
    *,
    noted: Path,
    discard: Callable[[], object],
    memory: str = "",
) -> T:
    """Return ``make(fallbacks)``; when memory runs out, begin again with one more of the spec's fallbacks.

    Args:
        make: Has to load the model anew, and nobody else may hold it, or its memory stays taken.
        spec: Says what may be switched on, in which order.
        noted: File with the fallbacks taken; outlives a killed process, so that it goes on with them.
        discard: Called before each new attempt: removes checkpoints, since segments made with a fallback and segments
            made without it must not be mixed.
        memory: For the error: what was estimated, and what the GPU has.

    Raises:
        StageError: Memory ran out and no fallback is left.
    """
    while True:
        fallbacks = noted_fallbacks(noted.with_name(HOST_NOTE), noted)
        try:
            return make(fallbacks)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            left = [name for name in spec.allow_fallback if name not in _switched_on(spec, fallbacks)]
            if not left:
                raise StageError(_advice(spec, fallbacks, memory, error)) from error
        # Not in the handler: the error's traceback keeps the model's tensors alive.
        _free()
        discard()
        noted.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(noted, json.dumps([*fallbacks, left[0]]).encode())


def in_first_that_fits(make: Callable[[Placement], T], placements: Sequence[Placement]) -> T:
    """Return ``make(placement)`` of the first placement in which memory suffices; the results are equal in all."""
    *before, last = placements
    for placement in before:
        try:
            return make(placement)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        _free()  # not in the handler, as above
    return make(last)


def fall_back(checkpoints: Path, spec: VideoModelSpec) -> Fallback | None:
    """Switch on one more fallback for a request whose process was killed for the host's memory, so could not itself.

    Args:
        checkpoints: Folder of the request's checkpoints; they are removed, as they were made without it.
        spec: Says what may be switched on, in which order.

    Returns:
        What is switched on now; None where nothing is left.
    """
    fallbacks = noted_fallbacks(*checkpoints.glob("fallbacks-*.json"))
    left = [name for name in spec.allow_fallback if name not in _switched_on(spec, fallbacks)]
    if not left:
        return None
    for segment in checkpoints.glob("*.safetensors"):
        segment.unlink(missing_ok=True)
    checkpoints.mkdir(parents=True, exist_ok=True)
    write_atomically(checkpoints / HOST_NOTE, json.dumps([*fallbacks, left[0]]).encode())
    return left[0]


def noted_fallbacks(*notes: Path) -> tuple[Fallback, ...]:
    """Return the fallbacks noted in files; none where they are missing or damaged."""
    written = [name for noted in notes for name in _noted(noted)]
    return tuple(name for name in get_args(Fallback) if name in written)


def _noted(noted: Path) -> list[object]:
    try:
        written = json.loads(noted.read_bytes())
    except (OSError, ValueError):
        return []
    return written if isinstance(written, list) else []


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that the GPU's or the host's memory did not suffice."""
    said = str(error).lower()
    return isinstance(error, MemoryError) or any(words in said for words in _OUT_OF_MEMORY)


def _switched_on(spec: VideoModelSpec, fallbacks: tuple[Fallback, ...]) -> set[str]:
    asked = {"fp8": spec.precision == "fp8", "tiling": spec.vae_tiling}
    return {*fallbacks, *(name for name, on in asked.items() if on)}


def _advice(spec: VideoModelSpec, fallbacks: tuple[Fallback, ...], memory: str, error: BaseException) -> str:
    said = (str(error).strip() or type(error).__name__).splitlines()[0]
    tried = f", also with {' and '.join(fallbacks)}" if fallbacks else ""
    unused = [name for name in _AS_SETTINGS if name not in _switched_on(spec, fallbacks)]
    ways = ["a smaller area_side_px", "fewer segment_frames", *(_AS_SETTINGS[name] for name in unused)]
    if unused:
        ways.append(f"allow_fallback: [{', '.join(unused)}], which tries that by itself")
    told = [f"memory ran out{tried}: {said}", *([memory] if memory else []), f"set {', or '.join(ways)}"]
    return "; ".join(told)


def _free() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
