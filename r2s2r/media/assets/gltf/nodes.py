"""The node tree of a glTF file (specification, section 3.5)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.media.assets.gltf.container import Container
from r2s2r.media.assets.gltf.document import Document, Node


@dataclass(frozen=True, eq=False)
class Tree:
    """The nodes that are shown.

    Attributes:
        order: Their numbers, each after its parent.
        parents: By node: its parent, -1 for none.
        locals: [N, 4, 4] parent_from_node of all nodes of the file, as they stand.
    """

    order: tuple[int, ...]
    parents: NDArray[np.int64]
    locals: Array

    def scene_from_node(self, moved: Mapping[int, Array]) -> Array:
        """Return [N, 4, 4] for all nodes, some of which have other ``locals`` than they stand at."""
        placed = np.array(self.locals)
        for node, matrix in moved.items():
            placed[node] = matrix
        for node in self.order:
            if self.parents[node] >= 0:
                placed[node] = placed[self.parents[node]] @ placed[node]
        return placed


def tree(container: Container) -> Tree:
    """Walk the nodes of the file's scene; without scenes, all. Raises MediaError when they do not form a tree."""
    document = container.document
    parents = np.full(len(document.nodes), -1, np.int64)
    for number, node in enumerate(document.nodes):
        for child in node.children:
            if child >= len(parents) or parents[child] >= 0:
                raise _no_tree(container)
            parents[child] = number
    order = list(_roots(document, parents))
    parents[order] = -1
    for number in order:  # grows as it goes
        order.extend(document.nodes[number].children)
        if len(order) > len(parents):
            raise _no_tree(container)
    if len(set(order)) != len(order) or (not document.scenes and len(order) < len(parents)):
        raise _no_tree(container)
    matrices = [local(node) for node in document.nodes]
    return Tree(tuple(order), parents, np.array(matrices).reshape(-1, 4, 4))


def local(node: Node) -> Array:
    """Return a node's parent_from_node [4, 4]."""
    if node.matrix is not None:
        return np.array(node.matrix).reshape(4, 4).T
    return composed(np.array(node.translation), np.array(node.rotation), np.array(node.scale))


def composed(translation: Array, rotation: Array, scale: Array) -> Array:
    """Return translation [3] @ rotation (quaternion [4], xyzw) @ scale [3] as a matrix [4, 4]."""
    matrix = np.eye(4)
    largest = np.abs(rotation).max()
    turn = Rotation.from_quat(rotation / largest).as_matrix() if largest > 0 else np.eye(3)
    matrix[:3, :3] = turn * scale
    matrix[:3, 3] = translation
    return matrix


def _roots(document: Document, parents: NDArray[np.int64]) -> tuple[int, ...]:
    if document.scenes:
        return document.scenes[document.scene].nodes
    return tuple(int(number) for number in np.flatnonzero(parents < 0))


def _no_tree(container: Container) -> MediaError:
    return MediaError(f"{container.path}: the file is damaged (its nodes go round in a circle, or have two parents); "
                      "export it again")  # fmt: skip
