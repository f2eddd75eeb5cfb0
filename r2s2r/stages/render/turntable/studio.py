"""The studio: one mesh in the middle, a camera that goes round it, and a light beside the camera."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera, intrinsics_from_fov, look_at_rotation
from r2s2r.geometry.framing import Rectangle
from r2s2r.geometry.mesh import Mesh
from r2s2r.stages.render.cpu.cpu_rasteriser import CpuRasteriser
from r2s2r.stages.render.layers import Layers
from r2s2r.stages.render.rasteriser import Raster
from r2s2r.stages.render.renderer import Renderer
from r2s2r.stages.render.scene_mesh import merge
from r2s2r.stages.render.view import View

BACKGROUND = (22, 22, 25)

_FOV_DEG = 30.0
_ABOVE_DEG = 12.0
# As a multiple of the distance at which the mesh's ball touches the picture's border.
_ROOM = 1.04
# How bright a surface is that is seen edge on.
_AMBIENT = 0.45


@dataclass(frozen=True, eq=False)
class Photograph:
    """The mesh from one angle: ``lit`` with its texture, and its ``normals`` as a video model sees them, [H, W, 3]."""

    lit: NDArray[np.uint8]
    normals: NDArray[np.uint8]


class Studio:
    """Draws pictures of one mesh of ``side_px`` squared pixels; whatever its size, it fills them."""

    def __init__(self, mesh: Mesh, *, side_px: int) -> None:
        low, high = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
        # Around the middle and of one size, so that neither kilometres nor millimetres cost precision.
        size = float(np.linalg.norm(high - low)) / 2 or 1.0
        self._scene = merge({"it": replace(mesh, vertices=(mesh.vertices - (low + high) / 2) / np.float32(size))})
        raster = Raster(side_px, side_px)
        self._renderer = Renderer(self._scene, CpuRasteriser(self._scene, raster), raster)
        self._side_px = side_px

    def photograph(self, turn_deg: float) -> "Photograph":
        """Return the mesh from an angle; 0 is from where it faces, positive from its left."""
        layers = self._seen(turn_deg)
        light = _AMBIENT + (1 - _AMBIENT) * layers.normal[..., 2:]
        lit = np.clip(np.round(layers.rgb * light), 0, 255).astype(np.uint8)
        return Photograph(_on_background(lit, layers), _on_background(layers.encoded_normal(), layers))

    def _seen(self, turn_deg: float) -> Layers:
        turn, above = np.radians(turn_deg), np.radians(_ABOVE_DEG)
        direction = np.array([np.sin(turn) * np.cos(above), np.sin(above), np.cos(turn) * np.cos(above)])
        world_from_camera = np.eye(4)
        world_from_camera[:3, 3] = direction * _ROOM / np.sin(np.radians(_FOV_DEG) / 2)
        world_from_camera[:3, :3] = look_at_rotation(world_from_camera[:3, 3], np.zeros(3))
        side = self._side_px
        camera = Camera(world_from_camera, intrinsics_from_fov(_FOV_DEG, height=side, width=side), side, side)
        view = View(
            camera_from_entity=camera.camera_from_world[None],
            visible=np.ones(1, bool),
            intrinsics=camera.intrinsics,
            height=side,
            width=side,
            active=Rectangle(0, 0, side, side),
            near_m=0.01,
        )
        return self._renderer.render(view)


def _on_background(picture: NDArray[np.uint8], layers: Layers) -> NDArray[np.uint8]:
    return np.where((layers.ids > 0)[..., None], picture, np.array(BACKGROUND, np.uint8))
