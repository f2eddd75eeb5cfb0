"""What the nodes ``control`` and ``reference`` read: a video model's conditioning, made or taken from a sample."""

from typing import Annotated, Literal

from pydantic import Field

from r2s2r.spec.base import Spec
from r2s2r.spec.diffuse import CompositorSpec
from r2s2r.spec.output import OutputSpec, Side
from r2s2r.spec.video_model import SoftenPx


class ControlSpec(Spec):
    """What the control video shows.

    Attributes:
        kind: ``normal`` (animate), ``depth`` or ``outpaint`` (vace).
        normal_convention: Axes of ``normal``.
        soften_px: How far ``normal`` fades to black inside its silhouette.
        compositor: Settings of the compositor, for ``outpaint``.
    """

    kind: Literal["normal", "depth", "outpaint"]
    normal_convention: Literal["opengl", "directx", "opencv"] = "opengl"
    soften_px: SoftenPx = 0.0
    compositor: CompositorSpec = CompositorSpec()


class ReferenceSpec(Spec):
    """What the reference picture shows.

    Attributes:
        kind: See ``VideoModelSpec.reference``.
        output: Size and framing of what is generated.
        compositor: Settings of the compositor, for ``composite``.
    """

    kind: Literal["source", "composite", "file"]
    output: OutputSpec
    compositor: CompositorSpec = CompositorSpec()


class SampleSpec(Spec):
    """How a sample's control video is taken.

    Attributes:
        width: Columns of what is generated.
        height: Rows of it.
        most_frames: Frames that are made of a longer one.
    """

    width: Side
    height: Side
    most_frames: Annotated[int, Field(ge=2, le=100_000)] = 81
