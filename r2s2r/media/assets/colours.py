"""Base colours of surfaces."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array


def srgb_from_linear(linear: Array) -> NDArray[np.uint8]:
    """Encode linear light 0..1 [..., 3] as sRGB; what is outside is clipped."""
    value = np.clip(np.nan_to_num(linear), 0.0, 1.0)
    encoded = np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055)
    return np.round(encoded * 255).astype(np.uint8)


def linear_from_srgb(encoded: Array) -> Array:
    """Decode sRGB 0..1 [..., 3] to linear light."""
    linear: Array = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return linear


def tinted(picture: NDArray[np.uint8], factor: Array) -> NDArray[np.uint8]:
    """Multiply the light of a picture [H, W, 3], sRGB, by a linear colour [3]; by tables, which need no memory."""
    if (factor == 1).all():
        return picture
    tables = srgb_from_linear(linear_from_srgb(np.arange(256) / 255.0)[:, None] * factor)
    return np.stack([tables[picture[..., channel], channel] for channel in range(3)], axis=-1)


def one_colour(faces: int, linear: Array) -> NDArray[np.uint8]:
    """Return a linear colour [3] for each of so many faces: [F, 3], sRGB."""
    return np.repeat(srgb_from_linear(linear)[None], faces, axis=0)
