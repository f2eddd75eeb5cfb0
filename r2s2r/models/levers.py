"""Levers of a loaded video model that change pixels: precision, tiling, attention kernel, step cache.

All of them are named in the spec (or allowed there as fallbacks), and so are in the key; what only moves memory about
is in ``placement.py``.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import assert_never

import torch
from diffusers.hooks._helpers import TransformerBlockMetadata, TransformerBlockRegistry
from diffusers.hooks.first_block_cache import FirstBlockCacheConfig
from diffusers.hooks.taylorseer_cache import TaylorSeerCacheConfig
from diffusers.models.transformers.transformer_wan_animate import WanTransformerBlock
from diffusers.pipelines.pipeline_utils import DiffusionPipeline

from r2s2r.errors import InputError, MissingError
from r2s2r.models.machine import ATTENTION_PACKAGES
from r2s2r.models.taylorseer import INTERVAL, WARM_UP
from r2s2r.spec.video_model import Fallback, VideoModelSpec

_ATTENTION_BACKENDS = {"native": "native", "flash": "flash", "flash3": "_flash_3", "sage": "sage"}


def apply(pipeline: DiffusionPipeline, spec: VideoModelSpec, *, fallbacks: tuple[Fallback, ...] = ()) -> None:
    """Set what the spec asks for, and the fallbacks taken.

    After the weights and every LoRA are loaded (casting must see them), before ``placement.place`` (a step cache that
    skips blocks must lie inside the hooks that stream them).

    Raises:
        InputError: The levers do not go together, or not with this model.
        MissingError: The attention kernel's package is not installed.
    """
    _set_attention(pipeline, spec)
    _enable_step_cache(pipeline, spec)
    if spec.precision == "fp8" or "fp8" in fallbacks:
        _cast_to_fp8(pipeline, spec)
    if spec.vae_tiling or "tiling" in fallbacks:
        pipeline.vae.enable_tiling()


def reset(pipeline: DiffusionPipeline) -> None:
    """Forget what the step cache remembers: a segment starts from noise, and must not be told of the one before."""
    if pipeline.transformer.is_cache_enabled:  # without, this would only walk through all layers
        pipeline.transformer._reset_stateful_cache()


def apart(pipeline: DiffusionPipeline, name: str) -> AbstractContextManager[None]:
    """Let the step cache tell the passes of one prompt from those of another, by a name; without one, do nothing."""
    transformer = pipeline.transformer  # its own context walks through all layers, cache or none
    return transformer.cache_context(name) if transformer.is_cache_enabled else nullcontext()


def _cast_to_fp8(pipeline: DiffusionPipeline, spec: VideoModelSpec) -> None:
    """Keep the linear layers in 8 bit and cast each to the computing precision while it runs; LoRA and norms stay."""
    compute_dtype = torch.float32 if spec.precision == "fp32" else torch.bfloat16
    pipeline.transformer.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=compute_dtype)


def _set_attention(pipeline: DiffusionPipeline, spec: VideoModelSpec) -> None:
    """Set the kernel, ``native`` too: diffusers keeps it per process, and reads an environment variable."""
    if spec.attention != "native" and (spec.device == "cpu" or spec.precision == "fp32"):
        raise InputError(f"{spec.attention} computes in bf16 on a GPU only; take native", field="attention")
    try:
        pipeline.transformer.set_attention_backend(_ATTENTION_BACKENDS[spec.attention])
    except RuntimeError as error:
        package, advice = ATTENTION_PACKAGES[spec.attention]
        raise MissingError(f"attention: {spec.attention} needs the package {package}, {advice}") from error


def _enable_step_cache(pipeline: DiffusionPipeline, spec: VideoModelSpec) -> None:
    match spec.step_cache:
        case "none":
            return
        case "taylorseer":
            pipeline.transformer.enable_cache(_taylorseer())
        case "first_block":
            _check_first_block(pipeline)
            # diffusers has registered the blocks of its plain Wan only.
            TransformerBlockRegistry.register(WanTransformerBlock, TransformerBlockMetadata())
            pipeline.transformer.enable_cache(FirstBlockCacheConfig())
        case _:
            assert_never(spec.step_cache)


def _taylorseer() -> TaylorSeerCacheConfig:
    """Return TaylorSeer over the transformer's output alone, in float32.

    Over every block's attention, as in its paper (arXiv 2503.06923), it would keep two tensors a layer, some 240 GB for
    the 14B model at 720p; and diffusers' default patterns match none of Wan's layers (``attn1`` is not ``attn``), so
    that they cache nothing, in silence.
    """
    return TaylorSeerCacheConfig(
        cache_interval=INTERVAL,
        disable_cache_before_step=WARM_UP,
        taylor_factors_dtype=torch.float32,
        use_lite_mode=True,
    )


def _check_first_block(pipeline: DiffusionPipeline) -> None:
    transformer = pipeline.transformer
    if len(transformer.blocks) < 2:
        raise InputError("first_block needs a model of at least 2 blocks; take none", field="step_cache")
