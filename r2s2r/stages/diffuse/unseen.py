"""What nobody ever saw, tinted on request."""

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.plate import Plate
from r2s2r.geometry.framing import Framing
from r2s2r.stages.diffuse.canvas import Canvas, at_generation_scale
from r2s2r.stages.diffuse.projection import Projection

_TINT = np.array([255, 64, 160], np.float32)  # a pink no grass, skin, sky or wall has
_STRENGTH = 0.45


def unseen_on_canvas(plate: Plate, canvas: Canvas, framing: Framing) -> NDArray[np.uint8]:
    """Return, on the canvas [H, W], 255 where no frame of the clip shows the background and 0 where one does."""
    unseen = np.full(canvas.picture.shape[:2], 255, np.uint8)
    unseen[canvas.inner] = at_generation_scale(plate.invented().astype(np.uint8) * 255, framing).picture
    return unseen


def tinted(view: NDArray[np.uint8], unseen: NDArray[np.uint8], where: Projection) -> NDArray[np.uint8]:
    """Tint a view [H, W, 3] where what it shows of the canvas is unseen."""
    share = cv2.remap(
        unseen, where.pixels.columns, where.pixels.rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    strength = np.where(where.beyond, 1, share / np.float32(255))[..., None] * np.float32(_STRENGTH)
    return np.rint(view + (_TINT - view) * strength).astype(np.uint8)
