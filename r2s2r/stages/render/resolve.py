"""From the visible faces to the passes of a frame: the one place where every backend's pixels are computed."""

import numpy as np

from r2s2r.stages.render.block import Work, new_block
from r2s2r.stages.render.layers import Layers, Wanted
from r2s2r.stages.render.rasteriser import Visibility
from r2s2r.stages.render.shading import LANES, shade
from r2s2r.stages.render.still import Still
from r2s2r.stages.render.surface import drawn_of, rays_of, surface_of


def resolve(still: Still, seen: Visibility, layers: Layers, wanted: Wanted) -> None:
    """Fill ``layers``, but for the motion, from the nearest face at every sample.

    The ray through a sample is met with its face's plane in double precision, in the entity's own frame; that gives
    perspective-correct weights of the corners, also for a face that reaches behind the camera.
    """
    height, width = seen.face_idx.shape
    work = Work(
        surface=surface_of(still.mesh),
        rays=rays_of(still.view),
        drawn=drawn_of(layers),
        block=new_block(LANES),
        sums=np.zeros((width, 8), np.float32),
        side=len(seen.samples) // height,
        flat=1.0 if wanted.flat else 0.0,
    )
    shade(work, seen.face_idx, seen.samples)
