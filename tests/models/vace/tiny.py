"""Shots for a tiny VACE model: random frames and masks, and the pipeline put together."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from r2s2r.artifacts.progress import Progress, unheard
from r2s2r.models import levers
from r2s2r.models.checkpoint import Checkpoints
from r2s2r.models.placement import Placement, place
from r2s2r.models.segment_loop import Sampling
from r2s2r.models.segments import Segments
from r2s2r.models.vace.conditions import condition
from r2s2r.models.vace.generate import Generation
from r2s2r.models.vace.guide import Guide
from r2s2r.models.vace.load import load
from r2s2r.models.watch import Watch
from r2s2r.spec.vace import VaceSpec

HEIGHT, WIDTH, STEPS = 32, 48, 2
Frames = NDArray[np.uint8]


def spec_of(**settings: object) -> VaceSpec:
    """Return a spec for the CPU in full precision."""
    return VaceSpec.model_validate({"precision": "fp32", "decode": "fp32", "device": "cpu", **settings})


def pictures(frames: int, *, seed: int = 0) -> Frames:
    """Return smooth random frames [N, H, W, 3]."""
    coarse = np.random.default_rng(seed).integers(0, 256, (frames, 4, 6, 3), dtype=np.uint8)
    return coarse.repeat(HEIGHT // 4, axis=1).repeat(WIDTH // 6, axis=2)


def left_half(frames: int) -> Frames:
    """Return masks [N, H, W] that have the left half filled."""
    masks = np.zeros((frames, HEIGHT, WIDTH), np.uint8)
    masks[:, :, : WIDTH // 2] = 255
    return masks


def guide_of(frames: Frames, masks: Frames | None = None) -> Guide:
    """Return frames and masks as a guide."""

    def reader(held: Frames) -> Any:
        return lambda wanted: held[_all(wanted)]

    return Guide(reader(frames), None if masks is None else reader(masks))


def generation(
    model: Path,
    guide: Guide,
    segments: Segments,
    *,
    seed: int = 0,
    progress: Progress = unheard,
    placement: Placement = "resident",
    **settings: Any,
) -> Generation:
    """Load a model and get a shot ready."""
    spec = spec_of(**settings)
    pipeline = load(model, spec)
    levers.apply(pipeline, spec)
    place(pipeline, placement, device=torch.device("cpu"))
    conditions = condition(pipeline, "a red box", "bad detailed" if spec.guidance > 1 else None)
    sampling = Sampling(segments, HEIGHT, WIDTH, STEPS, spec.guidance, seed)
    watch = Watch(progress, segments=segments.count, steps=STEPS)
    return Generation(pipeline, conditions, sampling, guide, pictures(1, seed=9)[0], watch, spec.conditioning_scale)


def made(model: Path, guide: Guide, segments: Segments, checkpoints: Path, **settings: Any) -> Frames:
    """Return all frames of a shot [N, H, W, 3]."""
    return np.concatenate(list(generation(model, guide, segments, **settings).run(Checkpoints(checkpoints), {})))


def rewrite(file: Path, change: Any) -> None:
    """Change the tensors of a safetensors file, given as a dict."""
    tensors = load_file(file)
    change(tensors)
    save_file(tensors, file, metadata={"format": "pt"})


def _all(wanted: Sequence[int]) -> list[int]:
    return list(wanted)
