"""Moves round a target, which keeps its place in the picture."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from r2s2r.spec.moves import PositiveMultiple, Target, Timed


class OrbitMove(Timed):
    """The camera circles on its level about the vertical axis through a target, which keeps its place in the picture.

    Attributes:
        around: What stays in place: an entity or a point.
        degrees: How far; positive moves the camera to its right (counter-clockwise seen from above).

    Example:
        {type: orbit, around: bunny, degrees: 24}
    """

    type: Literal["orbit"]
    around: Target
    degrees: float


class ArcMove(Timed):
    """The camera moves on a sphere round a target: sideways, up or both. The target keeps its place in the picture.

    So does the horizon its lean; only a target far beside the middle leans the camera from far above.

    Attributes:
        around: What stays in place: an entity or a point.
        degrees: How far sideways; positive moves the camera to its right (counter-clockwise seen from above).
        rise_deg: How far up; negative down. It ends short of the pole, at 89 degrees over the target.

    Example:
        {type: arc, around: bunny, degrees: 15, rise_deg: 10}
    """

    type: Literal["arc"]
    around: Target
    degrees: float = 0.0
    rise_deg: Annotated[float, Field(gt=-180, lt=180)] = 0.0

    @model_validator(mode="after")
    def _goes_somewhere(self) -> "ArcMove":
        if self.degrees == 0 and self.rise_deg == 0:
            raise ValueError("give degrees (sideways), rise_deg (up), or both")
        return self


class SpiralMove(Timed):
    """The camera circles a target and comes closer or backs off, rises or sinks; it turns to keep the target in place.

    Attributes:
        around: What it circles: an entity or a point.
        degrees: How far round; positive moves the camera to its right (counter-clockwise seen from above).
        radius: Horizontal distance in the end, as a multiple of that so far: ``0.5x``. It changes at an even rate.
        rise_m: How far up; negative down.

    Example:
        {type: spiral, around: bunny, degrees: 40, radius: 0.8x, rise_m: 0.3}
    """

    type: Literal["spiral"]
    around: Target
    degrees: float
    radius: PositiveMultiple = 1.0
    rise_m: float = 0.0
