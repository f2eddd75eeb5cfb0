"""The segment loop: a shot of any length, each segment begun with the last frames of the one before, which it keeps."""

from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

from r2s2r.models import levers
from r2s2r.models.decode import as_pictures, decoded
from r2s2r.models.segment_loop import Pictures, Sampling, SegmentedGeneration
from r2s2r.models.vace.conditions import Conditions
from r2s2r.models.vace.guide import Guide, shown
from r2s2r.models.vace.pipeline import VacePipeline
from r2s2r.models.watch import Watch


@dataclass(frozen=True, eq=False)
class Generation(SegmentedGeneration):
    """A shot that is ready to be generated.

    Attributes:
        pipeline: In place; its text encoder is not needed any more.
        conditions: What holds for all segments.
        sampling: How the frames are drawn.
        guide: Where frames and masks come from.
        reference: The picture the look is taken from [H, W, 3], of the generated size.
        watch: Is told of every step.
        conditioning_scale: Strength of the guide.
    """

    pipeline: VacePipeline
    conditions: Conditions
    sampling: Sampling
    guide: Guide
    reference: Pictures
    watch: Watch
    conditioning_scale: float

    @torch.no_grad()
    def segment(self, number: int, last: Tensor | None, generator: torch.Generator) -> tuple[Pictures, Tensor]:
        """See ``SegmentedGeneration.segment``."""
        segments = self.sampling.segments
        video = decoded(self.pipeline.vae, self._denoised(number, last, generator))
        return as_pictures(video, segments.fresh(number)), video[:, :, -segments.overlap :].float().cpu().clone()

    def _denoised(self, segment: int, last: Tensor | None, generator: torch.Generator) -> Tensor:
        """Return the latents [1, 16, T, h, w] after all steps."""
        sampling, guide = self.sampling, shown(self.guide, self.sampling.segments, segment, last)

        def watched(pipeline: object, step: int, time: object, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
            self.watch.step(segment, step, tensors["latents"])
            return {}

        levers.reset(self.pipeline)
        self.watch.start()  # the pipeline encodes the guide before its first step, which counts that as well
        latents: Tensor = self.pipeline(
            prompt_embeds=self.conditions.prompt,
            negative_prompt_embeds=self.conditions.negative,
            video=guide.video,
            mask=guide.mask,
            reference_images=[Image.fromarray(self.reference)],
            conditioning_scale=self.conditioning_scale,
            height=sampling.height,
            width=sampling.width,
            num_frames=sampling.segments.length,
            num_inference_steps=sampling.steps,
            guidance_scale=sampling.guidance,
            generator=generator,
            output_type="latent",
            callback_on_step_end=watched,
        ).frames
        return latents[:, :, 1:]  # without the reference picture's slot
