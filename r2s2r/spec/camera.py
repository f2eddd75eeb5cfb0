"""Camera moves. A shot's list starts at the source camera; each move acts on the camera so far."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator

from r2s2r.spec.base import Name, Spec, Vector, written_kind
from r2s2r.spec.times import Time

Ease: TypeAlias = Literal["linear", "in", "out", "in_out"]
Curve: TypeAlias = Literal["linear", "smooth", "catmull_rom", "hold"]
# An entity (the middle of its mesh, where it is at that frame) or a point in the world.
Target: TypeAlias = Annotated[
    Annotated[Name, Tag("text")] | Annotated[Vector, Tag("list")],
    Discriminator(
        written_kind,
        custom_error_type="target",
        custom_error_message="needs an entity's name or a point [x, y, z]",
    ),
]
FovDeg: TypeAlias = Annotated[float, Field(gt=1, lt=170)]


class StaticMove(Spec):
    """The camera stays as it is."""

    type: Literal["static"]


class CameraKey(Spec):
    """The camera at one moment; what is not given stays as it was before this move.

    Attributes:
        at: When.
        position_m: The eye in the world.
        look_at: Entity or point to look at, +Y up. Excludes ``rotate_deg``.
        rotate_deg: Turn of the camera relative to the camera so far: XYZ intrinsic about its own axes
            (x right, y down, z forward).
        fov_deg: Horizontal field of view of the full source frame.
    """

    at: Time
    position_m: Vector | None = None
    look_at: Target | None = None
    rotate_deg: Vector | None = None
    fov_deg: FovDeg | None = None

    @model_validator(mode="after")
    def _one_orientation(self) -> "CameraKey":
        if self.look_at is not None and self.rotate_deg is not None:
            raise ValueError("give look_at or rotate_deg, not both")
        if self.position_m is not None and self.look_at == self.position_m:
            raise ValueError("the camera cannot look at the point it stands on: change position_m or look_at")
        return self


class KeyframesMove(Spec):
    """The camera through given keys; rotations are interpolated on the sphere. Before and after the keys it holds.

    Attributes:
        keys: The camera at given moments, in order.
        curve: How it goes from key to key.
    """

    type: Literal["keyframes"]
    keys: Annotated[tuple[CameraKey, ...], Field(min_length=1)]
    curve: Curve = "smooth"


class TimedMove(Spec):
    """A move from one time to another, inclusive.

    Attributes:
        from: When it starts; default the shot's start.
        to: When it ends; default the shot's end.
        ease: How it gathers and loses speed.
    """

    from_: Annotated[Time | None, Field(alias="from")] = None
    to: Time | None = None
    ease: Ease = "in_out"


class OrbitMove(TimedMove):
    """The camera arcs about the vertical axis through a target, which keeps its place in the picture.

    Attributes:
        around: What stays in place: an entity or a point.
        degrees: How far; positive moves the camera to its right (counter-clockwise seen from above).
    """

    type: Literal["orbit"]
    around: Target
    degrees: float


class DollyMove(TimedMove):
    """The camera travels along its viewing direction, or straight towards a target.

    Attributes:
        distance_m: How far; negative backs off.
        towards: An entity or a point; default: where the camera looks.
    """

    type: Literal["dolly"]
    distance_m: float
    towards: Target | None = None


class PanMove(TimedMove):
    """The camera turns about the world's vertical through its eye.

    Attributes:
        degrees: How far; positive looks to the right.
    """

    type: Literal["pan"]
    degrees: float


class SourceMove(Spec):
    """The camera moves as the clip's own camera did, from where it is so far.

    Attributes:
        speed: How fast; negative plays it backwards.
        start_s: Which moment of the clip the shot's frame 0 shows, in seconds from the reference frame.
    """

    type: Literal["source"]
    speed: Annotated[float, Field(ge=-100, le=100)] = 1.0
    start_s: Annotated[float, Field(ge=-3600, le=3600)] = 0.0


CameraMove: TypeAlias = Annotated[
    StaticMove | KeyframesMove | OrbitMove | DollyMove | PanMove | SourceMove, Field(discriminator="type")
]
