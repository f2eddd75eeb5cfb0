"""How deep two entities stand in one another."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.solid import Solid, solid
from r2s2r.geometry.transforms import Array, inverse
from r2s2r.stages.edit.lint.staged import Staged

# Things that rest on one another sink in a little, and lifted meshes are no better than this: of the smaller's size.
_RESTING = 0.04
_CELLS, _POINTS = 24, 256
# Of a mesh this many times as large as the other, only what is near the other is measured.
_MUCH_LARGER = 1.5


class Depths:
    """Measures pairs of a shot's entities; a mesh that several entities have is cut into cells once."""

    def __init__(self, staged: Staged) -> None:
        self._staged = staged
        self._whole: dict[bytes, Solid] = {}

    def between(self, first: str, second: str, frames: NDArray[np.int64]) -> Array:
        """Return how deep [N] points of one entity lie in the other at frames [N]; 0 where they no more than touch."""
        if not (self._staged.bends(first) or self._staged.bends(second)):
            return self._at(first, second, frames)
        return np.concatenate([self._at(first, second, frames[index : index + 1]) for index in range(len(frames))])

    def _at(self, first: str, second: str, frames: NDArray[np.int64]) -> Array:
        """Do so for frames between which neither mesh changes its form."""
        poses = self._staged.animation.world_from_entity
        first_from_second = inverse(poses[first][frames]) @ poses[second][frames]
        second_from_first = inverse(first_from_second)
        boxes_m = {name: self._staged.boxes_m[name][frames[0]] for name in (first, second)}
        one = self._solid(first, frames[0], _box_m(boxes_m[second], first_from_second))
        other = self._solid(second, frames[0], _box_m(boxes_m[first], second_from_first))
        if one is None or other is None:
            return np.zeros(len(frames))
        scales = {name: np.linalg.norm(poses[name][frames, :3, :3], axis=1) for name in (first, second)}
        sizes_m = [np.max(np.ptp(boxes_m[name], axis=0) * scales[name], axis=1) for name in (first, second)]
        resting_m = _RESTING * np.minimum(*sizes_m)
        return np.maximum(
            _deepest_m(one, other, first_from_second, scales[first], resting_m),
            _deepest_m(other, one, second_from_first, scales[second], resting_m),
        )

    def _solid(self, name: str, frame: int, near_m: Array) -> Solid | None:
        """Return an entity's mesh in cells: all of it, or what lies in a box [2, 3]; None where nothing does."""
        box_m, mesh = self._staged.boxes_m[name][frame], self._staged.meshes[name]
        shared_m = np.stack([np.maximum(box_m[0], near_m[0]), np.minimum(box_m[1], near_m[1])])
        if (shared_m[0] >= shared_m[1]).any():
            return None
        whole = np.ptp(box_m, axis=0).max() <= _MUCH_LARGER * np.ptp(near_m, axis=0).max()
        if not whole or self._staged.bends(name):
            return solid(self._staged.vertices(name, frame), mesh.faces, box_m if whole else shared_m, _CELLS)
        known = mesh.vertices.tobytes()
        if known not in self._whole:
            self._whole[known] = solid(mesh.vertices, mesh.faces, box_m, _CELLS)
        return self._whole[known]


def _deepest_m(into: Solid, of: Solid, into_from_of: Array, scales: Array, resting_m: Array) -> Array:
    """Return how deep [N], in the world, the deepest points of one solid lie in the other; 0 up to ``resting_m``."""
    points_m = of.points_m(_POINTS)
    if not len(points_m):
        return np.zeros(len(into_from_of))
    there_m = points_m @ into_from_of[:, :3, :3].transpose(0, 2, 1) + into_from_of[:, None, :3, 3]
    depths_m = into.depth_m(there_m).max(axis=1) * scales.min(axis=1)
    # A surface is known to half a cell.
    unsure_m = np.max(into.cell_m * scales, axis=1) / 2
    deepest: Array = np.where(depths_m > resting_m + unsure_m, depths_m, 0.0)
    return deepest


def _box_m(box_m: Array, a_from_b: Array) -> Array:
    """Return the box [2, 3], in frame a, round all places [N, 4, 4] of a box of frame b."""
    half_m = np.abs(a_from_b[:, :3, :3]) @ ((box_m[1] - box_m[0]) / 2)
    middle_m = a_from_b[:, :3, :3] @ box_m.mean(axis=0) + a_from_b[:, :3, 3]
    return np.stack([(middle_m - half_m).min(axis=0), (middle_m + half_m).max(axis=0)])
