"""A slab: what is cut out of a board. Signs, cards, scenery."""

import numpy as np
from manifold3d import CrossSection, FillRule

from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.shapes.cone import outline_polygons
from r2s2r.stages.lift.entities.shapes.solid import Solid, standing_solid
from r2s2r.stages.lift.entities.shapes.stand import front_point, on_upright_plane, stand_at, within_cone

# Its sides are hidden, even where one is seen.
_OBLIQUE = 0.5


def slab(view: View, *, thickness: float, max_faces: int) -> Solid:
    """Return a board whose front, upright and facing the camera, is the outline; ``thickness`` is a share of its width.

    Its sides run straight back, but where the camera would see one beside the front: there they follow the outline's
    rays, so that the silhouette is the mask's.
    """
    polygons = outline_polygons(view.mask)
    world_from_stand = stand_at(front_point(view), view)
    front = CrossSection([on_upright_plane(polygon, world_from_stand, view) for polygon in polygons], FillRule.EvenOdd)
    depth_m = thickness * float(np.ptp(np.array(front.bounds()).reshape(2, 2)[:, 0]))
    board = front.extrude(depth_m).translate((0.0, 0.0, -depth_m)).transform(world_from_stand[:3])
    return standing_solid(within_cone(board, polygons, view), view, max_faces=max_faces, oblique=_OBLIQUE)
