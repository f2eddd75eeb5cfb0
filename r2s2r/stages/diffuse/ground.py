"""The ground hides what is below it."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera

# Meshes stand on the ground to within this, in metres per metre of distance: their base is known no better.
_TOLERANCE = 0.01


def above_ground(ids: NDArray[np.uint16], depth_m: NDArray[np.float32], camera: Camera) -> NDArray[np.uint16]:
    """Return the ids [H, W] without the pixels that show an entity below the ground, to a camera above it."""
    eye_y = camera.position_m[1]
    if eye_y <= 0:
        return ids
    a, b, c = (camera.world_from_camera[:3, :3] @ np.linalg.inv(camera.intrinsics))[1].astype(np.float32)
    columns = np.arange(camera.width, dtype=np.float32) + np.float32(0.5)
    rows = np.arange(camera.height, dtype=np.float32) + np.float32(0.5)
    rise = a * columns[None, :] + (b * rows + c)[:, None]
    return np.where(depth_m * (rise + np.float32(_TOLERANCE)) < -eye_y, np.uint16(0), ids)
