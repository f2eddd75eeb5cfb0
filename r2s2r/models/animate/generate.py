"""The segment loop: a shot of any length, segment after segment, each begun with the last frame of the one before.

Equal to ``WanAnimatePipeline.__call__`` with the release's overrides, which however keeps every decoded frame until the
end, and begins anew when it is killed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import torch
from diffusers.utils.torch_utils import get_module_execution_device
from torch import Tensor

from r2s2r.models import levers
from r2s2r.models.animate.conditions import Conditions
from r2s2r.models.animate.injection import InjectionSchedule
from r2s2r.models.animate.letterbox import Picture
from r2s2r.models.animate.pipeline import AnimatePipeline, as_tensor
from r2s2r.models.decode import as_pictures, decoded
from r2s2r.models.segment_loop import Sampling, SegmentedGeneration
from r2s2r.models.watch import Watch

ControlFrames: TypeAlias = Callable[[Sequence[int]], Picture]
"""Numbers of frames of the shot, in any order, repeated or not -> those frames [n, H, W, 3] uint8."""


@dataclass(frozen=True, eq=False)
class Generation(SegmentedGeneration):
    """A shot that is ready to be generated.

    Attributes:
        pipeline: In place; its encoders are not needed any more.
        conditions: What holds for all segments.
        sampling: How the frames are drawn.
        control: Where the control's frames come from.
        watch: Is told of every step.
        injection: Strength of the control over the steps; the default is as trained.
    """

    pipeline: AnimatePipeline
    conditions: Conditions
    sampling: Sampling
    control: ControlFrames
    watch: Watch
    injection: InjectionSchedule = field(default_factory=InjectionSchedule)

    @torch.no_grad()
    def segment(self, number: int, last: Tensor | None, generator: torch.Generator) -> tuple[Picture, Tensor]:
        """See ``SegmentedGeneration.segment``."""
        segments = self.sampling.segments
        latents = self._denoised(number, self._inputs(number, last, generator))
        video = decoded(self.pipeline.vae, latents[:, :, 1:])  # without the reference picture's slot
        return as_pictures(video, segments.fresh(number)), video[:, :, -segments.overlap :].float().cpu().clone()

    def _inputs(self, segment: int, last: Tensor | None, generator: torch.Generator) -> "_Inputs":
        sampling, pipeline = self.sampling, self.pipeline
        device, dtype = get_module_execution_device(pipeline.transformer), pipeline.transformer.dtype
        noise: Any = pipeline.prepare_latents(  # which says that it returns a pair
            1,
            num_channels_latents=pipeline.vae.config.z_dim,
            height=sampling.height,
            width=sampling.width,
            num_frames=sampling.segments.length,
            dtype=torch.float32,
            device=device,
            generator=generator,
        )
        frames = as_tensor(self.control(sampling.segments.sources(segment)))
        control = pipeline.prepare_pose_latents(frames, 1, device=device).to(dtype)
        before = pipeline.prepare_prev_segment_cond_latents(
            None if last is None else last.to(device),
            height=sampling.height,
            width=sampling.width,
            segment_frame_length=sampling.segments.length,
            start_frame=segment,  # it asks only whether there is a segment before
            prev_segment_cond_frames=sampling.segments.overlap,
            task="animate",
            device=device,
        )
        return _Inputs(noise, control, torch.cat([self.conditions.reference, before], dim=2), dtype)

    def _denoised(self, segment: int, inputs: "_Inputs") -> Tensor:
        """Return the latents [1, 16, 1 + T, h, w] after all steps."""
        scheduler, steps, latents = self.pipeline.scheduler, self.sampling.steps, inputs.noise
        levers.reset(self.pipeline)
        scheduler.set_timesteps(steps, device=latents.device)
        self.watch.start()
        for step, time in enumerate(scheduler.timesteps):
            seen = torch.cat([latents, inputs.known], dim=1).to(inputs.dtype)
            flow = self._flow(seen, time, inputs.control, self.injection.strength(step, steps))
            latents = scheduler.step(flow, time, latents, return_dict=False)[0]
            self.watch.step(segment, step, latents)
        return latents

    def _flow(self, seen: Tensor, time: Tensor, control: Tensor, strength: float) -> Tensor:
        """Return the flow the model predicts, away from the negative prompt where there is guidance."""
        conditions, transformer = self.conditions, self.pipeline.transformer
        known = {
            "timestep": time.expand(1),
            "encoder_hidden_states_image": conditions.picture,
            "pose_hidden_states": control,
            "injection_strength": strength,
            "return_dict": False,
        }
        with levers.apart(self.pipeline, "cond"):
            flow: Tensor = transformer(seen, encoder_hidden_states=conditions.prompt, **known)[0]
        if conditions.negative is None:
            return flow
        with levers.apart(self.pipeline, "uncond"):
            away: Tensor = transformer(seen, encoder_hidden_states=conditions.negative, **known)[0]
        return away + self.sampling.guidance * (flow - away)


@dataclass(frozen=True, eq=False)
class _Inputs:
    """What one segment starts from.

    Attributes:
        noise: [1, 16, 1 + T, h, w] float32; slot 0 is the reference picture's.
        control: The control's latents [1, 16, T, h, w].
        known: Mask and condition [1, 20, 1 + T, h, w]: the reference picture, then the frames taken over.
        dtype: The transformer computes in.
    """

    noise: Tensor
    control: Tensor
    known: Tensor
    dtype: torch.dtype
