"""What every segment of a shot is conditioned on alike. Made once; then the encoders are unloaded."""

from dataclasses import dataclass

import torch
from diffusers.utils.torch_utils import get_module_execution_device
from torch import Tensor

from r2s2r.models.animate.letterbox import Picture
from r2s2r.models.animate.pipeline import AnimatePipeline, as_tensor
from r2s2r.models.placement import unload
from r2s2r.models.size import TEXT_TOKENS


@dataclass(frozen=True, eq=False)
class Conditions:
    """What the transformer is told besides the control; on its device.

    Attributes:
        prompt: Features of the text [1, 512, C], zeros where it has ended.
        negative: Those of the negative prompt; None where there is no guidance.
        picture: CLIP's features of the reference picture [1, tokens, C].
        reference: The reference picture's slot [1, 4 + 16, 1, h, w]: a mask of ones, then its latents (normalised).
    """

    prompt: Tensor
    negative: Tensor | None
    picture: Tensor
    reference: Tensor


@torch.no_grad()
def condition(pipeline: AnimatePipeline, prompt: str, negative_prompt: str | None, picture: Picture) -> Conditions:
    """Run text encoder, CLIP and VAE once, and drop the first two from the pipeline: they are 14 GB of 47.

    Args:
        pipeline: In place. Afterwards it has no ``text_encoder`` and no ``image_encoder``, unless it keeps them.
        prompt: What to show.
        negative_prompt: What not to show; None to go without guidance, which is half the work.
        picture: The letterboxed reference picture [H, W, 3].
    """
    device, dtype = get_module_execution_device(pipeline.transformer), pipeline.transformer.dtype
    text, away = pipeline.encode_prompt(
        prompt, negative_prompt, negative_prompt is not None, max_sequence_length=TEXT_TOKENS, device=device
    )
    features = pipeline.encode_image(picture, device)
    if not pipeline.keeps_encoders:
        unload(pipeline, "text_encoder", "image_encoder")
    return Conditions(
        prompt=text.to(dtype),
        negative=None if away is None else away.to(dtype),
        picture=features.to(dtype),
        reference=pipeline.prepare_reference_image_latents(as_tensor(picture[None]), 1, device=device),
    )
