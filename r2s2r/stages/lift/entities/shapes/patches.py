"""Normals of a solid with edges: smooth within each patch of its surface."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from r2s2r.geometry.normals import face_normals, shared_normals, unit
from r2s2r.geometry.transforms import Array

# The cosine of 25 degrees.
_LEANING = 0.906
# Of the area round a vertex. What simplifying leaves of less is a sliver, whose direction says nothing.
_SLIVER = 0.05


def normals_by_patch(vertices: Array, faces: NDArray[np.int32], *, crease_deg: float) -> NDArray[np.float32]:
    """Return unit corner normals [F, 3, 3] of a closed mesh: smooth, but for edges sharper than ``crease_deg``.

    Faces that hang together without crossing such an edge share a normal at a vertex; where that is by way of many
    small bends, one that leans away from it by more keeps its own. Slivers have the normal of what is round them.
    """
    normals = face_normals(vertices, faces)
    directions = unit(normals)
    patch = _patches(faces, directions, float(np.cos(np.radians(crease_deg))))
    keys, corner = np.unique(faces.astype(np.int64) * len(faces) + patch[:, None], return_inverse=True)
    corner = corner.reshape(faces.shape)
    area = np.linalg.norm(normals, axis=1)
    patch_area: Array = np.bincount(corner.ravel(), np.repeat(area, 3), len(keys)).astype(np.float64)
    widest = _widest(keys // len(faces), patch_area)
    corner = np.where(patch_area[corner] < _SLIVER * patch_area[widest[corner]], widest[corner], corner)
    smooth = shared_normals(normals, corner, len(keys))
    leaning = np.einsum("fci,fi->fc", smooth, directions) < _LEANING
    leaning &= area[:, None] >= _SLIVER * patch_area[corner]
    return np.where(leaning[..., None], directions[:, None], smooth).astype(np.float32)


def _widest(vertex: NDArray[np.int64], area: Array) -> NDArray[np.int64]:
    """Return, for each patch's part round a vertex, the part of most area round that vertex. Vertices are in order."""
    order = np.lexsort((area, vertex))
    last = np.append(vertex[order][1:] != vertex[order][:-1], True)
    counts = np.diff(np.flatnonzero(np.append(True, last)))
    return np.repeat(order[last], counts)


def _patches(faces: NDArray[np.int32], directions: Array, cosine: float) -> NDArray[np.int64]:
    """Number the faces [F] by the patch they belong to: neighbours across an edge that is not sharp share one."""
    starts, ends = faces.astype(np.int64).ravel(), np.roll(faces, -1, axis=1).astype(np.int64).ravel()
    edge = np.minimum(starts, ends) * (int(faces.max()) + 1) + np.maximum(starts, ends)
    order = np.argsort(edge, kind="stable")
    same = edge[order][1:] == edge[order][:-1]
    one, other = order[:-1][same] // 3, order[1:][same] // 3
    smooth = np.einsum("ei,ei->e", directions[one], directions[other]) > cosine
    links = sparse.coo_array((np.ones(int(smooth.sum())), (one[smooth], other[smooth])), shape=(len(faces),) * 2)
    _, patch = csgraph.connected_components(links, directed=False)
    return np.asarray(patch, np.int64)
