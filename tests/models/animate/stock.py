"""diffusers' own transformer, tiny and random, as it is or with its face branch made to say nothing."""

import math
from typing import Any

import torch
from diffusers import WanAnimateTransformer3DModel
from torch import Tensor, nn

SMALL_FACE_BRANCH: dict[str, Any] = {
    "motion_encoder_channel_sizes": {"4": 8, "8": 8, "16": 8},
    "motion_encoder_size": 16,
    "motion_style_dim": 8,
    "motion_dim": 4,
    "motion_encoder_dim": 8,
    "face_encoder_hidden_dim": 8,
    "face_encoder_num_heads": 2,
}


def shape(*, layers: int = 2, heads: int = 2, head_dim: int = 12, ffn_dim: int = 40) -> dict[str, Any]:
    """Return a configuration that both transformers take."""
    return {
        "num_attention_heads": heads,
        "attention_head_dim": head_dim,
        "ffn_dim": ffn_dim,
        "num_layers": layers,
        "text_dim": 16,
        "freq_dim": 32,
        "image_dim": 16,
        "added_kv_proj_dim": heads * head_dim,
    }


def stock_transformer(config: dict[str, Any], *, seed: int = 0) -> Any:
    """Return diffusers' transformer with random weights, drawn so that no part is without effect."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model: Any = WanAnimateTransformer3DModel(**config, **SMALL_FACE_BRANCH, inject_face_latents_blocks=1)
        for parameter in model.parameters():
            nn.init.normal_(parameter, std=0.2)
    return model.eval()


class _Zeros(nn.Module):
    """Stands for a part of the face branch; what it returns has ``shape`` after the batch."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, given: Tensor, *_: Tensor) -> Tensor:
        return given.new_zeros(len(given), *self.shape)


class _Zero(nn.Module):
    def forward(self, hidden: Tensor, motion: Tensor) -> Tensor:
        return hidden.new_zeros(())


def without_face(model: Any, *, every: int = 5) -> Any:
    """Let the face branch of diffusers' transformer add zero, whatever the number of layers."""
    model.motion_encoder, model.face_encoder = _Zeros(1), _Zeros(1, 1, 1)
    model.face_adapter = nn.ModuleList(_Zero() for _ in range(math.ceil(len(model.blocks) / every)))
    model.register_to_config(inject_face_latents_blocks=every)
    return model


def random_inputs(*, seed: int = 0) -> dict[str, Tensor]:
    """Return what both transformers are given; latents of 3 + 1 frames, 4 by 6."""
    noise = torch.Generator().manual_seed(seed)
    return {
        "hidden_states": torch.randn(1, 36, 4, 4, 6, generator=noise),
        "timestep": torch.tensor([937.0]),
        "encoder_hidden_states": torch.randn(1, 512, 16, generator=noise),
        "encoder_hidden_states_image": torch.randn(1, 257, 16, generator=noise),
        "pose_hidden_states": torch.randn(1, 16, 3, 4, 6, generator=noise),
    }


def in_bf16(model: Any) -> Any:
    """Bring a transformer to bf16 as diffusers loads it: what it keeps in float32 stays."""
    kept = set(model._keep_in_fp32_modules)
    for name, parameter in model.named_parameters():
        if kept.isdisjoint(name.split(".")):
            parameter.data = parameter.data.to(torch.bfloat16)
    return model
