"""Settings of the diffuse stage."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.base import Spec
from r2s2r.spec.vace import VaceSpec

DiffuseBackend: TypeAlias = Literal["compositor", "animate", "vace"]


class CompositorSpec(Spec):
    """The no-weights backend: the plate projected onto ground and backdrop, the entities over it.

    Attributes:
        tint_unseen: Tint what no frame of the clip ever showed.
        shadow: Strength of the contact shadows of entities that left their place.
        soften_px: Width of the matte's edge, in output pixels.

    Example:
        {tint_unseen: true, shadow: 0.7}
    """

    tint_unseen: bool = False
    shadow: Annotated[float, Field(ge=0, le=1)] = 0.5
    soften_px: Annotated[float, Field(ge=0, le=20)] = 1.0


class DiffuseSpec(Spec):
    """How the frames are generated.

    Attributes:
        backend: ``auto`` is decided by the profile.
        compositor: Settings of that backend; also of the pictures that video models are given by the compositor.
        animate: Settings of that backend.
        vace: Settings of that backend.

    Example:
        {backend: animate, animate: {steps: 20}}
    """

    backend: Literal["auto", DiffuseBackend] = "auto"
    compositor: CompositorSpec = CompositorSpec()
    animate: AnimateSpec = AnimateSpec()
    vace: VaceSpec = VaceSpec()

    @property
    def model(self) -> AnimateSpec | VaceSpec | None:
        """Settings of the chosen video model; None for the compositor."""
        match self.backend:
            case "animate":
                return self.animate
            case "vace":
                return self.vace
            case _:
                return None
