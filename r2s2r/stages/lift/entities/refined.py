"""A mesh with edges short enough to be bent: a crate has its corners only, and would fold instead of twisting."""

import shutil
from pathlib import Path

import manifold3d
import numpy as np

from r2s2r.artifacts.entity import GLB, MESH, Entity
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.progress import Progress
from r2s2r.geometry.mesh import Mesh
from r2s2r.media.meshes import split

# Edges are at most such a part of the mesh's largest side.
_PARTS = 24


def write_refined(original: Entity, out: Path, progress: Progress) -> None:
    """Write an entity once more, its mesh refined, as an ``Entity`` artefact. What was found of it is said there."""
    mesh = original.mesh()
    facts = original.facts.model_copy(update={"findings": ()})
    finer = refined(mesh)
    if finer is mesh:
        for name in (MESH, GLB):
            shutil.copyfile(original.folder / name, out / name)
        write_facts(out, facts)
    else:
        Entity.write(out, finer, facts)
    progress(1, 1)


def refined(mesh: Mesh) -> Mesh:
    """Return the same closed surface without long edges; the mesh itself where it has none, or is not closed."""
    sides = mesh.vertices[mesh.faces]
    longest = float(np.ptp(mesh.vertices, axis=0).max()) / _PARTS
    if np.linalg.norm(sides - np.roll(sides, 1, axis=1), axis=2).max() <= 2 * longest:
        return mesh
    solid = manifold3d.Manifold(_apart(mesh))
    if solid.status() != manifold3d.Error.NoError or solid.is_empty():
        return mesh
    return _together(solid.refine_to_length(longest).to_mesh(), mesh)


def _apart(mesh: Mesh) -> manifold3d.Mesh:
    """Return a mesh as manifold3d has it: vertices split where corners differ, and which of them are one."""
    corner, faces = split(mesh)
    face, index = corner // 3, corner % 3
    shared = mesh.faces[face, index]
    _, first, of = np.unique(shared, return_index=True, return_inverse=True)
    double = np.flatnonzero(first[of] != np.arange(len(shared)))
    properties = [mesh.vertices[shared], mesh.corner_uv[face, index], mesh.corner_normals[face, index]]
    return manifold3d.Mesh(
        vert_properties=np.ascontiguousarray(np.concatenate(properties, axis=1), np.float32),
        tri_verts=np.ascontiguousarray(faces, np.uint32),
        merge_from_vert=double.astype(np.uint32),
        merge_to_vert=first[of][double].astype(np.uint32),
    )


def _together(apart: manifold3d.Mesh, mesh: Mesh) -> Mesh:
    properties, faces = np.asarray(apart.vert_properties), np.asarray(apart.tri_verts).astype(np.int64)
    owner = np.arange(len(properties))
    owner[np.asarray(apart.merge_from_vert)] = np.asarray(apart.merge_to_vert)
    used, shared = np.unique(owner, return_inverse=True)
    normals = properties[faces, 5:8]
    return Mesh(
        vertices=np.ascontiguousarray(properties[used, :3], np.float32),
        faces=shared[faces].astype(np.int32),
        corner_uv=np.ascontiguousarray(properties[faces, 3:5], np.float32),
        corner_normals=(normals / np.linalg.norm(normals, axis=-1, keepdims=True)).astype(np.float32),
        texture=mesh.texture,
    )
