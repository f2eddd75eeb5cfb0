"""Wan2.2-Animate's pipeline as Real2SAM2Real runs it: what differs from diffusers' own."""

from typing import Any

import numpy as np
import torch
from diffusers.pipelines.wan.pipeline_wan_animate import WanAnimatePipeline
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler
from diffusers.utils.torch_utils import get_module_execution_device
from PIL.Image import Image
from torch import Tensor
from torch.nn import functional
from transformers.image_utils import OPENAI_CLIP_MEAN, OPENAI_CLIP_STD  # type: ignore[attr-defined]

from r2s2r.models.animate.letterbox import Picture


def flow_scheduler(shift: float = 5.0) -> FlowMatchEulerDiscreteScheduler:
    """Return the noise schedule the release uses; the base repository's UniPC gives other pictures (rel. 0.24)."""
    scheduler: FlowMatchEulerDiscreteScheduler = FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=shift)
    return scheduler


class AnimatePipeline(WanAnimatePipeline):
    """Holds the components; ``condition`` and ``Generation`` run them, by the ``prepare_*`` methods inherited here.

    Attributes:
        keeps_encoders: Whether other shots follow, which need the encoders again.
    """

    keeps_encoders = False

    text_encoder: Any
    tokenizer: Any
    image_encoder: Any
    transformer: Any
    vae: Any
    scheduler: Any

    def encode_image(  # type: ignore[override]  # no lists, no tensors
        self, image: Picture | Image, device: torch.device | None = None
    ) -> Tensor:
        """Return CLIP's features of the letterboxed reference picture [1, tokens, C], from the layer before the last.

        The release squeezes the whole picture to CLIP's square; diffusers crops its middle out (rel. error 0.22).

        Args:
            image: [H, W, 3] uint8, of the size that is generated.
            device: Of the result; None for where the encoder works.
        """
        side, encoder = self.image_encoder.config.image_size, self.image_encoder
        square = functional.interpolate(
            as_tensor(np.asarray(image)[None])[:, :, 0], size=(side, side), mode="bicubic", align_corners=False
        )
        mean, std = (torch.tensor(rgb).view(1, 3, 1, 1) for rgb in (OPENAI_CLIP_MEAN, OPENAI_CLIP_STD))
        works_on = get_module_execution_device(encoder)
        pixels = ((square * 0.5 + 0.5 - mean) / std).to(works_on, encoder.dtype)
        features: Tensor = encoder(pixels, output_hidden_states=True).hidden_states[-2]
        return features.to(device or works_on)


def as_tensor(frames: Picture) -> Tensor:
    """Return frames [N, H, W, 3] uint8 as the VAE takes them: [1, 3, N, H, W] float32, -1 to 1."""
    video = torch.from_numpy(np.array(frames, np.float32)) / 255
    return (2 * video - 1).permute(3, 0, 1, 2)[None].contiguous()
