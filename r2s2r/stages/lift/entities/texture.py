"""The texture of an inflated entity: the picture itself in front, its colours without a face behind."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from r2s2r.geometry.extent import extent_px
from r2s2r.geometry.transforms import Array
from r2s2r.media.pushpull import push_pull

_MAX_PX = 2048
_MARGIN_PX = 8
# As shares of the outline's long side: what is left out at the border, where colours mix with the background; what the
# back is blurred by; what the rim is blurred by, where a pixel covers much of a side; how far the rim reaches, in front
# and behind, which is no farther than that share of a thin part's own radius.
_ERODED = 0.006
_BLUR = 0.1
_RIM_BLUR = 0.015
_RIM = 0.015
_THIN_RIM = 0.2


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


def project_texture(frame: NDArray[np.uint8], mask: NDArray[np.bool_], *, seamless: bool = True) -> ProjectedTexture:
    """Make the texture of what the mask [H, W] covers in a frame [H, W, 3].

    ``seamless`` joins front and back along the outline, for a surface that is round there.
    """
    low, high = extent_px(mask)
    x0, y0 = np.maximum(low - _MARGIN_PX, 0).tolist()
    window = slice(y0, int(high[1]) + _MARGIN_PX), slice(x0, int(high[0]) + _MARGIN_PX)
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
    reduced = np.asarray(cv2.resize(inside.astype(np.float32), size, interpolation=cv2.INTER_AREA)) >= 0.5
    back = _low_passed(front, reduced, _BLUR)
    if seamless:
        rim, share = _low_passed(front, reduced, _RIM_BLUR), _rim_share(reduced)
        front, back = (np.asarray(half + (rim - half) * share, np.float32) for half in (front, back))
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


def _low_passed(front: NDArray[np.float32], inside: NDArray[np.bool_], blur: float) -> NDArray[np.float32]:
    sigma_px = blur * max(inside.shape)
    covered = inside.astype(np.float32)[..., None]
    weight = _blurred(covered, sigma_px)
    mean = _blurred(front * covered, sigma_px) / np.maximum(weight, 1e-6)
    return push_pull(np.asarray(mean, np.float32), weight[..., 0] > 1e-3)


def _rim_share(inside: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return how much of the rim's colours is seen [H, W, 1]: all on the border, nothing beyond the rim."""
    depth = ndimage.distance_transform_edt(inside).astype(np.float32)
    reach = _RIM * max(inside.shape)
    window = 2 * int(np.ceil(reach / _THIN_RIM)) + 1
    radius = np.asarray(cv2.dilate(depth, np.ones((window, window), np.uint8)), np.float32)
    left = 1 - np.clip(depth / np.clip(_THIN_RIM * radius, 1.0, max(1.0, reach)), 0.0, 1.0)
    return np.asarray((left * left * (3 - 2 * left))[..., None], np.float32)


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
