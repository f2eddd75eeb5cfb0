"""A transformer's weights in the original naming (Wan-Video, VideoX-Fun) under the names that diffusers uses."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from diffusers.loaders.single_file_utils import convert_wan_transformer_to_diffusers

from r2s2r.errors import InputError
from r2s2r.models.animate.transformer import FACE_BRANCH
from r2s2r.models.weights import TensorInfo

HEAD_WIDTH = 128
"""Of every published Wan model; the original weights do not say how many heads there are."""

# diffusers' function has no types.
_RENAME_TRANSFORMER: Callable[[dict[str, str]], dict[str, str]] = convert_wan_transformer_to_diffusers


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
