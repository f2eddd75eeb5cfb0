"""The pinhole camera and the source camera an author describes by field of view, height and pitch."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from r2s2r.geometry.transforms import Array, inverse

# World axes (x right, y up, z towards the viewer) of a level camera's OpenCV axes (x right, y down, z forward).
_WORLD_FROM_LEVEL_CAMERA = np.diag([1.0, -1.0, -1.0])
# Nearer than this to a point, a camera cannot tell in which direction the point lies.
CLOSEST_M = 1e-9


@dataclass(frozen=True, eq=False)
class Camera:
    """A pinhole camera at one moment.

    Camera frame: OpenCV (x right, y down, z forward). Pixels: x right, y down, centres at +0.5, so a picture spans
    ``[0, width] x [0, height]``. Matrices act on columns.

    Attributes:
        world_from_camera: [4, 4], rigid.
        intrinsics: K [3, 3] in pixels.
        height: Rows of the picture.
        width: Columns of the picture.
    """

    world_from_camera: Array
    intrinsics: Array
    height: int
    width: int

    @property
    def camera_from_world(self) -> Array:
        """The inverse of ``world_from_camera`` [4, 4]."""
        return inverse(self.world_from_camera)

    @property
    def position_m(self) -> Array:
        """The eye in the world [3]."""
        return self.world_from_camera[:3, 3]

    def project(self, points_world: Array) -> tuple[Array, Array]:
        """Project world points [..., 3]; return pixels [..., 2] and depth_m [...] (z; negative behind the camera)."""
        points_camera = points_world @ self.camera_from_world[:3, :3].T + self.camera_from_world[:3, 3]
        depth_m = points_camera[..., 2]
        pixels = points_camera @ self.intrinsics.T
        return pixels[..., :2] / depth_m[..., None], depth_m

    def rays(self, pixels: Array) -> Array:
        """Return the world directions [..., 3] through pixels [..., 2], scaled so that camera depth is 1."""
        ones = np.ones((*pixels.shape[:-1], 1))
        directions_camera = np.concatenate([pixels, ones], axis=-1) @ np.linalg.inv(self.intrinsics).T
        directions: Array = directions_camera @ self.world_from_camera[:3, :3].T
        return directions


def intrinsics_from_fov(fov_deg: float, *, height: int, width: int) -> Array:
    """Return K [3, 3] of a centred camera with square pixels and horizontal field of view ``fov_deg``."""
    return centred_intrinsics(width / 2 / float(np.tan(np.radians(fov_deg) / 2)), height=height, width=width)


def centred_intrinsics(focal_px: float, *, height: float, width: float) -> Array:
    """Return K [3, 3] of a camera with square pixels whose axis meets the middle of the picture."""
    return np.array([[focal_px, 0, width / 2], [0, focal_px, height / 2], [0, 0, 1.0]])


def pixel_centres(height: int, width: int) -> Array:
    """Return the places [height, width, 2], x and y, of a picture's pixels."""
    rows, columns = np.indices((height, width)) + 0.5
    return np.stack([columns, rows], axis=-1)


def source_world_from_camera(camera_height_m: float, pitch_deg: float) -> Array:
    """Return ``world_from_camera`` [4, 4] of the reference camera: above the origin, looking along -Z.

    Args:
        camera_height_m: Height of the eye over the ground.
        pitch_deg: Rotation about the camera's x axis; negative looks down.
    """
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("x", pitch_deg, degrees=True).as_matrix() @ _WORLD_FROM_LEVEL_CAMERA
    matrix[1, 3] = camera_height_m
    return matrix


def look_at_rotation(eye_m: Array, target_m: Array, roll_deg: float | Array = 0.0) -> Array:
    """Return the rotation part [..., 3, 3] of ``world_from_camera`` that looks from eye to target [..., 3] with +Y up.

    A positive ``roll_deg``, one or [...], turns the camera clockwise as seen by its operator. Looking straight down,
    the picture's top is -Z; straight up, +Z. Raises ValueError when an eye and its target coincide.
    """
    forward = np.asarray(target_m, float) - eye_m
    distance_m = np.linalg.norm(forward, axis=-1, keepdims=True)
    if np.any(distance_m < CLOSEST_M):
        raise ValueError("the camera stands on the point it is to look at")
    forward = forward / distance_m
    right = np.cross(forward, [0.0, 1.0, 0.0])
    level_m = np.linalg.norm(right, axis=-1, keepdims=True)
    vertical = level_m < 1e-9
    right = np.where(vertical, [1.0, 0.0, 0.0], right / np.where(vertical, 1.0, level_m))
    down, roll = np.cross(forward, right), np.radians(roll_deg)[..., None]
    return np.stack(
        [np.cos(roll) * right + np.sin(roll) * down, np.cos(roll) * down - np.sin(roll) * right, forward], axis=-1
    )
