"""Settings of the diffuse stage."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from r2s2r.spec.base import Spec

DiffuseBackend: TypeAlias = Literal["compositor"]


class CompositorSpec(Spec):
    """The no-weights backend: the plate projected onto ground and backdrop, the entities over it.

    Attributes:
        tint_unseen: Tint what no frame of the clip ever showed.
        shadow: Strength of the contact shadows of entities that left their place.
        soften_px: Width of the matte's edge, in output pixels.
    """

    tint_unseen: bool = False
    shadow: Annotated[float, Field(ge=0, le=1)] = 0.5
    soften_px: Annotated[float, Field(ge=0, le=20)] = 1.0


class DiffuseSpec(Spec):
    """How the frames are generated.

    Attributes:
        backend: ``auto`` is decided by the profile.
        compositor: Settings of that backend.
    """

    backend: Literal["auto", DiffuseBackend] = "auto"
    compositor: CompositorSpec = CompositorSpec()
