"""The film set the plate is projected onto: flat ground, and a round wall standing on it far behind everything."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.transforms import Array

# The wall stands this many times as far from the source camera as the farthest entity. What is behind an entity mostly
# stands upright not far behind it: a farther wall lays that flat on the ground, where an orbit shears it.
_WALL_OVER_FARTHEST_ENTITY = 1.6
# Without entities, the ground ends 7 degrees below the horizon; with any, at the latest 27 degrees below.
_WALL_OVER_CAMERA_HEIGHT_ALONE, _WALL_OVER_CAMERA_HEIGHT = 8.0, 2.0
# The camera and every entity stay inside, with room to spare.
_WALL_OVER_FARTHEST_TRAVEL = 1.3


@dataclass(frozen=True, eq=False)
class Sight:
    """What each pixel of a camera meets on the set.

    Attributes:
        origin_m: [3], the eye.
        directions: Three arrays [H, W]: the rays' world x, y and z, scaled so that camera depth is 1.
        depth_m: [H, W] along the camera's z axis.
        on_ground: [H, W] bool; the others meet the wall.
    """

    origin_m: Array
    directions: tuple[Array, Array, Array]
    depth_m: Array
    on_ground: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Proxy:
    """Ground y = 0 within ``radius_m`` of the vertical axis through ``axis_m`` (x, z), and a cylinder at that distance.

    Round, so that the camera may look anywhere; the source camera sees every point of it, so each has a place in the
    plate.
    """

    axis_m: tuple[float, float]
    radius_m: float

    def sight(self, camera: Camera) -> Sight:
        """Meet the ray of every pixel centre with the set."""
        x, y, z = _ray_grids(camera)
        origin = camera.position_m
        to_ground = np.full_like(y, np.inf)
        np.divide(-origin[1], y, out=to_ground, where=(y < 0) & (origin[1] > 0))
        to_wall = self._to_wall(origin, x, z)
        return Sight(origin, (x, y, z), np.minimum(to_ground, to_wall), to_ground < to_wall)

    def hit(self, origin_m: Array, directions: Array) -> Array:
        """Return the points [..., 3] of the set that rays meet, from an eye [3] or eyes [..., 3]."""
        y, eye_y = directions[..., 1], np.broadcast_to(origin_m[..., 1], directions.shape[:-1])
        to_ground = np.full(y.shape, np.inf)
        np.divide(-eye_y, y, out=to_ground, where=(y < 0) & (eye_y > 0))
        to_wall = self._to_wall(origin_m, directions[..., 0], directions[..., 2])
        points: Array = origin_m + np.minimum(to_ground, to_wall)[..., None] * directions
        return points

    def _to_wall(self, origin_m: Array, x: Array, z: Array) -> Array:
        """Solve |origin + t (x, z)| = radius for the larger t; finite also for rays straight up or down."""
        from_axis_x, from_axis_z = origin_m[..., 0] - self.axis_m[0], origin_m[..., 2] - self.axis_m[1]
        a = np.maximum(x * x + z * z, 1e-12)
        half_b = from_axis_x * x + from_axis_z * z
        c = from_axis_x**2 + from_axis_z**2 - self.radius_m**2
        distance: Array = (np.sqrt(half_b * half_b - a * c) - half_b) / a
        return distance


def proxy_round(source: Camera, *, entities_m: Array, travel_m: Array) -> Proxy:
    """Set the wall so that nothing of a shot touches it.

    Args:
        source: The source camera.
        entities_m: World positions [N, 3] of the entities where the source has them.
        travel_m: World positions [M, 3] of cameras and entities in all frames of the shot.
    """
    axis = source.position_m[[0, 2]]
    over_height = _WALL_OVER_CAMERA_HEIGHT if len(entities_m) else _WALL_OVER_CAMERA_HEIGHT_ALONE
    radius = max(
        _WALL_OVER_FARTHEST_ENTITY * _farthest(entities_m, axis),
        _WALL_OVER_FARTHEST_TRAVEL * _farthest(travel_m, axis),
        over_height * abs(source.position_m[1]),
    )
    return Proxy((float(axis[0]), float(axis[1])), float(radius))


def _farthest(points_m: Array, axis_m: Array) -> float:
    """Return the horizontal distance of the farthest of points [N, 3] from an axis (x, z); 0 without points."""
    return float(np.linalg.norm(points_m[:, [0, 2]] - axis_m, axis=1).max(initial=0.0))


def _ray_grids(camera: Camera) -> tuple[Array, Array, Array]:
    """Return x, y, z [H, W] of ``camera.rays`` at all pixel centres, as sums of a row and a column (faster)."""
    world_from_pixel = camera.world_from_camera[:3, :3] @ np.linalg.inv(camera.intrinsics)
    columns = np.arange(camera.width) + 0.5
    rows = np.arange(camera.height) + 0.5
    x, y, z = (a * columns[None, :] + (b * rows + c)[:, None] for a, b, c in world_from_pixel)
    return x, y, z
