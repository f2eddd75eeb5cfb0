"""Where a primitive's vertices are when nodes move: node transforms, skins and morph targets (section 3.7)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array, transform_points
from r2s2r.media.assets.gltf.arrays import Arrays
from r2s2r.media.assets.gltf.document import Node, Primitive

# So many vertices at a time: one needs twelve numbers of its own.
_BLOCK = 2**18


@dataclass(frozen=True, eq=False)
class SkinWeights:
    """Which joints a vertex follows.

    Attributes:
        nodes: [J] joint -> node.
        joint_from_bind: [J, 4, 4] inverse bind matrices.
        joints: [V, K] vertex -> joints.
        weights: [V, K], summing to 1.
    """

    nodes: NDArray[np.int64]
    joint_from_bind: Array
    joints: NDArray[np.int64]
    weights: Array


@dataclass(frozen=True, eq=False)
class Bendable:
    """The vertices of one primitive at one node.

    Attributes:
        node: Its number.
        positions: [V, 3], in the node's frame.
        targets: [M, V, 3], what each morph target adds.
        weights: [M], how much of each, as it stands.
        skin: None for what moves with its node.
    """

    node: int
    positions: Array
    targets: Array
    weights: Array
    skin: SkinWeights | None

    def vertices(self, scene_from_node: Array, weights: Array | None = None) -> Array:
        """Return its vertices [V, 3] in the scene, for nodes [N, 4, 4] and weights of morph targets."""
        shape = self.positions
        if len(self.targets):
            shape = shape + np.tensordot(self.weights if weights is None else weights, self.targets, axes=1)
        if self.skin is None:
            return transform_points(scene_from_node[self.node], shape)
        moved = np.empty_like(shape)
        for block, matrices in self.matrices(scene_from_node):
            moved[block] = np.einsum("vij,vj->vi", matrices[:, :, :3], shape[block]) + matrices[:, :, 3]
        return moved

    def matrices(self, scene_from_node: Array) -> Iterator[tuple[slice, Array]]:
        """Yield blocks of vertices, each with its scene_from_bind [V, 3, 4] ([1, 3, 4] without a skin)."""
        if self.skin is None:
            yield slice(None), scene_from_node[None, self.node, :3]
            return
        scene_from_bind = (scene_from_node[self.skin.nodes] @ self.skin.joint_from_bind)[:, :3]
        for start in range(0, len(self.positions), _BLOCK):
            block = slice(start, start + _BLOCK)
            joints, weights = self.skin.joints[block], self.skin.weights[block]
            yield block, np.einsum("vk,vkij->vij", weights, scene_from_bind[joints])


def bendable(arrays: Arrays, number: int, primitive: Primitive) -> Bendable:
    """Read what bends a primitive at a node. Raises MediaError where its parts do not fit together."""
    document = arrays.container.document
    node = document.nodes[number]
    positions = arrays.numbers(primitive.attributes["POSITION"])
    deltas = [arrays.numbers(target["POSITION"]) for target in primitive.targets if "POSITION" in target]
    if any(delta.shape != positions.shape for delta in deltas) or positions.shape[1] != 3:
        raise _unfit(arrays, "a morph target of another size")
    targets = np.array(deltas).reshape(-1, *positions.shape)
    return Bendable(
        number, positions, targets, _rest_weights(arrays, node, len(targets)), _skin(arrays, primitive, node)
    )


def posed_normals(shape: Bendable, scene_from_node: Array, normals: Array) -> Array:
    """Return normals [V, 3] turned with their vertices, not of length 1; zero where a surface has no thickness."""
    turned = np.empty_like(normals)
    for block, matrices in shape.matrices(scene_from_node):
        turned[block] = np.einsum("vij,vj->vi", _cofactors(matrices[:, :, :3]), normals[block])
    return turned


def is_mirrored(shape: Bendable, scene_from_node: Array) -> bool:
    """Return whether its faces turn inside out on the way to the scene."""
    return any(np.median(np.linalg.det(matrices[:, :, :3])) < 0 for _, matrices in shape.matrices(scene_from_node))


def _cofactors(matrices: Array) -> Array:
    """Return what turns normals, of [V, 3, 3]: the inverse transposed, times the determinant."""
    a, b, c = matrices[:, 0], matrices[:, 1], matrices[:, 2]
    rows: Array = np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)], axis=1)
    return rows


def _rest_weights(arrays: Arrays, node: Node, targets: int) -> Array:
    assert node.mesh is not None
    written = node.weights or arrays.container.document.meshes[node.mesh].weights or (0.0,) * targets
    if len(written) < targets:
        raise _unfit(arrays, "fewer weights than morph targets")
    return np.array(written[:targets])


def _skin(arrays: Arrays, primitive: Primitive, node: Node) -> SkinWeights | None:
    if node.skin is None or "JOINTS_0" not in primitive.attributes:
        return None
    document = arrays.container.document
    skin = document.skins[node.skin]
    joints = _sets(arrays, primitive, "JOINTS").astype(np.int64)
    weights = _sets(arrays, primitive, "WEIGHTS")
    vertices = document.accessors[primitive.attributes["POSITION"]].count
    if joints.shape != weights.shape or len(joints) != vertices:
        raise _unfit(arrays, "joints and weights of different sizes")
    if joints.max(initial=0) >= len(skin.joints) or max(skin.joints) >= len(document.nodes):
        raise _unfit(arrays, "a joint that is not there")
    total = weights.sum(axis=1, keepdims=True)
    if not (total > 0).all():
        weights = np.where(total > 0, weights, np.eye(1, weights.shape[1]))
    inverse = skin.inverse_bind_matrices
    binds = np.tile(np.eye(4), (len(skin.joints), 1, 1)) if inverse is None else _matrices(arrays, inverse)
    if len(binds) < len(skin.joints):
        raise _unfit(arrays, "fewer inverse bind matrices than joints")
    shares = weights / weights.sum(axis=1, keepdims=True)
    return SkinWeights(np.array(skin.joints), binds[: len(skin.joints)], joints, shares)


def _sets(arrays: Arrays, primitive: Primitive, name: str) -> Array:
    """Return the sets ``NAME_0``, ``NAME_1``... side by side."""
    found: list[Array] = []
    while f"{name}_{len(found)}" in primitive.attributes:
        found.append(arrays.numbers(primitive.attributes[f"{name}_{len(found)}"]))
    if not found or len({len(one) for one in found}) > 1:
        raise _unfit(arrays, f"{name} is not there, or of different sizes")
    return np.concatenate(found, axis=1)


def _matrices(arrays: Arrays, index: int) -> Array:
    return arrays.numbers(index).reshape(-1, 4, 4).transpose(0, 2, 1)


def _unfit(arrays: Arrays, what: str) -> MediaError:
    return MediaError(f"{arrays.container.path}: the file is damaged ({what}); export it again")
