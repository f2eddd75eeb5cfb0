"""The no-weights lift: a silhouette becomes a solid, painted with what is seen."""

from dataclasses import replace
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.spec.lift import InflateSpec
from r2s2r.stages.lift.entities.contact import Contact
from r2s2r.stages.lift.entities.distance import at_its_distance
from r2s2r.stages.lift.entities.lifter import Lifted, View
from r2s2r.stages.lift.entities.outline import outline_of
from r2s2r.stages.lift.entities.relief import Relief, relief_of
from r2s2r.stages.lift.entities.shapes.box import box
from r2s2r.stages.lift.entities.shapes.painted import painted
from r2s2r.stages.lift.entities.shapes.revolve import revolve
from r2s2r.stages.lift.entities.shapes.slab import slab
from r2s2r.stages.lift.entities.shapes.solid import Solid
from r2s2r.stages.lift.entities.shapes.stand import front_point
from r2s2r.stages.lift.entities.simplify import closed_manifold
from r2s2r.stages.lift.entities.surface import (
    TOLERANCE,
    Surface,
    inflate_outline,
    raw_surface,
    thinned,
)
from r2s2r.stages.lift.entities.upright import grounded_bulge, plane_normal, points_on_rays


class Inflater:
    """A ``Lifter`` that needs no model."""

    def __init__(self, spec: InflateSpec) -> None:
        self._spec = spec

    def lift(self, view: View) -> Lifted:
        """Return the silhouette as a solid of the chosen shape, in the world: see ``lifter.Lifter``."""
        relief = relief_of(view) if self._spec.shape == "inflate" else None
        if relief is not None:
            return Lifted(painted(embossed(view, relief, self._spec), view))
        mesh = painted(_solid(self._spec, view), view)
        if view.depth_m is not None:
            return Lifted(at_its_distance(mesh, view))
        return Lifted(mesh, base_m=_inflated_base(self._spec, view))


def _inflated_base(spec: InflateSpec, view: View) -> Array | None:
    """Return where what is inflated stands: it may be less deep than its base, so that its mesh shows that too near."""
    is_seen = view.contact.on_ground and not view.contact.is_cut
    return view.contact.point_m if spec.shape == "inflate" and is_seen else None


def _solid(spec: InflateSpec, view: View) -> Solid:
    match spec.shape:
        case "inflate":
            return balloon(view, thickness=spec.chosen_thickness, max_faces=spec.max_faces)
        case "slab":
            return slab(view, thickness=spec.chosen_thickness, max_faces=spec.max_faces)
        case "box":
            return box(view, depth=spec.thickness, max_faces=spec.max_faces)
        case "revolve":
            return revolve(view, thickness=spec.chosen_thickness, max_faces=spec.max_faces)
        case _:
            assert_never(spec.shape)


def balloon(view: View, *, thickness: float, max_faces: int) -> Solid:
    """Inflate a silhouette along its pixel rays, about the upright plane through its contact."""
    camera, outline = view.camera, outline_of(view.mask)
    base_px = float(camera.project(view.contact.point_m)[0][1]) if view.contact.on_ground else None
    surface = raw_surface(outline, thickness=thickness, base_px=base_px)
    contact = _near_its_rim(view, surface, base_px)
    pixels, bulge_px = surface.points[:, :2], surface.points[:, 2]
    bulge_px = grounded_bulge(pixels, bulge_px, camera=camera, contact=contact)
    grounded = Surface(np.column_stack([pixels, bulge_px]), surface.faces)
    surface = thinned(grounded, max_faces=max_faces, tolerance_px=TOLERANCE * outline.cell_px)
    pixels, bulge_px = surface.points[:, :2], surface.points[:, 2]
    vertices = points_on_rays(pixels, bulge_px, camera=camera, contact=contact)
    # Picture axes (x right, y down, z away) to the world keeps the handedness; the surface's faces wind for it.
    closed_manifold(vertices - vertices.mean(axis=0), surface.faces)
    return Solid(vertices, surface.faces, _turned_away(surface), is_angular=False)


def _near_its_rim(view: View, surface: Surface, base_px: float | None) -> Contact:
    """Return the contact, moved towards the camera where the front would rise behind the base's nearest rim."""
    at_base = surface.points[:, 1] > (np.inf if base_px is None else base_px)
    if not at_base.any():
        return view.contact
    rim_m = front_point(view)
    pixel_m = float(view.camera.project(rim_m)[1] / view.camera.intrinsics[0, 0])
    behind_m = view.contact.point_m - rim_m
    in_front_m = -float(surface.points[at_base, 2].min()) * pixel_m
    share = in_front_m / max(float(behind_m @ plane_normal(view.camera)), 1e-9)
    return replace(view.contact, point_m=rim_m + min(1.0, share) * behind_m)


def embossed(view: View, relief: Relief, spec: InflateSpec) -> Solid:
    """Inflate a silhouette along its pixel rays, behind a front that is known."""
    outline = outline_of(view.mask)
    surface = inflate_outline(outline, thickness=spec.chosen_thickness, max_faces=spec.max_faces, bent=relief.applied)
    vertices = relief.vertices(surface.points)
    closed_manifold(vertices - vertices.mean(axis=0), surface.faces)
    return Solid(vertices, surface.faces, _turned_away(surface), is_angular=False)


def _turned_away(surface: Surface) -> NDArray[np.bool_]:
    """Return which faces [F] are turned away from the camera: whatever its relief, a half is turned to one side."""
    first, second = (surface.points[surface.faces[:, i], :2] - surface.points[surface.faces[:, 0], :2] for i in (1, 2))
    return np.asarray(first[:, 0] * second[:, 1] > first[:, 1] * second[:, 0])
