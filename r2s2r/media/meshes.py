"""Mesh files of our own: exact (NumPy), and as GLB for people and other programs."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from r2s2r.geometry.mesh import Mesh


def write_mesh(path: Path, mesh: Mesh) -> None:
    """Write a mesh as ``.npz``, exactly; equal meshes give equal bytes."""
    np.savez(
        path,
        allow_pickle=False,
        vertices=mesh.vertices,
        faces=mesh.faces,
        corner_uv=mesh.corner_uv,
        corner_normals=mesh.corner_normals,
        texture=mesh.texture,
    )


def read_mesh(path: Path) -> Mesh:
    """Read a mesh written by ``write_mesh``."""
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return Mesh(
            vertices=arrays["vertices"],
            faces=arrays["faces"],
            corner_uv=arrays["corner_uv"],
            corner_normals=arrays["corner_normals"],
            texture=arrays["texture"],
        )


def write_glb(path: Path, mesh: Mesh) -> None:
    """Write a mesh as binary glTF with its texture inside; equal meshes give equal bytes.

    glTF keeps texture coordinates and normals per vertex, so vertices are split where corners differ.
    """
    import trimesh
    from trimesh.visual import TextureVisuals
    from trimesh.visual.material import PBRMaterial

    corner, corner_faces = split(mesh)
    face, index = corner // 3, corner % 3
    uv = mesh.corner_uv[face, index]
    up = np.stack(
        [uv[:, 0], 1 - uv[:, 1]], axis=1
    )  # trimesh counts v from the bottom, and turns it round when it writes
    material = PBRMaterial(baseColorTexture=Image.fromarray(mesh.texture), metallicFactor=0.0, roughnessFactor=1.0)
    apart = trimesh.Trimesh(
        vertices=mesh.vertices[mesh.faces[face, index]],
        faces=corner_faces,
        vertex_normals=mesh.corner_normals[face, index],
        visual=TextureVisuals(uv=up, material=material),
        process=False,
    )
    path.write_bytes(trimesh.exchange.gltf.export_glb(apart.scene(), include_normals=True))


def split(mesh: Mesh) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return one corner (3 * face + index) for each distinct vertex of the split mesh, and its faces [F, 3]."""
    count = 3 * len(mesh.faces)
    key = np.empty((count, 6), np.uint32)
    key[:, 0] = mesh.faces.reshape(-1)
    key[:, 1:3] = mesh.corner_uv.reshape(-1, 2).view(np.uint32)
    key[:, 3:] = mesh.corner_normals.reshape(-1, 3).view(np.uint32)
    rows = np.ascontiguousarray(key).view(np.dtype((np.void, 24))).ravel()
    _, corner, group = np.unique(rows, return_index=True, return_inverse=True)
    return corner, group.reshape(-1, 3)
