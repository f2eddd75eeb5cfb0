"""The texture of an inflated entity: the picture itself in front, its colours without a face behind."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from r2s2r.geometry.transforms import Array
from r2s2r.media.pushpull import push_pull

_MAX_PX = 2048
_MARGIN_PX = 8
# As shares of the outline's long side: what is left out at the border, where colours mix with the background; how far
# the picture reaches round to the back; what the back is blurred by.
_ERODED = 0.006
_ROUND = 0.04
_BLUR = 0.1


@dataclass(frozen=True, eq=False)
class ProjectedTexture:
    """A texture whose upper half is the front, its lower half the back, both as the source's camera sees them.

    Attributes:
        picture: [Ht, Wt, 3] uint8.
        origin_px: The source pixel position, x and y, of the corner of either half.
        size_px: Width and height, in source pixels, of either half.
    """

    picture: NDArray[np.uint8]
    origin_px: Array
    size_px: Array

    def corner_uv(self, corners_px: Array, back: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Return texture coordinates [F, 3, 2] of corners [F, 3, 2] in source pixels; ``back`` says which half [F]."""
        half = (corners_px - self.origin_px) / self.size_px
        half[..., 1] = (half[..., 1] + back[:, None]) / 2
        return np.clip(half, 0.0, 1.0).astype(np.float32)


def project_texture(frame: NDArray[np.uint8], mask: NDArray[np.bool_]) -> ProjectedTexture:
    """Make the texture of what the mask [H, W] covers in a frame [H, W, 3]."""
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    y0, x0 = max(0, int(rows[0]) - _MARGIN_PX), max(0, int(columns[0]) - _MARGIN_PX)
    window = slice(y0, int(rows[-1]) + 1 + _MARGIN_PX), slice(x0, int(columns[-1]) + 1 + _MARGIN_PX)
    colours, inside = frame[window].astype(np.float32), mask[window]
    height, width = inside.shape
    scale = min(1.0, _MAX_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    trusted = _trusted(inside)
    # Reduced with what is trusted as weight, so that no background colour gets in.
    weight = cv2.resize(trusted.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(colours * trusted[..., None], size, interpolation=cv2.INTER_AREA)
    mean = np.asarray(sums / np.maximum(weight, 1e-6)[..., None], np.float32)
    front = push_pull(mean, np.asarray(weight) > 0.25)
    back = _back(front, cv2.resize(inside.astype(np.float32), size, interpolation=cv2.INTER_AREA) >= 0.5)
    picture = np.clip(np.round(np.concatenate([front, back])), 0, 255).astype(np.uint8)
    return ProjectedTexture(picture, np.array([x0, y0], float), np.array([width, height], float))


def _trusted(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the mask without its border; parts too thin to have an inside are kept whole."""
    radius = max(2, round(_ERODED * max(inside.shape)))
    eroded = ndimage.distance_transform_edt(inside) > radius
    if not eroded.any():
        return inside
    thin = inside & (ndimage.distance_transform_edt(~eroded) > 2 * radius + 1)
    return np.asarray(eroded | thin)


def _back(front: NDArray[np.float32], inside: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Blur the front for the back, but for a seamless border."""
    long_px = max(inside.shape)
    covered = inside.astype(np.float32)
    sums = _blurred(front * covered[..., None], _BLUR * long_px)
    weight = _blurred(covered[..., None], _BLUR * long_px)
    low = push_pull(np.asarray(sums / np.maximum(weight, 1e-6), np.float32), weight[..., 0] > 1e-3)
    depth = np.clip(ndimage.distance_transform_edt(inside) / max(1.0, _ROUND * long_px), 0.0, 1.0)
    share = (depth * depth * (3 - 2 * depth))[..., None]
    return np.asarray(front * (1 - share) + low * share, np.float32)


def _blurred(values: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    """Blur [H, W, C]: reduced first, since nothing finer than the blur is left of it."""
    height, width = values.shape[:2]
    factor = max(1.0, sigma_px / 4)
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    small = cv2.resize(values, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
    sigma = (sigma_px * size[1] / height, sigma_px * size[0] / width, 0)
    blurred = ndimage.gaussian_filter(small, sigma, mode="constant")
    full = cv2.resize(blurred, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(full, np.float32).reshape(height, width, -1)
