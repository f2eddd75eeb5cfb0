"""Parts of the parity fixture in the original naming, under the names that diffusers and transformers use."""

import re
from collections.abc import Iterable, Mapping

from diffusers.loaders.single_file_utils import convert_wan_vae_to_diffusers
from torch import Tensor

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


def vae(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename the weights of Wan2.1's VAE for ``AutoencoderKLWan``."""
    return dict(convert_wan_vae_to_diffusers(dict(weights)))


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
