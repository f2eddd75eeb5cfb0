"""Patches: small pictures round points, found again in other frames as they look from there.

Following points from frame to frame adds up small errors. Each point is therefore also compared with its patch in the
frame it was first seen in, bent as the surface's turn says (Baker and Matthews, Lucas-Kanade 20 years on, 2004, with an
affine warp that is known but for its shift), and so does not drift.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

_RADIUS_PX = 7
_ROUNDS = 6
# A patch is found again if it is that much like itself, and not farther from where it was looked for.
_LIKENESS = 0.75
_REACH_PX = 3.0
# Seen from there, a patch may be that much smaller, or larger, than it was.
_SMALLEST, _LARGEST = 0.25, 4.0

_SIDE = np.arange(-_RADIUS_PX, _RADIUS_PX + 1, dtype=np.float64)
_GRID = np.stack(np.meshgrid(_SIDE, _SIDE), axis=-1).reshape(-1, 2)  # [P, 2]


@dataclass(frozen=True, eq=False)
class Patches:
    """Patches of N points.

    Attributes:
        values: [N, P] float32, normalised to mean 0 and length 1.
        slopes: [N, P, 2] float32, their derivatives along x and y.
    """

    values: NDArray[np.float32]
    slopes: NDArray[np.float32]

    def joined(self, other: "Patches") -> "Patches":
        """Return both."""
        return Patches(np.concatenate([self.values, other.values]), np.concatenate([self.slopes, other.slopes]))

    def only(self, chosen: NDArray[np.bool_]) -> "Patches":
        """Return some of them, [N] bool."""
        return Patches(self.values[chosen], self.slopes[chosen])


def patches_at(frame: NDArray[np.uint8], pixels: Array) -> Patches:
    """Cut patches out of a frame [H, W], at pixels [N, 2] with centres at +0.5."""
    places = pixels[:, None] + _GRID
    values, length = _normalised(_looked_up(frame, places))
    step = np.array([0.5, 0.0])
    along_x = _looked_up(frame, places + step) - _looked_up(frame, places - step)
    along_y = _looked_up(frame, places + step[::-1]) - _looked_up(frame, places - step[::-1])
    slopes = np.stack([along_x, along_y], axis=2)
    return Patches(values, (slopes - slopes.mean(axis=1, keepdims=True)) / length[..., None])


def find_again(patches: Patches, frame: NDArray[np.uint8], pixels: Array, bends: Array) -> tuple[Array, Array]:
    """Return where patches are in a frame, [N, 2], and how sure that is: [N], 0 where they are not found.

    Args:
        patches: What to look for.
        frame: [H, W], grey.
        pixels: [N, 2] where to look.
        bends: [N, 2, 2], from a step in the patch's frame to the step in this one.
    """
    sizes = np.abs(np.linalg.det(bends))
    usable = (sizes > _SMALLEST) & (sizes < _LARGEST)
    bends = np.where(usable[:, None, None], bends, np.eye(2))
    # The picture's slope is the patch's, bent: so it needs to be known once only.
    slopes = np.einsum("npi,nij->npj", patches.slopes, np.linalg.inv(bends))
    normal = np.einsum("npi,npj->nij", slopes, slopes)
    usable &= np.linalg.cond(normal) < 1e4
    inverse = np.linalg.inv(np.where(usable[:, None, None], normal, np.eye(2)))
    grid = np.einsum("pj,nij->npi", _GRID, bends)
    place = pixels.copy()
    for _ in range(_ROUNDS):
        values, _ = _normalised(_looked_up(frame, place[:, None] + grid))
        error = patches.values - values
        place += np.einsum("nij,npj,np->ni", inverse, slopes, error)
        place = np.where(usable[:, None], place, pixels)
    values, _ = _normalised(_looked_up(frame, place[:, None] + grid))
    likeness = np.einsum("np,np->n", patches.values, values)
    near = np.linalg.norm(place - pixels, axis=1) < _REACH_PX
    found = usable & near & (likeness > _LIKENESS)
    return np.where(found[:, None], place, pixels), np.where(found, likeness, 0.0)


def _looked_up(frame: NDArray[np.uint8], places: Array) -> NDArray[np.float32]:
    """Return the values [N, P] of a frame at places [N, P, 2], between pixels linearly."""
    maps = (places - 0.5).astype(np.float32)
    if not maps.size:
        return np.zeros(maps.shape[:2], np.float32)
    x, y = np.ascontiguousarray(maps[..., 0]), np.ascontiguousarray(maps[..., 1])
    found = cv2.remap(frame.astype(np.float32), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32)


def _normalised(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return values [N, P] with mean 0 and length 1, and the lengths [N, 1] they had."""
    centred = values - values.mean(axis=1, keepdims=True)
    length = np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), np.float32(1e-3))
    return centred / length, length
