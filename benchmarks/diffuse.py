"""Denoising with the 14B architecture and random weights: seconds a step, peak memory, share of the chip's bf16 peak.

One segment at 1280x704x77 for each profile of precision and step cache. Needs a GPU; prints so where there is none.
"""

import time
from types import SimpleNamespace
from typing import Any, cast

import torch
from diffusers.pipelines.pipeline_utils import DiffusionPipeline

from r2s2r.models import levers
from r2s2r.models.animate.transformer import AnimateTransformer
from r2s2r.models.chips import bf16_flops
from r2s2r.models.machine import gpu
from r2s2r.models.size import ANIMATE_14B
from r2s2r.models.workload import Workload
from r2s2r.spec.animate import AnimateSpec

DEVICE, CONFIG, STEPS = "cuda", dict(ANIMATE_14B), 6
HEIGHT, WIDTH, FRAMES = 704, 1280, 77
PROFILES = (
    AnimateSpec(),
    AnimateSpec(precision="fp8"),
    AnimateSpec(step_cache="taylorseer"),
    AnimateSpec(step_cache="first_block"),
)


def main() -> None:
    """Measure and print."""
    if DEVICE == "cuda" and not torch.cuda.is_available():
        print("  not measured: no GPU here")
        return
    found = gpu()
    name = found.name if found and DEVICE == "cuda" else DEVICE
    for spec in PROFILES:
        load = Workload.of(spec, CONFIG, height=HEIGHT, width=WIDTH)
        seconds, peak = _measure(spec, load)
        best = bf16_flops(name)
        share = "" if best is None else f", {2 * load.forward_flops / seconds / best * 100:.0f} % of its bf16 peak"
        print(
            f"  {name}, {spec.precision}, step cache {spec.step_cache}: {seconds:.3f} s a step of two passes, "
            f"{2 * load.forward_flops / 1e15:.3g} PFLOP without the cache{share}, peak {peak / 1e9:.1f} GB"
        )


@torch.no_grad()
def _measure(spec: AnimateSpec, load: Workload) -> tuple[float, int]:
    """Return the mean seconds of a step after the first, and the peak of the GPU's memory."""
    transformer = _random_transformer()
    pipeline = cast(DiffusionPipeline, SimpleNamespace(transformer=transformer, vae=None))
    levers.apply(pipeline, spec.model_copy(update={"device": "auto" if DEVICE == "cuda" else "cpu"}))
    inputs = _inputs(transformer.config)
    taken = []
    for step in range(STEPS):
        started = time.perf_counter()
        for context in ("cond", "uncond"):
            with transformer.cache_context(context):
                transformer(timestep=torch.full((1,), 1000.0 - step, device=DEVICE), **inputs)
        if DEVICE == "cuda":
            torch.cuda.synchronize()
        taken.append(time.perf_counter() - started)
    peak = torch.cuda.max_memory_allocated() if DEVICE == "cuda" else 0
    if DEVICE == "cuda":
        del transformer, pipeline, inputs
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    return sum(taken[1:]) / (STEPS - 1), peak  # the first step warms up; a cache's gain is in the mean


def _random_transformer() -> AnimateTransformer:
    with torch.device("meta"):
        transformer = AnimateTransformer(**CONFIG)
    transformer = transformer.to(torch.bfloat16).to_empty(device=DEVICE).eval()
    for parameter in transformer.parameters():
        parameter.normal_(std=0.02)
    rope = type(transformer.rope)(
        transformer.config.attention_head_dim, transformer.config.patch_size, transformer.config.rope_max_seq_len
    )
    transformer.rope = rope.to(DEVICE)  # its tables are no weights: they are computed
    return cast(AnimateTransformer, transformer)


def _inputs(config: Any) -> dict[str, Any]:  # noqa: ANN401 - diffusers' own type of configs
    latents = ((FRAMES - 1) // 4 + 1, HEIGHT // 8, WIDTH // 8)
    known: dict[str, Any] = {"device": DEVICE, "dtype": torch.bfloat16}
    return {
        "hidden_states": torch.randn(1, config.in_channels, latents[0] + 1, *latents[1:], **known),
        "encoder_hidden_states": torch.randn(1, 512, config.text_dim, **known),
        "encoder_hidden_states_image": torch.randn(1, 257, config.image_dim, **known),
        "pose_hidden_states": torch.randn(1, config.latent_channels, *latents, **known),
        "return_dict": False,
    }
