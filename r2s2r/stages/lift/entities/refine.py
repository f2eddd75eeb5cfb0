"""Pose and size of a mesh, moved until its silhouette meets the mask: 6 degrees of freedom and scale."""

from dataclasses import dataclass, replace
from typing import Any

import manifold3d
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.spatial.transform import Rotation

from r2s2r.geometry.extent import extent_px
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.entities.distance import measured_factor
from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.small_view import SmallView, small_view

# Coarse to fine: pixels of the picture's long side, and steps of the search there.
_ROUNDS = ((48, 300), (112, 200))
_FACES = 1500
_DEPTH_WEIGHT = 2.0
# The first steps: shifts as a share of the distance, the size's logarithm, angles in radians.
_STEPS = np.array([0.03, 0.03, 0.08, 0.2, 0.2, 0.2])


@dataclass(frozen=True, eq=False)
class Change:
    """How a mesh is moved: turned about its middle, scaled about it, and shifted.

    Attributes:
        middle_m: [3] in the world.
        rotation: In the world.
        scale: Its size is multiplied by.
        shift_m: [3] in the world.
    """

    middle_m: Array
    rotation: Rotation
    scale: float
    shift_m: Array

    def points(self, vertices: Array) -> Array:
        """Return vertices [V, 3] as moved."""
        moved: Array = self.middle_m + self.shift_m + self.scale * self.rotation.apply(vertices - self.middle_m)
        return moved

    def mesh(self, mesh: Mesh) -> Mesh:
        """Return a mesh as moved, with its normals turned."""
        normals = self.rotation.apply(mesh.corner_normals.reshape(-1, 3).astype(np.float64))
        return replace(
            mesh,
            vertices=self.points(mesh.vertices.astype(np.float64)).astype(np.float32),
            corner_normals=normals.reshape(mesh.corner_normals.shape).astype(np.float32),
        )

    def __str__(self) -> str:
        """Say it in words."""
        turned = f"turned by {np.degrees(self.rotation.magnitude()):.1f} degrees"
        return f"{turned}, scaled by {self.scale:.3f} and shifted by {np.linalg.norm(self.shift_m):.3f} m"


def refine(mesh: Mesh, view: View) -> Change:
    """Find how a mesh in the world must be moved so that its silhouette meets the mask.

    Depth, where it is known, tells turns that the silhouette does not; how far away the result is, is not found here
    (``distance.at_its_distance``). First middle and extent are brought together, then turn, size and shift are searched
    by Nelder and Mead's method in a small picture, on a coarse mesh. Always the same for the same input.
    """
    vertices, faces = _coarse(mesh)
    middle_m = vertices.mean(axis=0)
    found = _brought_together(vertices, view)
    for long_px, steps in _ROUNDS:
        small = small_view(view, long_px, vertices)
        found = _searched(found, vertices, faces, _Search(small, view, middle_m), steps)
    return _change(found, view, middle_m)


@dataclass(frozen=True, eq=False)
class _Search:
    small: SmallView
    view: View
    middle_m: Array


def _searched(start: Array, vertices: Array, faces: NDArray[np.int32], search: _Search, steps: int) -> Array:
    def cost(numbers: Array) -> float:
        moved = _change(numbers, search.view, search.middle_m).points(vertices)
        return misfit(moved, faces, search.small)

    simplex = np.concatenate([start[None], start + np.diag(_STEPS)])
    options: Any = {"initial_simplex": simplex, "maxfev": steps, "xatol": 1e-4, "fatol": 1e-5}
    best = minimize(cost, start.tolist(), method="Nelder-Mead", options=options)
    # Once more from there: the simplex tends to collapse before it has arrived.
    options["initial_simplex"] = np.concatenate([best.x[None], best.x - np.diag(_STEPS / 2)])
    again = minimize(cost, best.x, method="Nelder-Mead", options=options)
    return np.asarray(again.x if again.fun <= best.fun else best.x, np.float64)


def misfit(vertices: Array, faces: NDArray[np.int32], small: SmallView) -> float:
    """Return how badly a mesh in the world fits a small view; 0 is perfect.

    Pixels that only one of mask and mesh covers count the more the farther they are from the mask's border, so that
    there is a way downhill from afar.
    """
    depth_m = small.depth_of(vertices, faces)
    covered = np.isfinite(depth_m)
    wrong = (covered != small.mask) * (1 + small.away_px)
    cost = float(wrong.sum()) / max(1, int(small.mask.sum()))
    factor = measured_factor(depth_m, small)
    if factor is None or small.depth_m is None:
        return cost
    both = covered & np.isfinite(small.depth_m)
    off = np.abs(factor * depth_m[both] / small.depth_m[both] - 1)
    width_m = float(np.ptp(vertices, axis=0).max()) * factor / float(np.median(small.depth_m[both]))
    return cost + _DEPTH_WEIGHT * float(np.minimum(off / max(width_m, 1e-6), 1).mean())


def _change(numbers: Array, view: View, middle_m: Array) -> Change:
    """Return the change of six numbers: shifts right and down, as shares of the distance, log size, rotation vector."""
    axes = view.camera.world_from_camera[:3, :3]
    away_m = float(np.linalg.norm(middle_m - view.camera.position_m))
    shift_m = axes[:, :2] @ numbers[:2] * away_m
    return Change(
        middle_m, Rotation.from_rotvec(axes @ numbers[3:]), float(np.exp(np.clip(numbers[2], -3, 3))), shift_m
    )


def _brought_together(vertices: Array, view: View) -> Array:
    """Return the numbers of the change that brings the extents in the picture together."""
    pixels, depth_m = view.camera.project(vertices)
    pixels = pixels[depth_m > 0]
    if not len(pixels):
        return np.zeros(6)
    low, high = extent_px(view.mask)
    mesh_low, mesh_high = pixels.min(axis=0), pixels.max(axis=0)
    size = float(np.sqrt(np.prod(high - low) / max(np.prod(mesh_high - mesh_low), 1e-9)))
    shift_px = (low + high - mesh_low - mesh_high) / 2
    focal = np.array([view.camera.intrinsics[0, 0], view.camera.intrinsics[1, 1]])
    return np.concatenate([shift_px / focal, [np.log(size)], np.zeros(3)])


def _coarse(mesh: Mesh) -> tuple[Array, NDArray[np.int32]]:
    """Return vertices and faces of about the same shape, few enough to be drawn often."""
    vertices, faces = mesh.vertices.astype(np.float64), mesh.faces
    middle, extent = vertices.mean(axis=0), float(np.ptp(vertices, axis=0).max())
    solid = manifold3d.Manifold(
        manifold3d.Mesh(np.ascontiguousarray(vertices - middle, np.float32), np.ascontiguousarray(faces, np.uint32))
    )
    if solid.status() != manifold3d.Error.NoError or solid.num_tri() <= _FACES:
        return vertices, faces
    tolerance = extent * 1e-3
    while (simple := solid.simplify(tolerance)).num_tri() > _FACES and tolerance < 0.03 * extent:
        tolerance *= 1.6
    drawn = simple.to_mesh()
    return np.asarray(drawn.vert_properties, np.float64)[:, :3] + middle, np.asarray(drawn.tri_verts, np.int32)
