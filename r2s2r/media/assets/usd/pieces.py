"""Meshes of a USD stage, where they stand and how they move."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from pxr import Gf, Usd, UsdGeom, UsdSkel, Vt

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array

# What a camera would see; proxies and guides are for people who work in a viewer.
_SHOWN = (UsdGeom.Tokens.default_, UsdGeom.Tokens.render)


@dataclass(frozen=True, eq=False)
class Piece:
    """One mesh.

    Attributes:
        mesh: USD's own.
        skeleton: The query of the skeleton that bends it; None for most.
        skinning: How it bends it.
    """

    mesh: UsdGeom.Mesh
    skeleton: Any = None
    skinning: Any = None

    @property
    def path(self) -> str:
        """Its place in the stage."""
        return str(self.mesh.GetPath())

    def points(self, cache: UsdGeom.XformCache, time: Usd.TimeCode) -> Array:
        """Return its points [N, 3] in the stage's frame."""
        given = self.mesh.GetPointsAttr().Get(time) or Vt.Vec3fArray()
        frame = self.mesh.GetPrim()
        if self.skinning is not None:
            bent = Vt.Vec3fArray(given)
            if not self.skinning.ComputeSkinnedPoints(self.skeleton.ComputeSkinningTransforms(time), bent, time):
                raise MediaError(f"{self.path}: its skin does not fit its skeleton; export it again")
            given, frame = bent, self.skeleton.GetPrim()
        return _moved(np.asarray(given, np.float64).reshape(-1, 3), cache.GetLocalToWorldTransform(frame))

    def normals_matrix(self, cache: UsdGeom.XformCache) -> Array:
        """Return what turns its normals into the stage's frame, [3, 3]; without its bending."""
        linear = np.array(cache.GetLocalToWorldTransform(self.mesh.GetPrim()), np.float64)[:3, :3].T
        a, b, c = linear
        return np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)])

    def moving(self) -> str:
        """Return the path of what moves it, whatever else that moves too; empty when nothing does."""
        if self.mesh.GetPointsAttr().ValueMightBeTimeVarying():
            return self.path
        if self.skeleton is not None:
            animation = self.skeleton.GetAnimQuery()
            if animation and animation.JointTransformsMightBeTimeVarying():
                return str(self.skeleton.GetPrim().GetPath())
        prim = self.mesh.GetPrim()
        while prim and not prim.IsPseudoRoot():
            xform = UsdGeom.Xformable(prim)
            if xform and xform.TransformMightBeTimeVarying():
                return str(prim.GetPath())
            prim = prim.GetParent()
        return ""


def pieces(stage: Usd.Stage, time: Usd.TimeCode) -> Iterator[Piece]:
    """Yield the meshes that a camera would see, in the stage's order."""
    predicate = Usd.TraverseInstanceProxies(Usd.PrimDefaultPredicate)
    skeletons = UsdSkel.Cache()
    for prim in Usd.PrimRange(stage.GetPseudoRoot(), predicate):
        if prim.IsA(UsdSkel.Root):
            skeletons.Populate(UsdSkel.Root(prim), predicate)
        if prim.IsA(UsdGeom.Mesh) and _is_shown(prim, time):
            yield _piece(prim, skeletons)


def others(stage: Usd.Stage) -> dict[str, int]:
    """Return how many prims there are of kinds with a shape that is not read, by kind."""
    counts: dict[str, int] = {}
    for prim in stage.Traverse():
        left_out = prim.IsA(UsdGeom.Gprim) or prim.IsA(UsdGeom.PointInstancer)
        if left_out and not prim.IsA(UsdGeom.Mesh):
            counts[prim.GetTypeName()] = counts.get(prim.GetTypeName(), 0) + 1
    return counts


def _is_shown(prim: Usd.Prim, time: Usd.TimeCode) -> bool:
    image = UsdGeom.Imageable(prim)
    return image.ComputeVisibility(time) != UsdGeom.Tokens.invisible and image.ComputePurpose() in _SHOWN


def _piece(prim: Usd.Prim, skeletons: UsdSkel.Cache) -> Piece:
    skinning = skeletons.GetSkinningQuery(prim)
    skeleton = UsdSkel.BindingAPI(prim).GetInheritedSkeleton()
    if not skinning or not skinning.HasJointInfluences() or not skeleton:
        return Piece(UsdGeom.Mesh(prim))
    return Piece(UsdGeom.Mesh(prim), skeletons.GetSkelQuery(skeleton), skinning)


def _moved(points: Array, rows: Gf.Matrix4d) -> Array:
    """Apply one of USD's matrices, which act on rows."""
    matrix = np.array(rows, np.float64)
    return points @ matrix[:3, :3] + matrix[3, :3]
