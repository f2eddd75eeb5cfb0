"""From latents to pictures, with Wan's VAE."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl_wan import AutoencoderKLWan
from numpy.typing import NDArray
from torch import Tensor

from r2s2r.errors import StageError


def upcast_decoder(vae: AutoencoderKLWan) -> None:
    """Let the VAE decode in float32, whatever it encodes in. Before the components are placed."""
    vae.post_quant_conv.to(torch.float32)
    vae.decoder.to(torch.float32)


@torch.no_grad()
def decoded(vae: AutoencoderKLWan, latents: Tensor) -> Tensor:
    """Return the video [1, 3, N, H, W], -1 to 1 in the decoder's precision, of normalised latents [1, C, T, h, w].

    Raises:
        StageError: Latents that are finite gave pictures that are not.
    """
    config: Any = vae.config
    dtype = next(vae.decoder.parameters()).dtype
    mean, std = (torch.tensor(values).view(1, -1, 1, 1, 1) for values in (config.latents_mean, config.latents_std))
    # In diffusers' order of operations: in bf16 another one gives other pictures.
    latents = latents.to(dtype)
    latents = latents / (1.0 / std.to(latents)) + mean.to(latents)
    video: Tensor = vae.decode(latents, return_dict=False)[0]
    if not video.sum(dtype=torch.float32).isfinite():
        raise StageError(
            "the VAE's pictures are not finite numbers; check its weights with `r2s2r doctor`, then try decode: fp32"
        )
    return video


def as_pictures(video: Tensor, frames: Sequence[int]) -> NDArray[np.uint8]:
    """Return some frames [n, H, W, 3] uint8 of a video [1, 3, N, H, W], -1 to 1; one at a time in float."""
    pictures = np.empty((len(frames), *video.shape[3:], 3), np.uint8)
    for place, frame in enumerate(frames):
        levels = (video[0, :, frame].float() * 0.5 + 0.5).clamp(0, 1) * 255
        pictures[place] = levels.round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()
    return pictures
