"""Settings of the render stage."""

from typing import Literal, TypeAlias

from r2s2r.spec.base import Positive, Spec

RenderBackend: TypeAlias = Literal["cpu"]


class CpuRenderSpec(Spec):
    """The rasteriser on the CPU.

    Attributes:
        near_m: Nothing nearer than this to the camera's plane is drawn.
    """

    near_m: Positive = 0.01


class RenderSpec(Spec):
    """How the passes are drawn.

    Attributes:
        backend: ``auto`` is decided by the profile.
        cpu: Settings of that backend.
    """

    backend: Literal["auto", RenderBackend] = "auto"
    cpu: CpuRenderSpec = CpuRenderSpec()
