"""All entities' meshes as one, merged once for all frames; what changes its shape is changed in place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import StageError
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.textures import Textures, mip_chains

Number = TypeVar("Number", bound=np.generic)

# Beyond it, products of places and transforms would leave single precision.
FARTHEST_M = 1e9
# The id pass has 16 bits, and 0 is the background.
MOST_ENTITIES = 65_535


@dataclass(frozen=True, eq=False)
class SceneMesh:
    """The merged mesh. An entity is known by its index among the sorted names; its id in the id pass is that plus 1.

    Of an entity that bends, ``vertices``, ``corner_normals`` and ``bounds`` are those of one frame at a time; see
    ``bending.Bender``.

    Attributes:
        names: Entities in sorted order.
        vertices: [V, 3] float32, metres, each in its own entity's frame.
        faces: [F, 3] int32, indices into ``vertices``.
        corner_uv: [F, 3, 2] float32, as in ``geometry.mesh.Mesh``.
        corner_normals: [F, 3, 3] float32, entity frame.
        face_entity: [F] int32, the entity's index.
        vertex_start: [E + 1]; entity e has the vertices from ``vertex_start[e]`` to ``vertex_start[e + 1]``.
        face_start: [E + 1]; the same for faces.
        bounds: [E, 8, 3], the corners of each entity's box in its frame.
        textures: The entities' textures.
        bends: [E] bool, whose shape may differ from frame to frame.
    """

    names: tuple[str, ...]
    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]
    corner_uv: NDArray[np.float32]
    corner_normals: NDArray[np.float32]
    face_entity: NDArray[np.int32]
    vertex_start: NDArray[np.int64]
    face_start: NDArray[np.int64]
    bounds: Array
    textures: Textures
    bends: NDArray[np.bool_]


def merge(meshes: Mapping[str, Mesh]) -> SceneMesh:
    """Merge meshes by sorted name.

    Raises StageError for one that holds NaN, infinity, faces of missing vertices or vertices beyond ``FARTHEST_M``, and
    for more of them than there are ids.
    """
    names = tuple(sorted(meshes))
    if len(names) > MOST_ENTITIES:
        raise StageError(
            f"{len(names)} entities are more than the id pass can tell apart; give at most {MOST_ENTITIES}"
        )
    parts = [meshes[name] for name in names]
    for name, mesh in zip(names, parts, strict=True):
        _check(name, mesh)
    vertex_start = np.cumsum([0, *(len(mesh.vertices) for mesh in parts)])
    face_counts = [len(mesh.faces) for mesh in parts]
    return SceneMesh(
        names=names,
        vertices=_joined([mesh.vertices for mesh in parts], (0, 3), np.float32),
        faces=_joined([mesh.faces + start for mesh, start in zip(parts, vertex_start, strict=False)], (0, 3), np.int32),
        corner_uv=_joined([mesh.corner_uv for mesh in parts], (0, 3, 2), np.float32),
        corner_normals=_joined([mesh.corner_normals for mesh in parts], (0, 3, 3), np.float32),
        face_entity=np.repeat(np.arange(len(parts), dtype=np.int32), face_counts),
        vertex_start=vertex_start,
        face_start=np.cumsum([0, *face_counts]),
        bounds=np.array([box_corners(mesh.vertices) for mesh in parts]).reshape(-1, 8, 3),
        textures=mip_chains([mesh.texture for mesh in parts]),
        bends=np.zeros(len(parts), bool),
    )


def _check(name: str, mesh: Mesh) -> None:
    for what in ("vertices", "corner_uv", "corner_normals"):
        if not np.isfinite(getattr(mesh, what)).all():
            raise StageError(f"{name}: its mesh's {what} hold NaN or infinity; repair the mesh or lift it again")
    if (reach_m := np.abs(mesh.vertices).max(initial=0)) > FARTHEST_M:
        advice = f"more than {FARTHEST_M:g}; scale it down (`import: {{metres_per_unit: ...}}` of an asset)"
        raise StageError(f"{name}: its mesh reaches {reach_m:.0e} m from its origin, {advice}")
    if mesh.faces.size and not (mesh.faces.min() >= 0 and mesh.faces.max() < len(mesh.vertices)):
        raise StageError(f"{name}: its mesh has faces of vertices that do not exist; repair the mesh or lift it again")


def _joined(arrays: list[NDArray[Number]], shape: tuple[int, ...], dtype: type[Number]) -> NDArray[Number]:
    return np.ascontiguousarray(np.concatenate([np.empty(shape, dtype), *arrays]), dtype=dtype)


def box_corners(vertices: NDArray[np.float32]) -> Array:
    """Return the corners [8, 3] of the box round vertices [V, 3]."""
    if not len(vertices):
        return np.zeros((8, 3))
    sides = np.stack([vertices.min(axis=0), vertices.max(axis=0)]).astype(float)
    return np.array([[sides[i, 0], sides[j, 1], sides[k, 2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
