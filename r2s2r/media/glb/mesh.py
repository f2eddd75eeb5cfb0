"""A mesh with its texture in a GLB file. glTF keeps texture coordinates and normals per vertex."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pygltflib
from numpy.typing import NDArray
from PIL import Image

from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.normals import unit
from r2s2r.media.glb.arrays import Blob
from r2s2r.media.meshes import split


def add_mesh(document: pygltflib.GLTF2, blob: Blob, name: str, mesh: Mesh, shapes: NDArray[np.float32] | None) -> int:
    """Add a mesh; return its number.

    Args:
        document: To which.
        blob: Where its arrays go.
        name: What it is called.
        mesh: At the reference frame.
        shapes: [T, V, 3] its vertices in each frame; None of one that keeps its shape. It is written as in the first
            frame, with a morph target for each other, and without normals: those of one moment are wrong at the others.
    """
    if shapes is not None:
        mesh = replace(mesh, vertices=np.array(shapes[0]), corner_normals=np.zeros_like(mesh.corner_normals))
    corner, faces = split(mesh)
    face, index = corner // 3, corner % 3
    used = mesh.faces[face, index]
    position = blob.add(mesh.vertices[used], target=pygltflib.ARRAY_BUFFER, bounds=True)
    uv = blob.add(mesh.corner_uv[face, index], target=pygltflib.ARRAY_BUFFER)
    attributes = pygltflib.Attributes(POSITION=position, TEXCOORD_0=uv)
    if shapes is None:
        normals = unit(mesh.corner_normals[face, index].astype(np.float64)).astype(np.float32)
        attributes.NORMAL = blob.add(normals, target=pygltflib.ARRAY_BUFFER)
    primitive = pygltflib.Primitive(
        attributes=attributes,
        indices=blob.add(faces.astype(np.uint32).reshape(-1), target=pygltflib.ELEMENT_ARRAY_BUFFER),
        material=_add_material(document, blob, name, mesh.texture),
        targets=[] if shapes is None else [_target(blob, shape[used] - shapes[0][used]) for shape in shapes[1:]],
    )
    document.meshes.append(pygltflib.Mesh(name=name, primitives=[primitive]))
    if shapes is not None:
        document.meshes[-1].weights = [0.0] * (len(shapes) - 1)
    return len(document.meshes) - 1


def _target(blob: Blob, moved: NDArray[np.float32]) -> pygltflib.Attributes:
    return pygltflib.Attributes(POSITION=blob.add(moved, target=pygltflib.ARRAY_BUFFER, bounds=True))


def _add_material(document: pygltflib.GLTF2, blob: Blob, name: str, texture: NDArray[np.uint8]) -> int:
    picture = BytesIO()
    Image.fromarray(texture).save(picture, "PNG")
    document.images.append(pygltflib.Image(name=name, mimeType="image/png", bufferView=blob.view(picture.getvalue())))
    document.textures.append(pygltflib.Texture(source=len(document.images) - 1, sampler=0))
    colour = pygltflib.TextureInfo(index=len(document.textures) - 1)
    document.materials.append(
        pygltflib.Material(
            name=name,
            pbrMetallicRoughness=pygltflib.PbrMetallicRoughness(
                baseColorTexture=colour, metallicFactor=0.0, roughnessFactor=1.0
            ),
            alphaCutoff=None,
        )
    )
    return len(document.materials) - 1
