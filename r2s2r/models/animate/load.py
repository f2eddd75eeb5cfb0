"""The pipeline of Wan2.2-Animate with Real2SAM2Real's weights, from local folders."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from r2s2r.models.animate.adapter import load_adapter, set_scale
from r2s2r.models.animate.base import load_transformer
from r2s2r.models.animate.distillation import load_distillation
from r2s2r.models.animate.pipeline import AnimatePipeline, flow_scheduler
from r2s2r.models.animate.transformer import AnimateTransformer
from r2s2r.models.components import load_image_encoder, load_text_encoder, load_tokenizer, load_vae, part
from r2s2r.models.decode import upcast_decoder
from r2s2r.spec.animate import AnimateSpec


def load(files: Mapping[str, Path], spec: AnimateSpec, *, device: torch.device) -> AnimatePipeline:
    """Load every part; nothing is downloaded, and no pickle is opened.

    Args:
        files: Role (``weights``, ``adapter``, ``distillation``) -> folder; the last one where the spec asks for it.
        spec: Precision, strengths and schedule. With ``fp8`` the weights come in bf16, to be cast by the levers.
        device: Where the parts end up.

    Raises:
        InputError: If weights are missing, damaged, left over, or those of another model; says which file.
    """
    dtype = torch.float32 if spec.precision == "fp32" else torch.bfloat16
    base = files["weights"]
    parts: dict[str, Any] = {
        "tokenizer": load_tokenizer(base),
        "text_encoder": load_text_encoder(base, dtype=dtype),
        "image_encoder": load_image_encoder(base, dtype=torch.float32),  # as in the release, whatever the others are in
        "vae": load_vae(base, dtype=dtype),
        "transformer": _transformer(files, spec, dtype=dtype),
        "scheduler": flow_scheduler(spec.shift),
        "image_processor": None,  # diffusers' needs torchvision; `encode_image` does its work
    }
    if spec.decode == "fp32":
        upcast_decoder(parts["vae"])
    placed: AnimatePipeline = AnimatePipeline(**parts).to(device)
    return placed


def _transformer(files: Mapping[str, Path], spec: AnimateSpec, *, dtype: torch.dtype) -> AnimateTransformer:
    transformer = load_transformer(part(files["weights"], "transformer"), dtype=dtype)
    load_adapter(transformer, files["adapter"])
    if spec.distillation:
        load_distillation(transformer, files["distillation"], scale=spec.distillation.scale)
    set_scale(transformer, spec.adapter_scale)
    return transformer
