"""The slow, plain truth about motion: each pixel's point moved with its face, and its new ray against every face."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import pixel_centres
from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.still import Still


@dataclass(frozen=True, eq=False)
class TrueFlow:
    """[H, W, 2] where each pixel's point is at the other frame (background: NaN), and [H, W] whether it is seen."""

    place: Array
    seen: NDArray[np.bool_]


def true_flow(now: Still, then: Still, face_idx: NDArray[np.int32]) -> TrueFlow:
    height, width = face_idx.shape
    rays = _rays(now, pixel_centres(height, width))
    points = np.full((height, width, 3), np.nan)
    for face in np.unique(face_idx[face_idx >= 0]).tolist():
        on = face_idx == face
        weights = np.linalg.solve(_corners(now, face).T, rays[on].T).T
        points[on] = weights / weights.sum(axis=1, keepdims=True) @ _corners(then, face)
    pixels = points @ then.view.intrinsics.T
    place, depth_m = pixels[..., :2] / pixels[..., 2:], pixels[..., 2]
    active = then.view.active
    seen = (face_idx >= 0) & (depth_m >= then.view.near_m)
    seen &= then.view.visible[np.where(face_idx < 0, 0, now.mesh.face_entity[face_idx])]
    seen &= (place >= [active.x0, active.y0]).all(axis=-1) & (place < [active.x1, active.y1]).all(axis=-1)
    seen[seen] = ~_hidden(then, place[seen], depth_m[seen], face_idx[seen])
    return TrueFlow(place, seen)


def outlines(depth_m: Array) -> NDArray[np.bool_]:
    """[H, W] where depth [H, W] breaks off or has a crease within a pixel: 1 / depth is linear on a plane."""
    inverse = np.pad(np.where(depth_m > 0, 1 / np.maximum(depth_m, 1e-9), 0), 1, mode="edge")
    here = inverse[1:-1, 1:-1]
    bend = np.abs(inverse[1:-1, :-2] + inverse[1:-1, 2:] - 2 * here)
    bend += np.abs(inverse[:-2, 1:-1] + inverse[2:, 1:-1] - 2 * here)
    sharp = np.pad(bend > 1e-3 * here, 1)
    height, width = depth_m.shape
    near = [sharp[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    found: NDArray[np.bool_] = np.any(near, axis=0)
    return found


def _hidden(then: Still, places: Array, depth_m: Array, own: NDArray[np.int32]) -> NDArray[np.bool_]:
    rays = _rays(then, places)
    hidden = np.zeros(len(places), bool)
    for face in np.flatnonzero(then.view.visible[then.mesh.face_entity]).tolist():
        a, b, c = _corners(then, face)
        if max(a[2], b[2], c[2]) < then.view.near_m:
            continue
        weights = np.stack([rays @ np.cross(b, c), rays @ np.cross(c, a), rays @ np.cross(a, b)], axis=-1)
        total = weights.sum(axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            weights = weights / total[:, None]
            hit_m = np.dot(a, np.cross(b, c)) / total
        before = (hit_m >= then.view.near_m) & (hit_m < depth_m * (1 - 1e-6))
        hidden |= (weights >= 0).all(axis=-1) & before & (own != face)
    return hidden


def _rays(still: Still, places: Array) -> Array:
    ones = np.ones((*places.shape[:-1], 1))
    rays: Array = np.concatenate([places, ones], axis=-1) @ np.linalg.inv(still.view.intrinsics).T
    return rays


def _corners(still: Still, face: int) -> Array:
    matrix = still.view.camera_from_entity[still.mesh.face_entity[face]]
    corners: Array = still.mesh.vertices[still.mesh.faces[face]].astype(float) @ matrix[:3, :3].T + matrix[:3, 3]
    return corners
