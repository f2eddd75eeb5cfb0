"""The backend ``animate``: Wan2.2-Animate with Real2SAM2Real's soft injection."""

import torch

from r2s2r.models.animate.conditions import condition
from r2s2r.models.animate.generate import Generation
from r2s2r.models.animate.injection import InjectionSchedule
from r2s2r.models.animate.load import load
from r2s2r.models.animate.pipeline import AnimatePipeline
from r2s2r.models.watch import Watch
from r2s2r.spec.animate import AnimateSpec
from r2s2r.stages.diffuse.conditioning import frames_at
from r2s2r.stages.diffuse.inputs import ModelInputs
from r2s2r.stages.diffuse.video_model import VideoModel


class Animate(VideoModel):
    """The control are normals; a segment goes on from the last frame of the one before.

    Attributes:
        spec: The model's settings.
    """

    def __init__(self, spec: AnimateSpec, inputs: ModelInputs) -> None:
        super().__init__(spec, inputs, steps=spec.chosen_steps, guidance=spec.chosen_guidance)
        self.spec = spec

    def load(self) -> AnimatePipeline:
        """Load the weights into the host's memory."""
        return load(self.inputs.files, self.spec, device=torch.device("cpu"))

    def generation(self, pipeline: AnimatePipeline, negative_prompt: str | None, watch: Watch) -> Generation:
        """Get the shot ready; there is no negative prompt where there is no guidance."""
        reference = self.inputs.reference.picture()
        return Generation(
            pipeline=pipeline,
            conditions=condition(pipeline, self.inputs.prompt, negative_prompt, reference),
            sampling=self.sampling,
            control=frames_at(self.inputs.control.frames),
            watch=watch,
            injection=InjectionSchedule.from_spec(self.spec),
        )
