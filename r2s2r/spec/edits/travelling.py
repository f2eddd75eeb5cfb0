"""Edits that move, turn and bounce an entity."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from r2s2r.spec.base import Length, Place, Spec, Vector
from r2s2r.spec.edits.shape import Scale
from r2s2r.spec.moves import Curve, Ease, PositiveMultiple, Route, Timed
from r2s2r.spec.times import Time


class TransformKey(Spec):
    """The entity at one moment. Relative values are relative to the entity's state so far, about its pivot.

    Attributes:
        at: When.
        position_m: Where the pivot goes, absolute in the world.
        move_m: Moves it, relative, along the world's axes.
        rotate_deg: Turns it, relative; XYZ intrinsic.
        scale: Scales it, relative: a number, or one per axis of the entity.
        handle_in_m: For ``curve: bezier``: the control point before it, as an offset. Default: it flows through.
        handle_out_m: The control point after it, likewise.

    Example:
        {at: 1s, move_m: [0.4, 0, 0], rotate_deg: [0, 90, 0]}
    """

    at: Time
    position_m: Vector | None = None
    move_m: Vector = (0.0, 0.0, 0.0)
    rotate_deg: Vector = (0.0, 0.0, 0.0)
    scale: Scale = 1.0
    handle_in_m: Place | None = None
    handle_out_m: Place | None = None


class TransformEdit(Spec):
    """Keyframes. Rotations are interpolated on the sphere; before the first key and after the last it holds.

    Attributes:
        keys: The entity at given moments, in order.
        curve: How it goes from key to key.
        pivot: A point of the entity's frame in metres; the default is its base (the origin).
        constant_speed: Whether the pivot goes from the first to the last key at one speed, whatever the times between:
            a key's turn and scale are then met when the pivot comes to it.

    Example:
        {type: transform, keys: [{at: 0}, {at: 1.5s, move_m: [0.4, 0.3, 0], rotate_deg: [0, 90, 0]}, {at: 100%}]}
    """

    type: Literal["transform"]
    keys: Annotated[tuple[TransformKey, ...], Field(min_length=1)]
    curve: Curve = "smooth"
    pivot: Vector = (0.0, 0.0, 0.0)
    constant_speed: bool = False

    @model_validator(mode="after")
    def _handles(self) -> "TransformEdit":
        if self.curve != "bezier" and any(key.handle_in_m or key.handle_out_m for key in self.keys):
            raise ValueError("handles are for curve: bezier")
        if self.curve == "hold" and self.constant_speed:
            raise ValueError("what jumps from key to key has no speed: remove constant_speed")
        return self


class PathEdit(Route):
    """The entity's base travels on a curve through points.

    Attributes:
        orient: Whether it turns to where it goes: its front, ``front``, along the way, about the vertical.
        front: The side of the entity that goes ahead, in its own axes; a lifted entity shows the camera its +z.
        bank: How much it leans into curves: 1 as a bicycle would at that speed, 0 not at all.

    Example:
        {type: path, relative: true, orient: true, points: [[0, 0, 0], [0.3, 0, 0.2], [0.6, 0, 0]]}
    """

    type: Literal["path"]
    orient: bool = False
    front: Vector = (0.0, 0.0, 1.0)
    bank: Annotated[float, Field(ge=0, le=10)] = 0.0

    @model_validator(mode="after")
    def _oriented(self) -> "PathEdit":
        if self.orient and len({point.position_m for point in self.knots}) < 2:
            raise ValueError("all points are one, so there is no direction to turn to")
        if self.orient and self.front[0] == self.front[2] == 0:
            raise ValueError("front needs to point sideways: x or z other than 0")
        return self


class SpinEdit(Timed):
    """The entity turns about an axis of its own, as often as wanted.

    Attributes:
        turns: How many whole turns; positive counter-clockwise when the axis points to whoever looks.
        degrees: The same in degrees; instead of ``turns``.
        axis: ``x``, ``y`` or ``z`` of the entity, or a direction [x, y, z] in its frame.
        pivot: A point of the entity's frame in metres that stays in place; the default is its base (the origin).

    Example:
        {type: spin, turns: 2}
    """

    type: Literal["spin"]
    turns: float | None = None
    degrees: float | None = None
    axis: Literal["x", "y", "z"] | Vector = "y"
    pivot: Vector = (0.0, 0.0, 0.0)
    ease: Ease = "linear"

    @model_validator(mode="after")
    def _one_amount(self) -> "SpinEdit":
        if (self.turns is None) == (self.degrees is None):
            raise ValueError("give turns or degrees, one of them")
        if isinstance(self.axis, tuple) and not any(self.axis):
            raise ValueError("an axis of length zero has no direction")
        return self

    @property
    def angle_deg(self) -> float:
        """The whole angle."""
        return self.degrees if self.degrees is not None else 360.0 * (self.turns or 0.0)


class BounceEdit(Spec):
    """The entity bounces on the spot, like a ball: up and down again under gravity's law, from where it stands.

    Attributes:
        from: When it leaves the ground first; default the shot's start.
        to: When it lands last; default the shot's end.
        height_m: Of the first bounce.
        height: The same as a multiple of the entity's height; instead of ``height_m``.
        times: How many bounces; each takes as long as its height makes it.
        decay: How much lower each bounce is than the one before: 0 equally high, 0.3 by three tenths.
        squash: How much it is squashed where it leaves and lands, less so at lower bounces: 0.2 by a fifth of its
            height, keeping its volume. In the shot's first frame it never is.

    Example:
        {type: bounce, height: 0.3x, times: 3, decay: 0.3, squash: 0.15}
    """

    type: Literal["bounce"]
    from_: Annotated[Time | None, Field(alias="from")] = None
    to: Time | None = None
    height_m: Length | None = None
    height: PositiveMultiple | None = None
    times: Annotated[int, Field(ge=1, le=1000)] = 1
    decay: Annotated[float, Field(ge=0, lt=1)] = 0.0
    squash: Annotated[float, Field(ge=0, le=0.8)] = 0.0

    @model_validator(mode="after")
    def _one_height(self) -> "BounceEdit":
        if (self.height_m is None) == (self.height is None):
            raise ValueError("give height_m (metres) or height (a multiple, 0.5x), one of them")
        return self
