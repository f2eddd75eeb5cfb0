"""The light of one picture on another."""

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.media.pushpull import push_pull

# Light is compared in pictures this many times smaller: it changes slowly.
_REDUCED = 4
# As a share of the long side: what differences are averaged over. Less is detail, not light.
_SPREAD = 0.006


def relit(picture: NDArray[np.uint8], target: NDArray[np.uint8], beside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return a picture [H, W, 3] in the light of a target of the same scene.

    Light is compared where both show the same, ``beside`` [H, W], and carried smoothly everywhere else: a membrane, as
    in gradient-domain cloning. So exposure, passing clouds and lasting shadows leave no seam.
    """
    height, width = beside.shape
    size = (max(1, width // _REDUCED), max(1, height // _REDUCED))
    # Pictures may differ by a thing, not by light; a mean over a few bright pixels would then glow far into the hole.
    difference = np.clip(target.astype(np.float32) - picture, -96, 96) * beside[..., None]
    sums = cv2.resize(difference, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], 3)
    weight = cv2.resize(beside.astype(np.float32), size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0])
    sigma = max(1.0, _SPREAD * max(height, width) / _REDUCED)
    spread = [cv2.GaussianBlur(values, (0, 0), sigma) for values in (sums, weight)]
    mean = spread[0] / np.maximum(spread[1], 1e-6)[..., None]
    light = push_pull(np.asarray(mean, np.float32), np.asarray(weight) > 0.5)
    full = cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(np.round(picture + full), 0, 255).astype(np.uint8)
