"""Bending: meshes that change their shape from frame to frame."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.animation import Animation
from r2s2r.errors import StageError
from r2s2r.geometry.normals import face_normals, shared_normals
from r2s2r.stages.render.scene_mesh import FARTHEST_M, SceneMesh, box_corners


@dataclass(frozen=True, eq=False)
class Edges:
    """Which corners of an entity's faces share a normal: where it is smooth, and where an edge is hard.

    Attributes:
        faces: [F, 3], indices into the entity's own vertices.
        group: [F, 3], corners of one number have one normal.
        groups: How many numbers there are.
    """

    faces: NDArray[np.int32]
    group: NDArray[np.int64]
    groups: int

    def normals(self, vertices: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the corner normals [F, 3, 3] of a shape [V, 3]: of each group the mean, weighted by area."""
        return shared_normals(face_normals(vertices, self.faces), self.group, self.groups).astype(np.float32)


def edges_of(mesh: SceneMesh, animation: Animation) -> dict[int, Edges]:
    """Return the edges of the entities that bend, by their index: corners of one vertex and normal stay together."""
    return {index: _edges(mesh, index) for index, name in enumerate(mesh.names) if name in animation.facts.deforming}


def own_shapes(mesh: SceneMesh) -> SceneMesh:
    """Return the mesh with its own copy of all that bending changes; one for each thread."""
    changed = {name: getattr(mesh, name).copy() for name in ("vertices", "corner_normals", "bounds", "bends")}
    return replace(mesh, **changed)


class Bender:
    """Brings a mesh into the shape it has at a frame, in place. Serves one thread."""

    def __init__(self, mesh: SceneMesh, animation: Animation, edges: Mapping[int, Edges]) -> None:
        self._mesh, self._animation, self._edges = mesh, animation, edges
        mesh.bends[list(edges)] = True

    def bend(self, frame: int) -> None:
        """Bring the mesh into the shape of a frame.

        Raises StageError for a shape that cannot be drawn, naming frame and entity.
        """
        mesh = self._mesh
        for index, edges in self._edges.items():
            vertices, faces = (slice(*starts[index : index + 2]) for starts in (mesh.vertex_start, mesh.face_start))
            shape = self._shape(mesh.names[index], frame, len(mesh.vertices[vertices]))
            mesh.vertices[vertices] = shape
            mesh.corner_normals[faces] = edges.normals(shape)
            mesh.bounds[index] = box_corners(shape)

    def _shape(self, name: str, frame: int, count: int) -> NDArray[np.float32]:
        shapes = self._animation.vertices(name)
        assert shapes is not None, "what bends has vertices"
        shape = np.array(shapes[frame])
        if shape.shape != (count, 3) or not (np.abs(shape) <= FARTHEST_M).all():  # nor is NaN
            raise StageError(
                f"frame {frame}: {name}: its shape does not fit its mesh, is not finite or reaches beyond "
                f"{FARTHEST_M:g} m; look at its motion, or remove `motion: keep`"
            )
        return shape


def _edges(mesh: SceneMesh, index: int) -> Edges:
    first, last = mesh.face_start[index : index + 2]
    faces = mesh.faces[first:last] - np.int32(mesh.vertex_start[index])
    key = np.empty((faces.size, 4), np.int64)
    key[:, 0] = faces.reshape(-1)
    # Normals that differ by less than this are one: they were computed in single precision.
    key[:, 1:] = np.rint(mesh.corner_normals[first:last].reshape(-1, 3).astype(np.float64) * 1e3)
    _, group = np.unique(key, axis=0, return_inverse=True)
    group = group.reshape(-1, 3).astype(np.int64)
    return Edges(np.ascontiguousarray(faces), group, int(group.max(initial=-1)) + 1)
