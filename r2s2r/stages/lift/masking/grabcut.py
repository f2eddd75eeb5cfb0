"""From a box, with or without points, to a mask: GrabCut on a reduced picture, its border refined on the full one."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.framing import Rectangle
from r2s2r.geometry.transforms import Array
from r2s2r.spec.selection import PointsSpec
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


# A point stands for what is round it, up to this distance, at the reduced size.
_CLICK_PX = 3

Labels = NDArray[np.uint8]


def segment_box(frame: NDArray[np.uint8], box: Rectangle) -> NDArray[np.bool_]:
    """Return which pixels [H, W] of a frame [H, W, 3] are the thing in a box that lies within the picture.

    The same for every number of threads; nothing outside the box is selected.
    """
    return segment_crop(frame, box, ellipse_labels, None)


def segment_crop(
    frame: NDArray[np.uint8],
    box: Rectangle,
    first_labels: Callable[[tuple[int, int], Rectangle], Labels],
    points: PointsSpec | None,
) -> NDArray[np.bool_]:
    """Return which pixels [H, W] of a frame [H, W, 3] are the thing in a box.

    ``first_labels`` says, for the reduced surroundings of the box and the box in them, where it is looked for first;
    ``points`` are held to.
    """
    rows, columns = surroundings(box, frame.shape)
    x0, y0 = columns.start, rows.start
    crop = frame[rows, columns]
    within = Rectangle(box.x0 - x0, box.y0 - y0, box.x1 - x0, box.y1 - y0)
    scale = min(1.0, _COARSE_PX / max(crop.shape[:2]))
    small = reduced(crop, scale)
    labels = first_labels(small.shape[:2], _scaled(within, scale))
    if points is not None:
        hold_to_points(labels, points, origin_px=np.array([x0, y0]), scale=scale)
    matte = _refined(crop, (grab_cut(lab_from_rgb(small), labels) & 1).astype(np.float32))
    mask = np.zeros(frame.shape[:2], bool)
    mask[rows, columns] = (matte > 0.5) & is_in_box(crop.shape[:2], within)
    return mask


def surroundings(box: Rectangle, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the rows and columns of a picture [H, W, ...] that a box is looked at with."""
    margin_x, margin_y = _CONTEXT * box.width, _CONTEXT * box.height
    rows = slice(max(0, int(box.y0 - margin_y)), min(shape[0], int(np.ceil(box.y1 + margin_y))))
    return rows, slice(max(0, int(box.x0 - margin_x)), min(shape[1], int(np.ceil(box.x1 + margin_x))))


def grab_cut(lab: NDArray[np.uint8], labels: Labels, rounds: int = _ROUNDS) -> Labels:
    """Return GrabCut's labels [H, W] of a picture [H, W, 3], starting at some; odd is the entity."""
    if not (labels & 1).any() or (labels & 1).all():
        return labels
    labels = labels.copy()
    # Its k-means draws from OpenCV's global random numbers.
    cv2.setRNGSeed(0)
    whole = (0, 0, lab.shape[1], lab.shape[0])  # not used: the labels say where
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(lab, labels, whole, *models, rounds, cv2.GC_INIT_WITH_MASK)
    return labels


def hold_to_points(labels: Labels, points: PointsSpec, *, origin_px: Array, scale: float) -> None:
    """Write into labels [H, W], of a crop that starts at ``origin_px`` and is reduced by ``scale``, what points say."""
    for given, label in ((points.outside, cv2.GC_BGD), (points.inside, cv2.GC_FGD)):
        for point in given:
            x, y = (int(value) for value in (np.array(point) - origin_px) * scale)
            cv2.circle(labels, (x, y), _CLICK_PX, label, -1)


def ellipse_labels(shape: tuple[int, int], box: Rectangle) -> Labels:
    """Return labels [H, W] that look for the entity in most of the ellipse that fills a box, never outside the box."""
    labels = np.full(shape, cv2.GC_BGD, np.uint8)
    labels[is_in_box(shape, box)] = cv2.GC_PR_BGD
    labels[_is_in_ellipse(shape, box)] = cv2.GC_PR_FGD
    return labels


def _scaled(box: Rectangle, scale: float) -> Rectangle:
    return Rectangle(box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale)


def _refined(crop: NDArray[np.uint8], coarse: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the matte at the crop's size, its border moved onto the picture's edges."""
    height, width = crop.shape[:2]
    guide = reduced(crop, min(1.0, _FINE_PX / max(height, width)))
    size = (guide.shape[1], guide.shape[0])
    radius_px = max(2, round(2 * size[0] / coarse.shape[1]))
    rough = np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR), np.float32)
    fine = guided_filter(rough, guide, radius_px=radius_px, epsilon=1e-4)
    return np.asarray(cv2.resize(fine, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def reduced(picture: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Return a picture [H, W, 3] at another scale, at most 1."""
    size = tuple(max(1, round(side * scale)) for side in picture.shape[1::-1])
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def is_in_box(shape: tuple[int, ...], box: Rectangle) -> NDArray[np.bool_]:
    """Return which pixels [H, W] have their centre in a box."""
    x, y = np.arange(shape[1]) + 0.5, np.arange(shape[0])[:, None] + 0.5
    return (x > box.x0) & (x < box.x1) & (y > box.y0) & (y < box.y1)


def _is_in_ellipse(shape: tuple[int, ...], box: Rectangle) -> NDArray[np.bool_]:
    x = (np.arange(shape[1]) + 0.5 - (box.x0 + box.x1) / 2) / (box.width / 2)
    y = (np.arange(shape[0])[:, None] + 0.5 - (box.y0 + box.y1) / 2) / (box.height / 2)
    return np.asarray(x**2 + y**2 < _ELLIPSE**2)
