"""What the nodes read that prepare a video model's two pictures: the control video and the reference picture."""

from typing import Literal

from r2s2r.spec.base import Spec
from r2s2r.spec.diffuse import CompositorSpec
from r2s2r.spec.output import OutputSpec


class ControlSpec(Spec):
    """What the control video shows.

    Attributes:
        kind: ``normal`` (animate), ``depth`` or ``outpaint`` (vace).
        normal_convention: Axes of ``normal``.
        compositor: Settings of the compositor, for ``outpaint``.
    """

    kind: Literal["normal", "depth", "outpaint"]
    normal_convention: Literal["opengl", "directx", "opencv"] = "opengl"
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
