"""Weights in the original naming (Wan-Video, VideoX-Fun) under the names that diffusers and transformers use."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from diffusers.loaders.single_file_utils import convert_wan_transformer_to_diffusers, convert_wan_vae_to_diffusers
from torch import Tensor

from r2s2r.errors import InputError
from r2s2r.models.animate.transformer import FACE_BRANCH
from r2s2r.models.weights import TensorInfo

HEAD_WIDTH = 128
"""Of every published Wan model; the original weights do not say how many heads there are."""

# diffusers' functions have no types.
_RENAME_TRANSFORMER: Callable[[dict[str, str]], dict[str, str]] = convert_wan_transformer_to_diffusers
_RENAME_VAE: Callable[[dict[str, Tensor]], dict[str, Tensor]] = convert_wan_vae_to_diffusers

_TEXT_ENCODER = (
    (r"^token_embedding\.", "shared."),
    (r"^norm\.", "encoder.final_layer_norm."),
    (r"^blocks\.(\d+)\.", r"encoder.block.\1."),
    (r"\.attn\.", ".layer.0.SelfAttention."),
    (r"\.pos_embedding\.embedding\.", ".layer.0.SelfAttention.relative_attention_bias."),
    (r"\.norm1\.", ".layer.0.layer_norm."),
    (r"\.norm2\.", ".layer.1.layer_norm."),
    (r"\.ffn\.gate\.0\.", ".layer.1.DenseReluDense.wi_0."),
    (r"\.ffn\.fc1\.", ".layer.1.DenseReluDense.wi_1."),
    (r"\.ffn\.fc2\.", ".layer.1.DenseReluDense.wo."),
)
_IMAGE_ENCODER = (
    (r"^cls_embedding$", "embeddings.class_embedding"),
    (r"^pos_embedding$", "embeddings.position_embedding.weight"),
    (r"^patch_embedding\.", "embeddings.patch_embedding."),
    (r"^pre_norm\.", "pre_layrnorm."),  # spelt like this in transformers
    (r"^post_norm\.", "post_layernorm."),
    (r"^transformer\.", "encoder.layers."),
    (r"\.norm([12])\.", r".layer_norm\1."),
    (r"\.attn\.proj\.", ".self_attn.out_proj."),
    (r"\.mlp\.0\.", ".mlp.fc1."),
    (r"\.mlp\.2\.", ".mlp.fc2."),
)
_FUSED = ".attn.to_qkv."


def is_original(names: Iterable[str]) -> bool:
    """Tell whether a transformer's tensors have the original names."""
    return any(".self_attn." in name for name in names)


def transformer_names(written: Iterable[str]) -> dict[str, str]:
    """Return, for each tensor of a transformer but those of the face branch, its name in diffusers.

    Args:
        written: Names in the original naming.
    """
    kept = [name for name in written if not re.search(FACE_BRANCH, name.removeprefix("model.diffusion_model."))]
    # diffusers' function only renames these tensors, so it renames names as well; it takes the prefix off by itself.
    converted = _RENAME_TRANSFORMER({name.removeprefix("model.diffusion_model."): name for name in kept})
    return {name: new for new, name in converted.items()}


def transformer_config(tensors: Mapping[str, TensorInfo], *, heads: int | None) -> dict[str, Any]:
    """Read a transformer's configuration off the shapes of its tensors.

    Args:
        tensors: By their names in diffusers.
        heads: Attention heads; None for heads as wide as the published models'.

    Raises:
        InputError: If a tensor that is needed for it is missing, or the width cannot be divided into heads.
    """
    try:
        width, in_channels, *patch_size = tensors["patch_embedding.weight"].shape
        ffn_dim = tensors["blocks.0.ffn.net.0.proj.weight"].shape[0]
        latent_channels = tensors["pose_patch_embedding.weight"].shape[1]
        image_dim = tensors["condition_embedder.image_embedder.norm1.weight"].shape[0]
        text_dim = tensors["condition_embedder.text_embedder.linear_1.weight"].shape[1]
        freq_dim = tensors["condition_embedder.time_embedder.linear_1.weight"].shape[1]
        out_channels = tensors["proj_out.weight"].shape[0] // math.prod(patch_size)
    except (KeyError, ValueError, IndexError) as error:
        raise InputError(f"not the weights of Wan2.2-Animate in the original naming ({error} is missing)") from error
    heads = heads or width // HEAD_WIDTH
    if not heads or width % heads:
        raise InputError(f"a width of {width} cannot be divided into {heads} heads; put num_heads into config.json")
    return {
        "patch_size": patch_size,
        "num_attention_heads": heads,
        "attention_head_dim": width // heads,
        "in_channels": in_channels,
        "latent_channels": latent_channels,
        "out_channels": out_channels,
        "text_dim": text_dim,
        "freq_dim": freq_dim,
        "ffn_dim": ffn_dim,
        "num_layers": 1 + max(int(name.split(".")[1]) for name in tensors if name.startswith("blocks.")),
        "cross_attn_norm": "blocks.0.norm2.weight" in tensors,
        "image_dim": image_dim,
        "added_kv_proj_dim": width,
    }


def vae(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename the weights of Wan2.1's VAE for ``AutoencoderKLWan``."""
    return _RENAME_VAE(dict(weights))


def text_encoder(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename the weights of ``WanT5EncoderModel`` for ``UMT5EncoderModel``, whose embedding has two names."""
    converted = {_renamed(name, _TEXT_ENCODER): tensor for name, tensor in weights.items()}
    return converted | {"encoder.embed_tokens.weight": converted["shared.weight"]}


def image_encoder(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename the weights of open-clip's picture side for ``CLIPVisionModel``; its projection to the text is dropped."""
    converted = {}
    for name, tensor in weights.items():
        if _FUSED in name:
            for part, projection in zip("qkv", tensor.chunk(3), strict=True):
                unfused = name.replace(_FUSED, f".self_attn.{part}_proj.")
                converted[_renamed(unfused, _IMAGE_ENCODER)] = projection
        elif name != "head":
            converted[_renamed(name, _IMAGE_ENCODER)] = tensor
    for name, shape in {"embeddings.class_embedding": (-1,), "embeddings.position_embedding.weight": (257, -1)}.items():
        converted[name] = converted[name].reshape(shape)
    return converted


def _renamed(name: str, rules: Iterable[tuple[str, str]]) -> str:
    for pattern, replacement in rules:
        name = re.sub(pattern, replacement, name)
    return name
