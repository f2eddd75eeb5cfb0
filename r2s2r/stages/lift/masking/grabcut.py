"""From a box to a mask: GrabCut on a reduced picture, its border refined on the full one."""

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.framing import Rectangle
from r2s2r.stages.lift.masking.colour_model import lab_from_rgb
from r2s2r.stages.lift.masking.guided import guided_filter

_COARSE_PX = 384
_FINE_PX = 1280
_ROUNDS = 5
# How much of what surrounds the box the background's colours are learnt from, as a share of the box. Little: what is
# next to the entity is what it must be told from.
_CONTEXT = 0.15
# The entity is first looked for in this share of the ellipse that fills the box: few entities reach into its corners.
_ELLIPSE = 0.9


def segment_box(frame: NDArray[np.uint8], box: Rectangle) -> NDArray[np.bool_]:
    """Return which pixels [H, W] of a frame [H, W, 3] are the thing in a box that lies within the picture.

    The same for every number of threads; nothing outside the box is selected.
    """
    height, width = frame.shape[:2]
    margin_x, margin_y = _CONTEXT * box.width, _CONTEXT * box.height
    x0, x1 = max(0, int(box.x0 - margin_x)), min(width, int(np.ceil(box.x1 + margin_x)))
    y0, y1 = max(0, int(box.y0 - margin_y)), min(height, int(np.ceil(box.y1 + margin_y)))
    crop = frame[y0:y1, x0:x1]
    within = Rectangle(box.x0 - x0, box.y0 - y0, box.x1 - x0, box.y1 - y0)
    matte = _refined(crop, _coarse(crop, within))
    mask = np.zeros((height, width), bool)
    mask[y0:y1, x0:x1] = (matte > 0.5) & _is_inside(crop.shape[:2], within)
    return mask


def _coarse(crop: NDArray[np.uint8], box: Rectangle) -> NDArray[np.float32]:
    """Return GrabCut's matte of the crop, reduced."""
    scale = min(1.0, _COARSE_PX / max(crop.shape[:2]))
    small = _reduced(crop, scale)
    reduced_box = Rectangle(box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale)
    labels = np.full(small.shape[:2], cv2.GC_BGD, np.uint8)
    labels[_is_inside(small.shape[:2], reduced_box)] = cv2.GC_PR_BGD
    labels[_is_in_ellipse(small.shape[:2], reduced_box)] = cv2.GC_PR_FGD
    # Its k-means draws from OpenCV's global random numbers.
    cv2.setRNGSeed(0)
    whole = (0, 0, small.shape[1], small.shape[0])  # not used: the labels say where
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(lab_from_rgb(small), labels, whole, *models, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    return (labels & 1).astype(np.float32)


def _refined(crop: NDArray[np.uint8], coarse: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the matte at the crop's size, its border moved onto the picture's edges."""
    height, width = crop.shape[:2]
    guide = _reduced(crop, min(1.0, _FINE_PX / max(height, width)))
    size = (guide.shape[1], guide.shape[0])
    radius_px = max(2, round(2 * size[0] / coarse.shape[1]))
    rough = np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR), np.float32)
    fine = guided_filter(rough, guide, radius_px=radius_px, epsilon=1e-4)
    return np.asarray(cv2.resize(fine, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _reduced(picture: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    size = tuple(max(1, round(side * scale)) for side in picture.shape[1::-1])
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _is_inside(shape: tuple[int, ...], box: Rectangle) -> NDArray[np.bool_]:
    x, y = np.arange(shape[1]) + 0.5, np.arange(shape[0])[:, None] + 0.5
    return (x > box.x0) & (x < box.x1) & (y > box.y0) & (y < box.y1)


def _is_in_ellipse(shape: tuple[int, ...], box: Rectangle) -> NDArray[np.bool_]:
    x = (np.arange(shape[1]) + 0.5 - (box.x0 + box.x1) / 2) / (box.width / 2)
    y = (np.arange(shape[0])[:, None] + 0.5 - (box.y0 + box.y1) / 2) / (box.height / 2)
    return np.asarray(x**2 + y**2 < _ELLIPSE**2)
