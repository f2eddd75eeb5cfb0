"""Where metric depth sees the ground and the lens, against what the scene says of them."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.planes import level_planes, pitch_deg_over
from r2s2r.geometry.transforms import Array

_SAMPLES, _TRIALS, _SEED = 3000, 300, 4
# A plane that leans more than this from what the scene calls level is a wall or a roof.
_MOST_LEANING_DEG = 35.0
# Points are on the plane within this share of their depth; planes with fewer points of the picture are no ground.
_TOLERANCE, _LEAST_SHARE, _FEWEST = 0.015, 0.15, 50
# Disagreements smaller than these are left unsaid.
_HEIGHT, _PITCH_DEG, _LENS = 0.1, 2.0, 0.1


def plane_findings(depth_m: NDArray[np.float32], camera: Camera) -> tuple[str, ...]:
    """Say where a depth map [H, W] sees the ground, if that is elsewhere than the scene says."""
    found = ground_plane(depth_m, camera)
    if found is None:
        return ()
    height_m, pitch_deg = found
    given_m = float(camera.position_m[1])
    given_deg = pitch_deg_over(camera.world_from_camera[1, :3])
    if abs(height_m / given_m - 1) <= _HEIGHT and abs(pitch_deg - given_deg) <= _PITCH_DEG:
        return ()
    return (
        f"the depth map sees the ground {height_m:.2f} m below a camera pitched by {pitch_deg:.1f} degrees, where "
        f"source.ground says {given_m:.2f} m and {given_deg:.1f}: set source.ground to "
        f"{{camera_height_m: {height_m:.2f}, pitch_deg: {pitch_deg:.1f}}} if the map is right",
    )


def lens_findings(focal_px: float | None, camera: Camera) -> tuple[str, ...]:
    """Say when the depth model saw a focal length that is not the camera's."""
    given_px = float(camera.intrinsics[0, 0])
    if focal_px is None or abs(focal_px / given_px - 1) <= _LENS:
        return ()
    seen_deg, given_deg = (float(np.degrees(2 * np.arctan(camera.width / 2 / px))) for px in (focal_px, given_px))
    return (
        f"the depth model sees a field of view of {seen_deg:.0f} degrees, where source.camera has {given_deg:.0f}: set "
        f"source.camera to {{fov_deg: {seen_deg:.0f}}} or {{solve: depth}} if the model is right",
    )


def ground_plane(depth_m: NDArray[np.float32], camera: Camera) -> tuple[float, float] | None:
    """Return the camera's height over the ground, in metres, and its pitch in degrees, as a depth map has them.

    The ground is the roughly level plane with the most points and the fewest below it, found by consensus (RANSAC, the
    same samples every time); None when no plane stands out.
    """
    where = np.flatnonzero(np.isfinite(depth_m))
    if len(where) < 100:
        return None
    picked = where[:: max(1, len(where) // _SAMPLES)]
    rows, columns = np.divmod(picked, camera.width)
    pixels = np.stack([columns + 0.5, rows + 0.5, np.ones(len(picked))], axis=1)
    points = pixels @ np.linalg.inv(camera.intrinsics).T * depth_m.ravel()[picked, None].astype(np.float64)
    # Up, in the camera's frame, as the scene has it.
    plane = _best_plane(points, camera.world_from_camera[1, :3])
    if plane is None:
        return None
    normal, height_m = plane
    return height_m, pitch_deg_over(normal)


def _best_plane(points: Array, up: Array) -> tuple[Array, float] | None:
    """Return the unit normal, upwards, and the distance below the camera of the ground among points [N, 3]."""
    trios = points[np.random.default_rng(_SEED).integers(0, len(points), (_TRIALS, 3))]
    planes = level_planes(trios, up, _MOST_LEANING_DEG)
    if not len(planes):
        return None
    normals, heights_m = planes[:, :3], planes[:, 3]
    above = (points @ normals.T + heights_m) / points[:, 2:]
    scores = (np.abs(above) < _TOLERANCE).mean(axis=0) - 2 * (above < -2 * _TOLERANCE).mean(axis=0)
    best = int(np.argmax(scores))
    if scores[best] < _LEAST_SHARE:
        return None
    normal, height_m = normals[best], float(heights_m[best])
    for tolerance in (_TOLERANCE, _TOLERANCE / 2, _TOLERANCE / 4):
        on_it = np.abs(points @ normal + height_m) < tolerance * points[:, 2]
        if on_it.sum() < _FEWEST:
            break
        normal, height_m = _fitted(points[on_it], up)
    return normal, height_m


def _fitted(points: Array, up: Array) -> tuple[Array, float]:
    """Fit a plane to points [N, 3], each weighing less the farther away it is, as its depth is less exact."""
    weights = 1 / points[:, 2]
    middle = np.average(points, axis=0, weights=weights**2)
    normal = np.linalg.svd((points - middle) * weights[:, None], full_matrices=False)[2][2]
    normal = normal if normal @ up > 0 else -normal
    return normal, float(-normal @ middle)
