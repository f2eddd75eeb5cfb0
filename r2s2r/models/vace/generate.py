"""The segment loop: a shot of any length, each segment begun with the last frames of the one before, which it keeps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from r2s2r.models import levers
from r2s2r.models.checkpoint import Checkpoints
from r2s2r.models.decode import as_pictures, decoded
from r2s2r.models.segment_loop import Pictures, run_segments
from r2s2r.models.segments import Segments
from r2s2r.models.vace.conditions import Conditions
from r2s2r.models.vace.guide import Guide, shown
from r2s2r.models.vace.pipeline import VacePipeline
from r2s2r.models.watch import Watch


@dataclass(frozen=True)
class Sampling:
    """How the frames are drawn.

    Attributes:
        segments: How the shot is cut.
        height: Rows of every frame; a multiple of 16.
        width: Columns, likewise.
        steps: Of the denoising.
        guidance: Strength of the prompt.
        conditioning_scale: Strength of the guide.
        seed: Of the noise.
    """

    segments: Segments
    height: int
    width: int
    steps: int
    guidance: float
    conditioning_scale: float
    seed: int


@dataclass(frozen=True, eq=False)
class Generation:
    """A shot in the making.

    Attributes:
        pipeline: In place; its text encoder is not needed any more.
        conditions: What holds for all segments.
        sampling: How the frames are drawn.
        guide: Where frames and masks come from.
        reference: The picture the look is taken from [H, W, 3], of the generated size.
        watch: Is told of every step.
    """

    pipeline: VacePipeline
    conditions: Conditions
    sampling: Sampling
    guide: Guide
    reference: Pictures
    watch: Watch

    def run(self, checkpoints: Checkpoints, note: Mapping[str, Any]) -> Iterator[Pictures]:
        """Yield the new frames [n, H, W, 3] of each segment, and keep none; go on after the segments that are there.

        Args:
            checkpoints: Where each finished segment is kept.
            note: What is to be kept with it.

        Raises:
            StageError: The numbers are not finite; names step and segment. Nothing is decoded then, nor on a cancel.
        """
        sampling = self.sampling
        return run_segments(
            self._segment, count=sampling.segments.count, seed=sampling.seed, checkpoints=checkpoints, note=note
        )

    @torch.no_grad()
    def _segment(self, segment: int, last: Tensor | None, generator: torch.Generator) -> tuple[Pictures, Tensor]:
        """Return the new frames of a segment, and what the next one is conditioned on, as ``Checkpoint`` has it."""
        segments = self.sampling.segments
        video = decoded(self.pipeline.vae, self._denoised(segment, last, generator))
        return as_pictures(video, segments.fresh(segment)), video[:, :, -segments.overlap :].float().cpu().clone()

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
            conditioning_scale=sampling.conditioning_scale,
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
