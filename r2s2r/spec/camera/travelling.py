"""Moves that carry the camera somewhere."""

from typing import Literal

from pydantic import model_validator

from r2s2r.spec.moves import Route, Span, Target, Timed


class DollyMove(Span, Timed):
    """The camera travels along its viewing direction, or straight towards a target. Negative distances back off.

    Attributes:
        towards: An entity or a point; default: where the camera looks.

    Example:
        {type: dolly, distance: 0.3x, towards: bunny}
    """

    type: Literal["dolly"]
    towards: Target | None = None

    @model_validator(mode="after")
    def _has_a_size(self) -> "DollyMove":
        if self.relative_to == "size" and isinstance(self.about, tuple):
            raise ValueError("a point has no size: name a subject, or relative_to: distance")
        return self

    @property
    def about(self) -> Target | None:
        """The subject, where it is named."""
        return self.towards if self.subject is None else self.subject


class TruckMove(Span, Timed):
    """The camera travels sideways, along the horizontal axis of its picture; positive distances to its right.

    Example:
        {type: truck, distance_m: 0.4}
    """

    type: Literal["truck"]


class PedestalMove(Span, Timed):
    """The camera rises along the world's vertical, looking where it looked; negative distances sink.

    Example:
        {type: pedestal, distance_m: 0.5}
    """

    type: Literal["pedestal"]


class CraneMove(Span, Timed):
    """The camera rises along the world's vertical and tilts, so that its subject keeps its height in the picture.

    Attributes:
        subject: An entity or a point; default: the scene's only entity.

    Example:
        {type: crane, distance: 0.5x, relative_to: size, subject: bunny}
    """

    type: Literal["crane"]


class DollyZoomMove(Span, Timed):
    """The camera travels along its viewing direction, and the lens keeps its subject at its size in the picture.

    What is as deep in the picture as the subject's middle keeps size and place; what is before and behind it grows and
    shrinks. Negative distances back off.

    Attributes:
        subject: An entity or a point; default: the scene's only entity.

    Example:
        {type: dolly_zoom, distance: 0.4x, subject: bunny}
    """

    type: Literal["dolly_zoom"]


class PathMove(Route):
    """The camera travels on a curve through points.

    Attributes:
        aim: ``keep`` looks where the camera looked so far, ``along`` where it goes; ``look_at`` may follow in the list.

    Example:
        {type: path, relative: true, points: [[0, 0, 0], [0.3, 0.1, -0.2], [0.5, 0, -0.6]]}
    """

    type: Literal["path"]
    aim: Literal["keep", "along"] = "keep"

    @model_validator(mode="after")
    def _goes_somewhere(self) -> "PathMove":
        if self.aim == "along" and len({point.position_m for point in self.knots}) < 2:
            raise ValueError("all points are one, so there is no direction to look along")
        return self
