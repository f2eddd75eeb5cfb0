"""The visual cone of a mask: all points that the camera sees within it."""

import numpy as np
from manifold3d import CrossSection, FillRule, Manifold
from numpy.typing import NDArray
from skimage.measure import find_contours

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.entities.outline import fine_distance

# How far a simplified outline may be off, in pixels of the fine distance; more only when it has too many corners.
_TOLERANCE = 0.3
_MAX_CORNERS = 3000


def outline_polygons(mask: NDArray[np.bool_]) -> list[Array]:
    """Return the outline of a mask [H, W] as polygons [N, 2] in pixels: borders of pieces and of holes, even-odd."""
    fine = fine_distance(mask)
    tolerance_px = _TOLERANCE * max(fine.pixel_px)
    contours = [
        np.array(fine.origin_px) + (contour[:, ::-1] + 0.5) * np.array(fine.pixel_px)
        for contour in find_contours(fine.distance_px, 0.0)
    ]
    section = CrossSection([contour[:-1] for contour in contours], FillRule.EvenOdd).simplify(tolerance_px)
    while section.num_vert() > _MAX_CORNERS:
        tolerance_px *= 1.5
        section = section.simplify(tolerance_px)
    return [np.asarray(polygon, np.float64) for polygon in section.to_polygons()]


def visual_cone(polygons: list[Array], camera: Camera, *, near_m: float, far_m: float) -> Manifold:
    """Return, in the world, what a camera sees within polygons [N, 2] in pixels, from one camera depth to another.

    Each cut through it across the camera's axis is the outline itself, so that its silhouette is the mask's.
    """
    to_axis = np.linalg.inv(camera.intrinsics)
    flat = [polygon @ to_axis[:2, :2].T + to_axis[:2, 2] for polygon in polygons]
    section = CrossSection(flat, FillRule.EvenOdd).scale((near_m, near_m))
    cone = section.extrude(far_m - near_m, scale_top=(far_m / near_m, far_m / near_m))
    return cone.translate((0.0, 0.0, near_m)).transform(camera.world_from_camera[:3])
