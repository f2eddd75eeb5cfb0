"""What every segment of a shot is conditioned on alike. Made once; then the text encoder is unloaded."""

from dataclasses import dataclass

import torch
from diffusers.utils.torch_utils import get_module_execution_device
from torch import Tensor

from r2s2r.models.placement import unload
from r2s2r.models.size import TEXT_TOKENS
from r2s2r.models.vace.pipeline import VacePipeline


@dataclass(frozen=True, eq=False)
class Conditions:
    """What the transformer is told besides the guide; on its device.

    Attributes:
        prompt: Features of the text [1, 512, C], zeros where it has ended.
        negative: Those of the negative prompt; None where there is no guidance.
    """

    prompt: Tensor
    negative: Tensor | None


@torch.no_grad()
def condition(pipeline: VacePipeline, prompt: str, negative_prompt: str | None) -> Conditions:
    """Run the text encoder once and drop it from the pipeline: it is three times as large as the 1.3B model.

    Args:
        pipeline: In place. Afterwards it has no ``text_encoder``, unless it keeps it.
        prompt: What to show.
        negative_prompt: What not to show; None to go without guidance, which is half the work.
    """
    device, dtype = get_module_execution_device(pipeline.transformer), pipeline.transformer.dtype
    text, away = pipeline.encode_prompt(
        prompt, negative_prompt, negative_prompt is not None, max_sequence_length=TEXT_TOKENS, device=device
    )
    if not pipeline.keeps_encoders:
        unload(pipeline, "text_encoder")
    return Conditions(text.to(dtype), None if away is None else away.to(dtype))
