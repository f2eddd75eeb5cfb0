"""Values on a USD mesh, brought to the corners of its triangles."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pxr import Usd, UsdGeom

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.media.polygons import polygon_triangles


@dataclass(frozen=True, eq=False)
class Topology:
    """A mesh's polygons, cut into triangles.

    Attributes:
        corners: [C] point of each polygon corner.
        triangles: [F, 3] polygon corners.
        polygons: [F] polygon of each triangle.
    """

    corners: NDArray[np.int64]
    triangles: NDArray[np.int64]
    polygons: NDArray[np.int64]

    @property
    def faces(self) -> NDArray[np.int64]:
        """[F, 3] points."""
        return self.corners[self.triangles]

    def at_corners(self, values: Array, interpolation: str) -> Array | None:
        """Return values [F, 3, ...] at the triangles' corners; None where there are not as many as there should be."""
        match interpolation:
            case UsdGeom.Tokens.constant:
                index = np.zeros_like(self.triangles)
            case UsdGeom.Tokens.uniform:
                index = np.repeat(self.polygons[:, None], 3, axis=1)
            case UsdGeom.Tokens.faceVarying:
                index = self.triangles
            case _:
                index = self.faces
        return values[index] if index.max(initial=-1) < len(values) else None


def topology(name: str, mesh: UsdGeom.Mesh, points: Array, time: Usd.TimeCode) -> Topology:
    """Read a mesh's polygons, counter-clockwise seen from outside. Raises MediaError when they make no sense."""
    counts = np.asarray(mesh.GetFaceVertexCountsAttr().Get(time) or [], np.int64)
    corners = np.asarray(mesh.GetFaceVertexIndicesAttr().Get(time) or [], np.int64)
    if (counts < 0).any() or counts.sum() != len(corners):
        raise MediaError(f"{name}: its faces and their corners do not fit together; export it again")
    if len(corners) and not 0 <= corners.min() <= corners.max() < len(points):
        raise MediaError(f"{name}: a face refers to a point that is not there; export it again")
    triangles = polygon_triangles(points, counts, corners)
    polygons = np.repeat(np.arange(len(counts)), np.maximum(counts - 2, 0))
    holes = np.asarray(mesh.GetHoleIndicesAttr().Get(time) or [], np.int64)
    kept = ~np.isin(polygons, holes)
    if mesh.GetOrientationAttr().Get(time) == UsdGeom.Tokens.leftHanded:
        triangles = triangles[:, [0, 2, 1]]
    return Topology(corners, triangles[kept], polygons[kept])


def primvar(prim: Usd.Prim, name: str, shape: Topology, *, width: int, time: Usd.TimeCode) -> Array | None:
    """Return a primvar at the triangles' corners [F, 3, width]; None where there is none of that kind."""
    found = UsdGeom.PrimvarsAPI(prim).FindPrimvarWithInheritance(name)
    if not found or not found.HasValue():
        return None
    values = _numbers(found.ComputeFlattened(time), width)
    return None if values is None else shape.at_corners(values, found.GetInterpolation())


def normals(mesh: UsdGeom.Mesh, shape: Topology, time: Usd.TimeCode) -> Array | None:
    """Return the normals at the triangles' corners [F, 3, 3]; None of a mesh that has none, or is to be subdivided."""
    if mesh.GetSubdivisionSchemeAttr().Get(time) != UsdGeom.Tokens.none:
        return None
    given = primvar(mesh.GetPrim(), "normals", shape, width=3, time=time)
    values = _numbers(mesh.GetNormalsAttr().Get(time), 3)
    if given is not None or values is None:
        return given
    return shape.at_corners(values, mesh.GetNormalsInterpolation())


def texture_coordinates(prim: Usd.Prim, name: str, shape: Topology, time: Usd.TimeCode) -> Array | None:
    """Return the coordinates of a name, else of whatever name, [F, 3, 2]; v up, as USD has it."""
    others = [found.GetPrimvarName() for found in UsdGeom.PrimvarsAPI(prim).FindPrimvarsWithInheritance()
              if "texCoord2" in str(found.GetTypeName()) or "float2" in str(found.GetTypeName())]  # fmt: skip
    for each in (name, *others):
        found = primvar(prim, each, shape, width=2, time=time) if each else None
        if found is not None:
            return np.nan_to_num(found)
    return None


def _numbers(values: Any, width: int) -> Array | None:  # noqa: ANN401 - one of USD's arrays
    numbers = None if values is None else np.asarray(values, np.float64)
    if numbers is not None and numbers.shape == (width,):
        numbers = numbers[None]
    return numbers if numbers is not None and numbers.ndim == 2 and numbers.shape[1] == width else None
