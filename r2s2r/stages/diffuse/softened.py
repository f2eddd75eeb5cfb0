"""Softened silhouettes: normals that fade to the black around them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.stages.diffuse.fade import fade_out


def softened(encoded: NDArray[np.uint8], soften_px: float) -> NDArray[np.uint8]:
    """Fade encoded normals [H, W, 3] to black towards the silhouette of all entities together.

    The background stays black, and what lies deeper inside than ``soften_px`` as it is. Where the picture's border cuts
    an entity there is no silhouette; nor where two entities meet.
    """
    entity = np.asarray(encoded.any(axis=2), np.uint8)
    if soften_px == 0 or entity.all():
        return encoded
    # From a pixel's centre to that of the nearest black one; the silhouette lies half a pixel before it.
    reach_px = np.asarray(cv2.distanceTransform(entity, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)) - 0.5
    kept = 1 - fade_out(reach_px.astype(np.float32), start=0, end=soften_px)
    return np.asarray(np.rint(encoded * kept[..., None]), np.uint8)
