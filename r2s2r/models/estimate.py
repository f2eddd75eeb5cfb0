"""What a shot will cost: memory and minutes, before anything is loaded. Imports no torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from r2s2r.artifacts.action import Measured
from r2s2r.models.chips import bf16_flops
from r2s2r.models.machine import Gpu
from r2s2r.models.placement import Placement, choose, fits
from r2s2r.models.segments import Segments
from r2s2r.models.taylorseer import computed_steps
from r2s2r.models.workload import Workload
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.vace import VaceSpec

ASSUMED_SHARE = 0.5
"""Of a chip's bf16 peak that a forward pass reaches (an H100: 0.52); assumed, until a run on that GPU was measured."""

ASSUMED_TRANSFER = 20e9
"""Bytes a second from pinned memory to the GPU, over PCIe 4.0 x16; assumed."""

_GB = 1e9
# A tiny model says nothing of the published one.
_MOST_SCALED = 300


@dataclass(frozen=True)
class Estimate:
    """What one video will cost.

    Attributes:
        gpu_bytes: Peak on the GPU; 0 where the CPU computes.
        host_bytes: Peak of the host's memory: the weights pass through it.
        pinned_bytes: How much of that is pinned, for streaming.
        minutes: Denoising of all segments; None where nothing is known of the GPU.
        basis: What the minutes rest on.
        placement: Where the weights will lie.
        fits: Whether the GPU is large enough; True where none is known.
    """

    gpu_bytes: int
    host_bytes: int
    pinned_bytes: int
    minutes: float | None
    basis: str
    placement: Placement
    fits: bool


def estimate(
    spec: AnimateSpec | VaceSpec,
    config: Mapping[str, Any] | None,
    *,
    height: int,
    width: int,
    frames: int,
    gpu: Gpu | None,
    history: Sequence[Measured],
) -> Estimate:
    """Estimate a shot.

    Args:
        spec: The video model's settings.
        config: The transformer's ``config.json``; None for the published model's.
        height: Rows that are generated, in pixels.
        width: Columns of that.
        frames: Of the shot.
        gpu: What it will run on; None where there is none, or it is not known.
        history: What earlier runs of this kind of model measured, on any GPU: ``seconds_per_step``, ``height``,
            ``width``, ``precision``, ``gpu``, and where noted ``forward_flops``, ``forwards_per_step``,
            ``peak_gpu_bytes``, ``step_cache``, ``attention``.
    """
    load, used = Workload.of(spec, config, height=height, width=width), None if spec.device == "cpu" else gpu
    needs = load.needs()
    placement = choose(needs, used)
    seconds, basis = _step_seconds(load, used, placement, history)
    segments = Segments(frames, spec.segment_frames, spec.overlap_frames).count
    pinned = _pinned(load, needs.block) if placement == "streamed" else 0
    peak = needs.peak(placement)
    return Estimate(
        gpu_bytes=0 if spec.device == "cpu" else _measured_peak(load, used, history) or peak,
        host_bytes=peak if spec.device == "cpu" else load.weight_bytes + pinned,
        pinned_bytes=pinned,
        minutes=None if seconds is None else segments * _steps(spec) * seconds / 60,
        basis=basis,
        placement=placement,
        fits=fits(needs, used),
    )


def describe(estimate: Estimate) -> str:
    """Return the estimate in one line, for people."""
    if estimate.minutes is None:
        time = f"time not known ({estimate.basis})"
    else:
        minutes = f"about {_short(estimate.minutes)}" if estimate.minutes >= 1 else "less than 1"
        time = f"{minutes} min on {estimate.basis}"
    memory = f"{_short(estimate.gpu_bytes / _GB)} GB GPU"
    if estimate.pinned_bytes:
        memory += f", {_short(estimate.pinned_bytes / _GB)} GB pinned"
    if estimate.gpu_bytes == 0:
        memory = f"{_short(estimate.host_bytes / _GB)} GB of the host's memory"
    return f"{time}, {memory}" + ("" if estimate.fits else ", more than the GPU has")


def _step_seconds(
    load: Workload, gpu: Gpu | None, placement: Placement, history: Sequence[Measured]
) -> tuple[float | None, str]:
    """Return the seconds of one denoising step, and what that rests on."""
    where = gpu.name if gpu else "this CPU"
    runs = [run for run in history if _alike(run, load, gpu)] if gpu or load.spec.device == "cpu" else []
    if runs:
        earlier = f"from {len(runs)} earlier run{'s' if len(runs) > 1 else ''}"
        return median(_scaled(run, load) for run in runs), f"{where} ({earlier})"
    peak = bf16_flops(gpu.name) if gpu else None
    if peak is None:
        unknown = f"the speed of {gpu.name} is not known" if gpu else "no GPU here"
        return None, "no earlier run on this CPU" if load.spec.device == "cpu" else f"{unknown}, and no earlier run"
    forward = load.forward_flops / (ASSUMED_SHARE * peak)
    if placement == "streamed":
        forward = max(forward, load.needs().transformer / ASSUMED_TRANSFER)
    share = computed_steps(_steps(load.spec)) / _steps(load.spec) if load.spec.step_cache == "taylorseer" else 1.0
    return share * _forwards(load.spec) * forward, f"{where} (assumed {ASSUMED_SHARE * 100:.0f} % of its peak)"


def _alike(run: Measured, load: Workload, gpu: Gpu | None) -> bool:
    """Whether a run's speed says something of this one: same chip, same kind of arithmetic, not of another world."""
    asked = load.spec
    return (
        "seconds_per_step" in run
        and run.get("gpu") == (gpu.name if gpu else None)
        and (run.get("precision") == "fp32") == (asked.precision == "fp32")
        and run.get("step_cache", asked.step_cache) == asked.step_cache
        and run.get("attention", asked.attention) == asked.attention
        and 1 / _MOST_SCALED <= load.forward_flops / _flops_of(run, load) <= _MOST_SCALED
    )


def _scaled(run: Measured, load: Workload) -> float:
    """Return a run's seconds a step, by the ratio of the floating-point operations."""
    ratio = load.forward_flops / _flops_of(run, load) * _forwards(load.spec) / run.get("forwards_per_step", 2)
    return float(run["seconds_per_step"] * ratio)


def _flops_of(run: Measured, load: Workload) -> float:
    """Return the operations of a run's forward pass: as noted, else as if it had been of this very model."""
    return float(run.get("forward_flops") or replace(load, height=run["height"], width=run["width"]).forward_flops)


def _measured_peak(load: Workload, gpu: Gpu | None, history: Sequence[Measured]) -> int:
    """Return the highest peak of runs of this very size, model and precision on this GPU; 0 without such."""
    same = {"height": load.height, "width": load.width, "precision": load.spec.precision}
    runs = [run for run in history if _alike(run, load, gpu) and all(run.get(key) == same[key] for key in same)]
    peaks = [int(run.get("peak_gpu_bytes", 0)) for run in runs if _flops_of(run, load) == load.forward_flops]
    return max(peaks, default=0) if gpu else 0


def _steps(spec: AnimateSpec | VaceSpec) -> int:
    return spec.chosen_steps if isinstance(spec, AnimateSpec) else spec.steps


def _forwards(spec: AnimateSpec | VaceSpec) -> int:
    """Return the passes of a step: one more away from the negative prompt, where there is guidance."""
    return 2 if (spec.chosen_guidance if isinstance(spec, AnimateSpec) else spec.guidance) > 1 else 1


def _pinned(load: Workload, block_bytes: int) -> int:
    """Return what streaming pins: torch rounds each tensor up to a power of two (CachingHostAllocator)."""
    model = load.transformer
    each = block_bytes / model.block_parameters
    square = 1 << (int(model.width**2 * each) - 1).bit_length()
    feed_forward = 1 << (int(model.width * model.ffn * each) - 1).bit_length()
    return (model.layers + model.control_layers) * ((10 if model.image else 8) * square + 2 * feed_forward)


def _short(number: float) -> str:
    return f"{number:.0f}" if number >= 10 or number == 0 else f"{number:.1f}"
