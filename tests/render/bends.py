"""Entities that change their shape, and animations in which they do."""

from pathlib import Path

import numpy as np
import trimesh
from numpy.typing import NDArray

from r2s2r.artifacts.animation import Animation
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from tests.render.shapes import animation_of, box, mesh_of, noise, placed, sphere

WORM = mesh_of(trimesh.creation.torus(0.7, 0.3, major_sections=24, minor_sections=12), smooth=True, texture=noise(4))
CRATE = box(texture=noise(5))
BALL = sphere(2, texture=noise(6))
FRAMES = 4


def bent(mesh: Mesh, frame: int) -> NDArray[np.float32]:
    """Twisted about y, stretched and shifted, more from frame to frame."""
    x, y, z = mesh.vertices.T.astype(float)
    turn = 0.4 * frame * y
    twisted = [
        x * np.cos(turn) + z * np.sin(turn) + 0.1 * frame,
        y * (1 + 0.2 * frame),
        z * np.cos(turn) - x * np.sin(turn),
    ]
    return np.stack(twisted, axis=1).astype(np.float32)


def bending(
    folder: Path, tracks: dict[str, Array], meshes: dict[str, Mesh], names: tuple[str, ...] | None = None
) -> Animation:
    """An animation in which the named entities bend, by default all; their shapes are kept in a folder."""
    names = tuple(sorted(meshes)) if names is None else names
    animation = animation_of(tracks)
    facts = animation.facts.model_copy(update={"deforming": names})
    bends = Animation(**{**vars(animation), "facts": facts, "folder": folder})
    for name in names:
        bends.write_vertices(folder, name, [bent(meshes[name], frame) for frame in range(FRAMES)])
    return bends


def ride(x: float, z: float, step: float = 0.0) -> Array:
    """A track along x."""
    return np.array([placed(x + step * frame, 0, z) for frame in range(FRAMES)])


def trio(folder: Path, step: float = 0.0) -> tuple[Animation, dict[str, Mesh]]:
    """A worm and a box that bend, and a ball between them that does not; all move by a step from frame to frame."""
    meshes = {"ball": BALL, "crate": CRATE, "worm": WORM}
    tracks = {"ball": ride(0.1, -6.0, step), "crate": ride(-0.8, -5.0, step), "worm": ride(0.6, -4.0, -step)}
    return bending(folder, tracks, meshes, names=("crate", "worm")), meshes
