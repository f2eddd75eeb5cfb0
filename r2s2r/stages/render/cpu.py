"""The rasteriser on the CPU."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.view import View
from r2s2r.stages.render.visibility import Faces, Target, draw_faces, project


class CpuRasteriser:
    """A ``Rasteriser`` by numba kernels; runs on one thread and releases the GIL. Owns its buffers, made once."""

    def __init__(self, mesh: SceneMesh, *, height: int, width: int) -> None:
        self._mesh = mesh
        self._faces = Faces(mesh.vertices, np.zeros((len(mesh.vertices), 3)), mesh.faces)
        self._inverse_depth = np.zeros((height, width), np.float32)
        self._face_idx = np.empty((height, width), np.int32)

    def face_idx(self, view: View) -> NDArray[np.int32]:
        """Return the nearest face [H, W], as ``Rasteriser`` says."""
        self._inverse_depth.fill(0)
        self._face_idx.fill(-1)
        active = view.active
        window = (float(active.x0), float(active.y0), float(active.x1), float(active.y1))
        target = Target(self._inverse_depth, self._face_idx, *window)
        for entity in np.flatnonzero(view.visible):
            pixel_from_entity = view.intrinsics @ view.camera_from_entity[entity, :3]
            if _may_be_seen(pixel_from_entity, self._mesh.bounds[entity], view):
                self._draw(target, int(entity), pixel_from_entity, view.near_m)
        return self._face_idx

    def _draw(self, target: Target, entity: int, pixel_from_entity: Array, near_m: float) -> None:
        vertices, faces = self._mesh.vertex_start[entity : entity + 2], self._mesh.face_start[entity : entity + 2]
        project(self._faces, vertices[0], vertices[1], pixel_from_entity, near_m)
        draw_faces(target, self._faces, faces[0], faces[1], pixel_from_entity, near_m)


def _may_be_seen(pixel_from_entity: Array, corners: Array, view: View) -> bool:
    """Tell whether a box [8, 3] is not wholly outside one plane of the viewing frustum."""
    x, y, depth_m = (corners @ pixel_from_entity[:, :3].T + pixel_from_entity[:, 3]).T
    active = view.active
    beyond = (
        depth_m < view.near_m,
        x < active.x0 * depth_m,
        x > active.x1 * depth_m,
        y < active.y0 * depth_m,
        y > active.y1 * depth_m,
    )
    return not any(side.all() for side in beyond)
