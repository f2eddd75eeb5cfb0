"""Moves that hold for a stretch of time: the camera stays, follows, looks at something, or is held by hand."""

from typing import Annotated, Literal

from pydantic import Field

from r2s2r.spec.base import Name, Spec
from r2s2r.spec.moves import Held, Target
from r2s2r.spec.times import Time


class StaticMove(Held):
    """The camera comes to rest after ``from`` and holds still until ``to``, whatever the moves before it do.

    It stops along its own way within ``blend_s``, and makes up for the time before ``to``. Default: it stands as at the
    shot's start.

    Example:
        {type: static}
    """

    type: Literal["static"]


class FollowMove(Spec):
    """The camera goes along with an entity, at the distance it has when it starts to.

    Attributes:
        target: The entity.
        from: When it starts; default the shot's start.
        to: When it ends, and the camera stays where it has come to; default the shot's end.
        lag_s: Takes the mean of where the entity was over so long: soft starts and stops, by a camera that is late.
        turn: Whether it goes round with the entity as that turns about the vertical.

    Example:
        {type: follow, target: bunny, lag_s: 0.25}
    """

    type: Literal["follow"]
    target: Name
    from_: Annotated[Time | None, Field(alias="from")] = None
    to: Time | None = None
    lag_s: Annotated[float, Field(ge=0, le=60)] = 0.0
    turn: bool = False


class LookAtMove(Held):
    """The camera turns on the spot to look at a target, level.

    Attributes:
        target: An entity or a point.
        roll_deg: Leans the camera; positive clockwise as its operator sees it.

    Example:
        {type: look_at, target: bunny}
    """

    type: Literal["look_at"]
    target: Target
    roll_deg: float = 0.0


class HandheldMove(Held):
    """The camera is held by hand: it drifts and shakes a little, differently for each seed.

    It does so about the camera so far, and begins the shot where that is. It is the same at any frame rate.

    Attributes:
        amount: Of all of it; 1 is a calm hand.
        shift_m: How far it drifts, as a standard deviation to each side.
        turn_deg: How far it turns, likewise; it leans half as much.
        hz: How often it sways in a second, roughly.
        seed: Which hand.

    Example:
        {type: handheld, amount: 0.6, seed: 3}
    """

    type: Literal["handheld"]
    amount: Annotated[float, Field(ge=0, le=100)] = 1.0
    shift_m: Annotated[float, Field(ge=0, le=10)] = 0.01
    turn_deg: Annotated[float, Field(ge=0, le=45)] = 0.4
    hz: Annotated[float, Field(gt=0, le=30)] = 1.0
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
