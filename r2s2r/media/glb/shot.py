"""A shot as ONE GLB file: textured meshes that move, and the camera.

Source: glTF 2.0 specification. +Y up, metres, seconds; cameras look along -Z with +Y up. What glTF cannot say stands in
extras below ``r2s2r``: names, the rate, the size of the picture, the principal point.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pygltflib
from numpy.typing import NDArray

from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.media.glb.arrays import Blob
from r2s2r.media.glb.camera import add_camera
from r2s2r.media.glb.keys import Keys
from r2s2r.media.glb.mesh import add_mesh
from r2s2r.media.gltf_names import FPS, NAME, OURS
from r2s2r.media.usd_shapes import OpenVertices

_TOO_MANY_BYTES = 2**30


@dataclass(frozen=True, eq=False)
class GlbEntity:
    """An entity of a shot.

    Attributes:
        mesh: At the reference frame.
        world_from_entity: [T, 4, 4], without shear.
        visible: [T] bool.
        vertices: Opens those of the mesh [T, V, 3], not in memory; None of a mesh that keeps its shape.
    """

    mesh: Mesh
    world_from_entity: Array
    visible: NDArray[np.bool_]
    vertices: OpenVertices | None = None


@dataclass(frozen=True, eq=False)
class GlbShot:
    """What is written of a shot.

    Attributes:
        fps: Frames a second.
        world_from_camera: [T, 4, 4].
        intrinsics: K [T, 3, 3] of the picture.
        height: Rows of the picture.
        width: Columns of the picture.
        entities: By name.
    """

    fps: Fraction
    world_from_camera: Array
    intrinsics: Array
    height: int
    width: int
    entities: Mapping[str, GlbEntity]


def write_glb_shot(path: Path, shot: GlbShot) -> tuple[str, ...]:
    """Write the file; equal shots give equal bytes. Return what a person should know: what glTF cannot hold."""
    document = pygltflib.GLTF2(asset=pygltflib.Asset(version="2.0", generator="r2s2r"))
    document.extras = {OURS: {FPS: f"{shot.fps.numerator}/{shot.fps.denominator}"}}
    blob = Blob(document)
    keys = Keys(blob, len(shot.world_from_camera), shot.fps)
    notes = list(add_camera(document, keys, shot.world_from_camera, shot.intrinsics, size=(shot.height, shot.width)))
    for name, entity in shot.entities.items():
        notes += _add_entity(document, keys, name, entity)
    document.scenes = [pygltflib.Scene(nodes=_roots(document))]
    document.scene = 0
    document.samplers = [pygltflib.Sampler(wrapS=33071, wrapT=33071)] if shot.entities else []
    if keys.animation.channels:
        document.animations = [keys.animation]
    document.buffers = [pygltflib.Buffer(byteLength=len(blob.bytes))] if blob.bytes else []
    document.set_binary_blob(bytes(blob.bytes))
    path.write_bytes(b"".join(document.save_to_bytes()))
    return tuple(notes)


def _add_entity(document: pygltflib.GLTF2, keys: Keys, name: str, entity: GlbEntity) -> list[str]:
    """Add an entity's node; one that comes or goes has another below, which hides it by a scale of 0 (3.5)."""
    shapes, notes = _shapes(name, entity)
    mesh = add_mesh(document, keys.blob, name, entity.mesh, shapes)
    node = pygltflib.Node(name=name, extras={OURS: {NAME: name}})
    document.nodes.append(node)
    number = len(document.nodes) - 1
    keys.animate(number, node, entity.world_from_entity, name)
    holder = node
    if not entity.visible.all():
        holder = pygltflib.Node(name=f"{name} (shown)")
        document.nodes.append(holder)
        node.children = [len(document.nodes) - 1]
        keys.hide(len(document.nodes) - 1, holder, entity.visible)
    holder.mesh = mesh
    if shapes is not None:
        keys.bend(document.nodes.index(holder), len(shapes))
    return notes


def _shapes(name: str, entity: GlbEntity) -> tuple[NDArray[np.float32] | None, list[str]]:
    """Return an entity's vertices [T, V, 3] where they change and fit into a file of this kind."""
    shapes = None if entity.vertices is None else entity.vertices()
    if shapes is None:
        return None, []
    if 3 * shapes.nbytes > _TOO_MANY_BYTES:
        return None, [f"{name} changes its shape, which takes too much room in a GLB; the USD has it"]
    return shapes, []


def _roots(document: pygltflib.GLTF2) -> list[int]:
    below = {child for node in document.nodes for child in node.children or ()}
    return [number for number in range(len(document.nodes)) if number not in below]
