"""Videos as OpenCV decodes them, for those that have to come out as in a program that reads them so."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray


def opencv_fps(path: Path) -> float:
    """Return the rate OpenCV reads from a video."""
    capture = cv2.VideoCapture(str(path))
    try:
        return capture.get(cv2.CAP_PROP_FPS)
    finally:
        capture.release()


def opencv_frames(path: Path) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames [H, W, 3] uint8 RGB up to the first that cannot be decoded; one at a time in memory."""
    capture = cv2.VideoCapture(str(path))
    try:
        while True:
            is_there, frame = capture.read()
            if not is_there:
                return
            yield np.asarray(frame[..., ::-1], np.uint8)
    finally:
        capture.release()
