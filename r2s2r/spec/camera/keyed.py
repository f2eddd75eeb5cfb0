"""The camera through given keys."""

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from r2s2r.spec.base import Place, Positive, Spec, Vector
from r2s2r.spec.camera.turning import FovDeg
from r2s2r.spec.moves import Curve, Target
from r2s2r.spec.times import Time

_AIMS = ("look_at", "rotate_deg", "orientation_wxyz")


class CameraKey(Spec):
    """The camera at one moment; what is not given stays as it was before this move.

    Attributes:
        at: When.
        position_m: The eye in the world.
        look_at: Entity or point to look at, +Y up.
        roll_deg: Leans the camera beside ``look_at``; positive clockwise as its operator sees it.
        rotate_deg: Turn of the camera relative to the camera so far: XYZ intrinsic about its own axes
            (x right, y down, z forward). Instead of ``look_at``.
        orientation_wxyz: The camera's orientation in the world, as a quaternion of these axes. Instead of ``look_at``.
        fov_deg: Horizontal field of view of the full source frame.
        focal_mm: The same as a focal length, for the source's ``sensor_mm`` (36 mm if it has none).
        handle_in_m: For ``curve: bezier``, with ``position_m``: the control point before it, as an offset.
            Default: so that the camera flows through.
        handle_out_m: The control point after it, likewise.

    Example:
        {at: 1s, position_m: [0.2, 1.1, -0.5], look_at: bunny, fov_deg: 40}
    """

    at: Time
    position_m: Vector | None = None
    look_at: Target | None = None
    roll_deg: float = 0.0
    rotate_deg: Vector | None = None
    orientation_wxyz: tuple[float, float, float, float] | None = None
    fov_deg: FovDeg | None = None
    focal_mm: Positive | None = None
    handle_in_m: Place | None = None
    handle_out_m: Place | None = None

    @model_validator(mode="after")
    def _one_orientation(self) -> "CameraKey":
        given = [name for name in _AIMS if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"give {' or '.join(given)}, not both")
        if self.roll_deg != 0 and self.look_at is None:
            raise ValueError("roll_deg is for look_at; without it, use rotate_deg")
        if self.orientation_wxyz is not None and math.hypot(*self.orientation_wxyz) < 1e-6:
            raise ValueError("orientation_wxyz is a quaternion of length zero, which is no orientation")
        if self.position_m is not None and self.look_at == self.position_m:
            raise ValueError("the camera cannot look at the point it stands on: change position_m or look_at")
        return self

    @model_validator(mode="after")
    def _one_lens(self) -> "CameraKey":
        if self.fov_deg is not None and self.focal_mm is not None:
            raise ValueError("give fov_deg or focal_mm, not both")
        if self.position_m is None and (self.handle_in_m is not None or self.handle_out_m is not None):
            raise ValueError("a handle belongs to a position_m")
        return self


class KeyframesMove(Spec):
    """The camera through given keys; rotations are interpolated on the sphere. Before and after the keys it holds.

    Attributes:
        keys: The camera at given moments, in order.
        curve: How it goes from key to key.
        constant_speed: Whether the eye goes from the first to the last key at one speed, whatever the times between: a
            key's aim and lens are then met when the eye comes to it.

    Example:
        {type: keyframes, curve: catmull_rom, keys: [{at: 0}, {at: 100%, position_m: [0.3, 1.2, -0.5], look_at: bunny}]}
    """

    type: Literal["keyframes"]
    keys: Annotated[tuple[CameraKey, ...], Field(min_length=1)]
    curve: Curve = "smooth"
    constant_speed: bool = False

    @model_validator(mode="after")
    def _handles(self) -> "KeyframesMove":
        if self.curve != "bezier" and any(key.handle_in_m or key.handle_out_m for key in self.keys):
            raise ValueError("handles are for curve: bezier")
        if self.curve == "hold" and self.constant_speed:
            raise ValueError("a camera that jumps from key to key has no speed: remove constant_speed")
        return self
