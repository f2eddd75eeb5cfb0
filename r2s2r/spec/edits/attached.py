"""Edits that tie an entity to something else: to another entity, to the camera, to the ground."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from r2s2r.spec.base import Name, Positive, Spec, Vector
from r2s2r.spec.moves import Held, Target
from r2s2r.spec.times import Time

GROUND = "ground"


class FollowEdit(Spec):
    """The entity goes along with another one, or with the camera, as if it were fixed to it.

    How it moves by itself comes on top of that.

    Attributes:
        target: An entity, or ``camera``.
        from: When it is fixed to it; default the shot's start.
        to: When it is let go, and stays where it has come to; default the shot's end.
        turn: Whether it turns with it, too; without, it only keeps its distance.

    Example:
        {type: follow, target: bunny}
    """

    type: Literal["follow"]
    target: Name
    from_: Annotated[Time | None, Field(alias="from")] = None
    to: Time | None = None
    turn: bool = True


class LookAtEdit(Held):
    """The entity turns on the spot, about its middle, so that its front points at a target.

    Attributes:
        target: An entity, ``camera``, or a point.
        front: The side of the entity that points there, in its own axes; a lifted entity shows the camera its +z.
        upright: Whether it turns about the vertical only.

    Example:
        {type: look_at, target: camera, from: 1s}
    """

    type: Literal["look_at"]
    target: Target
    front: Vector = (0.0, 0.0, 1.0)
    upright: bool = True

    @model_validator(mode="after")
    def _front(self) -> "LookAtEdit":
        if self.upright and self.front[0] == self.front[2] == 0:
            raise ValueError("front needs to point sideways (x or z other than 0), or upright: false")
        if not any(self.front):
            raise ValueError("a front of length zero has no direction")
        return self


class DropEdit(Spec):
    """The entity is let go: it falls straight down, lands and comes to rest, without sinking in.

    Where edits before this one put it counts only until it is let go; it goes on turning and changing as they say, and
    lands on its lowest point as it is turned by then. Once it has landed on an entity, it goes along with that.

    Attributes:
        from: When it is let go; default the shot's start.
        onto: What it falls on: ``ground`` or an entity below it.
        bounce: How much of its speed it keeps each time it hits: 0 stays down, 0.5 is a rubber ball.
        gravity_m_s2: How strongly it is pulled.

    Example:
        {type: drop, from: 0.5s, bounce: 0.3}
    """

    type: Literal["drop"]
    from_: Annotated[Time | None, Field(alias="from")] = None
    onto: Name = GROUND
    bounce: Annotated[float, Field(ge=0, le=0.9)] = 0.0
    gravity_m_s2: Annotated[Positive, Field(le=1000)] = 9.81
