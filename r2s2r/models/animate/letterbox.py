"""Letterboxing of the reference picture, to the pixel as the release does it."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Picture: TypeAlias = NDArray[np.uint8]


def letterbox(picture: Picture, *, height: int, width: int) -> Picture:
    """Scale a picture [h, w, 3] to fit and put it in the middle of black bars [height, width, 3].

    The floors are part of the contract: with rounding, the picture would be a pixel wider or sit a pixel off.

    Source: ``padding_resize`` of Wan2.2-Animate's preprocessing, which the release calls.
    """
    rows, columns = picture.shape[:2]
    if rows / columns > height / width:
        fitted = (height, int(height / rows * columns))
    else:
        fitted = (int(width / columns * rows), width)
    size = max(1, fitted[0]), max(1, fitted[1])
    top, left = (height - size[0]) // 2, (width - size[1]) // 2
    boxed = np.zeros((height, width, 3), np.uint8)
    scaled = cv2.resize(picture, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
    boxed[top : top + size[0], left : left + size[1]] = scaled
    return boxed
