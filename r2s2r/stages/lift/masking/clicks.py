"""Points on an entity and beside it: whether they can be meant, and whether what was found keeps to them."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import InputError
from r2s2r.spec.selection import Box, PointsSpec

_FIELD = "select.points_px"
# What touches more of the picture's border than this, or covers more of the picture, is what is behind things.
_MAX_BORDER = 0.6
_MAX_COVERAGE = 0.7


def check_points(points: PointsSpec, shape: tuple[int, ...], box_px: Box | None) -> None:
    """Raise InputError for a point that lies outside a picture [H, W, ...], or outside the box that it refines."""
    height, width = shape[:2]
    for name, x, y in _named(points):
        if not (0 <= x < width and 0 <= y < height):
            raise InputError(
                f"{name} ({x:g}, {y:g}) lies outside the picture, which is {width} x {height} pixels; give pixels of "
                "the source",
                field=_FIELD,
            )
        if box_px is not None and name.startswith("inside") and not _is_in_box(x, y, box_px):
            box = ", ".join(f"{side:g}" for side in box_px)
            message = f"{name} ({x:g}, {y:g}) lies outside box_px [{box}], which it refines; move it, or widen the box"
            raise InputError(message, field=_FIELD)
    outside = {pixel_of(*point) for point in points.outside}
    for name, x, y in _named(points):
        if name.startswith("inside") and pixel_of(x, y) in outside:
            raise InputError(f"{name} ({x:g}, {y:g}) is a point outside as well; remove one of the two", field=_FIELD)


def check_kept(points: PointsSpec, mask: NDArray[np.bool_]) -> None:
    """Raise InputError when what was found, [H, W], does not keep to the points."""
    for name, x, y in _named(points):
        column, row = pixel_of(x, y)
        if mask[row, column] != name.startswith("inside"):
            found, place = ("not on", "on the entity") if name.startswith("inside") else ("on", "beside it")
            raise InputError(
                f"{name} ({x:g}, {y:g}) is {found} what was found; move it to where it is clearly {place}, or give "
                "polygon_px",
                field=_FIELD,
            )


def pixel_of(x: float, y: float) -> tuple[int, int]:
    """Return column and row of the pixel that a point lies in."""
    return int(x), int(y)


def check_is_no_background(points: PointsSpec, mask: NDArray[np.bool_]) -> None:
    """Raise InputError when what was found, [H, W], is what lies behind things.

    Points outside say what is behind; where they are kept to, anything may be meant.
    """
    if not points.outside and is_background(mask):
        what = f"what is found there covers {mask.mean():.0%} of the picture and {border_share(mask):.0%} of its border"
        raise background_error(points, what)


def is_background(mask: NDArray[np.bool_]) -> bool:
    """Whether a mask [H, W] is what lies behind things: most of the picture, or of its border."""
    return bool(border_share(mask) > _MAX_BORDER or mask.mean() > _MAX_COVERAGE)


def border_share(mask: NDArray[np.bool_]) -> float:
    """Return how much of the picture's border a mask [H, W] touches, 0..1."""
    return float(np.concatenate([mask[0], mask[-1], mask[1:-1, 0], mask[1:-1, -1]]).mean())


def background_error(points: PointsSpec, why: str) -> InputError:
    """Return what to say of points on the background."""
    name, x, y = next(_named(points))
    remedy = "move it onto the entity, add points outside, or give box_px"
    return InputError(f"{name} ({x:g}, {y:g}) is on the background: {why}; {remedy}", field=_FIELD)


def _named(points: PointsSpec) -> Iterator[tuple[str, float, float]]:
    for kind, given in (("inside", points.inside), ("outside", points.outside)):
        for index, (x, y) in enumerate(given):
            yield f"{kind}[{index}]", x, y


def _is_in_box(x: float, y: float, box_px: Box) -> bool:
    return box_px[0] <= x <= box_px[2] and box_px[1] <= y <= box_px[3]
