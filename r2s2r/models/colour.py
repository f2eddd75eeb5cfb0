"""Colour of generated segments: how far it drifts, and how it is brought back. Imports no torch.

Colours are CIE Lab under D65, L from 0 to 100.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.color import rgb2lab

Frames: TypeAlias = NDArray[np.uint8]
Lab: TypeAlias = NDArray[np.float64]

# Below this spread a picture is of one colour; stretching it would only show its noise.
_FLAT = 0.1


@dataclass(frozen=True, eq=False)
class Distribution:
    """How colours are spread.

    Attributes:
        mean: [3] L, a, b.
        spread: [3] standard deviations.
    """

    mean: Lab
    spread: Lab

    @classmethod
    def of(cls, frames: Iterable[Frames]) -> "Distribution":
        """Measure all pixels of some frames [H, W, 3] together; one frame at a time in float."""
        moments = [_moments(_lab(frame)) for frame in frames]
        mean, square = (np.mean(values, axis=0) for values in zip(*moments, strict=True))
        return cls(mean, np.sqrt(np.maximum(square - mean**2, 0)))

    def delta_e(self, other: "Distribution") -> float:
        """Return the distance of the means (CIE76); 2.3 is what one just sees."""
        return float(np.linalg.norm(self.mean - other.mean))


def matched(frames: Frames, wanted: Distribution) -> Frames:
    """Return a segment's frames [N, H, W, 3] moved and stretched, all alike, so that their colours have a distribution.

    For the finished pictures only: a model that is fed corrected frames drifts in other ways.

    Source: Reinhard et al., "Color Transfer between Images" (2001), in Lab.
    """
    found = Distribution.of(frames)
    stretch = np.where(found.spread > _FLAT, wanted.spread / np.maximum(found.spread, _FLAT), 1)
    changed = np.empty_like(frames)
    for place, frame in enumerate(frames):
        lab = ((_lab(frame) - found.mean) * stretch + wanted.mean).astype(np.float32)
        # skimage warns of colours outside sRGB on the way back; OpenCV is off by a level on the way there.
        changed[place] = np.clip(np.rint(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255), 0, 255)
    return changed


def _lab(frame: Frames) -> NDArray[np.float32]:
    return np.asarray(rgb2lab(frame.astype(np.float32) / 255), np.float32)


def _moments(lab: NDArray[np.float32]) -> tuple[Lab, Lab]:
    """Return the means of the values and of their squares [3]."""
    values = lab.reshape(-1, 3).astype(np.float64)
    return values.mean(axis=0), (values**2).mean(axis=0)
