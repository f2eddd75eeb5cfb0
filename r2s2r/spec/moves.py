"""What camera moves and entity edits share: when they act, what they turn to, how far they go, through which points."""

import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, PlainSerializer, Tag, WithJsonSchema, model_validator

from r2s2r.spec.base import Name, Place, Spec, Vector, written_kind
from r2s2r.spec.times import Time

Ease: TypeAlias = Literal["linear", "in", "out", "in_out"]
Curve: TypeAlias = Literal["linear", "smooth", "bezier", "catmull_rom", "hold"]
# An entity (the middle of its mesh, where it is at that frame) or a point in the world.
Target: TypeAlias = Annotated[
    Annotated[Name, Tag("text")] | Annotated[Vector, Tag("list")],
    Discriminator(
        written_kind,
        custom_error_type="target",
        custom_error_message="needs an entity's name or a point [x, y, z]",
    ),
]
CAMERA = "camera"
"""What edits call the shot's camera where they could name an entity."""

_MULTIPLE = re.compile(r"(?P<factor>[+-]?\d+(?:\.\d+)?)x")


def _factor(written: Any) -> float:  # noqa: ANN401 - whatever YAML holds
    if isinstance(written, str) and (parts := _MULTIPLE.fullmatch(written)):
        return float(parts["factor"])
    raise ValueError(f"needs a multiple like 0.5x, is {written!r}; for metres there is the same field with _m")


# A number of times the subject's distance or size: ``0.5x``.
Multiple: TypeAlias = Annotated[
    float,
    BeforeValidator(_factor),
    PlainSerializer(lambda factor: f"{factor:f}".rstrip("0").rstrip(".") + "x"),
    WithJsonSchema({"type": "string", "pattern": r"^[+-]?\d+(\.\d+)?x$"}),
]
PositiveMultiple: TypeAlias = Annotated[Multiple, Field(gt=0)]


class Timed(Spec):
    """Goes on from one time to another, inclusive.

    Attributes:
        from: When it starts; default the shot's start.
        to: When it ends; default the shot's end.
        ease: How it gathers and loses speed.
    """

    from_: Annotated[Time | None, Field(alias="from")] = None
    to: Time | None = None
    ease: Ease = "in_out"


class Held(Timed):
    """Holds from one time to another, inclusive; comes in and goes out over a while, but not at the shot's own ends.

    Attributes:
        from: When it starts; default the shot's start.
        to: When it ends; default the shot's end.
        ease: How it comes in and goes out.
        blend_s: How long it takes to come in after ``from`` and to go out before ``to``, where the shot goes on there.
    """

    blend_s: Annotated[float, Field(ge=0, le=3600)] = 0.5


class PathPoint(Spec):
    """A point of a path, with more than its place.

    Attributes:
        at: When; all points have a time, or none has.
        position_m: Where.
        handle_in_m: For ``bezier``: the control point before it, as an offset. Default: so that it flows through.
        handle_out_m: The control point after it, likewise.

    Example:
        {at: 1s, position_m: [0.3, 1.2, -0.5]}
    """

    at: Time | None = None
    position_m: Place
    handle_in_m: Place | None = None
    handle_out_m: Place | None = None


# A point [x, y, z], or more of it.
WrittenPoint: TypeAlias = Annotated[
    Annotated[Place, Tag("list")] | Annotated[PathPoint, Tag("mapping")],
    Discriminator(
        lambda value: "mapping" if isinstance(value, (dict, PathPoint)) else written_kind(value),
        custom_error_type="path_point",
        custom_error_message="needs a point [x, y, z], or {at, position_m, handle_in_m, handle_out_m}",
    ),
]


class Route(Timed):
    """A curve through points: at their times where they have any, else at constant speed but for ``ease``.

    Before it starts it holds at its first point, after it ends at its last.

    Attributes:
        points: At least two, each [x, y, z] in metres, or ``{at, position_m, handle_in_m, handle_out_m}``.
        curve: How it goes from point to point.
        closed: Whether it goes back to the first point; only without times.
        relative: Whether points are offsets from the place so far, along the world's axes; else places in the world.
        constant_speed: For points with times: go from first to last at one speed, whatever the times between.
    """

    points: Annotated[tuple[WrittenPoint, ...], Field(min_length=2)]
    curve: Literal["linear", "smooth", "bezier", "catmull_rom"] = "catmull_rom"
    closed: bool = False
    relative: bool = False
    constant_speed: bool = False

    @model_validator(mode="after")
    def _one_timing(self) -> "Route":
        timed = [point for point in self.knots if point.at is not None]
        if timed and len(timed) < len(self.points):
            raise ValueError("give all points a time (at), or none")
        if timed and (self.from_ is not None or self.to is not None):
            raise ValueError("the points have times: remove from and to, or the times")
        if timed and self.closed:
            raise ValueError("a closed path has no times: give from and to, or its first point again at the end")
        if self.constant_speed and not timed:
            raise ValueError("without times a path has constant speed anyway: remove constant_speed")
        if self.curve != "bezier" and any(point.handle_in_m or point.handle_out_m for point in self.knots):
            raise ValueError("handles are for curve: bezier")
        return self

    @property
    def knots(self) -> tuple[PathPoint, ...]:
        """The points, all in their long form."""
        return tuple(point if isinstance(point, PathPoint) else PathPoint(position_m=point) for point in self.points)

    @property
    def is_timed(self) -> bool:
        """Whether its points have times."""
        return self.knots[0].at is not None

    @property
    def ends(self) -> tuple[Time | None, Time | None]:
        """When it begins and ends: at the times of its points, else at ``from`` and ``to``."""
        return (self.knots[0].at, self.knots[-1].at) if self.is_timed else (self.from_, self.to)


class Span(Spec):
    """How far: in metres, or as a multiple of the subject's distance or size when the move starts.

    Attributes:
        distance_m: In metres.
        distance: As a multiple, ``0.5x``; instead of ``distance_m``.
        relative_to: What it is a multiple of: the ``distance`` from camera to subject, or the subject's ``size``, its
            height as it is scaled.
        subject: An entity or a point; default: what the move is about, or the scene's only entity.
    """

    distance_m: float | None = None
    distance: Multiple | None = None
    relative_to: Literal["distance", "size"] = "distance"
    subject: Target | None = None

    @model_validator(mode="after")
    def _one_distance(self) -> "Span":
        if (self.distance_m is None) == (self.distance is None):
            raise ValueError("give distance_m (metres) or distance (a multiple, 0.5x), one of them")
        if self.distance_m is not None and self.relative_to != "distance":
            raise ValueError("relative_to is for distance: 0.5x; distance_m is in metres")
        if self.relative_to == "size" and isinstance(self.subject, tuple):
            raise ValueError("a point has no size: name an entity, or relative_to: distance")
        return self

    @property
    def about(self) -> Target | None:
        """The subject, where it is named."""
        return self.subject
