"""Meshes, views and animations whose picture is known."""

from dataclasses import dataclass

import numpy as np
import trimesh
from numpy.typing import NDArray

from r2s2r.artifacts.animation import Animation, AnimationFacts
from r2s2r.geometry.camera import intrinsics_from_fov
from r2s2r.geometry.framing import Fit, Rectangle
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.view import View

# A level camera at the world's origin looks along -Z: OpenCV axes of the world's.
WORLD_FROM_CAMERA = np.diag([1.0, -1.0, -1.0, 1.0])


def noise(seed: int, height: int = 32, width: int = 48) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def plain(colour: tuple[int, int, int] = (200, 100, 50)) -> NDArray[np.uint8]:
    return np.full((4, 4, 3), colour, np.uint8)


def mesh_of(solid: trimesh.Trimesh, *, smooth: bool, texture: NDArray[np.uint8] | None = None) -> Mesh:
    """A trimesh with flat or smooth normals, its texture laid over it as seen along Z."""
    vertices = np.asarray(solid.vertices, np.float32)
    faces = np.asarray(solid.faces, np.int32)
    flat = np.repeat(solid.face_normals[:, None], 3, axis=1)
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    across = (vertices - low) / np.maximum(high - low, 1e-9)
    uv = np.stack([across[:, 0], 1 - across[:, 1]], axis=-1)
    return Mesh(
        vertices=vertices,
        faces=faces,
        corner_uv=uv[faces].astype(np.float32),
        corner_normals=(solid.vertex_normals[faces] if smooth else flat).astype(np.float32),
        texture=plain() if texture is None else texture,
    )


def sphere(subdivisions: int = 3, texture: NDArray[np.uint8] | None = None) -> Mesh:
    """Radius 1, with the true normals."""
    mesh = mesh_of(trimesh.creation.icosphere(subdivisions=subdivisions), smooth=True, texture=texture)
    outwards = mesh.vertices[mesh.faces]
    outwards = outwards / np.linalg.norm(outwards, axis=-1, keepdims=True)
    return Mesh(mesh.vertices, mesh.faces, mesh.corner_uv, outwards.astype(np.float32), mesh.texture)


def box(texture: NDArray[np.uint8] | None = None) -> Mesh:
    """Side 1, about the origin, sharp edges."""
    return mesh_of(trimesh.creation.box(), smooth=False, texture=texture)


def triangles(corners: NDArray[np.float64], normal: tuple[float, float, float] = (0, 0, 1)) -> Mesh:
    """Loose triangles [F, 3, 3]."""
    count = len(corners)
    return Mesh(
        vertices=np.asarray(corners, np.float32).reshape(-1, 3),
        faces=np.arange(count * 3, dtype=np.int32).reshape(-1, 3),
        corner_uv=np.zeros((count, 3, 2), np.float32),
        corner_normals=np.broadcast_to(np.array(normal, np.float32), (count, 3, 3)).copy(),
        texture=plain(),
    )


def sheet(half_width: float, half_height: float, texture: NDArray[np.uint8]) -> Mesh:
    """A rectangle in the plane z = 0, facing +z, showing its whole texture."""
    x, y = half_width, half_height
    vertices = np.array([[-x, -y, 0], [x, -y, 0], [x, y, 0], [-x, y, 0]], np.float32)
    uv = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    normals = np.broadcast_to(np.array([0, 0, 1], np.float32), (2, 3, 3)).copy()
    return Mesh(vertices, faces, uv[faces], normals, texture)


def placed(x: float = 0.0, y: float = 0.0, z: float = 0.0, linear: Array | float = 1.0) -> Array:
    matrix = np.eye(4)
    matrix[:3, :3] = linear * np.eye(3) if isinstance(linear, float) else linear
    matrix[:3, 3] = x, y, z
    return matrix


def view_of(
    *world_from_entity: Array, height: int = 90, width: int = 160, fov_deg: float = 50.0, **changes: object
) -> View:
    """What a level camera at the origin sees of entities that stand as given."""
    settings: dict[str, object] = {
        "camera_from_entity": np.array([np.linalg.inv(WORLD_FROM_CAMERA) @ m for m in world_from_entity]).reshape(
            -1, 4, 4
        ),
        "visible": np.ones(len(world_from_entity), bool),
        "intrinsics": intrinsics_from_fov(fov_deg, height=height, width=width),
        "height": height,
        "width": width,
        "active": Rectangle(0, 0, width, height),
        "near_m": 0.01,
        **changes,
    }
    return View(**settings)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Size:
    """Of the generated picture and of the source's."""

    height: int = 90
    width: int = 160
    source_height: int = 90
    source_width: int = 160
    fit: Fit = "crop"


def animation_of(tracks: dict[str, Array], size: Size = Size(), **changes: object) -> Animation:
    """Entities that move as given, name -> [T, 4, 4], before a camera that stays."""
    frames = len(next(iter(tracks.values()))) if tracks else 2
    facts = AnimationFacts(
        frames=frames,
        fps="16/1",
        entities=tuple(sorted(tracks)),
        source_height=size.source_height,
        source_width=size.source_width,
        height=size.height,
        width=size.width,
        fit=size.fit,
    )
    source = intrinsics_from_fov(50.0, height=size.source_height, width=size.source_width)
    arrays: dict[str, object] = {
        "facts": facts,
        "world_from_camera": np.repeat(WORLD_FROM_CAMERA[None], frames, axis=0),
        "intrinsics": np.zeros((frames, 3, 3)),
        "world_from_entity": tracks,
        "visible": {name: np.ones(frames, bool) for name in tracks},
        **changes,
    }
    animation = Animation(**arrays)  # type: ignore[arg-type]
    animation.intrinsics[:] = animation.framing.intrinsics(source)
    return animation
