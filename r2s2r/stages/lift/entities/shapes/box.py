"""A box: flat sides and square edges, as it stands in perspective. Crates, cars from afar, houses."""

import numpy as np
from manifold3d import Manifold

from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.shapes.cone import outline_polygons
from r2s2r.stages.lift.entities.shapes.cuboid import Cuboid, Samples, fit_cuboid
from r2s2r.stages.lift.entities.shapes.solid import Solid, standing_solid
from r2s2r.stages.lift.entities.shapes.stand import front_point, on_upright_plane, stand_at, within_cone

# The mask is compared on this many samples along its longer side.
_SAMPLES = 200
# A mask that the fitted cuboid's silhouette meets at a lower IoU is none of a box.
_BOXLIKE = 0.85
# The cuboid grows, pixel by pixel and then faster, until it hides this much of the mask.
_HIDDEN = 0.997
# No corner of it may be nearer than this share of the farthest's distance.
_NEAREST = 0.05
_GROWTH_PX = (0.0, *(0.5 * 1.35**step for step in range(30)))
# Sides seen more obliquely than this (cosine) count as hidden.
_OBLIQUE = 0.08


def box(view: View, *, depth: float | None, max_faces: int) -> Solid:
    """Return a cuboid on the ground, fitted to the mask, and cut by the mask's visual cone.

    ``depth`` is a share of its width; None lets the silhouette say it, and takes a square base where it does not.
    """
    polygons = outline_polygons(view.mask)
    world_from_stand = _level(stand_at(front_point(view), view))
    corners = np.concatenate([on_upright_plane(polygon, world_from_stand, view) for polygon in polygons])
    low, high = corners.min(axis=0), corners.max(axis=0)
    width_m = float(high[0] - low[0])
    size_m = np.array([width_m, max(float(high[1]), 1e-3 * width_m), width_m * (depth or 1.0)])
    guess = Cuboid(0.0, size_m, np.array([(low[0] + high[0]) / 2, -size_m[2] / 2]))
    fitted = fit_cuboid(view.mask, view.camera, world_from_stand, guess, depth)
    seen = Samples.of(view.mask, _SAMPLES).iou(view.camera.project(fitted.corners(world_from_stand))[0])
    # What is no box at all says nothing about how a box would stand.
    cuboid = _covering(fitted if seen >= _BOXLIKE else guess, view, world_from_stand)
    matrix = world_from_stand @ cuboid.stand_from_unit
    body = Manifold.cube((1.0, 1.0, 1.0)).translate((-0.5, 0.0, -0.5)).transform(matrix[:3])
    return standing_solid(within_cone(body, polygons, view), view, max_faces=max_faces, oblique=_OBLIQUE)


def _level(world_from_stand: Array) -> Array:
    """Return a stand that does not lean with a camera that looks down on it."""
    level = world_from_stand.copy()
    level[:3, 1] = 0.0, 1.0, 0.0
    level[:3, 2] = np.cross(level[:3, 0], level[:3, 1])
    return level


def _covering(cuboid: Cuboid, view: View, world_from_stand: Array) -> Cuboid:
    """Return a cuboid as large as it must be to hide the mask; one that comes too near stays smaller."""
    pixel_m = float(view.camera.project(world_from_stand[:3, 3])[1] / view.camera.intrinsics[0, 0])
    samples = Samples.of(view.mask, _SAMPLES)
    grown = cuboid
    for margin_px in _GROWTH_PX:
        larger = cuboid.grown(margin_px * pixel_m)
        pixels, depth_m = view.camera.project(larger.corners(world_from_stand))
        if depth_m.min() <= _NEAREST * float(depth_m.max()):
            break
        grown = larger
        if samples.coverage(pixels)[samples.inside].mean() >= _HIDDEN:
            break
    return grown
