"""Settings of the backend ``animate``: Wan2.2-Animate with Real2SAM2Real's soft injection."""

from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from r2s2r.spec.video_model import (
    Area,
    DistillationSpec,
    Guidance,
    InjectionKey,
    SoftenPx,
    Steps,
    Strength,
    VideoModelSpec,
    WholeLatents,
)
from r2s2r.spec.weights import WeightsName

BASE = "Wan-AI/Wan2.2-Animate-14B-Diffusers"
ADAPTER = "JiayiWuLeo/Real2SAM2Real/checkpoint-infer"


class AnimateSpec(VideoModelSpec):
    """The published model, with the release's defaults.

    Attributes:
        weights: The base model: a folder (./models/wan) or a name on the hub (owner/name@revision).
        adapter: LoRA and pose patch embedding, likewise (owner/name/folder@revision).
        area_side_px: Side of the square whose area is generated; 960 gives 1280x704 for 16:9.
        segment_frames: Frames made at once; 4 n + 1. Longer shots are made of segments that share one frame.
        steps: Denoising steps; default 25, or 4 with ``distillation``.
        guidance: Strength of the prompt; default 4.5, or 1 with ``distillation``.
        shift: Of the noise schedule.
        adapter_scale: Strength of the LoRA.
        injection_scale: Strength of the control.
        injection_schedule: How that strength changes over the steps; default: it does not.
        normal_convention: Axes of the normals the adapter was trained with: ``opengl`` (x right, y up, z to the
            viewer), ``directx`` (y down), ``opencv`` (y down, z away).
        soften_px: How far inside the entities' silhouette the normals fade to the black around them; 0: not at all.
        distillation: A few-step LoRA on top.

    Example:
        {reference: composite, injection_scale: 0.8, steps: 20}
    """

    overlap_frames: ClassVar[int] = 1

    weights: WeightsName = BASE
    adapter: WeightsName = ADAPTER
    area_side_px: Area = 960
    segment_frames: Annotated[int, Field(ge=5, le=1001), WholeLatents] = 77
    steps: Steps | None = None
    guidance: Guidance | None = None
    shift: Annotated[float, Field(gt=0, le=100)] = 5.0
    adapter_scale: Strength = 1.0
    injection_scale: Strength = 1.0
    injection_schedule: tuple[InjectionKey, ...] = ()
    normal_convention: Literal["opengl", "directx", "opencv"] = "opengl"
    soften_px: SoftenPx = 0.0
    distillation: DistillationSpec | None = None

    @field_validator("injection_schedule")
    @classmethod
    def _in_order(cls, keys: tuple[InjectionKey, ...]) -> tuple[InjectionKey, ...]:
        if any(later.at <= earlier.at for earlier, later in pairwise(keys)):
            raise ValueError("keys must be in the order of `at`, each later than the one before")
        return keys

    @property
    def chosen_steps(self) -> int:
        """Denoising steps, the default filled in."""
        return self.steps or (4 if self.distillation else 25)

    @property
    def chosen_guidance(self) -> float:
        """Guidance, the default filled in."""
        default = 1.0 if self.distillation else 4.5
        return default if self.guidance is None else self.guidance
