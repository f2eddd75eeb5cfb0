"""The mask at the reference frame, as an author selects it; what cannot be meant is refused."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import InputError, MediaError
from r2s2r.geometry.framing import Rectangle
from r2s2r.geometry.transforms import Array
from r2s2r.media.images import read_mask
from r2s2r.spec.entities import SelectSpec
from r2s2r.stages.lift.masking.grabcut import segment_box
from r2s2r.stages.lift.masking.polygon import fill_polygon

_MAX_COVERAGE = 0.98
_MAX_ASPECT_ERROR = 0.01
_MIN_SIDE_PX = 4  # Fewer rows or columns have no inside that could be inflated.


def select(spec: SelectSpec, frame: NDArray[np.uint8], mask_file: Path | None) -> NDArray[np.bool_]:
    """Return the selected pixels [H, W] of the reference frame [H, W, 3].

    ``mask_file`` is the file that ``spec.mask`` names. Raises InputError or MediaError when the selection lies outside
    the picture, selects nothing or everything, or when the file's shape is not the picture's.
    """
    height, width = frame.shape[:2]
    if spec.box_px is not None:
        field, mask = "box_px", _from_box(spec.box_px, frame)
    elif spec.polygon_px is not None:
        field, mask = "polygon_px", _from_polygon(np.array(spec.polygon_px), height, width)
    else:
        assert mask_file is not None, "a selection by mask comes with its file"
        field, mask = "mask", _from_file(mask_file, height, width)
    where = f"{mask_file}: " if field == "mask" else ""
    if not mask.any():
        raise InputError(f"{where}selects nothing; {_REMEDIES[field]}", field=f"select.{field}")
    rows, columns = int(mask.any(axis=1).sum()), int(mask.any(axis=0).sum())
    if min(rows, columns) < _MIN_SIDE_PX:
        message = f"{where}selects {columns} x {rows} pixels, too little to lift; {_REMEDIES[field]}"
        raise InputError(message, field=f"select.{field}")
    if mask.mean() > _MAX_COVERAGE:
        message = f"{where}selects {mask.mean():.0%} of the picture, leaving no background; {_REMEDIES[field]}"
        raise InputError(message, field=f"select.{field}")
    return mask


_REMEDIES = {
    "box_px": "no edge was found in the box: draw it tighter round the entity, or give polygon_px",
    "polygon_px": "give the entity's outline in pixels of the source",
    "mask": "give a picture that is white where the entity is and black elsewhere",
}


def _from_box(box_px: tuple[float, float, float, float], frame: NDArray[np.uint8]) -> NDArray[np.bool_]:
    _check_inside(np.array(box_px).reshape(2, 2), frame.shape, "box_px")
    if box_px[2] - box_px[0] < 4 or box_px[3] - box_px[1] < 4:
        raise InputError("is smaller than 4 pixels, too small to find anything in", field="select.box_px")
    if (box_px[2] - box_px[0]) * (box_px[3] - box_px[1]) > _MAX_COVERAGE * frame.shape[0] * frame.shape[1]:
        message = "covers the whole picture, so there is no background to tell the entity from; draw it tighter"
        raise InputError(message, field="select.box_px")
    return segment_box(frame, Rectangle(*box_px))


def _from_polygon(corners_px: Array, height: int, width: int) -> NDArray[np.bool_]:
    _check_inside(corners_px, (height, width), "polygon_px")
    return fill_polygon(corners_px, height=height, width=width)


def _check_inside(corners_px: Array, shape: tuple[int, ...], field: str) -> None:
    height, width = shape[:2]
    outside = (corners_px < 0).any(axis=1) | (corners_px > [width, height]).any(axis=1)
    if outside.any():
        x, y = corners_px[outside][0]
        raise InputError(
            f"({x:g}, {y:g}) lies outside the picture, which is {width} x {height} pixels; give pixels of the source",
            field=f"select.{field}",
        )


def _from_file(path: Path, height: int, width: int) -> NDArray[np.bool_]:
    try:
        mask = read_mask(path)
    except MediaError as error:
        raise MediaError(error.message, field="select.mask") from error
    rows, columns = mask.shape
    if abs(columns / rows * height / width - 1) > _MAX_ASPECT_ERROR:
        raise MediaError(
            f"{path}: is {columns} x {rows} pixels, another shape than the footage's {width} x {height}; give a mask "
            "of the whole frame",
            field="select.mask",
        )
    resized = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST_EXACT)
    return np.asarray(resized) > 0
