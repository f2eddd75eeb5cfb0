"""The mask at the reference frame, as an author selects it; what cannot be meant is refused."""

from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.errors import InputError
from r2s2r.geometry.transforms import Array
from r2s2r.spec.selection import Box, SelectSpec
from r2s2r.stages.lift.masking.clicks import check_is_no_background, check_points
from r2s2r.stages.lift.masking.given_masks import GivenMasks
from r2s2r.stages.lift.masking.polygon import fill_polygon
from r2s2r.stages.lift.masking.segmenter import Found, Segmenter

_MAX_COVERAGE = 0.98
_MIN_SIDE_PX = 4  # Fewer rows or columns have no inside that could be inflated.
_REMEDIES = {
    "box_px": "no edge was found in the box: draw it tighter round the entity, or give polygon_px",
    "points_px": "no edge was found round the points: give more of them, or box_px",
    "polygon_px": "give the entity's outline in pixels of the source",
    "mask": "give a picture that is white where the entity is and black elsewhere",
    "text": "name it in other words, or give box_px",
}


def select(spec: SelectSpec, footage: Footage, segmenter: Segmenter, given: GivenMasks | None) -> Found:
    """Return the selected pixels [H, W] of the reference frame; ``given`` is what ``spec.mask`` names.

    Raises InputError or MediaError when the selection lies outside the picture, selects nothing or everything, or when
    a file's shape is not the picture's.
    """
    found = _found(spec, footage, segmenter, given)
    _check_can_be_meant(found.mask, spec.way, f"{given.what}: " if given is not None else "")
    return found


def _found(spec: SelectSpec, footage: Footage, segmenter: Segmenter, given: GivenMasks | None) -> Found:
    height, width = footage.facts.height, footage.facts.width
    match spec.way:
        case "box_px" | "points_px" | "text":
            return _by_segmenter(spec, footage.reference_frame(), segmenter)
        case "polygon_px":
            corners_px = np.array(spec.polygon_px)
            check_inside(corners_px, (height, width), "select.polygon_px")
            return Found(fill_polygon(corners_px, height=height, width=width))
        case "mask":
            assert given is not None, "a selection by mask comes with its files"
            return Found(next(mask for _, mask in given.masks(frozenset({footage.facts.reference}))))
        case _:
            assert_never(spec.way)


def _by_segmenter(spec: SelectSpec, frame: NDArray[np.uint8], segmenter: Segmenter) -> Found:
    if spec.box_px is not None:
        _check_box(spec.box_px, frame.shape)
    if spec.points_px is not None:
        check_points(spec.points_px, frame.shape, spec.box_px)
    found = segmenter.find(spec, frame)
    if spec.points_px is not None and spec.box_px is None and found.mask.any():
        check_is_no_background(spec.points_px, found.mask)
    return found


def _check_box(box_px: Box, shape: tuple[int, ...]) -> None:
    check_inside(np.array(box_px).reshape(2, 2), shape, "select.box_px")
    if box_px[2] - box_px[0] < _MIN_SIDE_PX or box_px[3] - box_px[1] < _MIN_SIDE_PX:
        raise InputError("is smaller than 4 pixels, too small to find anything in", field="select.box_px")
    if (box_px[2] - box_px[0]) * (box_px[3] - box_px[1]) > _MAX_COVERAGE * shape[0] * shape[1]:
        message = "covers the whole picture, so there is no background to tell the entity from; draw it tighter"
        raise InputError(message, field="select.box_px")


def check_inside(corners_px: Array, shape: tuple[int, ...], field: str) -> None:
    """Raise InputError, of ``field``, when one of some points [N, 2] lies outside a picture [H, W, ...]."""
    height, width = shape[:2]
    outside = (corners_px < 0).any(axis=1) | (corners_px > [width, height]).any(axis=1)
    if outside.any():
        x, y = corners_px[outside][0]
        message = (
            f"({x:g}, {y:g}) lies outside the picture, which is {width} x {height} pixels; give pixels of the source"
        )
        raise InputError(message, field=field)


def _check_can_be_meant(mask: NDArray[np.bool_], way: str, where: str) -> None:
    field, remedy = f"select.{way}", _REMEDIES[way]
    if not mask.any():
        raise InputError(f"{where}selects nothing; {remedy}", field=field)
    rows, columns = int(mask.any(axis=1).sum()), int(mask.any(axis=0).sum())
    if min(rows, columns) < _MIN_SIDE_PX:
        message = f"{where}selects {columns} x {rows} pixels, too little to lift; {remedy}"
        raise InputError(message, field=field)
    if mask.mean() > _MAX_COVERAGE:
        message = f"{where}selects {mask.mean():.0%} of the picture, leaving no background; {remedy}"
        raise InputError(message, field=field)
