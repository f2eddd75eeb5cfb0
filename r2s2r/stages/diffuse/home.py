"""What an entity at home does to the picture round it: its photographed shadow on the ground, and its fringe.

The plate has neither, for it was cleaned with room to spare. An entity that stands where it was photographed gets both
back from the reference frame, and loses them as it leaves.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.proxy import Sight
from r2s2r.geometry.transforms import Array
from r2s2r.media.pushpull import Image, push_pull
from r2s2r.stages.diffuse.canvas import Canvas, Placed
from r2s2r.stages.diffuse.fade import fade_out

# On both sides of an outline the photograph mixes the entity with what is behind it.
_MIXED_PX = 2
# The photographed shadow is looked for on the ground as far round the footprint as the entity is tall.
_SHADOW_REACH_HEIGHTS = 1.0
_SHARE_BLUR_PX = 8.0


@dataclass(frozen=True, eq=False)
class Footing:
    """Where an entity stands at the reference frame.

    Attributes:
        outline: [H, W] bool: the mesh's silhouette in the photograph, at generation scale.
        base_m: World (x, z) of its base.
        radius_m: Of its footprint.
        height_m: In the world.
    """

    outline: NDArray[np.bool_]
    base_m: tuple[float, float]
    radius_m: float
    height_m: float


@dataclass(frozen=True, eq=False)
class Trace:
    """The photograph less the plate, as far as one entity is the cause.

    Attributes:
        box: Rows and columns of the plate it covers.
        contact: [h, w, 3] float32: smooth, on the ground near its base, carried on under it. Holds from all sides.
        fringe: [h, w, 3] float32: the rest, right along its outline. Holds only while it covers its own photograph.
    """

    box: tuple[slice, slice]
    contact: Image
    fringe: Image


def traces(photograph: Placed, plate: Placed, footings: Mapping[str, Footing], *, sight: Sight) -> dict[str, Trace]:
    """Share out what photograph and plate differ by among the entities that were photographed.

    Args:
        photograph: The reference frame at generation scale.
        plate: The plate, likewise.
        footings: Name -> footing of every photographed entity.
        sight: What the source camera sees of the set, for the plate's pixels.
    """
    if not footings:
        return {}
    difference = photograph.picture.astype(np.float32) - plate.picture
    covered = np.logical_or.reduce([footing.outline for footing in footings.values()])
    outside = _moved_outline(covered, _MIXED_PX)
    smooth = push_pull(difference, (~outside).astype(np.float32))
    inside = _moved_outline(covered, -_MIXED_PX)
    shares = _shares(footings)
    beside = _beside(footings, sight)
    return {
        name: _trace(smooth * (shares[name] * beside[name])[..., None], difference * shares[name][..., None], inside)
        for name in footings
    }


def retouched(canvas: Canvas, weighted: list[tuple[Trace, float, float]]) -> NDArray[np.uint8]:
    """Return the canvas's picture with traces added, each with the weights of its contact and of its fringe."""
    shown = [(trace, contact, fringe) for trace, contact, fringe in weighted if contact > 0]
    if not shown:
        return canvas.picture
    inner = canvas.picture[canvas.inner].astype(np.float32)
    for trace, contact, fringe in shown:
        inner[trace.box] += contact * trace.contact + (contact * fringe) * trace.fringe
    picture = canvas.picture.copy()
    picture[canvas.inner] = np.clip(np.rint(inner), 0, 255)
    return picture


def _trace(contact: Image, difference: Image, inside: NDArray[np.bool_]) -> Trace:
    """Return a trace cut to its box: the fringe is what the contact leaves of the difference, outside outlines."""
    fringe = np.where(inside[..., None], 0, difference - contact)
    touched = np.abs(contact).max(axis=2) + np.abs(fringe).max(axis=2) > 0.5
    rows, columns = np.flatnonzero(touched.any(axis=1)), np.flatnonzero(touched.any(axis=0))
    box = (slice(0, 0), slice(0, 0))
    if len(rows):
        box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return Trace(box, contact[box].copy(), fringe[box].astype(np.float32))


def _moved_outline(mask: NDArray[np.bool_], by_px: int) -> NDArray[np.bool_]:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(by_px) + 1, 2 * abs(by_px) + 1))
    change = cv2.dilate if by_px > 0 else cv2.erode
    return np.asarray(change(mask.astype(np.uint8), disc)).astype(bool)


def _shares(footings: Mapping[str, Footing]) -> dict[str, Image]:
    """Return for each entity how much of each pixel is its own: the nearest outline's, softly; they sum to one."""
    outlines = [footing.outline for footing in footings.values()]
    distances = [cv2.distanceTransform((~o).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5) for o in outlines]
    nearest = np.argmin(distances, axis=0)
    owned = [(nearest == index).astype(np.float32) for index in range(len(outlines))]
    soft = [np.asarray(cv2.GaussianBlur(own, (0, 0), _SHARE_BLUR_PX), np.float32) for own in owned]
    return dict(zip(footings, soft, strict=True))


def _beside(footings: Mapping[str, Footing], sight: Sight) -> dict[str, Image]:
    """Return for each entity 1 where a pixel shows the ground right beside it, 0 farther off and on the wall."""
    x = sight.origin_m[0] + sight.depth_m * sight.directions[0]
    z = sight.origin_m[2] + sight.depth_m * sight.directions[2]
    near = {}
    for name, footing in footings.items():
        distance: Array = np.hypot(x - footing.base_m[0], z - footing.base_m[1]) - footing.radius_m
        reach = _SHADOW_REACH_HEIGHTS * footing.height_m
        faded = fade_out(distance, start=0.3 * reach, end=reach) * sight.on_ground
        near[name] = faded.astype(np.float32)
    return near
