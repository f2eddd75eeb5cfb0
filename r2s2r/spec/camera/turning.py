"""Moves that turn the camera on the spot, or change its lens."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from r2s2r.spec.base import Positive
from r2s2r.spec.moves import Timed

FovDeg: TypeAlias = Annotated[float, Field(gt=1, lt=170)]


class PanMove(Timed):
    """The camera turns about the world's vertical through its eye.

    Attributes:
        degrees: How far; positive looks to the right.

    Example:
        {type: pan, degrees: 10, from: 0, to: 50%}
    """

    type: Literal["pan"]
    degrees: float


class TiltMove(Timed):
    """The camera turns about its own horizontal axis.

    Attributes:
        degrees: How far; positive looks up.

    Example:
        {type: tilt, degrees: -5}
    """

    type: Literal["tilt"]
    degrees: float


class RollMove(Timed):
    """The camera turns about its viewing direction.

    Attributes:
        degrees: How far; positive turns it clockwise as its operator sees it, so that the picture leans to the left.

    Example:
        {type: roll, degrees: 6}
    """

    type: Literal["roll"]
    degrees: float


class ZoomMove(Timed):
    """The lens changes; the camera stays where it is. It magnifies at an even rate.

    Attributes:
        factor: Focal length in the end, as a multiple of that so far: 2 shows everything twice as large.
        fov_deg: Horizontal field of view of the full source frame in the end; instead of ``factor``.
        focal_mm: Focal length in the end, for the source's ``sensor_mm`` (36 mm if it has none); instead of ``factor``.

    Example:
        {type: zoom, factor: 1.5}
    """

    type: Literal["zoom"]
    factor: Annotated[Positive, Field(le=100)] | None = None
    fov_deg: FovDeg | None = None
    focal_mm: Positive | None = None

    @model_validator(mode="after")
    def _one_lens(self) -> "ZoomMove":
        if sum(value is not None for value in (self.factor, self.fov_deg, self.focal_mm)) != 1:
            raise ValueError("give one of factor, fov_deg, focal_mm")
        return self
