"""The backend ``vace``: Wan2.1-VACE, steered by depth or filling what the clip never showed."""

from typing import assert_never

from r2s2r.models.vace.conditions import condition
from r2s2r.models.vace.generate import Generation
from r2s2r.models.vace.guide import Guide
from r2s2r.models.vace.load import load
from r2s2r.models.vace.pipeline import VacePipeline
from r2s2r.models.watch import Watch
from r2s2r.spec.vace import VaceSpec
from r2s2r.stages.diffuse.conditioning import frames_at
from r2s2r.stages.diffuse.inputs import ModelInputs
from r2s2r.stages.diffuse.video_model import VideoModel


class Vace(VideoModel):
    """The segments overlap by several frames, which each takes over from the one before as frames to keep.

    Attributes:
        spec: The model's settings.
    """

    def __init__(self, spec: VaceSpec, inputs: ModelInputs) -> None:
        super().__init__(spec, inputs, steps=spec.steps, guidance=spec.guidance)
        self.spec = spec

    def load(self) -> VacePipeline:
        """Load the weights into the host's memory."""
        return load(self.inputs.files["weights"], self.spec)

    def generation(self, pipeline: VacePipeline, negative_prompt: str | None, watch: Watch) -> Generation:
        """Get the shot ready; there is no negative prompt where there is no guidance."""
        return Generation(
            pipeline=pipeline,
            conditions=condition(pipeline, self.inputs.prompt, negative_prompt),
            sampling=self.sampling,
            guide=self._guide(),
            reference=self.inputs.reference.picture(),
            watch=watch,
            conditioning_scale=self.spec.conditioning_scale,
        )

    def _guide(self) -> Guide:
        control = self.inputs.control
        assert control.facts.kind == self.spec.mode, "the DAG makes the control that the mode asks for"
        match self.spec.mode:
            case "depth":
                return Guide(frames_at(control.frames), None)
            case "outpaint":
                return Guide(frames_at(control.frames), frames_at(control.masks))
            case _:
                assert_never(self.spec.mode)
