"""Settings of the lift stage."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from r2s2r.spec.base import Spec
from r2s2r.spec.weights import WeightsName
from r2s2r.spec.workers import WorkerName

LiftBackend: TypeAlias = Literal["inflate", "sam3d"]
Shape: TypeAlias = Literal["inflate", "slab", "box", "revolve"]


class InflateSpec(Spec):
    """The no-weights lift: the silhouette, given a depth.

    Attributes:
        shape: ``inflate`` rounds it as a balloon; ``slab`` is flat in front and behind; ``box`` has flat sides and
            square edges, seen in perspective; ``revolve`` turns the outline about its upright axis.
        thickness: Depth: of ``inflate`` and ``revolve``, 1 (the default) is as deep as a sphere is to a disc; of
            ``slab``, as a share of the outline's width, 0.25 by default; of ``box``, as a share of its front's width,
            by default what the picture shows of its sides, and else 1.
        max_faces: The mesh is simplified to at most this many triangles.

    Example:
        {shape: slab, thickness: 0.4}
    """

    shape: Shape = "inflate"
    thickness: Annotated[float, Field(gt=0, le=4)] | None = None
    max_faces: Annotated[int, Field(ge=100, le=1_000_000)] = 20_000

    @property
    def chosen_thickness(self) -> float:
        """The thickness, the shape's default filled in."""
        return self.thickness if self.thickness is not None else (0.25 if self.shape == "slab" else 1.0)


class Sam3dSpec(Spec):
    """SAM 3D, run by a worker of the project (``workers`` in r2s2r.yaml).

    Attributes:
        model: ``objects``, or ``body`` for a person.
        objects_weights: Of SAM 3D Objects: a folder or a name on the hub.
        body_weights: Of SAM 3D Body, likewise.
        seed: Of what is random in it.
        max_faces: The mesh of an object is simplified to at most this many triangles; a body's is as it is.

    Example:
        {model: body, seed: 7}
    """

    model: Literal["objects", "body"] = "objects"
    objects_weights: WeightsName = "facebook/sam-3d-objects"
    body_weights: WeightsName = "facebook/sam-3d-body-dinov3"
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    max_faces: Annotated[int, Field(ge=100, le=1_000_000)] = 50_000

    @property
    def worker(self) -> WorkerName:
        """The worker that has the model."""
        return "sam3d_objects" if self.model == "objects" else "sam3d_body"


class LiftSpec(Spec):
    """How entities become meshes.

    Attributes:
        backend: ``auto`` is decided by the profile.
        inflate: Settings of that backend.
        sam3d: Settings of that backend.

    Example:
        {backend: inflate, inflate: {shape: revolve}}
    """

    backend: Literal["auto", LiftBackend] = "auto"
    inflate: InflateSpec = InflateSpec()
    sam3d: Sam3dSpec = Sam3dSpec()
