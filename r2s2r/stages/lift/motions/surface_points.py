"""Surface points: what of a mesh is seen at some pixels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array, transform_points

# Pairs of a pixel and a face looked at together: bounds memory at about 50 MB.
_BATCH = 4_000_000


@dataclass(frozen=True, eq=False)
class SurfacePoints:
    """Points of a mesh.

    Attributes:
        points_m: [N, 3].
        normals: [N, 3], unit, of their faces.
        found: [N] bool, whether the mesh is seen at the pixel at all; the rest of what is not found is 0.
    """

    points_m: Array
    normals: Array
    found: NDArray[np.bool_]


def seen_at(pixels: Array, vertices: Array, faces: NDArray[np.int32], pose: Array, intrinsics: Array) -> SurfacePoints:
    """Meet the rays through pixels [N, 2] with the nearest face, exactly; results are in the mesh's own frame.

    Args:
        pixels: [N, 2], pixel centres at +0.5.
        vertices: [V, 3].
        faces: [F, 3], counter-clockwise seen from outside; those turned away are not looked at.
        pose: ``camera_from_mesh`` [4, 4], rigid.
        intrinsics: K [3, 3].
    """
    in_camera = transform_points(pose, vertices)
    corners = in_camera[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    towards = (np.einsum("fi,fi->f", normals, corners[:, 0]) < 0) & (corners[:, :, 2] > 0).all(axis=1)
    corners, normals = corners[towards], normals[towards]
    rays = np.concatenate([pixels, np.ones((len(pixels), 1))], axis=1) @ np.linalg.inv(intrinsics).T
    depth_m, nearest = _nearest(rays, corners)
    found = np.isfinite(depth_m)
    points = np.where(found[:, None], rays * np.where(found, depth_m, 0)[:, None], 0)
    facing = normals[nearest] if len(normals) else np.zeros((len(pixels), 3))
    facing = facing / np.maximum(np.linalg.norm(facing, axis=1, keepdims=True), 1e-300)
    rotation = pose[:3, :3]
    own = (points - pose[:3, 3]) @ rotation
    return SurfacePoints(np.where(found[:, None], own, 0), np.where(found[:, None], facing @ rotation, 0), found)


def _nearest(rays: Array, corners: Array) -> tuple[Array, NDArray[np.int64]]:
    """Return depth [N] (infinite where nothing is met) and face [N] of what rays [N, 3] of camera depth 1 meet."""
    depth_m, face = np.full(len(rays), np.inf), np.zeros(len(rays), np.int64)
    if not len(corners):
        return depth_m, face
    flat = corners[..., :2] / corners[..., 2:]
    low, high = flat.min(axis=1), flat.max(axis=1)
    step = max(1, _BATCH // len(corners))
    for start in range(0, len(rays), step):
        part = rays[start : start + step]
        near = np.all((part[:, None, :2] >= low) & (part[:, None, :2] <= high), axis=2)
        ray, candidate = np.nonzero(near)
        a, b, c = corners[candidate].transpose(1, 0, 2)
        direction = part[ray]
        # ray = sum of weights * corners: it meets the triangle where no weight is negative.
        weights = np.stack([_triple(direction, b, c), _triple(a, direction, c), _triple(a, b, direction)], axis=1)
        volume = _triple(a, b, c)
        total = weights.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = np.all(weights * np.sign(total)[:, None] >= 0, axis=1) & (total != 0)
            met = np.where(inside, volume / total, np.inf)
        order = np.lexsort((candidate, met, ray))
        first = order[np.unique(ray[order], return_index=True)[1]]
        depth_m[start + ray[first]], face[start + ray[first]] = met[first], candidate[first]
    return depth_m, face


def _triple(a: Array, b: Array, c: Array) -> Array:
    product: Array = np.einsum("ni,ni->n", a, np.cross(b, c))
    return product
