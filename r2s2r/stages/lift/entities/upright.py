"""Depth along the pixel rays of an upright entity."""

import numpy as np

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.entities.contact import Contact

# Up to this elevation of the camera an entity stands upright; beyond, it turns with the camera that looks onto it.
_UPRIGHT_DEG = 30.0
# Rays nearly along the plane, and points nearly at the camera's plane, are kept off infinity by these.
_MIN_FACING = 0.15
_MIN_SHARE = 0.05
# What is flattened onto the ground keeps this share of its thickness on its near side.
_ABOVE = 0.25


def points_on_rays(pixels: Array, bulge_px: Array, *, camera: Camera, contact: Contact) -> Array:
    """Return world points [N, 3] on the rays through pixels [N, 2], so that the silhouette holds whatever the bulge.

    Points without bulge lie in the upright plane through the contact that faces the camera. ``bulge_px`` [N] moves them
    along their ray, positive away from the camera, by as many metres as that many pixels span there. Nothing goes below
    the ground of an entity that stands on it: what would is flattened onto it.
    """
    rays = camera.rays(pixels)
    depth_m = _plane_depth_m(rays, camera, contact)
    depth_m *= np.maximum(1 + bulge_px / camera.intrinsics[0, 0], _MIN_SHARE)
    if contact.on_ground:
        depth_m = np.minimum(depth_m, _ground_depth_m(rays, camera))
    points: Array = camera.position_m + rays * depth_m[:, None]
    return points


def grounded_bulge(pixels: Array, bulge_px: Array, *, camera: Camera, contact: Contact) -> Array:
    """Return bulges [N], as ``points_on_rays`` takes them, that stay above the ground of an entity that stands on it.

    The near side stays a little higher than the far one, so that there is something between the two.
    """
    if not contact.on_ground:
        return bulge_px
    rays, focal_px = camera.rays(pixels), camera.intrinsics[0, 0]
    ground = _ground_depth_m(rays, camera) / _plane_depth_m(rays, camera, contact)
    lowest: Array = ground * (1 + _ABOVE * np.minimum(bulge_px / focal_px, 0.0))
    return np.asarray(np.minimum(bulge_px, focal_px * (lowest - 1)), np.float64)


def _plane_depth_m(rays: Array, camera: Camera, contact: Contact) -> Array:
    """Return the camera depth [N] at which rays [N, 3] meet the upright plane through the contact."""
    normal = plane_normal(camera)
    facing = np.maximum(rays @ normal, _MIN_FACING * np.linalg.norm(rays, axis=1))
    depth_m: Array = (contact.point_m - camera.position_m) @ normal / facing
    return depth_m


def _ground_depth_m(rays: Array, camera: Camera) -> Array:
    depth_m: Array = camera.position_m[1] / np.maximum(-rays[:, 1], 1e-12)
    return depth_m


def plane_normal(camera: Camera) -> Array:
    """Return the direction [3], away from the camera, in which an entity that stands upright before it is deep."""
    forward = camera.world_from_camera[:3, 2]
    level = np.array([forward[0], 0.0, forward[2]])
    elevation_deg = np.degrees(np.arctan2(forward[1], np.linalg.norm(level)))
    beyond = max(0.0, abs(elevation_deg) - _UPRIGHT_DEG) * 90.0 / (90.0 - _UPRIGHT_DEG)
    tilt = np.radians(np.copysign(beyond, elevation_deg))
    length = np.linalg.norm(level)
    # A camera that looks straight down has no level direction; its picture's top is -Z.
    ahead = level / length if length > 1e-9 else np.array([0.0, 0.0, -1.0])
    normal: Array = np.cos(tilt) * ahead + np.sin(tilt) * np.array([0.0, 1.0, 0.0])
    return normal
