"""The solid inside a closed mesh: is a point in it, and how deep."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from r2s2r.geometry.faces_over import faces_over
from r2s2r.geometry.transforms import Array

# Rays in a direction that no edge of a real mesh runs along.
_ASKEW = Rotation.from_rotvec([0.3, 1.1, 0.7]).as_matrix()


@dataclass(frozen=True, eq=False)
class Solid:
    """How deep the points of a box lie in a mesh, measured at the middles of cells.

    Attributes:
        low_m: [3] middle of the first cell.
        cell_m: [3] size of a cell.
        depths_m: [X, Y, Z] distance to the mesh's surface, positive inside; right to about half a cell, and only as
            far as the surface lies within the box.
    """

    low_m: Array
    cell_m: Array
    depths_m: NDArray[np.float32]

    def depth_m(self, points_m: Array) -> Array:
        """Return how deep points [..., 3] lie in the mesh; negative outside, and out of the box."""
        from scipy.ndimage import map_coordinates

        cells = np.moveaxis((points_m - self.low_m) / self.cell_m, -1, 0)
        outside = -float(np.max(self.cell_m))
        depth_m: Array = map_coordinates(self.depths_m, cells, np.float64, order=1, mode="constant", cval=outside)
        return depth_m

    def points_m(self, most: int) -> Array:
        """Return the middles [N, 3] of cells inside the mesh, at most so many, spread evenly and always the same."""
        inside = np.argwhere(self.depths_m > 0)
        if len(inside) > most:
            inside = inside[np.sort(np.random.default_rng(0).permutation(len(inside))[:most])]
        return self.low_m + inside * self.cell_m


def solid(vertices: NDArray[np.float32], faces: NDArray[np.int32], box_m: Array, cells: int) -> Solid:
    """Measure a closed mesh of vertices [V, 3] and faces [F, 3] within a box [2, 3], cut in ``cells`` on each axis."""
    from scipy.ndimage import distance_transform_edt

    size_m = np.maximum(box_m[1] - box_m[0], 1e-6 * max(1e-6, float(np.max(box_m[1] - box_m[0]))))
    cell_m = size_m / cells
    low_m = box_m[0] - cell_m / 2  # a cell more on each side, so that there is an outside
    inside = _inside(vertices, faces, low_m, cell_m, cells + 2)
    half_m = float(cell_m.min()) / 2
    if inside.all() or not inside.any():
        reach_m = float(size_m.max())
        return Solid(low_m, cell_m, np.full(inside.shape, reach_m if inside.all() else -reach_m, np.float32))
    deep_m = distance_transform_edt(inside, sampling=cell_m) - half_m
    away_m = distance_transform_edt(~inside, sampling=cell_m) - half_m
    return Solid(low_m, cell_m, np.where(inside, deep_m, -away_m).astype(np.float32))


def contains(vertices: NDArray[np.float32], faces: NDArray[np.int32], point_m: Array) -> bool:
    """Return whether a point [3] is inside a closed mesh of vertices [V, 3] and faces [F, 3], exactly."""
    seen = (vertices - point_m) @ _ASKEW
    over = faces_over(seen[:, :2][faces], 1, 1)
    ahead = np.sum(over.weights * seen[:, 2][faces[over.face]], axis=1) > 0
    return bool(over.side[ahead].sum() > 0)


def _inside(
    vertices: NDArray[np.float32], faces: NDArray[np.int32], low_m: Array, cell_m: Array, cells: int
) -> NDArray[np.bool_]:
    """Return which cells' middles [X, Y, Z] are inside: upwards they leave the mesh once more than they enter it."""
    in_cells = (vertices - low_m) / cell_m
    over = faces_over(in_cells[:, [2, 0]][faces], cells, cells)
    height = np.sum(over.weights * in_cells[:, 1][faces[over.face]], axis=1)
    below = np.clip(np.ceil(height), 0, cells).astype(np.int64)
    slots = (over.column * cells + over.row) * (cells + 1) + below
    counts = np.bincount(slots, weights=over.side, minlength=cells * cells * (cells + 1))
    leaving = np.rint(counts).astype(np.int64).reshape(cells, cells, cells + 1)
    # [z, x, y]: how often one leaves above each height.
    above = leaving[..., ::-1].cumsum(axis=-1)[..., ::-1][..., 1:]
    inside: NDArray[np.bool_] = np.ascontiguousarray((above > 0).transpose(1, 2, 0))
    return inside
