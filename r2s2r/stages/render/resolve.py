"""From the visible faces to all passes: the one place where every backend's pixels are computed."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.stages.render.layers import Layers
from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.shading import Drawn, Rays, Surface, shade
from r2s2r.stages.render.view import View


def resolve(mesh: SceneMesh, view: View, *, face_idx: NDArray[np.int32], layers: Layers) -> None:
    """Fill ``layers`` from the nearest face [H, W] (-1: none) at every pixel.

    The ray through a pixel's centre is met with its face's plane in double precision, in the entity's own frame; that
    gives perspective-correct weights of the corners, also for a face that reaches behind the camera.
    """
    surface = Surface(
        vertices=mesh.vertices,
        faces=mesh.faces,
        corner_uv=mesh.corner_uv,
        corner_normals=mesh.corner_normals,
        face_entity=mesh.face_entity,
        texels=mesh.textures.texels,
        levels=mesh.textures.levels,
    )
    shade(face_idx, surface, _rays(view), Drawn(layers.normal, layers.ids, layers.depth_m, layers.rgb))


def _rays(view: View) -> Rays:
    linear, offset = view.camera_from_entity[:, :3, :3], view.camera_from_entity[:, :3, 3]
    entity_from_camera = np.linalg.inv(linear)
    camera_from_pixel = np.linalg.inv(view.intrinsics)
    pixel_area = abs(np.linalg.det(view.intrinsics) * np.linalg.det(linear))
    return Rays(
        eye=-np.einsum("eij,ej->ei", entity_from_camera, offset),
        entity_from_pixel=entity_from_camera @ camera_from_pixel,
        camera_from_pixel=camera_from_pixel.reshape(1, 3, 3).astype(np.float64, copy=False),
        normal_from_entity=np.ascontiguousarray(entity_from_camera.transpose(0, 2, 1)),
        depth_from_entity=np.ascontiguousarray(view.camera_from_entity[:, 2, :]),
        footprint=1.0 / pixel_area,
    )
