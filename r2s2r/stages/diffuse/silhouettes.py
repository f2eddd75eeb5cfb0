"""What silhouettes say of the axes of encoded normals: a closed surface turns away from the viewer where it ends."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Self, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

_Floats: TypeAlias = NDArray[np.float32]

# Black is a vector of length 1.7; no unit vector has all its colours below 53.
_BLACK = 40
# Video keeps colours at half the resolution, so that those next to the background are mixed with it.
_BAND_PX = (3.0, 6.0)
_SMOOTH_PX = 1.0  # against noise; far less than the distance to the background
_ROUND_PX = 1.5  # over which the silhouette's staircase is averaged
_UNIT = (0.7, 1.3)  # lengths that pass for 1: eight bits, a codec, a wrong colour matrix
_PLAIN = 0.2  # what is nearer to 0 may be so by noise
_LEAST_PX = 150
_MOST_ENTITIES = 50


@dataclass(frozen=True, eq=False)
class Evidence:
    """Sums over silhouettes. Channels are R, G, B, as numbers from -1 to 1; directions the picture's right and up.

    A channel agrees with a direction where it is higher than the entity's mean at the silhouette that faces that way,
    or lower at the one that faces the other; less the mean, so that a tilted plane, which ends everywhere with the same
    normal, says nothing.

    Attributes:
        entity_px: Pixels well inside entities.
        unit_px: Those whose colour is a vector of length 1.
        facing_px: [2] length of the silhouettes, each pixel weighing the square of how much it faces that way.
        agreeing: [3, 2] by channel and direction: how much agrees.
        opposing: [3, 2] how much is the other way.
        towards: [3] by channel: pixels of entities that are plainly above 0, as normals towards the viewer are.
        away: [3] those plainly below 0.
    """

    entity_px: int
    unit_px: int
    facing_px: Array
    agreeing: Array
    opposing: Array
    towards: Array
    away: Array

    @classmethod
    def none(cls) -> Self:
        """Return that of an empty picture."""
        return cls(0, 0, np.zeros(2), np.zeros((3, 2)), np.zeros((3, 2)), np.zeros(3), np.zeros(3))

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(self)))


def evidence_of(picture: NDArray[np.uint8]) -> Evidence:
    """Look at one picture [H, W, 3] of encoded normals on black. Where its border cuts an entity is no silhouette."""
    smooth = np.asarray(cv2.GaussianBlur(picture.astype(np.float32), (0, 0), _SMOOTH_PX), np.float32)
    entity = (smooth.max(axis=2) > _BLACK).astype(np.uint8)
    if not entity.any() or entity.all():  # without a background there is no distance to it, and no silhouette
        return Evidence.none()
    reach_px = np.asarray(cv2.distanceTransform(entity, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)
    outwards = _outwards(reach_px)
    normals = smooth / np.float32(127.5) - 1
    total = Evidence.none()
    for box, own in _entities(entity):
        total = total + _of_entity(normals[box], np.where(own, reach_px[box], 0), outwards[box])
    return total


def _outwards(reach_px: _Floats) -> _Floats:
    """Return [H, W, 2] the unit direction (right, up) away from the entity; 0 where it has none, as on its spine."""
    rounded = cv2.GaussianBlur(reach_px, (0, 0), _ROUND_PX)
    right, down = cv2.Sobel(rounded, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(rounded, cv2.CV_32F, 0, 1, scale=1 / 8)
    outwards = np.stack([-right, down], axis=-1)
    length = np.linalg.norm(outwards, axis=-1, keepdims=True)
    unit: _Floats = np.where(length > 0.5, outwards / np.maximum(length, 0.5), 0).astype(np.float32)
    return unit


def _entities(entity: NDArray[np.uint8]) -> Iterator[tuple[tuple[slice, slice], NDArray[np.bool_]]]:
    """Yield the largest connected pieces: a box round each, and which of its pixels are the piece's."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(entity)
    areas = stats[1:, cv2.CC_STAT_AREA]
    for label in np.argsort(-areas, kind="stable")[:_MOST_ENTITIES] + 1:
        if areas[label - 1] >= _LEAST_PX:
            x, y, width, height = stats[label, :4]
            box = (slice(y, y + height), slice(x, x + width))
            yield box, labels[box] == label


def _of_entity(normals: _Floats, reach_px: _Floats, outwards: _Floats) -> Evidence:
    nearest, farthest = _BAND_PX
    inside = reach_px > nearest
    length = np.linalg.norm(normals, axis=-1)
    unit = inside & (length > _UNIT[0]) & (length < _UNIT[1])
    if not unit.any():
        return replace(Evidence.none(), entity_px=int(np.count_nonzero(inside)))
    normal = normals[unit].astype(np.float64)
    band = unit & (reach_px <= farthest)
    contrast = normals[band].astype(np.float64) - normal.mean(axis=0)
    faces = outwards[band].astype(np.float64)
    weights = faces * np.abs(faces)  # squared: where it faces along neither direction, it may say anything
    votes = contrast[:, :, None] * weights[:, None, :] / (farthest - nearest)
    return Evidence(
        entity_px=int(np.count_nonzero(inside)),
        unit_px=len(normal),
        facing_px=np.abs(weights).sum(axis=0) / (farthest - nearest),
        agreeing=np.maximum(votes, 0).sum(axis=0),
        opposing=np.maximum(-votes, 0).sum(axis=0),
        towards=np.count_nonzero(normal > _PLAIN, axis=0),
        away=np.count_nonzero(normal < -_PLAIN, axis=0),
    )
