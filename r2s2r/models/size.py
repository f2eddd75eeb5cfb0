"""How large a Wan transformer is, and how much it computes: from its config alone, without torch."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TEXT_TOKENS, IMAGE_TOKENS = 512, 257
"""Rows of the text's features, which Wan was trained to be padded or cut to, and of CLIP ViT-H/14's."""

SPATIAL, TEMPORAL = 8, 4
"""Pixels to a latent, each way; frames to a latent, after the first."""

ANIMATE_14B: Mapping[str, Any] = {
    "num_attention_heads": 40, "attention_head_dim": 128, "ffn_dim": 13824, "num_layers": 40,
    "text_dim": 4096, "image_dim": 1280, "freq_dim": 256, "in_channels": 36, "added_kv_proj_dim": 5120,
}  # fmt: skip
VACE_1_3B: Mapping[str, Any] = {
    "num_attention_heads": 12, "attention_head_dim": 128, "ffn_dim": 8960, "num_layers": 30,
    "text_dim": 4096, "image_dim": None, "freq_dim": 256, "in_channels": 16, "vace_layers": list(range(0, 30, 2)),
}  # fmt: skip
VACE_14B: Mapping[str, Any] = {
    **ANIMATE_14B,
    "image_dim": None, "in_channels": 16, "added_kv_proj_dim": None, "vace_layers": list(range(0, 40, 5)),
}  # fmt: skip
"""Configs of Wan-AI/Wan2.2-Animate-14B-Diffusers, Wan-AI/Wan2.1-VACE-1.3B-diffusers and -14B-diffusers."""

# Computed once over fake tensors at 704x1280 and 480x832, 77 frames, 14B and 1.3B (no kernel's own workspace): bytes a
# token of the residual stream's width, and of the feed-forward's with a LoRA on it, in bf16.
_STREAM, _STREAM_IN_FFN, _FFN = 24, 10, 6
# Likewise for Wan's VAE: bytes a pixel in bf16, whatever the number of frames.
_DECODE = 10_200
_TILE_PX = 256


@dataclass(frozen=True)
class Transformer:
    """A Wan transformer.

    Attributes:
        width: Heads times their width.
        ffn: Inner width of the feed-forward.
        layers: Blocks that the video goes through.
        control_layers: Blocks that the control goes through besides (VACE).
        text: Width of the text encoder.
        image: Width of the image encoder; 0 without one.
        channels: Of the input and the control together.
        frequencies: Of the timestep.
        patch: Latent pixels of a token.
    """

    width: int
    ffn: int
    layers: int
    control_layers: int
    text: int
    image: int
    channels: int
    frequencies: int
    patch: tuple[int, int, int]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Transformer":
        """Read a ``config.json`` of diffusers; what it leaves out is as in the published 14B model."""
        full = {**ANIMATE_14B, "image_dim": None, "vace_in_channels": 96, "patch_size": (1, 2, 2), **config}
        control = full.get("vace_layers") or ()
        return cls(
            width=full["num_attention_heads"] * full["attention_head_dim"],
            ffn=full["ffn_dim"],
            layers=full["num_layers"],
            control_layers=len(control),
            text=full["text_dim"],
            image=full["image_dim"] or 0,
            channels=full["in_channels"] + (full["vace_in_channels"] if control else 16),
            frequencies=full["freq_dim"],
            patch=tuple(full["patch_size"]),
        )

    def tokens(self, *, height: int, width: int, frames: int) -> int:
        """Return the length of the sequence for a segment in pixels, the reference picture's latent frame included."""
        latents = (frames - 1) // TEMPORAL + 2
        time, rows, columns = self.patch
        return latents // time * (height // SPATIAL // rows) * (width // SPATIAL // columns)

    def forward_flops(self, tokens: int) -> float:
        """Return the floating-point operations of one forward pass: linear layers and attention, two a product."""
        context = TEXT_TOKENS + (IMAGE_TOKENS if self.image else 0)
        projections = 12 * tokens * self.width**2  # q, k, v, o of the tokens, then q and o towards the text
        attention = 4 * tokens * (tokens + context) * self.width
        feed_forward = 4 * tokens * self.width * self.ffn
        controls = 2 * tokens * self.width**2 * self.control_layers  # what each hands over
        layers = self.layers + self.control_layers
        return float(layers * (projections + attention + feed_forward) + controls)

    @property
    def block_parameters(self) -> int:
        """Parameters of one block: two attentions, the image's keys and values, the feed-forward, norms."""
        attentions = 8 * (self.width**2 + self.width) + (2 * self.width**2 if self.image else 0)
        return attentions + 2 * self.width * self.ffn + self.ffn + 14 * self.width

    @property
    def parameters(self) -> int:
        """Parameters of all of it, within 0.2 %; the face branch is none of it."""
        embeddings = self.width * (self.text + self.width + self.frequencies + self.width + 6 * self.width)
        embeddings += self.width * self.channels * math.prod(self.patch) + self.image * (self.image + self.width)
        blocks = (self.layers + self.control_layers) * self.block_parameters
        return blocks + embeddings + self.control_layers * self.width**2

    def activation_bytes(self, tokens: int) -> int:
        """Return the peak of what one forward pass keeps in bf16, weights aside: in a block's norms or feed-forward."""
        inside = max(_STREAM * self.width, _STREAM_IN_FFN * self.width + _FFN * self.ffn)
        hints = 2 * self.width * (self.control_layers + 1) if self.control_layers else 0
        return tokens * (inside + hints)


def config_of(weights: Path | None) -> Mapping[str, Any] | None:
    """Return the transformer's ``config.json`` of a model's folder; None where there is none that says its size."""
    if weights is None:
        return None
    try:
        config = json.loads((weights / "transformer" / "config.json").read_bytes())
        fitting = Transformer.from_config(config).parameters > 0
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return config if fitting else None


def decode_bytes(*, height: int, width: int, frames: int, tiled: bool) -> int:
    """Return the peak of what Wan's VAE keeps while it decodes in bf16: one frame's layers, and the video twice."""
    pixels = height * width
    at_once = min(pixels, _TILE_PX**2) if tiled else pixels
    return _DECODE * at_once + 2 * 3 * 2 * frames * pixels
