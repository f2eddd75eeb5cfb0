"""The slow, plain truth: every pixel's ray against every face, in double precision, in the camera's frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.view import View


@dataclass(frozen=True, eq=False)
class Truth:
    """[H, W] face (-1: none) and ids, depth in metres, and unit normals [H, W, 3]: right, up, towards the viewer."""

    face_idx: NDArray[np.int64]
    ids: NDArray[np.int64]
    depth_m: Array
    normal: Array


def true_passes(mesh: SceneMesh, view: View) -> Truth:
    height, width = view.height, view.width
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    rays = np.stack([x, y, np.ones_like(x)], axis=-1) @ np.linalg.inv(view.intrinsics).T
    active = view.active
    drawn = (x > active.x0) & (x < active.x1) & (y > active.y0) & (y < active.y1)
    truth = Truth(
        face_idx=np.full((height, width), -1),
        ids=np.zeros((height, width), int),
        depth_m=np.full((height, width), np.inf),
        normal=np.zeros((height, width, 3)),
    )
    for face in range(len(mesh.faces)):
        entity = mesh.face_entity[face]
        if view.visible[entity]:
            _meet(mesh, view.camera_from_entity[entity], face, view.near_m, rays, drawn, truth)
    truth.depth_m[truth.face_idx < 0] = 0
    return truth


def _meet(
    mesh: SceneMesh,
    camera_from_entity: Array,
    face: int,
    near_m: float,
    rays: Array,
    drawn: NDArray[np.bool_],
    truth: Truth,
) -> None:
    linear = camera_from_entity[:3, :3]
    a, b, c = mesh.vertices[mesh.faces[face]].astype(float) @ linear.T + camera_from_entity[:3, 3]
    # Weights w of the corners on the ray: w_a a + w_b b + w_c c = ray, up to scale.
    volume = np.dot(a, np.cross(b, c))
    weights = np.stack([rays @ np.cross(b, c), rays @ np.cross(c, a), rays @ np.cross(a, b)], axis=-1)
    total = weights.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = weights / total[..., None]
        depth_m = volume / total
    hit = drawn & (weights >= 0).all(axis=-1) & (depth_m >= near_m) & (depth_m < truth.depth_m)
    if not hit.any():
        return
    truth.depth_m[hit] = depth_m[hit]
    truth.face_idx[hit] = face
    truth.ids[hit] = mesh.face_entity[face] + 1
    flat = np.cross(b - a, c - a)
    flat = flat if flat @ a < 0 else -flat
    smooth = weights[hit] @ mesh.corner_normals[face].astype(float) @ np.linalg.inv(linear)
    smooth *= np.where(smooth @ flat < 0, -1.0, 1.0)[:, None]
    away = np.maximum((smooth * rays[hit]).sum(axis=-1), 0) / (rays[hit] ** 2).sum(axis=-1)
    smooth -= away[:, None] * rays[hit]
    truth.normal[hit] = smooth / np.linalg.norm(smooth, axis=-1, keepdims=True) * [1, -1, -1]
