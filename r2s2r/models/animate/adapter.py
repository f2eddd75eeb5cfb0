"""Real2SAM2Real's weights on top of Wan2.2-Animate: a LoRA and the pose patch embedding, under the released names."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from r2s2r.models.animate.lora import Lora
from r2s2r.models.animate.transformer import AnimateTransformer
from r2s2r.models.weights import check_all_placed, check_fit, file_in, read_header

LORA_FILE = "lora_diffusion_pytorch_model.safetensors"
POSE_FILE = "pose_patch_embedding.safetensors"
ADAPTER = "real2sam2real"
"""Its name in peft."""

ALPHA_PER_RANK = 0.5
"""Of the release, 32 / 64: its file does not say, and any other number gives other pictures without a warning."""

_RELEASED = {
    "self_attn.q": "attn1.to_q",
    "self_attn.k": "attn1.to_k",
    "self_attn.v": "attn1.to_v",
    "cross_attn.q": "attn2.to_q",
    "cross_attn.k": "attn2.to_k",
    "cross_attn.v": "attn2.to_v",
    "ffn.0": "ffn.net.0.proj",
    "ffn.2": "ffn.net.2",
}


def places(transformer: AnimateTransformer) -> dict[str, str]:
    """Return released name -> name in peft of every tensor of the LoRA: 16 a block."""
    return {
        f"blocks.{block}.{written}.{side}.weight": f"blocks.{block}.{module}.{side}.weight"
        for block in range(len(transformer.blocks))
        for written, module in _RELEASED.items()
        for side in ("lora_A", "lora_B")
    }


def check_adapter(transformer: AnimateTransformer, folder: Path) -> Lora:
    """Check the two files of the release against a base model, by their headers; return the LoRA.

    Raises:
        InputError: If a tensor is missing, left over, or does not fit the model.
    """
    file, expected = file_in(folder, LORA_FILE), places(transformer)
    written = {name for name in read_header(file) if not name.endswith(".alpha")}
    check_all_placed(file, left=written - expected.keys(), missing=expected.keys() - written)
    lora = Lora.read(file, expected, transformer, share=ALPHA_PER_RANK)
    pose = file_in(folder, POSE_FILE)
    shapes = {name: tuple(value.shape) for name, value in transformer.pose_patch_embedding.named_parameters()}
    check_fit(pose, read_header(pose), shapes)
    return lora


def load_adapter(transformer: AnimateTransformer, folder: Path) -> None:
    """Add the LoRA, and replace the pose patch embedding by the trained one.

    Args:
        transformer: The base model.
        folder: With the two files of the release. A LoRA without alpha is scaled as the release's is.

    Raises:
        InputError: If a tensor is missing, left over, or does not fit the model.
    """
    check_adapter(transformer, folder).install(transformer, name=ADAPTER)
    transformer.pose_patch_embedding.load_state_dict(load_file(folder / POSE_FILE))


def set_scale(transformer: AnimateTransformer, scale: float) -> None:
    """Set the strength of the LoRA, 1 being as trained; other adapters stay at 1."""
    names = list(transformer.peft_config)
    transformer.set_adapters(names, [scale if name == ADAPTER else 1.0 for name in names])


def save_adapter(transformer: AnimateTransformer, folder: Path, *, dtype: torch.dtype) -> None:
    """Write the two files of the release into a folder; the LoRA's metadata states its alpha, too.

    Args:
        transformer: With the adapter loaded.
        folder: Where to; exists.
        dtype: What the values are stored in.
    """
    parameters = dict(transformer.named_parameters())
    lora = {
        written: _stored(parameters[place.replace(".weight", f".{ADAPTER}.weight")], dtype)
        for written, place in places(transformer).items()
    }
    alpha = str(float(transformer.peft_config[ADAPTER].lora_alpha))
    save_file(lora, folder / LORA_FILE, metadata={"format": "pt", "lora_alpha": alpha})
    pose = transformer.pose_patch_embedding.state_dict()
    save_file({name: _stored(value, dtype) for name, value in pose.items()}, folder / POSE_FILE, {"format": "pt"})


def _stored(value: Tensor, dtype: torch.dtype) -> Tensor:
    return value.detach().to("cpu", dtype).contiguous()
