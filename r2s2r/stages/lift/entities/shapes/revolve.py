"""What is round about an upright axis: cups, bottles, vases, and what sticks out of them."""

from dataclasses import replace

import numpy as np
from manifold3d import CrossSection, Manifold, Mesh
from numpy.typing import NDArray
from scipy import ndimage

from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.entities.contact import Contact
from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.outline import outline_of
from r2s2r.stages.lift.entities.shapes.cone import outline_polygons
from r2s2r.stages.lift.entities.shapes.profile import Round, Target, round_in
from r2s2r.stages.lift.entities.shapes.solid import Solid, standing_solid
from r2s2r.stages.lift.entities.shapes.stand import on_upright_plane, stand_at, within_cone
from r2s2r.stages.lift.entities.silhouette import silhouette
from r2s2r.stages.lift.entities.surface import Surface, inflate_outline
from r2s2r.stages.lift.entities.upright import points_on_rays

_SEGMENTS = 96
# What of the mask the round body does not show is inflated, and so is what it shows within this share of the outline's
# long side of it: a handle grows out of the body.
_JOINT = 0.015
_MIN_JOINT_PX = 2.0
# Parts thinner than this, as a share of the outline's size, are slivers. Of an outline that is ragged by a pixel or two
# they are many; made solid they are wires over the rim and fins down the sides, so this share of the mask is let be.
_SLIVER = 0.012
_TOO_MANY = 0.009
# What shows beside the mask is cut off, if it is more than this share of it.
_BESIDE = 0.001
# Seen more obliquely than this (cosine), it counts as hidden.
_OBLIQUE = 0.05


def revolve(view: View, *, thickness: float, max_faces: int) -> Solid:
    """Return the body of revolution that a mask holds, with what else it shows inflated, cut by its visual cone."""
    polygons = outline_polygons(view.mask)
    world_from_stand = stand_at(view.contact.point_m, view)
    corners = np.concatenate([on_upright_plane(polygon, world_from_stand, view) for polygon in polygons])
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    is_level = abs(world_from_stand[1, 1] - 1) < 1e-9
    widest_m = 0.6 * float(right - left)
    heights_m = (0.0 if is_level else float(bottom), float(top))
    target = Target(view.mask, view.camera, world_from_stand)
    found = round_in(target, np.array([(left + right) / 2, 0.0]), heights_m, widest_m, thickness)
    body = _body(found, world_from_stand, min(_SEGMENTS, int(np.sqrt(max_faces))))
    axis_m = world_from_stand @ np.array([found.axis_m[0], 0.0, found.axis_m[1], 1.0])
    shown = _shown(body, view)
    rest = _rest(view.mask, shown)
    if rest.any():
        part = inflate_outline(outline_of(_with_joint(rest, view.mask)), thickness=thickness, max_faces=max_faces // 3)
        standing = view.contact.on_ground and is_level
        body = body + _placed(part, view, replace(view.contact, point_m=axis_m[:3], on_ground=standing))
    if (shown & ~view.mask).sum() > _BESIDE * view.mask.sum():
        body = within_cone(body, polygons, view)
    if not is_level:
        body = _raised(body, view)
    return replace(standing_solid(body, view, max_faces=max_faces, oblique=_OBLIQUE), is_angular=False)


def _body(found: Round, world_from_stand: Array, segments: int) -> Manifold:
    """Turn a profile about its axis."""
    outer = np.stack([found.radii_m, found.heights_m], axis=1)
    axis = np.array([[0.0, found.heights_m[-1]], [0.0, found.heights_m[0]]])
    turned = CrossSection([np.concatenate([outer, axis])]).revolve(segments)
    # Its axis is z, its y is what lies behind: to x right, y up, z towards the camera.
    stand_from_turned = np.array([[1.0, 0, 0, found.axis_m[0]], [0, 0, 1, 0], [0, -found.depth, 0, found.axis_m[1]]])
    matrix = world_from_stand[:3, :3] @ stand_from_turned
    matrix[:, 3] += world_from_stand[:3, 3]
    return turned.transform(matrix)


def _shown(body: Manifold, view: View) -> NDArray[np.bool_]:
    if body.is_empty():
        return np.zeros_like(view.mask)
    mesh = body.to_mesh64()
    return silhouette(np.asarray(mesh.vert_properties)[:, :3], np.asarray(mesh.tri_verts, np.int32), view.camera)


def _rest(mask: NDArray[np.bool_], shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return what of a mask the body does not show: parts, and slivers only when there are too many."""
    rest = mask & ~shown
    radius_px = max(1.5, _SLIVER * float(np.sqrt(mask.sum())))
    core = ndimage.distance_transform_edt(rest) > radius_px
    parts = rest & (ndimage.distance_transform_edt(~core) <= radius_px + 1.5) if core.any() else core
    slivers = int(rest.sum()) - int(parts.sum())
    return np.asarray(rest if slivers > _TOO_MANY * mask.sum() else parts)


def _with_joint(rest: NDArray[np.bool_], mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    extent = max(np.ptp(np.nonzero(mask.any(axis=axis))[0]) for axis in (0, 1))
    return np.asarray(mask & (ndimage.distance_transform_edt(~rest) <= max(_MIN_JOINT_PX, _JOINT * float(extent))))


def _placed(part: Surface, view: View, contact: Contact) -> Manifold:
    """Place an inflated part about the upright plane through a contact."""
    vertices = points_on_rays(part.points[:, :2], part.points[:, 2], camera=view.camera, contact=contact)
    return Manifold(Mesh(vertices.astype(np.float32), part.faces.astype(np.uint32)))


def _raised(body: Manifold, view: View) -> Manifold:
    """Move a body that leans with the camera along its rays, until nothing is below the ground."""
    lowest_m, eye = body.bounding_box()[1], view.camera.position_m
    if not view.contact.on_ground or lowest_m >= 0:
        return body
    share = float(eye[1] / (eye[1] - lowest_m))
    return body.translate(tuple(-eye)).scale((share, share, share)).translate(tuple(eye))
