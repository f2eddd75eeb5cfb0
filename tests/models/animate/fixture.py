"""The parity fixture's models, built in float32 by the conversions under test.

``folder`` is ``shared/fixtures/animate_parity``; its README describes every tensor.
"""

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKLWan
from safetensors.torch import load_file
from torch import Tensor
from transformers import CLIPVisionConfig, CLIPVisionModel, UMT5Config, UMT5EncoderModel

from r2s2r.models.animate import convert
from r2s2r.models.animate.transformer import AnimateTransformer
from tests.models.animate import original_names


def tensors(folder: Path, name: str) -> dict[str, Tensor]:
    """Load a file of the fixture; what it stores in bfloat16 comes back as the float32 it was."""
    loaded = load_file(folder / f"{name}.safetensors")
    return {key: value.float() if value.dtype == torch.bfloat16 else value for key, value in loaded.items()}


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text())


def build_transformer(folder: Path):
    """Return the base model: no adapter, the pose patch embedding as it was before."""
    config = read(folder, "config.json")
    transformer = AnimateTransformer(
        num_attention_heads=config["num_heads"],
        attention_head_dim=config["dim"] // config["num_heads"],
        in_channels=config["in_dim"],
        out_channels=config["out_dim"],
        text_dim=config["text_dim"],
        freq_dim=config["freq_dim"],
        ffn_dim=config["ffn_dim"],
        num_layers=config["num_layers"],
        image_dim=config["image_dim"],
    )
    original = tensors(folder, "base_original")
    names = convert.transformer_names(original)
    transformer.load_state_dict({names[name]: tensor for name, tensor in original.items()})
    return transformer.eval()


def build_vae(folder: Path):
    vae: Any = AutoencoderKLWan(base_dim=read(folder, "pipe_config.json")["vae"]["base_dim"])
    vae.load_state_dict(original_names.vae(tensors(folder, "pipe_vae_original")))
    return vae.eval()


def build_text_encoder(folder: Path):
    config = read(folder, "pipe_config.json")["t5"]
    encoder: Any = UMT5EncoderModel(
        UMT5Config(
            vocab_size=config["vocab"],
            d_model=config["dim"],
            d_kv=config["dim_attn"] // config["num_heads"],
            d_ff=config["dim_ffn"],
            num_heads=config["num_heads"],
            num_layers=config["num_layers"],
            relative_attention_num_buckets=config["num_buckets"],
            relative_attention_max_distance=config["max_distance"],
        )
    )
    encoder.load_state_dict(original_names.text_encoder(tensors(folder, "pipe_t5_original")))
    return encoder.eval()


def build_image_encoder(folder: Path):
    config = read(folder, "pipe_config.json")["clip"]
    encoder: Any = CLIPVisionModel(
        CLIPVisionConfig(
            hidden_size=config["dim"],
            intermediate_size=config["dim"] * config["mlp_ratio"],
            num_hidden_layers=config["num_layers"],
            num_attention_heads=config["num_heads"],
            image_size=config["image_size"],
            patch_size=config["patch_size"],
            hidden_act=config["act"],
            layer_norm_eps=config["eps"],
        )
    )
    encoder.load_state_dict(original_names.image_encoder(tensors(folder, "pipe_clip_visual_original")))
    return encoder.eval()
