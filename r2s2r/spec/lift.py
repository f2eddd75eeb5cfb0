"""Settings of the lift stage."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from r2s2r.spec.base import Spec

LiftBackend: TypeAlias = Literal["inflate"]


class InflateSpec(Spec):
    """The no-weights lift: the silhouette, inflated.

    Attributes:
        thickness: Depth; 1 is as deep as a sphere is to a disc.
        max_faces: The mesh is simplified to at most this many triangles.
    """

    thickness: Annotated[float, Field(gt=0, le=4)] = 1.0
    max_faces: Annotated[int, Field(ge=100, le=1_000_000)] = 20_000


class LiftSpec(Spec):
    """How entities become meshes.

    Attributes:
        backend: ``auto`` is decided by the profile.
        inflate: Settings of that backend.
    """

    backend: Literal["auto", LiftBackend] = "auto"
    inflate: InflateSpec = InflateSpec()
