"""What the kernels behind ``resolve`` take: a mesh, a camera and a frame's passes as plain arrays."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.layers import Layers
from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.textures import LIGHT
from r2s2r.stages.render.view import View


class Surface(NamedTuple):
    """The merged mesh, as in ``scene_mesh.SceneMesh`` and ``textures.Textures``; ``light`` is ``textures.LIGHT``."""

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]
    corner_uv: NDArray[np.float32]
    corner_normals: NDArray[np.float32]
    face_entity: NDArray[np.int32]
    texels: NDArray[np.uint32]
    levels: NDArray[np.int64]
    light: NDArray[np.float32]


class Rays(NamedTuple):
    """The camera as each of E entities sees it.

    Attributes:
        eye: [E, 3], the camera in the entity's frame.
        entity_from_pixel: [E, 3, 3], from (x, y, 1) in pixels to the ray of camera depth 1.
        camera_from_pixel: [1, 3, 3], the same ray in the camera's frame.
        normal_from_entity: [E, 3, 3], inverse transpose: camera-frame normals from the entity's, unnormalised.
        depth_from_entity: [E, 4], camera depth of a point in the entity's frame, homogeneous.
        footprint: [E], what turns (depth^2 / slant) into a pixel's share of a face.
    """

    eye: Array
    entity_from_pixel: Array
    camera_from_pixel: Array
    normal_from_entity: Array
    depth_from_entity: Array
    footprint: Array


class Drawn(NamedTuple):
    """The passes that are filled, as in ``layers.Layers``; what is empty is not wanted."""

    normal: NDArray[np.float32]
    ids: NDArray[np.uint16]
    depth_m: NDArray[np.float32]
    rgb: NDArray[np.uint8]
    coverage: NDArray[np.float32]
    uv: NDArray[np.float32]
    premultiplied: NDArray[np.float32]


def surface_of(mesh: SceneMesh) -> Surface:
    """Return a mesh as the kernels take it."""
    return Surface(
        vertices=mesh.vertices,
        faces=mesh.faces,
        corner_uv=mesh.corner_uv,
        corner_normals=mesh.corner_normals,
        face_entity=mesh.face_entity,
        texels=mesh.textures.texels,
        levels=mesh.textures.levels,
        light=LIGHT,
    )


def rays_of(view: View) -> Rays:
    """Return a view as the kernels take it."""
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


def drawn_of(layers: Layers) -> Drawn:
    """Return a frame's passes as the kernels fill them."""
    return Drawn(*(getattr(layers, name) for name in Drawn._fields))
