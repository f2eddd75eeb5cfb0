"""Reading glTF files: every mesh of the scene, as it stands and as it moves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.media.assets.asset import Asset, Clip, check_face_count, no_faces
from r2s2r.media.assets.gltf.arrays import Arrays
from r2s2r.media.assets.gltf.bending import Bendable, bendable
from r2s2r.media.assets.gltf.container import opened
from r2s2r.media.assets.gltf.document import Document, Primitive
from r2s2r.media.assets.gltf.faces import is_surface, promised_faces
from r2s2r.media.assets.gltf.materials import Materials
from r2s2r.media.assets.gltf.nodes import Tree, tree
from r2s2r.media.assets.gltf.surface import part_of
from r2s2r.media.assets.gltf.tracks import Tracks, all_tracks


def read_gltf(path: Path, files: Mapping[str, Path]) -> Asset:
    """Read a ``.glb`` or ``.gltf`` file; ``files`` are those that it refers to, by URI.

    Base colours are kept (factor, texture, vertex colours; a texture times varying vertex colours is taken times their
    mean). Without normals, faces are flat, as glTF says. Points and lines are left out.

    Raises:
        MediaError: The file cannot be read, holds no faces or too many, or needs what is not listed.
    """
    container = opened(path, files)
    try:
        return _read(Arrays(container))
    except IndexError as error:
        reason = "it refers to a part that is not there"
        raise MediaError(f"{path}: the file is damaged ({reason}); export it again") from error


def _read(arrays: Arrays) -> Asset:
    document, name = arrays.container.document, str(arrays.container.path)
    nodes = tree(arrays.container)
    placed = list(_placed(document, nodes.order))
    _check_counts(name, document, (primitive for _, primitive in placed))
    if not placed:
        raise no_faces(name)
    animations = all_tracks(arrays)
    rest, materials = nodes.scene_from_node({}), Materials(arrays)
    shapes = [bendable(arrays, number, primitive) for number, primitive in placed]
    groups = [_moves_with(nodes, animations, document, shape) for shape in shapes]
    parts = [
        replace(part_of(arrays, materials, primitive, shape, rest), moves_with=group)
        for (_, primitive), shape, group in zip(placed, shapes, groups, strict=True)
    ]
    clips = tuple(_clip(arrays, nodes, tracks, shapes) for tracks in animations)
    return Asset(tuple(parts), clips, metres_per_unit=1.0, up="y")


def _placed(document: Document, order: Iterable[int]) -> Iterator[tuple[int, Primitive]]:
    """Yield node and primitive of everything with faces."""
    for number in order:
        mesh = document.nodes[number].mesh
        if mesh is not None:
            yield from ((number, each) for each in document.meshes[mesh].primitives if is_surface(each))


def _check_counts(name: str, document: Document, primitives: Iterable[Primitive]) -> None:
    check_face_count(name, 0, max((accessor.count for accessor in document.accessors), default=0))
    faces = vertices = 0
    for primitive in primitives:
        faces += promised_faces(document, primitive)
        vertices += document.accessors[primitive.attributes["POSITION"]].count * (1 + len(primitive.targets))
        check_face_count(name, faces, vertices)


def _moves_with(nodes: Tree, animations: Sequence[Tracks], document: Document, shape: Bendable) -> int:
    """Return 0 for what no animation moves, else a number that those have in common that move together."""
    moving = {node for tracks in animations for node in tracks.by_node}
    if shape.skin is not None and moving:
        return len(document.nodes) + 1 + (document.nodes[shape.node].skin or 0)
    number = shape.node
    while number >= 0 and number not in moving:
        number = int(nodes.parents[number])
    return number + 1


def _clip(arrays: Arrays, nodes: Tree, tracks: Tracks, shapes: Sequence[Bendable]) -> Clip:
    def vertices_at(time_s: float) -> Array:
        now_s = tracks.start_s + time_s
        scene_from_node = nodes.scene_from_node(tracks.locals(arrays, now_s))
        return np.concatenate([shape.vertices(scene_from_node, tracks.weights(shape.node, now_s)) for shape in shapes])

    return Clip(tracks.name, tracks.end_s - tracks.start_s, vertices_at)
