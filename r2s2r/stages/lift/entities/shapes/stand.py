"""Where a shape stands: the frame it is built in."""

import numpy as np
from manifold3d import Manifold

from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.shapes.cone import visual_cone
from r2s2r.stages.lift.entities.upright import plane_normal

# Rays nearly along a plane meet it far off, or behind the camera: those are kept at this cosine.
_MIN_FACING = 0.15
# Nothing is built nearer to the camera than this share of the entity's distance.
_NEAREST = 0.05


def stand_at(point_m: Array, view: View) -> Array:
    """Return ``world_from_stand`` [4, 4] at a point of the world: x right, y up, z towards the camera, upright."""
    ahead = plane_normal(view.camera)
    right = np.cross(ahead, [0.0, 1.0, 0.0])
    if np.linalg.norm(right) < 1e-6:
        right = view.camera.world_from_camera[:3, 0]
    right = right / np.linalg.norm(right)
    world_from_stand = np.eye(4)
    world_from_stand[:3] = np.stack([right, np.cross(right, ahead), -ahead, point_m], axis=1)
    return world_from_stand


def front_point(view: View) -> Array:
    """Return where the lowest point of the mask meets the ground [3]; where it does not, its contact."""
    row = int(np.nonzero(view.mask.any(axis=1))[0][-1])
    ray = view.camera.rays(np.array([np.nonzero(view.mask[row])[0].mean() + 0.5, row + 1.0]))
    if not view.contact.on_ground or ray[1] >= 0:
        return view.contact.point_m
    return np.asarray(view.camera.position_m - ray * view.camera.position_m[1] / ray[1], np.float64)


def on_upright_plane(pixels: Array, world_from_stand: Array, view: View) -> Array:
    """Return where rays through pixels [N, 2] meet the plane z = 0 of a stand: its x and y [N, 2]."""
    rays, eye = view.camera.rays(pixels), view.camera.position_m - world_from_stand[:3, 3]
    ahead = -world_from_stand[:3, 2]
    facing = np.maximum(rays @ ahead, _MIN_FACING * np.linalg.norm(rays, axis=1))
    points = eye + rays * (-(eye @ ahead) / facing)[:, None]
    return np.asarray(points @ world_from_stand[:3, :2], np.float64)


def within_cone(body: Manifold, polygons: list[Array], view: View) -> Manifold:
    """Return the part of a body of the world that the camera sees within an outline [[N, 2]] in pixels."""
    nearest_m = _NEAREST * float(view.camera.project(view.contact.point_m)[1])
    x0, y0, z0, x1, y1, z1 = body.bounding_box()
    corners = np.array([[x, y, z] for x in (x0, x1) for y in (y0, y1) for z in (z0, z1)])
    depth_m = view.camera.project(corners)[1]
    near_m = max(nearest_m, 0.98 * float(depth_m.min()))
    far_m = max(2 * near_m, 1.02 * float(depth_m.max()))
    return body ^ visual_cone(polygons, view.camera, near_m=near_m, far_m=far_m)
