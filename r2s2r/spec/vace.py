"""Settings of the backend ``vace``: Wan2.1-VACE, the choice for little memory."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from r2s2r.spec.video_model import Area, Guidance, Steps, VideoModelSpec, WholeLatents
from r2s2r.spec.weights import WeightsName

BASE = "Wan-AI/Wan2.1-VACE-1.3B-diffusers"


class VaceSpec(VideoModelSpec):
    """A model that knows depth, and how to fill what is masked, but no normals.

    Attributes:
        step_cache: Reuse results of earlier steps where they change little: faster, other pixels.
        weights: A folder (./models/vace) or a name on the hub (owner/name@revision); 1.3B and 14B both work.
        mode: ``depth`` is steered by the entities' depth over that of the compositor's ground and backdrop;
            ``outpaint`` keeps the compositor's frames and fills what the clip never showed.
        area_side_px: Side of the square whose area is generated; 632 gives 832x480 for 16:9.
        segment_frames: Frames made at once; 4 n + 1.
        overlap_frames: Frames a segment takes over from the one before; 4 n + 1.
        steps: Denoising steps.
        guidance: Strength of the prompt.
        shift: Of the noise schedule; 3 suits 480p, 5 suits 720p.
        conditioning_scale: Strength of the control.

    Example:
        {mode: outpaint, guidance: 6}
    """

    # Not first_block, which would add the control's hints once more to a result that has them already.
    step_cache: Literal["none", "taylorseer"] = "none"
    weights: WeightsName = BASE
    mode: Literal["depth", "outpaint"] = "depth"
    area_side_px: Area = 632
    segment_frames: Annotated[int, Field(ge=5, le=1001), WholeLatents] = 81
    overlap_frames: Annotated[int, Field(ge=1, le=41), WholeLatents] = 5
    steps: Steps = 30
    guidance: Guidance = 5.0
    shift: Annotated[float, Field(gt=0, le=100)] = 3.0
    conditioning_scale: Annotated[float, Field(ge=0, le=4)] = 1.0

    @model_validator(mode="after")
    def _something_new(self) -> "VaceSpec":
        if self.overlap_frames >= self.segment_frames:
            raise ValueError(f"overlap_frames must be less than segment_frames, {self.segment_frames}: no frame is new")
        return self
