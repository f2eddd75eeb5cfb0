"""The closed surface of an inflated silhouette."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.measure import marching_cubes

from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.entities.heights import squared_heights
from r2s2r.stages.lift.entities.outline import Outline
from r2s2r.stages.lift.entities.simplify import with_fewer_faces

# The first tolerance of the simplification, in cells; then as many times more as there are too many faces.
TOLERANCE = 0.05
# Half the thickness of the thinnest part, in cells.
_THINNEST = 0.15


@dataclass(frozen=True, eq=False)
class Surface:
    """A closed surface over the picture.

    Attributes:
        points: [V, 3] in pixels of the source: x right, y down, z away from the camera, 0 on the outline.
        faces: [F, 3], counter-clockwise seen from outside; these axes are right-handed, as the world's are.
    """

    points: Array
    faces: NDArray[np.int32]


def inflate_outline(
    outline: Outline,
    *,
    thickness: float,
    max_faces: int,
    base_px: float | None = None,
    bent: Callable[[Array], Array] | None = None,
) -> Surface:
    """Inflate an outline: the level set of ``k^2 u - z^2``, closed by construction, simplified to ``max_faces``.

    ``thickness`` 1 makes it as deep, at its deepest, as the largest disc inside it is wide: a disc becomes a ball and a
    strip a tube. Below row ``base_px`` of the picture it stands: there it does not close, but is cut along the rays.
    ``bent`` moves its points [V, 3] before they are thinned out. Raises StageError when the result is not
    a closed manifold.
    """
    surface = raw_surface(outline, thickness=thickness, base_px=base_px)
    points = surface.points if bent is None else bent(surface.points)
    return thinned(Surface(points, surface.faces), max_faces=max_faces, tolerance_px=outline.cell_px * TOLERANCE)


def raw_surface(outline: Outline, *, thickness: float, base_px: float | None) -> Surface:
    """Inflate an outline as ``inflate_outline`` says, with all the faces there are."""
    base = None if base_px is None else int(np.ceil((base_px - outline.origin_px[1]) / outline.cell_px))
    heights = squared_heights(outline.distance, base)
    ratio = thickness * min(1.0, outline.largest_radius / float(np.sqrt(heights.max())))
    squared = ratio**2 * heights
    half = int(np.ceil(np.sqrt(squared.max()))) + 2
    # No node lies on the plane of symmetry, where the field is flat across it; the nearest are so near that what is
    # thin, and its border, lies between them.
    levels = np.arange(-half, half) + 0.5
    levels[half - 1 : half + 1] = -_THINNEST, _THINNEST
    squared = np.where(outline.distance > 0, np.maximum(squared, 2 * _THINNEST**2), squared)
    field = squared[..., None] - levels**2
    if base is not None:
        rows = slice(max(0, base), None)
        field[rows] = np.minimum(field[rows], half * outline.distance[rows, :, None])
    field = field.astype(np.float32)
    nodes, faces, _, _ = marching_cubes(field, 0.0, gradient_direction="descent", allow_degenerate=False)
    cells = np.stack([nodes[:, 1], nodes[:, 0], np.interp(nodes[:, 2], np.arange(2 * half), levels)], axis=1)
    return Surface(cells * outline.cell_px + [*outline.origin_px, 0.0], faces)


def thinned(surface: Surface, *, max_faces: int, tolerance_px: float) -> Surface:
    """Return a surface of at most ``max_faces``; raises StageError when it is not closed."""
    return Surface(*with_fewer_faces(surface.points, surface.faces, max_faces=max_faces, tolerance=tolerance_px))
